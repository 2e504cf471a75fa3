// Runs inside the guest: makes each virtual device, and lets the product's own code find, open, use, lose and find it
// again. What it finds goes to standard output, one JSON object a line behind a mark that no kernel message has.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { DeviceManager } from '../../native/manager/device-manager.ts';
import { driverRegistry } from '../../native/manager/registry.ts';
import type { DeviceSimulator } from '../../native/model/simulator.ts';
import { listHidDevices } from '../../native/transport/list-ports.ts';
import { openTransport } from '../../native/transport/open.ts';
import { systemClock, systemRandom } from '../../native/transport/system-clock.ts';
import type { HidSubject, Told } from './subject.ts';
import { HID_SUBJECTS } from './subjects.ts';
import { UhidDevice } from './uhid.ts';

/** Begins every line that is meant for the host. */
const MARK = '@hid ';
/** A long code of a wedge is a thousand reports, and the machine may be busy with other things. */
const EVENTS_MS = 20_000;
/** How soon an unplug must be noticed and the device be ready again: figures are told, a busy machine fails nothing. */
const LOST_MS = 15_000;
const READY_MS = 15_000;
/** Starting Node over the host's files takes seconds here. */
const TOOL_SECONDS = 90;
const ROOT = join(import.meta.dirname, '..', '..');

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
let checks = 0;

function tell(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${MARK}${JSON.stringify(line)}\n`);
}

function expectSame(what: string, got: unknown, wanted: unknown): void {
  checks += 1;
  if (isDeepStrictEqual(JSON.parse(JSON.stringify(got)), JSON.parse(JSON.stringify(wanted)))) return;
  throw new Error(`${what}: got ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`);
}

async function until(what: string, limitMs: number, done: () => boolean): Promise<number> {
  const started = performance.now();
  checks += 1;
  while (!done()) {
    if (performance.now() - started > limitMs) throw new Error(`${what}: not within ${limitMs} ms`);
    await pause(5);
  }
  return Math.round(performance.now() - started);
}

/** A simulator behind a virtual device, that can be unplugged and plugged in again. */
class Plug {
  readonly simulator: DeviceSimulator;
  readonly #subject: HidSubject;
  readonly #serialNumber: string;
  #device: UhidDevice | null = null;
  #sending: Promise<void> = Promise.resolve();

  constructor(subject: HidSubject, simulator: DeviceSimulator, serialNumber: string) {
    this.#subject = subject;
    this.simulator = simulator;
    this.#serialNumber = serialNumber;
    simulator.output.subscribe(({ bytes, delayMs }) => {
      const target = this.#device;
      // One report after the other, as on a wire.
      this.#sending = this.#sending.then(async () => {
        if (delayMs > 0) await pause(delayMs);
        target?.send(bytes);
      });
    });
  }

  plug(): void {
    const { vendorId, productId, name, descriptor } = this.#subject;
    const ids = { vendorId, productId, serialNumber: this.#serialNumber, product: name };
    const device = new UhidDevice(descriptor, ids);
    device.onOutput = (report) => this.simulator.receive(report);
    this.#device = device;
  }

  unplug(): void {
    this.#device?.destroy();
    this.#device = null;
  }
}

function addressOf({ vendorId, productId, query = '' }: HidSubject, serialNumber?: string): string {
  const hex = (id: number): string => id.toString(16).padStart(4, '0');
  const more = serialNumber === undefined ? query : `${query === '' ? '?' : `${query}&`}serial=${serialNumber}`;
  return `hid://${hex(vendorId)}:${hex(productId)}${more}`;
}

/** The product's device manager with one device, and what it tells. */
async function managed(subject: HidSubject, address: string) {
  const manager = new DeviceManager({
    clock: systemClock,
    random: systemRandom,
    open: openTransport,
    registry: driverRegistry,
  });
  const { deviceClass, driver, options } = subject;
  const configured = await manager.configure([{ deviceClass, driver, options, address }]);
  if (!configured.ok) throw new Error(`settings: ${configured.error.field}: ${configured.error.detail}`);
  const told: Told[] = [];
  manager.slot(deviceClass).events.subscribe((event) => told.push({ ...event }));
  await manager.start();
  const online = (): boolean => manager.slot(deviceClass).health().status === 'online';
  const expectEvents = async (events: readonly Told[]): Promise<void> => {
    const limit = performance.now() + EVENTS_MS;
    while (told.length < events.length && performance.now() < limit) await pause(5);
    expectSame('events', told.splice(0), events);
  };
  return { manager, online, expectEvents, told };
}

async function listed(subject: HidSubject): Promise<void> {
  const address = addressOf(subject).replace(/\?.*$/u, '');
  const devices = await listHidDevices();
  const there = devices.ok && devices.value.some((device) => device.address.startsWith(address));
  expectSame(`${address} is in the list of devices`, there, true);
}

/** Finds, uses, loses and finds the device again. */
async function tryDevice(subject: HidSubject): Promise<Readonly<Record<string, unknown>>> {
  const { simulator, exercise } = subject.build();
  const plug = new Plug(subject, simulator, 'ONE');
  plug.plug();
  const { manager, online, expectEvents } = await managed(subject, addressOf(subject));
  try {
    const firstMs = await until('online', 5_000, online);
    await listed(subject);
    await exercise({ manager, expectEvents, expectSame, pause });
    plug.unplug();
    const lostMs = await until('the unplug is noticed', LOST_MS, () => !online());
    await pause(300);
    plug.plug();
    const readyMs = await until('ready after replug', READY_MS, online);
    await exercise({ manager, expectEvents, expectSame, pause });
    return { firstMs, lostMs, readyMs };
  } finally {
    await manager.stop();
    plug.unplug();
  }
}

