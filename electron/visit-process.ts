import { serveVisit, type PageLine, type ToDesk } from './app/visit/index.ts';
import { placeOf } from './ipc/error-place.ts';
import { giveBackAfterStart } from './shell/give-back.ts';
import { espeak } from './shell/speech-engine.ts';
import { hpkeSealer } from './sync/sealer.ts';
import { driverRegistry } from '../native/manager/registry.ts';
import { openTransport } from '../native/transport/open.ts';
import { watchSystemPorts } from '../native/transport/port-watch.ts';
import { systemClock, systemRandom } from '../native/transport/system-clock.ts';

/*
 * The visit process: card readers and scanner, card, codes, plain form and files of one visit, in a process that ends with
 * it. An Electron utility process.
 */

/** Ends with a word on standard error that quotes nobody; the main process ends the visit and starts the next process. */
function fail(what: string, cause: unknown): never {
  process.stderr.write(`hall24 visit: ${what}: ${placeOf(cause)}\n`);
  process.exit(1);
}

process.on('uncaughtException', (cause) => fail('uncaught exception', cause));
process.on('unhandledRejection', (cause) => fail('unhandled rejection', cause));
// The main process says when it is over.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);

const { parentPort } = process;
if (!parentPort) fail('start', new Error('this program is started by the kiosk, not by hand'));
else {
  serveVisit({
    line: {
      post: parentPort.postMessage.bind(parentPort),
      onMessage: (listener) =>
        parentPort.on('message', ({ data, ports: [port] }) => {
          const page: PageLine | null = port
            ? {
                post: (message) => port.postMessage(message),
                onMessage: (hear) => {
                  port.on('message', (event) => hear(event.data));
                  port.start();
                },
              }
            : null;
          listener(data as ToDesk, page);
        }),
    },
    clock: systemClock,
    random: systemRandom,
    open: openTransport,
    watchPort: watchSystemPorts,
    registry: driverRegistry,
    sealer: hpkeSealer,
    speechEngine: espeak(),
  });
  giveBackAfterStart();
}
