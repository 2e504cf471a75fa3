export { call, on } from './bridge.ts';
export { useCall, useEvent, useKiosk, useLasting, useMinute, useNow, type CallHandle } from './hooks.ts';
export { connectKiosk, kioskNow, kioskView, type KioskView } from './kiosk-store.ts';
