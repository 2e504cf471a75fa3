import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePickupCode } from '../../electron/domain/pickup-code.ts';
import { openStore } from '../../electron/store/index.ts';
import { systemClock, systemRandom } from '../../native/transport/system-clock.ts';
import { TestKiosk, until } from './app-kit.ts';
import {
  announce,
  beginVisit,
  codeOf,
  freshId,
  lockOf,
  openDoors,
  printed,
  steelDoor,
  taken,
  toldEvents,
  typeCode,
} from './steps.ts';

let kiosk: TestKiosk;
beforeAll(async () => {
  kiosk = await TestKiosk.start();
  await kiosk.devicesReady();
  await kiosk.link('up');
});
afterAll(() => kiosk.stop());

/** Somebody shuts the door, and the kiosk has seen it. */
async function shut(cell: string, pickupId: string): Promise<void> {
  kiosk.stack.bench.actions.closeDoor('locker-cu48', lockOf(kiosk, cell));
  await until(`door ${cell} seen closed`, () =>
    kiosk.events('door-changed').some((event) => event.pickupId === pickupId && event.door === 'closed'),
  );
}

/** Types the code and asks for the door. */
async function openWith(code: string): Promise<{
  readonly visitId: string;
  readonly pickupId: string;
  readonly opening: Awaited<ReturnType<typeof again>>;
}> {
  const { visitId, checked } = await typeCode(kiosk, code);
  if (!checked.ok) throw new Error(checked.error.code);
  const { pickupId } = checked.value;
  return { visitId, pickupId, opening: await again(visitId, pickupId) };
}

const again = (visitId: string, pickupId: string): ReturnType<typeof kiosk.call<'pickup.open'>> =>
  kiosk.call('pickup.open', { visitId, pickupId });

