import { createInterface } from 'node:readline';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startApp } from '../../electron/app/app.ts';
import { KioskConfig } from '../../electron/app/config/schema.ts';
import { openSupervised, spawnNodeChild, type Channel } from '../../electron/app/queue/index.ts';
import { createLog } from '../../electron/app/log.ts';
import { createRouter } from '../../electron/ipc/router.ts';
import { driverRegistry } from '../../native/manager/registry.ts';
import { openTransport } from '../../native/transport/open.ts';
import { systemClock, systemRandom } from '../../native/transport/system-clock.ts';

/*
 * The App in a process of its own, to be killed, with store and sync in a second one, as in the product:
 * `node kill-runner.ts DATA CONFIG ASSETS`.
 * A line in is `{id, name, input}`, a line out `{id, answer}`; the first line out is `{ready: true}`.
 */
const [dataDir = '', configPath = '', assetsDir = ''] = process.argv.slice(2);
const say = (message: unknown): void => {
  process.stdout.write(`${JSON.stringify(message)}\n`);
};

const spawnQueue = spawnNodeChild(join(import.meta.dirname, '..', '..', 'electron', 'store-process.ts'));
let queue: Channel | null = null;
const started = await startApp({
  openQueue: openSupervised(() => (queue = spawnQueue())),
  dataDir,
  assetsDir,
  clock: systemClock,
  random: systemRandom,
  log: createLog({ path: join(dataDir, 'logs', 'kiosk.log'), clock: systemClock }),
  openTransport,
  registry: driverRegistry,
  firstConfig: KioskConfig.parse(JSON.parse(await readFile(configPath, 'utf8'))),
  version: '0.0.0-test',
  development: true,
  heartbeatMs: 300,
  healthIntervalMs: 500,
});
if (!started.ok) {
  say({ failed: started.error });
  process.exit(1);
}
const app = started.value;
const route = createRouter({
  handlers: app.handlers,
  origin: 'app://hall24',
  log: (level, event, detail) => {
    if (level === 'error') process.stderr.write(`${event} ${JSON.stringify(detail)}\n`);
  },
});
say({ ready: true });
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, name, input } = JSON.parse(line) as { id: number; name: string; input: unknown };
  if (name === 'test.kill-queue') {
    queue?.kill();
    say({ id, answer: true });
    return;
  }
  if (name === 'test.devices') {
    say({ id, answer: app.useCases.devices.reports().map((one) => one.status) });
    return;
  }
  void route({ url: 'app://hall24/index.html', mainFrame: true }, name, input).then((answer) => say({ id, answer }));
});
