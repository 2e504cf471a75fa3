import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock, seededRandom } from '../../test/support/fake-clock.ts';
import { DEVICE_CLASSES } from '../../native/model/device.ts';
import { Emitter } from '../../native/model/events.ts';
import { err, ok } from '../../native/model/result.ts';
import type { DoorState, OpenResult } from '../../native/model/pickup-locker.ts';
import { must, openForTest, pickupList, START, testId } from '../store/test-kit.ts';
import { Catalogue } from './catalogue.ts';
import type { Devices, DeviceSignal } from './device-ports.ts';
import type { Ports } from './kiosk.ts';
import { Pickups } from './pickups.ts';
import { hashPin } from './pin.ts';
import type { StorePort } from './ports.ts';
import { Ratings } from './ratings.ts';
import { Receipts } from './receipts.ts';
import { Technician } from './technician.ts';
import { Visits } from './visits.ts';

const PICKUP = testId(0x30_0000);
type Method = Exclude<keyof StorePort, 'changes' | 'close'>;

/** A real store in which chosen methods fail, each as often as it is told. */
function failing(store: StorePort, failures: Map<string, number>): StorePort {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]): unknown => {
        const step = args[0] as { readonly event?: string } | undefined;
        const key = [String(name), `${String(name)}:${step?.event ?? ''}`].find((one) => (failures.get(one) ?? 0) > 0);
        if (key === undefined) return Reflect.apply(value, target, args);
        failures.set(key, (failures.get(key) ?? 0) - 1);
        return Promise.resolve(err({ code: 'unavailable', detail: 'told to' }));
      };
    },
  });
}

let dir: string;
let real: StorePort;
const failures = new Map<string, number>();
const logged: string[] = [];
let clock: FakeClock;
let ports: Ports;
let visits: Visits;
const locker: { door: DoorState; pulses: number; result: OpenResult } = {
  door: 'closed',
  pulses: 0,
  result: { outcome: 'opened', cause: null },
};
let signals: Emitter<DeviceSignal>;

/** From now on this method fails, `times` times; `advanceAct:send` fails that step only. */
function fail(method: Method | 'advanceAct:send' | 'advanceAct:confirm', times = 1): void {
  failures.set(method, times);
}

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hall24-services-'));
  real = openForTest(dir).store;
  failures.clear();
  logged.length = 0;
  clock = new FakeClock(START);
  signals = new Emitter<DeviceSignal>();
  Object.assign(locker, { door: 'closed', pulses: 0, result: { outcome: 'opened', cause: null } });
  const devices: Devices = {
    reports: () =>
      DEVICE_CLASSES.map((deviceClass) => ({
        deviceClass,
        driver: 'd',
        address: 'a',
        status: 'online',
        detail: '',
        paper: null,
        identity: null,
        since: 0,
        lastAnswerAgoMs: 0,
      })),
    signals,
    readCard: () => Promise.resolve(err({ code: 'no-card', detail: '' })),
    readSocialSecurityCard: () => Promise.resolve(err({ code: 'no-card', detail: '' })),
    printPdf: () => Promise.resolve({ outcome: 'printed', cause: null, jobId: 1 }),
    allowCamera: () => undefined,
    print: () => Promise.resolve({ outcome: 'printed', cause: null }),
    openDoor: () => {
      locker.pulses += 1;
      if (locker.result.outcome === 'opened') locker.door = 'open';
      return Promise.resolve(locker.result);
    },
    readDoor: () => Promise.resolve(ok(locker.door)),
    inviteRating: () => Promise.resolve(),
    triggerScanner: () => Promise.resolve(),
  };
  ports = {
    clock,
    random: seededRandom(7),
    store: failing(real, failures),
    devices,
    catalogue: new Catalogue(1, []),
    space: { hasRoom: () => true },
    sealer: { seal: () => Promise.reject(new Error('nothing is sealed here')) },
    sync: {
      link: () => ({ state: 'down', since: 0 }),
      linkChanges: new Emitter(),
      wake: () => undefined,
      clockOffset: () => 0,
      refreshPickups: () => Promise.resolve(),
      askCase: () => Promise.resolve(err('unreachable')),
    },
    log: { event: (_level, event) => logged.push(event), tail: () => [] },
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
  visits = new Visits(ports);
  must(await real.announcePickups(pickupList({})));
});

afterEach(async () => {
  await real.close();
  rmSync(dir, { recursive: true, force: true });
});

/** A visit whose code was accepted. */
function visitWithPickup(): string {
  const visit = visits.begin('en');
  visit.pickups.set(PICKUP, { cell: '01', pulses: 0 });
  return visit.id;
}

const acts = async (): Promise<string[]> => must(await real.actsOf(PICKUP)).map((act) => act.state);
const pickupState = async (): Promise<string> => must(await real.findPickup(PICKUP)).state;