describe('a pick-up', () => {
  it('opens the right door, and only it; paper and platform hear what the sensor saw', async () => {
    const { code, pickupId } = await announce(kiosk, '05');
    const { visitId, opening } = await openWith(code);
    expect(opening).toEqual({ ok: true, value: { outcome: 'opened', door: 'open', mayTryAgain: false } });
    expect(openDoors(kiosk)).toEqual(['05']);
    expect(steelDoor(kiosk, '05').pulses).toBe(1);

    const subject = { visitId, subject: 'pickup', subjectId: pickupId, language: 'zh-CN' } as const;
    const whileOpen = await printed(kiosk, subject);
    expect(whileOpen.result).toMatchObject({ outcome: 'printed', copy: 1 });
    expect(whileOpen.paper).toContain('05 号柜门已打开');
    expect(whileOpen.paper).toContain('还开着');
    expect(whileOpen.paper).not.toContain('已关好');

    await shut('05', pickupId);
    const afterwards = await printed(kiosk, { ...subject, language: 'en' });
    expect(afterwards.result).toMatchObject({ outcome: 'printed', copy: 2 });
    expect(afterwards.paper).not.toContain('still open');
    const closed = await printed(kiosk, subject);
    expect(closed.paper).toContain('05 号柜门已关好');
    // Paper speaks of the door, never of things that nobody saw being taken.
    expect(closed.paper).not.toContain('已领取');
    expect(closed.paper).not.toContain(code);

    await kiosk.drained();
    expect(await toldEvents(kiosk, pickupId)).toEqual(['opened', 'closed']);
    expect((await typeCode(kiosk, code)).checked).toMatchObject({ error: { code: 'L406-code-used' } });
  });

  it('works with the network gone; the platform hears each event once afterwards', async () => {
    const { code, pickupId } = await announce(kiosk, '06');
    await taken(kiosk, code);
    await kiosk.stack.platform.faults.vanish();
    await kiosk.link('down');
    const { opening } = await openWith(code);
    expect(opening).toMatchObject({ value: { outcome: 'opened' } });
    await shut('06', pickupId);
    expect((await typeCode(kiosk, code)).checked).toMatchObject({ error: { code: 'L406-code-used' } });
    await kiosk.stack.platform.faults.restore();
    // The answer to the first report is lost: the repeat must not count twice.
    kiosk.stack.platform.faults.drop('after', { routes: ['reportPickup'], times: 1 });
    await kiosk.link('up');
    await kiosk.drained();
    expect(await toldEvents(kiosk, pickupId)).toEqual(['opened', 'closed']);
  });

  it('reaches the cells of the second board, and not the same lock of the first', async () => {
    expect(lockOf(kiosk, '13')).toEqual({ board: 1, lock: 1 });
    const { code, pickupId } = await announce(kiosk, '13');
    expect((await openWith(code)).opening).toMatchObject({ value: { outcome: 'opened' } });
    expect(openDoors(kiosk)).toEqual(['13']);
    expect(steelDoor(kiosk, '01').pulses).toBe(0);
    await shut('13', pickupId);
  });

  it('a stuck door is refused; one more pulse may be sent, then none', async () => {
    const { code, pickupId } = await announce(kiosk, '07');
    kiosk.stack.bench.actions.setDoor('locker-cu48', lockOf(kiosk, '07'), 'stuck');
    const { visitId, opening } = await openWith(code);
    expect(opening).toEqual({ ok: true, value: { outcome: 'refused', door: 'closed', mayTryAgain: true } });
    expect(await again(visitId, pickupId)).toEqual({
      ok: true,
      value: { outcome: 'refused', door: 'closed', mayTryAgain: false },
    });
    expect(codeOf(await again(visitId, pickupId))).toBe('L409-door-did-not-open');
    expect(steelDoor(kiosk, '07').pulses).toBe(2);
    await kiosk.drained();
    expect(await toldEvents(kiosk, pickupId)).toEqual(['refused', 'refused']);
    // Nothing was opened, so there is nothing to put on paper.
    const paper = await kiosk.call('receipt.print', {
      visitId,
      subject: 'pickup',
      subjectId: pickupId,
      language: 'zh-CN',
    });
    expect(paper.ok).toBe(false);
    // Mended, the code still opens it.
    kiosk.stack.bench.actions.setDoor('locker-cu48', lockOf(kiosk, '07'), 'normal');
    expect((await openWith(code)).opening).toMatchObject({ value: { outcome: 'opened' } });
    await shut('07', pickupId);
  });

  it('a slow door is waited for, with one pulse', async () => {
    const { code, pickupId } = await announce(kiosk, '08');
    kiosk.stack.bench.actions.setDoor('locker-cu48', lockOf(kiosk, '08'), 'slow');
    expect((await openWith(code)).opening).toMatchObject({ value: { outcome: 'opened' } });
    expect(steelDoor(kiosk, '08').pulses).toBe(1);
    await shut('08', pickupId);
  });

  it('a board that falls silent: no pulse without the word of its sensor, nothing claimed', async () => {
    const { code, pickupId } = await announce(kiosk, '14');
    const { visitId, checked } = await typeCode(kiosk, code);
    expect(checked.ok).toBe(true);
    kiosk.stack.bench.actions.muteBoard('locker-cu48', 1, true);
    const opening = await again(visitId, pickupId);
    expect(opening).toMatchObject({ value: { outcome: 'unknown', door: 'unknown', mayTryAgain: false } });
    expect(codeOf(await again(visitId, pickupId))).toBe('L410-door-unknown');
    expect(await kiosk.must('pickup.door', { visitId, pickupId })).toEqual({ door: 'unknown' });
    expect(steelDoor(kiosk, '14').pulses).toBe(0);
    // The other board works on.
    const other = await announce(kiosk, '09');
    expect((await openWith(other.code)).opening).toMatchObject({ value: { outcome: 'opened' } });
    await shut('09', other.pickupId);
    // The sensor speaks again and says closed: now one may.
    kiosk.stack.bench.actions.muteBoard('locker-cu48', 1, false);
    await kiosk.devicesReady();
    expect((await openWith(code)).opening).toMatchObject({ value: { outcome: 'opened' } });
    expect(steelDoor(kiosk, '14').pulses).toBe(1);
    await shut('14', pickupId);
    await kiosk.drained();
    expect(await toldEvents(kiosk, pickupId)).toEqual(['unknown', 'opened', 'closed']);
  });

  it('a door that stays open is not called closed, in this visit or the next', async () => {
    const { code, pickupId } = await announce(kiosk, '10');
    const { visitId, opening } = await openWith(code);
    expect(opening).toMatchObject({ value: { outcome: 'opened' } });
    await kiosk.must('visit.end', { visitId, reason: 'left' });
    await beginVisit(kiosk);
    await kiosk.drained();
    expect(await toldEvents(kiosk, pickupId)).toEqual(['opened']);
    expect(kiosk.events('door-changed').filter((event) => event.pickupId === pickupId)).toEqual([]);
    // Shut long after its visit: still followed, still told.
    await shut('10', pickupId);
    await kiosk.drained();
    expect(await toldEvents(kiosk, pickupId)).toEqual(['opened', 'closed']);
  });

  it('a door that stands open already gets no pulse', async () => {
    const { code, pickupId } = await announce(kiosk, '11');
    kiosk.stack.bench.actions.forceDoor('locker-cu48', lockOf(kiosk, '11'));
    expect((await openWith(code)).opening).toMatchObject({ value: { outcome: 'opened' } });
    expect(steelDoor(kiosk, '11').pulses).toBe(0);
    await shut('11', pickupId);
  });

  it('two touches at once send one pulse', async () => {
    const { code, pickupId } = await announce(kiosk, '12');
    const { visitId } = await typeCode(kiosk, code);
    const both = await Promise.all([again(visitId, pickupId), again(visitId, pickupId)]);
    for (const one of both) expect(one).toMatchObject({ value: { outcome: 'opened' } });
    expect(steelDoor(kiosk, '12').pulses).toBe(1);
    await shut('12', pickupId);
    await kiosk.drained();
    expect(await toldEvents(kiosk, pickupId)).toEqual(['opened', 'closed']);
  });

  it('the locker unplugged and plugged in again: refused in words, then opened', async () => {
    const { code, pickupId } = await announce(kiosk, '15');
    const { visitId } = await typeCode(kiosk, code);
    await kiosk.stack.bench.actions.unplug('locker-cu48');
    await until('locker away', () =>
      kiosk.app.useCases.devices
        .reports()
        .some((one) => one.deviceClass === 'pickup-locker' && one.status === 'offline'),
    );
    expect(codeOf(await again(visitId, pickupId))).toBe('L401-locker-away');
    await kiosk.stack.bench.actions.replug('locker-cu48');
    await kiosk.devicesReady();
    expect(await again(visitId, pickupId)).toMatchObject({ value: { outcome: 'opened' } });
    expect(steelDoor(kiosk, '15').pulses).toBe(1);
    await shut('15', pickupId);
  });
});

