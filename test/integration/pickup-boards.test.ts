import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kioskDevices } from '../../electron/app/kiosk-devices.ts';
import { Catalogue } from '../../electron/services/catalogue.ts';
import { Pickups } from '../../electron/services/pickups.ts';
import type { Ports } from '../../electron/services/kiosk.ts';
import type { StorePort } from '../../electron/services/ports.ts';
import { Visits } from '../../electron/services/visits.ts';
import { must, openForTest, pickupList, START, testId } from '../../electron/store/test-kit.ts';
import { DeviceManager } from '../../native/manager/device-manager.ts';
import { driverRegistry } from '../../native/manager/registry.ts';
import { Emitter } from '../../native/model/events.ts';
import { calibrationFacts } from '../../native/pickup-locker/index.ts';
import type { BusBehaviour } from '../../native/pickup-locker/simulated-bus.ts';
import type { LockerSimulator } from '../../native/pickup-locker/simulated-doors.ts';
import { lockerSimulators } from '../../native/pickup-locker/simulators.ts';
import { FakeClock, seededRandom } from '../support/fake-clock.ts';
import { MemoryLine } from '../support/memory-transport.ts';

const PICKUP = testId(0x30_0000);

/** Use case, store, device manager and driver as in the product, with the boards of one driver at the far end. */
class Hall {
  readonly clock = new FakeClock(START);
  readonly dir = mkdtempSync(join(tmpdir(), 'hall24-boards-'));
  readonly store: StorePort = openForTest(this.dir).store;
  readonly simulator: LockerSimulator;
  readonly manager: DeviceManager;
  readonly pickups: Pickups;
  readonly visits: Visits;
  readonly cell: { readonly board: number; readonly lock: number };
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
  readonly #address: string;

  constructor(driver: string, options: Readonly<Record<string, string>> = {}, behaviour: Partial<BusBehaviour> = {}) {
    this.driver = driver;
    this.options = options;
    const definition = driverRegistry['pickup-locker'].find(({ id }) => id === driver)!;
    this.simulator = lockerSimulators[driver]!({ clock: this.clock, options, behaviour });
    this.cell = { board: this.simulator.boards[0] ?? 0, lock: 3 };
    this.#address = `serial:///dev/test?baud=${definition.bauds[0] ?? 9600}`;
    const line = new MemoryLine(this.simulator, this.clock, { baud: definition.bauds[0] ?? null });
    const random = seededRandom(3);
    this.manager = new DeviceManager({ clock: this.clock, random, open: line.opener, registry: driverRegistry });
    const { clock } = this;
    const ports: Ports = {
      // Bytes take fractions of a millisecond on this clock; wall clocks count whole ones.
      clock: {
        now: () => Math.floor(clock.now()),
        monotonic: () => clock.monotonic(),
        sleep: (ms, signal) => clock.sleep(ms, signal),
      },
      random,
      store: this.store,
      devices: kioskDevices(this.manager, () => ({ '01': this.cell })),
      catalogue: new Catalogue(1, []),
      space: { hasRoom: () => true },
      sealer: { seal: () => Promise.reject(new Error('nothing is sealed here')) },
      sync: {
        link: () => ({ state: 'down', since: 0 }),
        linkChanges: new Emitter(),
        wake: () => undefined,
        clockOffset: () => 0,
        refreshPickups: () => Promise.resolve(),
        askCase: () => Promise.resolve({ ok: false, error: 'unreachable' }),
      },
      log: { event: () => undefined, tail: () => [] },
      translate: (_language, key) => key,
      kiosk: () => ({
        code: 'CH03',
        number: '03',
        hallName: { 'zh-CN': '测试厅', en: 'Test hall' },
        roomName: { 'zh-CN': '测试', en: 'Test' },
        hotline: '12345',
        dutyPhone: '5550124',
        lookupUrl: 'https://chenghu.example/{tracking}',
        timeZone: 'Asia/Shanghai',
      }),
    };
    this.visits = new Visits(ports);
    this.pickups = new Pickups(ports, this.visits);
  }