describe('an opening whose store fails', () => {
  it.each(['beginOpening', 'advanceAct:send'] as const)(
    'sends no pulse when %s fails, and works later',
    async (step) => {
      const pickups = new Pickups(ports, visits);
      const visitId = visitWithPickup();
      fail(step);
      expect(await pickups.open(visitId, PICKUP)).toMatchObject({
        ok: false,
        error: { code: 'K103-store-unavailable' },
      });
      expect(locker.pulses).toBe(0);
      expect(await pickups.open(visitId, PICKUP)).toMatchObject({
        ok: true,
        value: { outcome: 'opened', door: 'open' },
      });
      expect(locker.pulses).toBe(1);
      await pickups.stop();
    },
  );

  it('says that the door is open, and writes it down as soon as it can', async () => {
    const pickups = new Pickups(ports, visits);
    fail('settleOpening', 2);
    const opened = await pickups.open(visitWithPickup(), PICKUP);
    expect(opened).toMatchObject({ ok: true, value: { outcome: 'opened', door: 'open', mayTryAgain: false } });
    expect(await acts()).toEqual(['sent']);
    await clock.advance(2_000);
    expect(await acts()).toEqual(['sent']);
    await clock.advance(2_000);
    expect([await acts(), await pickupState()]).toEqual([['confirmed'], 'opened']);
    locker.door = 'closed';
    await clock.advance(1_000);
    expect(await pickupState()).toBe('collected');
    expect(clock.pending).toBe(0);
    await pickups.stop();
  });

  it('asks the sensor at the next start when it was never written down', async () => {
    const before = new Pickups(ports, visits);
    fail('settleOpening', 1_000);
    await before.open(visitWithPickup(), PICKUP);
    await before.stop();
    expect([await acts(), clock.pending]).toEqual([['sent'], 0]);
    failures.clear();
    const after = new Pickups(ports, visits);
    await after.resume();
    expect([await acts(), await pickupState(), locker.pulses]).toEqual([['confirmed'], 'opened', 1]);
    await after.stop();
    expect(clock.pending).toBe(0);
  });
});

describe('a print whose store fails', () => {
  it('tells what the printer said and leaves the act to the next start', async () => {
    const pickups = new Pickups(ports, visits);
    const receipts = new Receipts(ports, visits);
    const visitId = visitWithPickup();
    await pickups.open(visitId, PICKUP);
    fail('advanceAct:confirm');
    const printed = await receipts.print(visitId, 'pickup', PICKUP, 'en');
    expect(printed).toMatchObject({ ok: true, value: { outcome: 'printed' } });
    expect(await acts()).toEqual(['confirmed', 'sent']);
    expect(logged).toContain('act-not-settled');
    await pickups.stop();
  });
});

describe('a rating whose store fails', () => {
  it('from the keypad it is not said to be given, and the screen can still give it', async () => {
    const ratings = new Ratings(ports, visits);
    const given: number[] = [];
    ratings.events.subscribe(({ level }) => given.push(level));
    const visitId = visitWithPickup();
    expect(await ratings.invite(visitId, 'pickup', PICKUP)).toEqual(ok({ alreadyRated: false }));
    fail('rate');
    signals.emit({ type: 'rating', level: 4 });
    await clock.settle();
    expect(given).toEqual([]);
    expect(logged).toContain('rating-not-stored');
    expect(await ratings.give(visitId, 'pickup', PICKUP, 5)).toEqual(ok({ level: 5 }));
    ratings.dispose();
  });

  it('invites nobody when the visit ended while the store was asked', async () => {
    const ratings = new Ratings(ports, visits);
    const visitId = visitWithPickup();
    const invited = ratings.invite(visitId, 'pickup', PICKUP);
    visits.end(visitId);
    expect(await invited).toMatchObject({ ok: false, error: { code: 'K102-no-visit' } });
    ratings.dispose();
  });
});

describe('the technician', () => {
  const PIN = '246810';
  async function technician(): Promise<() => Technician> {
    const hash = await hashPin(PIN, ports.random);
    const settings = {
      pinHash: () => hash,
      secondPinHash: () => null,
      version: () => 1,
      settings: () => [],
      drivers: () => [],
      save: () => Promise.resolve(ok({ version: 2 })),
    };
    return () => new Technician(ports, settings, new Receipts(ports, visits));
  }
  const code = async (answer: ReturnType<Technician['unlock']>): Promise<string | number> => {
    const result = await answer;
    if (result.ok) return 'unlocked';
    return result.error.code === 'T602-pin-locked' ? (result.error.params['seconds'] ?? '') : result.error.code;
  };

  it('waits over restarts, and no clock that is set shortens or lengthens the wait', async () => {
    const start = await technician();
    let desk = start();
    for (let wrong = 0; wrong < 3; wrong += 1) expect(await code(desk.unlock('0'))).toBe('T601-pin-wrong');
    expect(await code(desk.unlock(PIN))).toBe(30);
    clock.jumpWall(3_600_000);
    expect(await code(desk.unlock(PIN))).toBe(30);
    clock.jumpWall(-10 * 3_600_000);
    expect(await code(desk.unlock(PIN))).toBe(30);
    await clock.advance(10_000);
    expect(await code(desk.unlock(PIN))).toBe(20);
    // The wall clock stands years before the failure: the wait begins anew, but it ends.
    clock.jumpWall(-3 * 365 * 86_400_000);
    desk = start();
    expect(await code(desk.unlock(PIN))).toBe(30);
    await clock.advance(30_000);
    expect(await code(desk.unlock(PIN))).toBe('unlocked');
  });

  it('counts on after a restart', async () => {
    const start = await technician();
    const desk = start();
    for (let wrong = 0; wrong < 3; wrong += 1) await desk.unlock('0');
    await clock.advance(12_000);
    expect(await code(start().unlock(PIN))).toBe(18);
  });

  it('takes no token of other text, whatever its bytes', async () => {
    const desk = (await technician())();
    const unlocked = await desk.unlock(PIN);
    const token = unlocked.ok ? unlocked.value.token : '';
    for (const wrong of ['', 'x'.repeat(token.length), '测'.repeat(token.length), `${token} `]) {
      expect(await desk.guarded(wrong, () => Promise.resolve(ok(1)))).toMatchObject({ ok: false });
    }
    expect(await desk.guarded(token, () => Promise.resolve(ok(1)))).toEqual(ok(1));
  });

  it('opens no door whose act could not be written', async () => {
    const desk = (await technician())();
    fail('advanceAct:send');
    expect(await desk.test('pickup-locker', '01', 'en')).toMatchObject({ ok: true, value: { passed: false } });
    expect(locker.pulses).toBe(0);
  });
});