describe('a restart in the middle of an opening', () => {
  /** The act was written and its pulse sent, then the kiosk died: what is left in the store is this. */
  async function dieAfterSend(cell: string, pulse: boolean): Promise<{ pickupId: string; code: string }> {
    const { pickupId, code } = await announce(kiosk, cell);
    await taken(kiosk, code);
    await kiosk.close();
    const opened = openStore({ dir: join(kiosk.stack.dataDir, 'store'), clock: systemClock, random: systemRandom });
    if (!opened.ok) throw new Error(opened.error.detail);
    const { store } = opened.value;
    const actId = freshId();
    const begun = await store.beginOpening({ pickupId, actId, at: Date.now() });
    expect(begun.ok).toBe(true);
    expect((await store.advanceAct({ actId, event: 'send', at: Date.now() })).ok).toBe(true);
    if (pulse) kiosk.stack.bench.actions.forceDoor('locker-cu48', lockOf(kiosk, cell));
    await store.close();
    return { pickupId, code };
  }

  it('is settled by the sensor: an open door was opened, and its closing is told', async () => {
    const { pickupId, code } = await dieAfterSend('17', true);
    await kiosk.open();
    await kiosk.devicesReady();
    await until('opening told', async () => (await toldEvents(kiosk, pickupId)).includes('opened'));
    await shut('17', pickupId);
    await kiosk.drained();
    expect(await toldEvents(kiosk, pickupId)).toEqual(['opened', 'closed']);
    expect(steelDoor(kiosk, '17').pulses).toBe(0);
    expect(codeOf((await typeCode(kiosk, code)).checked)).toBe('L406-code-used');
  });

  it('a closed door proves nothing: unknown, and not opened by itself', async () => {
    const { pickupId, code } = await dieAfterSend('18', false);
    await kiosk.open();
    await kiosk.devicesReady();
    await until('unknown told', async () => (await toldEvents(kiosk, pickupId)).includes('unknown'));
    expect(steelDoor(kiosk, '18').pulses).toBe(0);
    expect(openDoors(kiosk)).toEqual([]);
    // A further restart adds nothing.
    await kiosk.close();
    await kiosk.open();
    await kiosk.devicesReady();
    await kiosk.link('up');
    await kiosk.drained();
    expect(await toldEvents(kiosk, pickupId)).toEqual(['unknown']);
    // The person comes again with the code: the sensor says closed, one pulse.
    expect((await openWith(code)).opening).toMatchObject({ value: { outcome: 'opened' } });
    expect(steelDoor(kiosk, '18').pulses).toBe(1);
    await shut('18', pickupId);
    await kiosk.drained();
    expect(await toldEvents(kiosk, pickupId)).toEqual(['unknown', 'opened', 'closed']);
  });

  it('a door left open over a restart is followed on', async () => {
    const { code, pickupId } = await announce(kiosk, '19');
    expect((await openWith(code)).opening).toMatchObject({ value: { outcome: 'opened' } });
    await kiosk.close();
    await kiosk.open();
    await kiosk.devicesReady();
    await shut('19', pickupId);
    await kiosk.drained();
    expect(await toldEvents(kiosk, pickupId)).toEqual(['opened', 'closed']);
  });

  it('closed while the kiosk was off: told as closed after the start', async () => {
    const { code, pickupId } = await announce(kiosk, '19');
    expect((await openWith(code)).opening).toMatchObject({ value: { outcome: 'opened' } });
    await kiosk.close();
    kiosk.stack.bench.actions.closeDoor('locker-cu48', lockOf(kiosk, '19'));
    await kiosk.open();
    await until('closing told', async () => (await toldEvents(kiosk, pickupId)).includes('closed'));
  });
});

