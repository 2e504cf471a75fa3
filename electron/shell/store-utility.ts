import { join } from 'node:path';
import { utilityProcess } from 'electron';
import type { Channel, SpawnProcess } from '../app/queue/index.ts';
import { keptFor } from '../app/queue/kept-channel.ts';

/**
 * Starts the queue process (store and sync) as an Electron utility process. It ends with the main process.
 * @param appDir folder of the built app
 * @param complain hears what the process writes to standard error: words of a crash
 */
export function spawnStoreUtility(appDir: string, complain: (words: string) => void): SpawnProcess {
  const fork: SpawnProcess = () => {
    const child = utilityProcess.fork(join(appDir, 'main', 'store-process.js'), [], {
      serviceName: 'hall24-queue',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr?.on('data', (chunk: Buffer) => complain(chunk.toString('utf8')));
    return {
      get pid() {
        return child.pid;
      },
      post: child.postMessage.bind(child),
      onMessage: (listener) => child.on('message', listener),
      // The code is 0 after a signal; why it ended is of no use to who starts the next one.
      onClose: (listener) => child.once('exit', (code) => listener(`exit ${code}`)),
      kill: () => {
        // `child.kill()` asks by SIGTERM, which a busy process never hears.
        if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
      },
    };
  };
  // Loading its code takes longest of all at the start: the first one is on its way before it is asked for.
  let first: Channel | null = keptFor(fork());
  return () => {
    const channel = first ?? fork();
    first = null;
    return channel;
  };
}