  async start(): Promise<void> {
    must(await this.store.announcePickups(pickupList({})));
    const { driver, options } = this;
    const settings = { deviceClass: 'pickup-locker', driver, options, address: this.#address } as const;
    expect((await this.manager.configure([settings])).ok).toBe(true);
    await this.manager.start();
    await this.clock.advance(2_000);
  }

  /** A visit whose code was accepted. */
  visit(): string {
    const visit = this.visits.begin('en');
    visit.pickups.set(PICKUP, { cell: '01', pulses: 0 });
    return visit.id;
  }

  open(visitId: string): ReturnType<Pickups['open']> {
    return this.clock.run(this.pickups.open(visitId, PICKUP));
  }

  get pulses(): number {
    return this.simulator.doors.all().reduce((sum, door) => sum + door.pulses, 0);
  }

  async acts(): Promise<readonly string[]> {
    return must(await this.store.actsOf(PICKUP)).map(({ state }) => state);
  }

  async stop(): Promise<void> {
    this.simulator.dispose();
    await this.pickups.stop();
    await this.clock.run(this.manager.stop());
    await this.store.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

let hall: Hall | null = null;
beforeEach(() => (hall = null));
afterEach(() => hall?.stop());

async function begin(...wanted: ConstructorParameters<typeof Hall>): Promise<Hall> {
  hall = new Hall(...wanted);
  await hall.start();
  return hall;
}

describe.each(driverRegistry['pickup-locker'])('a pick-up from $id boards', ({ id }) => {
  it('is opened by one pulse, which is an act', async () => {
    const place = await begin(id);
    expect(await place.open(place.visit())).toMatchObject({ value: { outcome: 'opened', door: 'open' } });
    expect([place.pulses, await place.acts()]).toEqual([1, ['confirmed']]);
    expect(place.simulator.doors.get(place.cell)?.open).toBe(true);
  });

  it('gets a second pulse as an act of its own, only while the sensor says closed, and no third', async () => {
    const place = await begin(id);
    place.simulator.doors.setBehaviour(place.cell, 'stuck');
    const visitId = place.visit();
    expect(await place.open(visitId)).toMatchObject({ value: { outcome: 'refused', mayTryAgain: true } });
    expect([place.pulses, await place.acts()]).toEqual([1, ['refused']]);
    expect(await place.open(visitId)).toMatchObject({ value: { outcome: 'refused', mayTryAgain: false } });
    expect([place.pulses, await place.acts()]).toEqual([2, ['refused', 'refused']]);
    expect(await place.open(visitId)).toMatchObject({ ok: false, error: { code: 'L409-door-did-not-open' } });
    expect(place.pulses).toBe(2);
  });

  it('gets no second pulse while the sensor says nothing', async () => {
    const place = await begin(id);
    place.simulator.doors.setBehaviour(place.cell, 'stuck');
    const visitId = place.visit();
    await place.open(visitId);
    place.simulator.setBoardMute(place.cell.board, true);
    expect((await place.open(visitId)).ok).toBe(false);
    expect([place.pulses, await place.acts()]).toEqual([1, ['refused']]);
  });

  it('without door sensors: one pulse ever, unknown, and never a word of open or closed', async () => {
    const [key, value] = calibrationFacts[id]!.noSensor;
    const place = await begin(id, { [key]: value }, { sensors: 'read-closed' });
    const visitId = place.visit();
    expect(await place.open(visitId)).toMatchObject({
      value: { outcome: 'unknown', door: 'unknown', mayTryAgain: false },
    });
    expect([place.pulses, await place.acts()]).toEqual([1, ['unknown']]);
    expect(await place.open(visitId)).toMatchObject({ ok: false, error: { code: 'L410-door-unknown' } });
    // Another visit with the same code does not get one either.
    expect(await place.open(place.visit())).toMatchObject({ ok: false, error: { code: 'L410-door-unknown' } });
    expect([place.pulses, await place.acts()]).toEqual([1, ['unknown']]);
  });

  it('is not called opened where the polarity of the sensors is set the wrong way round', async () => {
    const place = await begin(id, {}, { sensors: 'inverted' });
    expect(place.manager.pickupLocker.health()).toMatchObject({ status: 'userError', fault: 'sensor-implausible' });
    expect(await place.open(place.visit())).toMatchObject({ ok: false, error: { code: 'L413-door-sensors-wrong' } });
    expect([place.pulses, await place.acts()]).toEqual([0, []]);
    // No opening was spent: once the wiring is right, the door can be opened.
    place.simulator.behave({ sensors: 'connected' });
    await place.clock.advance(10_000);
    expect(place.manager.pickupLocker.health().status).toBe('online');
    expect(await place.open(place.visit())).toMatchObject({ value: { outcome: 'opened' } });
    expect([place.pulses, await place.acts()]).toEqual([1, ['confirmed']]);
  });
});
