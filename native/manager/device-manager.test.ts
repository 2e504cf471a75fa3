import { describe, expect, it } from 'vitest';
import { FakeClock, seededRandom } from '../../test/support/fake-clock.ts';
import { GOOD_LINE, MemoryLine } from '../../test/support/memory-transport.ts';
import { ScannerSimulator } from '../code-scanner/simulator.ts';
import { SdtReaderSimulator } from '../id-card-reader/simulator.ts';
import { TEST_CARD } from '../id-card-reader/test-card.ts';
import { DEVICE_CLASSES } from '../model/device.ts';
import type { DeviceStatus } from '../model/device.ts';
import { Emitter } from '../model/events.ts';
import type { IdCardReader } from '../model/id-card-reader.ts';
import { err, ok } from '../model/result.ts';
import { backoffMs } from './backoff.ts';
import { DeviceManager } from './device-manager.ts';
import type { DeviceSettings, DriverRegistry } from './driver-types.ts';
import { driverRegistry } from './registry.ts';

const READER: DeviceSettings = {
  deviceClass: 'id-card-reader',
  driver: 'sdt',
  address: 'serial:///dev/reader?baud=115200',
  options: {},
};
const SCANNER: DeviceSettings = {
  deviceClass: 'code-scanner',
  driver: 'serial-scanner',
  address: 'serial:///dev/scanner?baud=9600',
  options: {},
};

interface Bench {
  readonly clock: FakeClock;
  readonly manager: DeviceManager;
  readonly reader: SdtReaderSimulator;
  readonly readerLine: MemoryLine;
  readonly scanner: ScannerSimulator;
  readonly scannerLine: MemoryLine;
  readonly edges: string[];
}

function bench(registry: DriverRegistry = driverRegistry): Bench {
  const clock = new FakeClock();
  const reader = new SdtReaderSimulator();
  const scanner = new ScannerSimulator();
  const readerLine = new MemoryLine(reader, clock);
  const scannerLine = new MemoryLine(scanner, clock, { baud: 9_600 });
  const manager = new DeviceManager({
    clock,
    random: seededRandom(7),
    registry,
    open: (address) => (address.includes('scanner') ? scannerLine : readerLine).opener(address),
  });
  const edges: string[] = [];
  manager.events.subscribe(({ health }) => edges.push(`${health.deviceClass} ${health.status}`));
  return { clock, manager, reader, readerLine, scanner, scannerLine, edges };
}

async function started(settings: readonly DeviceSettings[], registry?: DriverRegistry): Promise<Bench> {
  const on = bench(registry);
  await on.manager.configure(settings);
  await on.manager.start();
  await on.clock.advance(500);
  return on;
}

function statusOf({ manager }: Bench): DeviceStatus {
  return manager.idCardReader.health().status;
}

function readCard({ manager, clock }: Bench): Promise<unknown> {
  return clock.run(manager.idCardReader.run((driver, signal) => driver.readCard({ deadlineMs: 5_000, signal })));
}

