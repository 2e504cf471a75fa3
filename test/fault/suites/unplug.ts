import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ScannerSimulator } from '../../../native/code-scanner/simulator.ts';
import { SdtReaderSimulator } from '../../../native/id-card-reader/simulator.ts';
import { TEST_CARD } from '../../../native/id-card-reader/test-card.ts';
import { DeviceManager } from '../../../native/manager/device-manager.ts';
import { driverRegistry } from '../../../native/manager/registry.ts';
import type { DeviceClass, DeviceError } from '../../../native/model/device.ts';
import type { CellAddress, OpenResult } from '../../../native/model/pickup-locker.ts';
import type { Result } from '../../../native/model/result.ts';
import type { DeviceSimulator } from '../../../native/model/simulator.ts';
import { Cu48Simulator } from '../../../native/pickup-locker/simulator-cu48.ts';
import { openTransport } from '../../../native/transport/open.ts';
import { portWatch } from '../../../native/transport/port-watch.ts';
import { systemClock, systemRandom } from '../../../native/transport/system-clock.ts';
import { SimulatorLine } from '../../simulators/line.ts';
import { PtyCarrier } from '../../simulators/pty.ts';
import type { SuiteContext } from '../../support/suites.ts';

export const ABOUT = 'devices pulled out and plugged in at bad moments, on pseudo-terminals  [--runs N=50] [--seed S]';

/** Limits in milliseconds: what the product promises. */
const READY_LIMIT_MS = 2_000;
const NOTICED_LIMIT_MS = 1_000;
const COMMAND_LIMIT_MS = 5_000;

const MOMENTS = ['idle', 'mid-command', 'mid-reply', 'opening'] as const;
type Moment = (typeof MOMENTS)[number];

const CELL: CellAddress = { board: 0, lock: 5 };

/** One device on its cable. */
interface Far {
  readonly deviceClass: DeviceClass;
  readonly simulator: DeviceSimulator;
  readonly carrier: PtyCarrier;
  readonly line: SimulatorLine;
}

interface Tally {
  readonly readyMs: number[];
  readonly noticedMs: number[];
  readonly faults: string[];
  readonly moments: Record<Moment, number>;
}

/** What this process holds; must be the same after a thousand cycles as before. */
interface Held {
  readonly descriptors: number;
  readonly resources: Readonly<Record<string, number>>;
  readonly listeners: number;
}

/** Unplugs devices of a running device manager again and again; false when anything was lost, late or left behind. */
export async function run({ args, report, say }: SuiteContext): Promise<boolean> {
  const { values } = parseArgs({
    args: [...args],
    options: { runs: { type: 'string', default: '50' }, seed: { type: 'string' } },
  });
  const runs = Number(values.runs);
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  if (!(Number.isInteger(runs) && runs > 0 && Number.isInteger(seed))) throw new Error('--runs and --seed are numbers');
  const dir = await mkdtemp(join(tmpdir(), 'h24-unplug-'));
  const warnings: string[] = [];
  // Node warns when a signal or emitter gathers listeners.
  const onWarning = (warning: Error): void => void warnings.push(`${warning.name}: ${warning.message}`);
  process.on('warning', onWarning);
  const hall = await openHall(dir);
  const tally: Tally = {
    readyMs: [],
    noticedMs: [],
    faults: [],
    moments: { idle: 0, 'mid-command': 0, 'mid-reply': 0, opening: 0 },
  };
  const started = performance.now();
  try {
    const random = mulberry32(seed);
    // Everything that is loaded or made once is there before the first count.
    for (const far of hall.far) for (const moment of MOMENTS) await cycle(hall, far, moment, random, emptyTally());
    const before = await held(hall);
    const heapBefore = usedHeap();
    for (let index = 0; index < runs; index += 1) {
      const far = pick(hall.far, random);
      const moment = pick(MOMENTS, random);
      await cycle(hall, far, moment, random, tally);
      if ((index + 1) % 100 === 0) say(`${index + 1} cycles, ${tally.faults.length} faults`);
    }
    const after = await held(hall, before);
    const leaks = difference(before, after);
    const heapKb = Math.round((usedHeap() - heapBefore) / 1024);
    const [ready, noticed] = [percentiles(tally.readyMs), percentiles(tally.noticedMs)];
    const passed =
      tally.faults.length === 0 && leaks.length === 0 && warnings.length === 0 && ready.max <= READY_LIMIT_MS;
    report({
      suite: 'unplug',
      runs,
      seed,
      moments: tally.moments,
      readyMs: ready,
      readyLimitMs: READY_LIMIT_MS,
      noticedMs: noticed,
      descriptors: [before.descriptors, after.descriptors],
      listeners: [before.listeners, after.listeners],
      resources: after.resources,
      heapGrowthKb: heapKb,
      leaks,
      warnings,
      faults: tally.faults.slice(0, 10),
      faultCount: tally.faults.length,
      seconds: Math.round((performance.now() - started) / 1000),
      passed,
    });
    return passed;
  } finally {
    await hall.stop();
    process.off('warning', onWarning);
    await rm(dir, { recursive: true, force: true });
  }
}

