import type { OpenQueue } from './host.ts';

export type { OpenQueue, QueueHost, QueueOptions, SyncSettings } from './host.ts';
export { spawnNodeChild, type Channel, type SpawnProcess } from './channel.ts';
export { keptFor } from './kept-channel.ts';
export { openSupervised } from './supervised.ts';

/** Store and sync in this very process. Their code is loaded when it is asked for: the main process has them elsewhere. */
export const openInProcess: OpenQueue = async (options) => (await import('./host.ts')).openInProcess(options);
