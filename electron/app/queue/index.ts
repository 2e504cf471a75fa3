export { openInProcess, type OpenQueue, type QueueHost, type QueueOptions, type SyncSettings } from './host.ts';
export { spawnNodeChild, type Channel, type SpawnProcess } from './channel.ts';
export { openSupervised } from './supervised.ts';
export { serveQueue } from './process-server.ts';