describe('a code', () => {
  it('that is malformed, not yet valid, expired or withdrawn is refused with its reason, and nothing opens', async () => {
    const now = Date.now();
    const early = await announce(kiosk, '01', { validFrom: now + 3_600_000, validTo: now + 7_200_000 });
    const late = await announce(kiosk, '02', { validFrom: now - 7_200_000, validTo: now - 3_600_000 });
    const gone = await announce(kiosk, '03');
    await taken(kiosk, gone.code);
    expect(await kiosk.stack.platform.withdrawPickup(gone.pickupId)).toBe(true);
    await until(
      'withdrawal taken',
      async () => codeOf((await typeCode(kiosk, gone.code)).checked) === 'L407-code-withdrawn',
    );
    const at = (ms: number): string => new Date(ms).toISOString();
    expect((await typeCode(kiosk, early.code)).checked).toMatchObject({
      error: { code: 'L404-code-not-yet-valid', params: { at: at(now + 3_600_000) } },
    });
    expect((await typeCode(kiosk, late.code)).checked).toMatchObject({
      error: { code: 'L405-code-expired', params: { at: at(now - 3_600_000) } },
    });
    for (const text of [
      '',
      '1234',
      '12345678',
      'HP1:',
      'HP1:1234567a',
      '１２３',
      'https://example.test/x',
      '\u0000',
      '9'.repeat(200),
    ]) {
      expect(codeOf((await typeCode(kiosk, text)).checked)).toBe('L402-code-malformed');
    }
    const { visitId } = await typeCode(kiosk, early.code);
    // A door cannot be asked for by its id alone.
    for (const { pickupId } of [early, late, gone]) expect((await again(visitId, pickupId)).ok).toBe(false);
    expect(openDoors(kiosk)).toEqual([]);
  });

  it('of another visit opens nothing', async () => {
    const { code, pickupId } = await announce(kiosk, '04');
    const { visitId } = await typeCode(kiosk, code);
    const next = await beginVisit(kiosk);
    expect(codeOf(await again(visitId, pickupId))).toBe('K102-no-visit');
    expect((await again(next, pickupId)).ok).toBe(false);
    expect(openDoors(kiosk)).toEqual([]);
  });

  it('wrong five times makes the kiosk wait, also for tries made all at once', async () => {
    const visitId = await beginVisit(kiosk);
    const wrong = Array.from({ length: 9 }, (_, index) => makePickupCode(String(7_000_000 + index)));
    const answers = await Promise.all(wrong.map((code) => kiosk.call('pickup.check', { visitId, code })));
    const codes = answers.map(codeOf);
    expect(codes.filter((code) => code === 'L403-code-unknown')).toHaveLength(5);
    expect(codes.filter((code) => code === 'L408-too-many-tries')).toHaveLength(4);
    expect(
      answers.flatMap((one) => (!one.ok && one.error.code === 'L403-code-unknown' ? [one.error.params['left']] : [])),
    ).toEqual([4, 3, 2, 1, 0]);
    // A right one has to wait as well, also in a new visit.
    const { code } = await announce(kiosk, '16');
    const waiting = (await typeCode(kiosk, code)).checked;
    expect(waiting).toMatchObject({ error: { code: 'L408-too-many-tries', params: { minutes: 10 } } });
  });

  it('leaves no bug in the log', () => {
    expect(kiosk.bugs).toEqual([]);
  });
});