describe('device manager', () => {
  it('says noDevice for classes without settings and not-connected to their commands', async () => {
    const on = await started([]);
    expect(on.manager.health().map(({ status }) => status)).toEqual(DEVICE_CLASSES.map(() => 'noDevice'));
    expect(await readCard(on)).toMatchObject({ ok: false, error: { code: 'not-connected' } });
    expect(on.clock.pending).toBe(0);
  });

  it('opens what is configured and tells health, identity and edges', async () => {
    const on = await started([READER, SCANNER]);
    expect(on.manager.idCardReader.health()).toMatchObject({
      deviceClass: 'id-card-reader',
      driver: 'sdt',
      address: READER.address,
      status: 'online',
      identity: '05.01-20200101-0001234567-0987654321',
    });
    expect(on.edges.sort()).toEqual([
      'code-scanner online',
      'code-scanner starting',
      'id-card-reader online',
      'id-card-reader starting',
    ]);
    on.reader.layCard(TEST_CARD);
    expect(await readCard(on)).toMatchObject({ ok: true, value: { number: TEST_CARD.number } });
    await on.manager.stop();
    expect(on.readerLine.current?.closed).toBe(true);
    await on.clock.advance(100);
    expect(on.clock.pending).toBe(0);
  });

  it('becomes ready within 2 s after the port is back, again and again, and keeps its listeners', async () => {
    const on = await started([READER, SCANNER]);
    const codes: string[] = [];
    on.manager.codeScanner.events.subscribe(({ text }) => codes.push(text));
    for (let cycle = 0; cycle < 10; cycle += 1) {
      on.readerLine.unplug();
      on.scannerLine.unplug();
      await on.clock.advance(10);
      expect(statusOf(on)).toBe('offline');
      expect(await readCard(on)).toMatchObject({ ok: false, error: { code: 'not-connected' } });
      await on.clock.advance(20_000 + cycle * 137);
      on.readerLine.plug();
      on.scannerLine.plug();
      await on.clock.advance(2_000);
      expect(statusOf(on)).toBe('online');
      on.scanner.scan(`CODE-${cycle}`);
      await on.clock.settle();
    }
    expect(codes).toHaveLength(10);
    expect(on.manager.history('id-card-reader').length).toBeLessThanOrEqual(100);
  });

  it('ends a command at once when the device is unplugged, and serves the next one after', async () => {
    const on = await started([READER]);
    const reading = on.manager.idCardReader.run((driver, signal) => driver.readCard({ deadlineMs: 60_000, signal }));
    await on.clock.advance(2_000);
    on.readerLine.unplug();
    const before = on.clock.monotonic();
    const ended = await on.clock.run(reading);
    expect(ended).toMatchObject({ ok: false });
    expect(['line-lost', 'cancelled']).toContain(ended.ok ? '' : ended.error.code);
    expect(on.clock.monotonic() - before).toBeLessThan(100);
    on.readerLine.plug();
    await on.clock.advance(2_000);
    on.reader.layCard(TEST_CARD);
    expect(await readCard(on)).toMatchObject({ ok: true });
  });

  it('asks for the health about every 5 s, but not while a command runs', async () => {
    const on = await started([READER]);
    const asked = (): number => on.readerLine.current?.written.filter((bytes) => bytes[7] === 0x11).length ?? 0;
    const first = asked();
    await on.clock.advance(50_000);
    expect(asked() - first).toBeGreaterThanOrEqual(9);
    expect(asked() - first).toBeLessThanOrEqual(11);
    const reading = on.manager.idCardReader.run((driver, signal) => driver.readCard({ deadlineMs: 60_000, signal }));
    await on.clock.advance(100);
    const during = asked();
    await on.clock.advance(50_000);
    expect(asked()).toBe(during);
    await on.clock.run(reading);
  });

  it('does not call a device offline for one lost answer, but does when it stays silent', async () => {
    const on = await started([READER]);
    on.readerLine.behaviour = { ...GOOD_LINE, mute: true };
    await on.clock.advance(5_000);
    on.readerLine.behaviour = GOOD_LINE;
    await on.clock.advance(5_000);
    expect(on.manager.history('id-card-reader').map(({ status }) => status)).toEqual(['starting', 'online']);
    on.readerLine.behaviour = { ...GOOD_LINE, mute: true };
    await on.clock.advance(20_000);
    expect(statusOf(on)).toBe('offline');
    expect(on.readerLine.opened).toBeGreaterThan(1);
    on.readerLine.behaviour = GOOD_LINE;
    await on.clock.advance(3_500);
    expect(statusOf(on)).toBe('online');
  });

  it('tells a lasting silence as one edge, however often the line is opened anew', async () => {
    const on = await started([READER]);
    on.reader.behaviour.silent = true;
    await on.clock.advance(300_000);
    expect(on.readerLine.opened).toBeGreaterThan(10);
    expect(on.edges).toEqual(['id-card-reader starting', 'id-card-reader online', 'id-card-reader offline']);
  });

  it('runs commands in order and cancels waiting ones at once', async () => {
    const on = await started([READER]);
    const order: string[] = [];
    const first = on.manager.idCardReader.run(async (driver, signal) => {
      const result = await driver.readCard({ deadlineMs: 2_000, signal });
      order.push('first');
      return result;
    });
    const cancel = new AbortController();
    const second = on.manager.idCardReader.run(
      async () => {
        order.push('second');
        return ok('never');
      },
      { signal: cancel.signal },
    );
    const third = on.manager.idCardReader.run(async () => {
      order.push('third');
      return ok('done');
    });
    cancel.abort();
    await on.clock.settle();
    expect(await second).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect(order).toEqual([]);
    expect(await on.clock.run(third)).toEqual({ ok: true, value: 'done' });
    expect(await first).toMatchObject({ error: { code: 'no-card' } });
    expect(order).toEqual(['first', 'third']);
  });

  it('gives the outcome of commands that have one of their own', async () => {
    const on = await started([SCANNER]);
    expect(await on.clock.run(on.manager.codeScanner.call(async (driver) => driver.driverId))).toEqual({
      ok: true,
      value: 'serial-scanner',
    });
    expect(await on.manager.slot('receipt-printer').call(async () => 'printed')).toMatchObject({
      error: { code: 'not-connected' },
    });
  });

  it('lets a throwing command fail alone: the queue goes on', async () => {
    const on = await started([READER]);
    const failing = on.manager.idCardReader.run(async () => {
      throw new Error('bug');
    });
    await expect(on.clock.run(failing)).rejects.toThrow('bug');
    expect(await on.manager.idCardReader.run(async () => ok(1))).toEqual({ ok: true, value: 1 });
  });

  it('swaps settings while running: the unchanged device stays open', async () => {
    const on = await started([READER, SCANNER]);
    expect(await on.manager.configure([READER, { ...SCANNER, options: { tail: 'lf' } }])).toEqual({
      ok: true,
      value: undefined,
    });
    await on.clock.advance(500);
    expect([on.readerLine.opened, on.scannerLine.opened]).toEqual([1, 2]);
    expect(on.manager.codeScanner.health().status).toBe('online');
    const refused = await on.manager.configure([{ ...READER, driver: 'nope' }]);
    expect(refused).toMatchObject({ ok: false, error: { code: 'unknown-driver' } });
    expect(on.manager.settings).toHaveLength(2);
    await on.manager.configure([SCANNER]);
    expect(statusOf(on)).toBe('noDevice');
    expect(on.readerLine.current?.closed).toBe(true);
  });

  it('says what is plugged in and asks on ports that nobody uses', async () => {
    const on = await started([SCANNER]);
    on.readerLine.behaviour = GOOD_LINE;
    expect(
      await on.clock.run(on.manager.identify('serial:///dev/reader', { classes: ['id-card-reader'] })),
    ).toMatchObject({ ok: true, value: [{ driver: 'sdt', address: READER.address }] });
    expect(await on.manager.identify('serial:///dev/scanner')).toMatchObject({ error: { code: 'busy' } });
    const list = async (): Promise<ReturnType<typeof ok<[]>>> => ok([]);
    const path = { kind: 'serial', path: '/dev/scanner', vendorId: null, productId: null } as const;
    const serial = async () => ok([{ ...path, serialNumber: null, maker: null, usbAddress: null }]);
    expect(await on.manager.discover({ serial, hid: list })).toMatchObject({
      ok: true,
      value: [{ address: 'serial:///dev/scanner', usedBy: 'code-scanner' }],
    });
  });

  it('cancels what runs when it is stopped, and can be started again', async () => {
    const on = await started([READER]);
    const reading = on.manager.idCardReader.run((driver, signal) => driver.readCard({ deadlineMs: 60_000, signal }));
    await on.clock.advance(1_000);
    await on.clock.run(on.manager.stop());
    expect(await on.clock.run(reading)).toMatchObject({ ok: false });
    expect(statusOf(on)).toBe('noDevice');
    await on.manager.start();
    await on.clock.advance(500);
    expect(statusOf(on)).toBe('online');
  });
});

