// Constants that the build writes into the code (vite.config.ts). In plain Node and in tests without a build they do
// not exist: ask with `typeof __DRIVABLE__ !== 'undefined'` where that can happen.

/** Whether the simulator panel belongs to this build: true in development, false in every packed build. */
declare const __DEV_PANEL__: boolean;
/** Whether this build may be driven from outside (remote debugging): development and test builds only. */
declare const __DRIVABLE__: boolean;
/** PEM of the Ed25519 key that signed the pack's manifest; empty in development builds. */
declare const __MANIFEST_KEY__: string;