interface Hall {
  readonly manager: DeviceManager;
  readonly far: readonly Far[];
  readonly reader: SdtReaderSimulator;
  readonly locker: Cu48Simulator;
  stop(): Promise<void>;
}

async function openHall(dir: string): Promise<Hall> {
  const reader = new SdtReaderSimulator();
  const locker = new Cu48Simulator({ clock: systemClock, boards: [0], closesAfterMs: null });
  const plug = async (deviceClass: DeviceClass, simulator: DeviceSimulator, baud: number): Promise<Far> => {
    const carrier = await PtyCarrier.open({
      dir,
      name: deviceClass,
      baud,
      onBytes: (bytes) => simulator.receive(bytes),
    });
    return { deviceClass, simulator, carrier, line: new SimulatorLine(simulator, carrier, systemClock, systemRandom) };
  };
  const far = [
    await plug('id-card-reader', reader, 115_200),
    await plug('pickup-locker', locker, 19_200),
    await plug('code-scanner', new ScannerSimulator(), 9_600),
  ];
  const manager = new DeviceManager({
    clock: systemClock,
    random: systemRandom,
    open: openTransport,
    watchPort: portWatch(),
    registry: driverRegistry,
  });
  const drivers: Partial<Record<DeviceClass, string>> = {
    'id-card-reader': 'sdt',
    'pickup-locker': 'kerong-cu48',
    'code-scanner': 'serial-scanner',
  };
  const configured = await manager.configure(
    far.map(({ deviceClass, carrier }) => ({
      deviceClass,
      driver: drivers[deviceClass] ?? '',
      address: carrier.address,
      options: {},
    })),
  );
  if (!configured.ok) throw new Error(configured.error.detail);
  await manager.start();
  return {
    manager,
    far,
    reader,
    locker,
    async stop() {
      await manager.stop();
      locker.dispose();
      for (const { line, carrier } of far) {
        await line.stop();
        await carrier.stop();
      }
    },
  };
}

/** One unplug and replug of one device at one moment. */
async function cycle(hall: Hall, far: Far, moment: Moment, random: () => number, tally: Tally): Promise<void> {
  tally.moments[moment] += 1;
  const what = `${far.deviceClass} ${moment}`;
  const slot = hall.manager.slot(far.deviceClass);
  await until(() => slot.health().status === 'online', 10_000, `${what}: online before`);
  let command: Promise<Result<unknown, DeviceError>> | null = null;
  if (moment === 'mid-command') {
    command = begin(hall, far.deviceClass);
    await pause(random() * 4);
  } else if (moment === 'mid-reply') {
    const answered = new Promise<void>((resolve) => {
      const forget = far.simulator.output.subscribe(() => {
        forget();
        resolve();
      });
    });
    command = begin(hall, far.deviceClass);
    // A scanner says nothing unless somebody holds up a code.
    if (far.simulator instanceof ScannerSimulator) far.simulator.scan('HALL24-UNPLUG-TEST-0123456789');
    await answered;
    await pause(random() * 100);
  } else if (moment === 'opening') {
    await far.carrier.unplug();
    await until(() => slot.health().status !== 'online', NOTICED_LIMIT_MS, `${what}: first noticed`, tally);
    await far.carrier.replug();
    await pause(random() * 80);
  } else {
    await pause(random() * 20);
  }
  const pulled = performance.now();
  await far.carrier.unplug();
  await until(() => slot.health().status !== 'online', NOTICED_LIMIT_MS, `${what}: noticed`, tally);
  tally.noticedMs.push(performance.now() - pulled);
  if (command) {
    const ended = await withLimit(command, COMMAND_LIMIT_MS);
    if (ended === 'late') tally.faults.push(`${what}: the command did not end`);
    else judge(hall, ended, what, tally);
  }
  // Mostly at once; sometimes long enough that the waits between two tries have grown to their limit.
  await pause(random() < 0.1 ? 1_000 + random() * 1_500 : random() * 60);
  const plugged = performance.now();
  await far.carrier.replug();
  const ready = await until(
    () => slot.health().status === 'online',
    READY_LIMIT_MS + 1_000,
    `${what}: ready again`,
    tally,
  );
  if (ready) tally.readyMs.push(performance.now() - plugged);
  if (ready && !(await works(hall, far.deviceClass))) tally.faults.push(`${what}: does not work after replug`);
  hall.locker.doors.closeDoor(CELL);
}

/** A command that takes a while. */
function begin(hall: Hall, deviceClass: DeviceClass): Promise<Result<unknown, DeviceError>> {
  const { manager } = hall;
  switch (deviceClass) {
    case 'pickup-locker': {
      const before = hall.locker.doors.get(CELL)?.pulses ?? 0;
      return manager.pickupLocker.call(async (driver, signal) => {
        const result = await driver.openDoor(CELL, signal);
        return { ...result, before };
      });
    }
    case 'code-scanner':
      return manager.codeScanner.run((driver) => driver.trigger(true));
    default:
      layAgain(hall);
      return manager.idCardReader.run((driver, signal) => driver.readCard({ deadlineMs: 3_000, signal }));
  }
}

