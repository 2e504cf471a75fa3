import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clock } from '../../native/model/clock.ts';
import { systemClock } from '../../native/transport/system-clock.ts';
import { TestKiosk, until } from './app-kit.ts';
import { announce, beginVisit, fileCase, taken, typeCode, unlock } from './steps.ts';

const YEAR_MS = 365 * 86_400_000;
/** How far the kiosk's clock is out at once, each way. */
const JUMPS = [1_000, 60_000, 3_600_000, 86_400_000, YEAR_MS, 10 * YEAR_MS].flatMap((ms) => [ms, -ms]);
/** By how much a stamp may be off, in milliseconds: the platform is asked every 400 ms here. */
const TOLERANCE_MS = 2_000;

/** The machine's clock with a wall time that jumps. */
class JumpyClock implements Clock {
  shift = 0;
  now = (): number => systemClock.now() + this.shift;
  monotonic = (): number => systemClock.monotonic();
  sleep = (ms: number, signal?: AbortSignal): Promise<void> => systemClock.sleep(ms, signal);
}

describe('a kiosk whose clock jumps', () => {
  const clock = new JumpyClock();
  let kiosk: TestKiosk;
  const acknowledged: { readonly caseId: string; readonly trackingNumber: string; readonly trueTime: number }[] = [];

  beforeAll(async () => {
    kiosk = await TestKiosk.prepare();
    kiosk.clock = clock;
    // It starts with a dead battery.
    clock.shift = Date.UTC(1996, 0, 1) - Date.now();
    await kiosk.open();
    await kiosk.devicesReady();
    await kiosk.link('up');
  });
  afterAll(() => kiosk.stop());

  const file = async (itemId?: string): Promise<string> => {
    const { visitId, result } = await fileCase(kiosk, itemId);
    acknowledged.push({ caseId: result.caseId, trackingNumber: result.trackingNumber, trueTime: Date.now() });
    await kiosk.must('visit.end', { visitId, reason: 'finished' });
    return result.state;
  };

  it.each(JUMPS)('by %i ms before a case sends it at once, with the right time on it', async (ms) => {
    clock.shift += ms;
    expect(await file()).not.toBe('kept');
  });

  it('while cases wait sends them when the line is back', async () => {
    await kiosk.stack.platform.faults.vanish();
    await kiosk.link('down');
    for (const ms of JUMPS.slice(-5)) {
      expect(await file()).toBe('kept');
      clock.shift += ms;
    }
    await kiosk.stack.platform.faults.restore();
    // Tries were put off on the steady clock: no jump makes them later.
    await until(
      'all sent',
      async () => (await kiosk.stack.platform.holdings()).cases.length === acknowledged.length,
      20_000,
    );
    await kiosk.drained();
  }, 60_000);

  it('leaves a pick-up valid that is valid, and opens its door once', async () => {
    for (const [index, ms] of JUMPS.slice(-4).entries()) {
      const cell = `0${index + 1}`;
      const { code, pickupId } = await announce(kiosk, cell);
      await taken(kiosk, code);
      clock.shift += ms;
      const { visitId, checked } = await typeCode(kiosk, code);
      expect(checked).toMatchObject({ ok: true });
      clock.shift -= 2 * ms;
      expect(await kiosk.must('pickup.open', { visitId, pickupId })).toMatchObject({ outcome: 'opened' });
      await kiosk.must('visit.end', { visitId, reason: 'finished' });
    }
    await kiosk.drained();
    const { pickups } = await kiosk.stack.platform.holdings();
    for (const { events } of pickups) {
      expect(events.filter(({ event }) => event === 'opened')).toHaveLength(1);
      for (const { at } of events) expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(60_000);
    }
  });

  it('neither ends a visit or a maintenance mode nor lengthens it', async () => {
    const visitId = await beginVisit(kiosk);
    const token = await unlock(kiosk);
    for (const ms of JUMPS) {
      clock.shift += ms;
      expect((await kiosk.call('technician.outbox', { token })).ok).toBe(true);
      expect((await kiosk.call('scanner.listen', { visitId, on: false })).ok).toBe(true);
    }
  });

  it('has every case at the platform once, stamped with its true time, under numbers of their own', async () => {
    const { cases } = await kiosk.stack.platform.holdings();
    expect(cases.map((one) => one.caseId).sort()).toEqual(acknowledged.map((one) => one.caseId).sort());
    expect(new Set(cases.map((one) => one.trackingNumber)).size).toBe(cases.length);
    const off = acknowledged.map(({ caseId, trueTime }) =>
      Math.abs(Date.parse(cases.find((one) => one.caseId === caseId)?.keptAt ?? '') - trueTime),
    );
    // A submit waits up to 1.5 s for a platform that is away before its result is known here.
    expect(Math.max(...off)).toBeLessThan(TOLERANCE_MS + 1_500);
    // The kiosk's own dates are right too: they are part of the numbers.
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' })
      .format(Date.now())
      .slice(2)
      .replaceAll('-', '');
    for (const { trackingNumber } of acknowledged) expect(trackingNumber.split(' ')[1]).toBe(today);
    expect(kiosk.bugs).toEqual([]);
  });

  it('tells the technician that the clock jumped', async () => {
    clock.shift += YEAR_MS;
    const jumps = (): number => kiosk.logTail().filter((line) => line.event === 'clock-jumped').length;
    const before = jumps();
    await until('the jump on record', () => jumps() > before, 12_000);
    const token = await unlock(kiosk);
    const { lines } = await kiosk.must('technician.logs', { token, limit: 200 });
    expect(lines.filter((line) => line.event === 'clock-jumped').length).toBeGreaterThan(0);
  });
});
