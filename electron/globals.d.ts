/** True in development builds: the simulator panel exists. Set by the build. */
declare const __DEV_PANEL__: boolean;
/** True where the app may be driven from outside (development and test builds). Set by the build. */
declare const __DRIVABLE__: boolean;
/** PEM of the public key that the packed app's manifest must be signed with; empty in development builds. */
declare const __MANIFEST_KEY__: string;
