export { startPlatform, type PlatformOptions, type ReferencePlatform } from './platform.ts';
export { startControl, type ControlServer } from './control.ts';
export { seedPickups, type SeededPickup } from './seed.ts';
export type { Fault, FaultScope, Faults, FaultState } from './faults.ts';
export type { HeldCase, HeldKey, HeldPickup, Holdings } from './holdings.ts';
export type { KnownKiosk } from './kiosks.ts';
export { pickupCodeDigest, type AnnounceError, type NewPickup } from './pickups.ts';
export { envelopeSha256, sealFor } from './seal-key.ts';
export type { PlatformMessage } from './sealing-office.ts';
