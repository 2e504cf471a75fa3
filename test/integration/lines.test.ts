import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEVICE_CLASSES } from '../../native/model/device.ts';
import type { LineBehaviour } from '../../native/model/simulator.ts';
import type { SimulatedDevice } from '../simulators/index.ts';
import { CLEAN_LINE } from '../simulators/line.ts';
import { TestKiosk, until } from './app-kit.ts';
import {
  announce,
  codeOf,
  fileCase,
  functionNow,
  lockOf,
  printed,
  readCard,
  beginVisit,
  statusOf,
  steelDoor,
  typeCode,
} from './steps.ts';

const DEVICES = [
  ['card-reader', 'id-card-reader'],
  ['receipt-printer', 'receipt-printer'],
  ['locker-cu48', 'pickup-locker'],
  ['serial-keypad', 'evaluation-keypad'],
  ['scanner', 'code-scanner'],
] as const;
const ALL = DEVICES.map(([device]) => device);

let kiosk: TestKiosk;
beforeAll(async () => {
  kiosk = await TestKiosk.start();
  await kiosk.devicesReady();
  await kiosk.link('up');
});
afterEach(async () => {
  kiosk.stack.bench.actions.removeCard();
  await goodAgain();
});
afterAll(() => kiosk.stop());

const setAll = (behaviour: Partial<LineBehaviour>, devices: readonly SimulatedDevice[] = ALL): void => {
  for (const device of devices) kiosk.stack.bench.actions.setLine(device, behaviour);
};

/** Good lines from now on; waits until each device has answered on them. */
async function goodAgain(): Promise<void> {
  setAll(CLEAN_LINE);
  const since = performance.now();
  await until('all devices answer again', () =>
    kiosk.app.useCases.devices
      .reports()
      .filter(({ driver }) => driver !== '')
      .every((one) => one.status === 'online' && (one.lastAnswerAgoMs ?? Infinity) < performance.now() - since),
  );
}

/** Every person's whole way on good lines. */
async function everythingWorks(cell: string): Promise<void> {
  const { visitId, result } = await fileCase(kiosk);
  expect(result.state).toBe('approved');
  const receipt = await printed(kiosk, { visitId, subject: 'case', subjectId: result.caseId, language: 'zh-CN' });
  expect(receipt.result.outcome).toBe('printed');
  expect(receipt.paper).toContain(result.trackingNumber);
  await opensOnce(cell);
}

async function opensOnce(cell: string): Promise<void> {
  const { code, pickupId } = await announce(kiosk, cell);
  const before = steelDoor(kiosk, cell).pulses;
  const { visitId } = await typeCode(kiosk, code);
  expect(await kiosk.must('pickup.open', { visitId, pickupId })).toMatchObject({ outcome: 'opened' });
  expect(steelDoor(kiosk, cell).pulses).toBe(before + 1);
  kiosk.stack.bench.actions.closeDoor('locker-cu48', lockOf(kiosk, cell));
  await until('closed', () =>
    kiosk.events('door-changed').some((event) => event.pickupId === pickupId && event.door === 'closed'),
  );
}

