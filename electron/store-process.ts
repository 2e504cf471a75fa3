import type { Channel } from './app/queue/index.ts';
import { serveQueue } from './app/queue/process-server.ts';
import { giveBackAfterStart } from './shell/give-back.ts';
import { systemClock, systemRandom } from '../native/transport/system-clock.ts';

/*
 * The queue process: store and sync, away from windows and devices. An Electron utility process, or a child of plain Node.
 */

function lineToMain(): Pick<Channel, 'post' | 'onMessage' | 'onClose'> | null {
  const { parentPort } = process;
  if (parentPort) {
    return {
      post: parentPort.postMessage.bind(parentPort),
      onMessage: (listener) => parentPort.on('message', (event) => listener(event.data)),
      // Electron ends this process together with the main process.
      onClose: () => undefined,
    };
  }
  if (!process.send) return null;
  return {
    // A line that breaks is heard by `disconnect`.
    post: (message) => void (process.connected && process.send?.(message, undefined, {}, () => undefined)),
    onMessage: (listener) => process.on('message', listener),
    onClose: (listener) => process.once('disconnect', () => listener('disconnect')),
  };
}

/** Ends with a word on standard error; whoever started this process starts it anew. */
function fail(what: string, cause: unknown): never {
  const words = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  process.stderr.write(`hall24 queue: ${what}: ${words}\n`);
  process.exit(1);
}

process.on('uncaughtException', (cause) => fail('uncaught exception', cause));
process.on('unhandledRejection', (cause) => fail('unhandled rejection', cause));
// The main process says when it is over; a signal to the whole group must not cut a commit short.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);

/** While the kiosk starts, its first screen comes before the line to the platform, in milliseconds. */
const SYNC_AFTER_MS = 600;

const channel = lineToMain();
if (!channel) fail('start', 'this program is started by the kiosk, not by hand');
else {
  serveQueue({
    channel,
    clock: systemClock,
    random: systemRandom,
    exit: (code) => process.exit(code),
    syncAfterMs: SYNC_AFTER_MS,
  });
  giveBackAfterStart();
}