/** Two devices of the same kind at once: the serial number tells them apart. */
async function tryTwins(subject: HidSubject): Promise<Readonly<Record<string, unknown>>> {
  const [one, two] = [subject.build(), subject.build()];
  const plugs = [new Plug(subject, one.simulator, 'ONE'), new Plug(subject, two.simulator, 'TWO')];
  for (const plug of plugs) plug.plug();
  const first = await managed(subject, addressOf(subject, 'ONE'));
  const second = await managed(subject, addressOf(subject, 'TWO'));
  const either = await managed(subject, addressOf(subject));
  try {
    await until('both online', 5_000, () => first.online() && second.online());
    await one.exercise({ ...first, expectSame, pause });
    expectSame('the twin hears nothing', second.told, []);
    await two.exercise({ ...second, expectSame, pause });
    expectSame('the first hears nothing', first.told, []);
    const health = either.manager.slot(subject.deviceClass).health();
    expectSame('without a serial number nobody guesses', health.status, 'offline');
    expectSame('and the technician is told why', /serial=ONE/u.test(health.detail), true);
    return { detail: health.detail };
  } finally {
    for (const { manager } of [first, second, either]) await manager.stop();
    for (const plug of plugs) plug.unplug();
  }
}

/** The bench tool, as a technician would call it. */
async function tryTool(subject: HidSubject, tries = 3): Promise<Readonly<Record<string, unknown>>> {
  const { simulator } = subject.build();
  const plug = new Plug(subject, simulator, 'ONE');
  plug.plug();
  await pause(50);
  const options = Object.entries(subject.options).flatMap(([key, value]) => ['--option', `${key}=${value}`]);
  const args = [subject.deviceClass, 'watch', '--driver', subject.driver, '--port', addressOf(subject), ...options];
  const tool = spawn(process.execPath, [join(ROOT, 'native', 'cli.ts'), ...args, '--json', '--wait', '120'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  let complaints = '';
  tool.stderr.on('data', (part: Buffer) => {
    complaints = `${complaints}${part.toString('utf8')}`.slice(-2_000);
  });
  tool.stdout.on('data', (part: Buffer) => {
    text += part.toString('utf8');
  });
  const lines = (): readonly Told[] =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Told);
  try {
    const startMs = await until(
      'the tool has opened it',
      TOOL_SECONDS * 1_000,
      () =>
        tool.exitCode !== null ||
        tool.signalCode !== null ||
        lines().some(({ event, status }) => event === 'health' && status === 'online'),
    );
    // Under emulation Node itself now and then fails a check of its own while it starts: that says nothing of the tool.
    if (tool.signalCode !== null && tries > 1) {
      plug.unplug();
      await pause(100);
      return await tryTool(subject, tries - 1);
    }
    if (tool.exitCode !== null || tool.signalCode !== null) {
      throw new Error(`the tool ended with ${tool.exitCode ?? tool.signalCode}`);
    }
    await pause(100);
    subject.watch?.act(simulator);
    const wanted = subject.watch?.lines ?? [];
    const events = (): readonly Told[] => lines().filter(({ event }) => event !== 'health');
    await until('the tool shows it', EVENTS_MS, () => events().length >= wanted.length);
    expectSame('lines of the tool', events(), wanted);
    const ended = once(tool, 'close');
    tool.kill('SIGINT');
    const [code] = (await ended) as [number | null];
    expectSame('exit code of the tool', code, 0);
    return { startMs };
  } catch (error) {
    throw new Error(
      `${error instanceof Error ? error.message : String(error)}; it wrote: ${text.slice(-1_000)} ${complaints}`,
      {
        cause: error,
      },
    );
  } finally {
    tool.kill('SIGKILL');
    plug.unplug();
  }
}

async function tried(
  kind: string,
  subject: HidSubject,
  work: (subject: HidSubject) => Promise<object>,
): Promise<boolean> {
  const started = performance.now();
  try {
    const figures = await work(subject);
    tell({ kind, subject: subject.name, passed: true, ms: Math.round(performance.now() - started), ...figures });
    return true;
  } catch (error) {
    // The console takes no long lines.
    const message = (error instanceof Error ? error.message : String(error)).slice(0, 300);
    tell({ kind, subject: subject.name, passed: false, ms: Math.round(performance.now() - started), message });
    return false;
  } finally {
    // The kernel takes the node away behind the destroy.
    await pause(50);
  }
}

const wantedName = process.argv[2] ?? '';
const subjects = HID_SUBJECTS.filter(({ name }) => name.includes(wantedName));
let passed = 0;
let failed = 0;
const count = (good: boolean): void => {
  if (good) passed += 1;
  else failed += 1;
};
for (const subject of subjects) count(await tried('device', subject, tryDevice));
const classes = new Set(subjects.map(({ driver }) => driver));
for (const driver of classes) {
  const twin = subjects.find((subject) => subject.driver === driver);
  if (twin) count(await tried('twins', twin, tryTwins));
}
for (const subject of subjects) if (subject.watch) count(await tried('tool', subject, (one) => tryTool(one)));
tell({ done: true, passed, failed, checks });
// The manager's and the library's handles are closed; what still is open must not keep the guest running.
process.exit(failed === 0 ? 0 : 1);