describe('every serial line', () => {
  it('that drips byte by byte and answers late works all the same', async () => {
    setAll({ drip: true, lateMs: 40 }, ['card-reader', 'receipt-printer', 'locker-cu48', 'serial-keypad', 'scanner']);
    await everythingWorks('01');
    expect(kiosk.bugs).toEqual([]);
  }, 40_000);

  it.each([
    ['noise before each answer', { garbageBytes: 7 }],
    ['half frames', { halfFrames: true }],
    ['silence', { mute: true }],
  ] as const)(
    'with %s: defined answers only, nothing claimed; good again, all works',
    async (_, behaviour) => {
      const cell = { 'noise before each answer': '02', 'half frames': '03', silence: '04' }[_];
      const { visitId, result } = await fileCase(kiosk);
      const { code, pickupId } = await announce(kiosk, cell);
      setAll(behaviour);

      // A receipt: what it claims must be so.
      const painted = kiosk.stack.bench.receipts.length;
      const print = await kiosk.must('receipt.print', {
        visitId,
        subject: 'case',
        subjectId: result.caseId,
        language: 'zh-CN',
      });
      const papers = (await kiosk.stack.bench.receiptsPainted()).slice(painted);
      const came = papers.some((paper) => paper.lines.join('\n').includes(result.trackingNumber));
      if (print.outcome === 'printed') expect(came).toBe(true);
      if (print.outcome === 'not-printed') expect(came).toBe(false);
      if (print.outcome !== 'printed') expect(print.cause?.code).toMatch(/^P30/);

      // A card: read right or refused.
      const reader = await beginVisit(kiosk);
      kiosk.stack.bench.actions.layCard('lin');
      const reading = kiosk.call('card.read', { visitId: reader });
      // A reader that says nothing at all is waited for until the card's deadline: somebody leaves before.
      const left = setTimeout(() => void kiosk.must('card.cancel', { visitId: reader }), 2_500);
      const read = await reading;
      clearTimeout(left);
      kiosk.stack.bench.actions.removeCard();
      if (read.ok) expect(read.value.card).toMatchObject({ name: '林测夏', number: '990001199003070028' });
      else expect(read.error.code).toMatch(/^C20|^K106/);

      // A door: one pulse at most, and opened only if it is.
      const { visitId: other } = await typeCode(kiosk, code);
      const opening = await kiosk.call('pickup.open', { visitId: other, pickupId });
      const door = steelDoor(kiosk, cell);
      expect(door.pulses).toBeLessThanOrEqual(1);
      if (opening.ok) {
        if (opening.value.outcome === 'opened') expect(door.open).toBe(true);
        if (opening.value.outcome === 'refused') expect(door.open).toBe(false);
      } else {
        expect(codeOf(opening)).toMatch(/^L401|^L410/);
      }

      for (const { driver, status } of kiosk.app.useCases.devices.reports()) {
        if (driver === '') continue;
        expect(['online', 'offline', 'hardwareError', 'userError', 'deviceBusy', 'starting']).toContain(status);
      }
      kiosk.stack.bench.actions.closeDoor('locker-cu48', lockOf(kiosk, cell));
      await goodAgain();
      await everythingWorks(String(Number(cell) + 4).padStart(2, '0'));
    },
    60_000,
  );
});

describe('every device', () => {
  it.each(DEVICES)(
    '%s unplugged while nobody is there: known, said with its reason, well again when plugged in',
    async (device, deviceClass) => {
      expect(DEVICE_CLASSES).toContain(deviceClass);
      const from = kiosk.seen.length;
      await kiosk.stack.bench.actions.unplug(device);
      await until(`${device} offline`, () => statusOf(kiosk, deviceClass) === 'offline');
      const snapshot = await kiosk.must('kiosk.snapshot', {});
      const [apply, collect] = [await functionNow(kiosk, 'apply'), await functionNow(kiosk, 'collect')];
      switch (deviceClass) {
        case 'id-card-reader':
          expect(apply).toMatchObject({ state: 'not-now', reason: 'C201-reader-away' });
          expect(collect.state).toBe('open');
          expect(snapshot.cardReader).toBe('away');
          break;
        case 'receipt-printer':
          expect(apply).toMatchObject({ state: 'limited', reason: 'P301-printer-away' });
          expect(collect).toMatchObject({ state: 'limited', reason: 'P301-printer-away' });
          expect(snapshot.printer).toBe('away');
          break;
        case 'pickup-locker':
          expect(apply.state).toBe('open');
          expect(collect).toMatchObject({ state: 'not-now', reason: 'L401-locker-away' });
          break;
        case 'evaluation-keypad':
          expect([apply.state, collect.state, snapshot.keypad]).toEqual(['open', 'open', 'away']);
          break;
        case 'code-scanner':
          expect([apply.state, collect.state, snapshot.scanner]).toEqual(['open', 'open', 'away']);
          break;
      }
      for (const one of [apply, collect]) expect(one.since === null).toBe(one.reason === null);
      // The screens were told, not only whoever asks.
      await until('event', () => kiosk.seen.slice(from).some((event) => event.name === 'kiosk-changed'));
      await kiosk.stack.bench.actions.replug(device);
      await until(`${device} online`, () => statusOf(kiosk, deviceClass) === 'online');
      expect(await functionNow(kiosk, 'apply')).toMatchObject({ state: 'open', reason: null, since: null });
      expect(await functionNow(kiosk, 'collect')).toMatchObject({ state: 'open', reason: null, since: null });
    },
  );

  it('works after all that', async () => {
    await everythingWorks('12');
    expect((await readCard(kiosk, await beginVisit(kiosk), 'elder')).name).toBe('测试老人');
    expect(kiosk.bugs).toEqual([]);
  });
});