/** Whether an interrupted opening said the truth: never two pulses, never "refused" with the door open. */
function judge(hall: Hall, ended: Result<unknown, DeviceError>, what: string, tally: Tally): void {
  if (!ended.ok || typeof ended.value !== 'object' || ended.value === null || !('before' in ended.value)) return;
  const { outcome, before } = ended.value as OpenResult & { readonly before: number };
  const door = hall.locker.doors.get(CELL);
  const pulses = (door?.pulses ?? 0) - before;
  if (pulses > 1) tally.faults.push(`${what}: ${pulses} pulses for one opening`);
  if (outcome === 'refused' && pulses > 0) tally.faults.push(`${what}: refused, but the lock was pulsed`);
  if (outcome === 'opened' && door?.open !== true) tally.faults.push(`${what}: opened, but the door is shut`);
}

/** A small command that must succeed now. */
async function works(hall: Hall, deviceClass: DeviceClass): Promise<boolean> {
  const { manager } = hall;
  switch (deviceClass) {
    case 'pickup-locker':
      return (await manager.pickupLocker.run((driver, signal) => driver.readDoor(CELL, signal))).ok;
    case 'code-scanner':
      return (await manager.codeScanner.run((driver) => driver.trigger(false))).ok;
    default:
      layAgain(hall);
      return (await manager.idCardReader.run((driver, signal) => driver.readCard({ deadlineMs: 3_000, signal }))).ok;
  }
}

/** A reader hides a card that it has read until it is lifted. */
function layAgain({ reader }: Hall): void {
  reader.removeCard();
  reader.layCard(TEST_CARD);
}

/** Counts when all is quiet. Timers come and go by themselves, so a higher count is looked at again for a while. */
async function held({ manager, far }: Hall, expected?: Held): Promise<Held> {
  for (let tries = 0; ; tries += 1) {
    await until(
      () => far.every(({ deviceClass }) => manager.slot(deviceClass).health().status === 'online'),
      10_000,
      '',
    );
    await pause(tries === 0 ? 600 : 100);
    const now: Held = {
      descriptors: readdirSync('/proc/self/fd').length,
      resources: countEach(process.getActiveResourcesInfo()),
      listeners: far.reduce((sum, { simulator }) => sum + sizeOf(simulator.output), 0) + slotListeners(manager, far),
    };
    if (tries >= 30 || !expected || difference(expected, now).length === 0) return now;
  }
}

function slotListeners(manager: DeviceManager, far: readonly Far[]): number {
  return far.reduce((sum, { deviceClass }) => {
    const slot = manager.slot(deviceClass);
    return sum + sizeOf(slot.events) + sizeOf(slot.healthChanged);
  }, sizeOf(manager.events));
}

/** Listeners of an event source that knows their number. */
function sizeOf(source: object): number {
  return 'size' in source && typeof source.size === 'number' ? source.size : 0;
}

function countEach(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** What there is more of than before. */
function difference(before: Held, after: Held): string[] {
  const grown = (name: string, was: number, is: number): string[] => (is > was ? [`${name}: ${was} -> ${is}`] : []);
  return [
    ...grown('descriptors', before.descriptors, after.descriptors),
    ...grown('listeners', before.listeners, after.listeners),
    ...Object.entries(after.resources).flatMap(([name, count]) => grown(name, before.resources[name] ?? 0, count)),
  ];
}

function usedHeap(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}

async function until(holds: () => boolean, ms: number, what: string, tally?: Tally): Promise<boolean> {
  const end = performance.now() + ms;
  while (!holds()) {
    if (performance.now() > end) {
      if (tally) tally.faults.push(`${what}: not within ${ms} ms`);
      else throw new Error(`${what}: not within ${ms} ms`);
      return false;
    }
    await pause(2);
  }
  return true;
}

async function withLimit<T>(work: Promise<T>, ms: number): Promise<T | 'late'> {
  const done = new AbortController();
  try {
    return await Promise.race([work, systemClock.sleep(ms, done.signal).then(() => 'late' as const)]);
  } finally {
    done.abort();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function emptyTally(): Tally {
  return {
    readyMs: [],
    noticedMs: [],
    faults: [],
    moments: { idle: 0, 'mid-command': 0, 'mid-reply': 0, opening: 0 },
  };
}

function percentiles(values: readonly number[]): { p50: number; p99: number; max: number } {
  const sorted = values.toSorted((one, other) => one - other);
  const rank = (share: number): number => Math.round((sorted[Math.ceil(sorted.length * share) - 1] ?? 0) * 10) / 10;
  return { p50: rank(0.5), p99: rank(0.99), max: rank(1) };
}

function pick<T>(values: readonly T[], random: () => number): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
}

/** Reproducible numbers from 0 to 1. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