/** A reader whose commands never end and whose making can fail. */
function brokenRegistry(mode: 'hangs' | 'throws'): DriverRegistry {
  const driver: IdCardReader = {
    deviceClass: 'id-card-reader',
    driverId: 'sdt',
    events: new Emitter(),
    probe: async () => ({ status: 'online', detail: '', paper: null, identity: null }),
    readCard: () => new Promise(() => undefined),
    dispose: () => undefined,
  };
  const definition = driverRegistry['id-card-reader'][0];
  if (!definition) throw new Error('no reader');
  return {
    ...driverRegistry,
    'id-card-reader': [
      {
        ...definition,
        create: () => {
          if (mode === 'throws') throw new Error('cannot be made');
          return driver;
        },
      },
    ],
  };
}

describe('drivers with bugs', () => {
  it('a command that never ends does not wedge the queue', async () => {
    const on = await started([READER], brokenRegistry('hangs'));
    const stuck = on.manager.idCardReader.run((driver) => driver.readCard({ deadlineMs: 1_000 }));
    expect(await on.clock.run(stuck)).toEqual(err({ code: 'timeout', detail: expect.any(String) }));
    await on.clock.advance(2_000);
    expect(statusOf(on)).toBe('online');
    const lost = on.manager.idCardReader.run((driver) => driver.readCard({ deadlineMs: 1_000 }));
    await on.clock.advance(10);
    on.readerLine.unplug();
    const before = on.clock.monotonic();
    expect(await on.clock.run(lost)).toMatchObject({ error: { code: 'line-lost' } });
    expect(on.clock.monotonic() - before).toBeLessThanOrEqual(2_100);
  });

  it('a driver that throws shows as a hardware error and is tried again', async () => {
    const on = await started([READER], brokenRegistry('throws'));
    expect(on.manager.idCardReader.health()).toMatchObject({
      status: 'hardwareError',
      detail: expect.stringContaining('cannot be made'),
    });
    expect(on.readerLine.current?.closed).toBe(true);
    const { opened } = on.readerLine;
    await on.clock.advance(30_000);
    expect(on.readerLine.opened).toBeGreaterThan(opened);
  });
});

describe('backoff', () => {
  it('lies between 250 ms and its limit', () => {
    const random = seededRandom(3);
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const wait = backoffMs(attempt, 5_000, random);
      expect(wait).toBeGreaterThanOrEqual(250);
      expect(wait).toBeLessThanOrEqual(Math.min(5_000, 500 * 2 ** attempt));
    }
  });
});
