import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { GOOD_LINE, MemoryLine } from '../../test/support/memory-transport.ts';
import { driverRegistry } from '../manager/registry.ts';
import type { CellAddress, OpenResult, PickupLocker } from '../model/pickup-locker.ts';
import type { LineBehaviour } from '../model/simulator.ts';
import { LOCKER_SUBJECTS } from './locker-subjects.ts';
import type { LockerSubject } from './locker-subjects.ts';
import type { DoorBehaviour, LockerSimulator } from './simulated-doors.ts';

interface Bench {
  readonly clock: FakeClock;
  readonly line: MemoryLine;
  readonly locker: PickupLocker;
  readonly simulator: LockerSimulator;
}

function bench({ definition, options, simulate }: LockerSubject, closesAfterMs?: number): Bench {
  const clock = new FakeClock();
  const simulator = simulate(closesAfterMs === undefined ? { clock } : { clock, closesAfterMs });
  const line = new MemoryLine(simulator, clock, { baud: definition.bauds[0] ?? null });
  const locker = definition.create({ transport: line.open(), clock, options });
  return { clock, line, locker, simulator };
}

function pulsesOf(simulator: LockerSimulator): number {
  return simulator.doors.all().reduce((sum, door) => sum + door.pulses, 0);
}

/** What must hold whatever went wrong: one pulse at most, none elsewhere, no false word about the door. */
async function expectTruth({ clock, simulator }: Bench, cell: CellAddress, opened: OpenResult): Promise<void> {
  if (opened.outcome === 'opened') expect(simulator.doors.get(cell)?.open).toBe(true);
  // A pulse that is still on its way opens the door now, also a slow one.
  await clock.advance(3_000);
  const door = simulator.doors.get(cell);
  expect(door?.pulses).toBeLessThanOrEqual(1);
  expect(pulsesOf(simulator)).toBe(door?.pulses);
  if (opened.outcome === 'refused') expect(door?.open).toBe(false);
  expect(opened.cause === null).toBe(opened.outcome === 'opened');
}

describe('the table of locker drivers', () => {
  it('holds every driver that the registry knows', () => {
    const tried = new Set(LOCKER_SUBJECTS.map(({ definition }) => definition.id));
    expect([...tried].toSorted()).toEqual(driverRegistry['pickup-locker'].map(({ id }) => id).toSorted());
  });
});

describe.each(LOCKER_SUBJECTS)('$name', (subject) => {
  const { definition, options, cell, other } = subject;

  it('describes itself completely', () => {
    expect(definition.deviceClass).toBe('pickup-locker');
    expect(bench(subject).locker).toMatchObject({ driverId: definition.id, deviceClass: 'pickup-locker' });
    for (const option of definition.options) expect(option.values).toContain(option.fallback);
    for (const [key, value] of Object.entries(options)) {
      expect(definition.options.find((option) => option.key === key)?.values).toContain(value);
    }
  });

  it('probes which of its two boards answer', async () => {
    const { clock, locker, simulator } = bench(subject);
    expect(await clock.run(locker.probe())).toMatchObject({ status: 'online', detail: '' });
    simulator.setBoardMute(cell.board, true);
    expect(await clock.run(locker.probe())).toMatchObject({
      status: 'hardwareError',
      detail: `no answer from board ${cell.board}`,
    });
    simulator.setBoardMute(other.board, true);
    expect(await clock.run(locker.probe())).toMatchObject({ status: 'offline' });
    expect(pulsesOf(simulator)).toBe(0);
  });

  it('reads one door and all doors of a board, and moves nothing by that', async () => {
    const { clock, locker, simulator } = bench(subject);
    expect(await clock.run(locker.readDoor(cell))).toEqual({ ok: true, value: 'closed' });
    simulator.doors.forceOpen(cell);
    expect(await clock.run(locker.readDoor(cell))).toEqual({ ok: true, value: 'open' });
    expect(await clock.run(locker.readDoor(other))).toEqual({ ok: true, value: 'closed' });
    for (const board of [cell.board, other.board]) {
      const reading = await clock.run(locker.readBoard(board));
      const doors = reading.ok ? reading.value : [];
      const there = simulator.doors.all().filter((door) => door.cell.board === board);
      // A board may have fewer locks than its protocol: what is told of the others is never relied on.
      expect(doors.length).toBeGreaterThanOrEqual(there.length);
      for (const door of there) expect(doors[door.cell.lock - 1]).toBe(door.open ? 'open' : 'closed');
    }
    expect(pulsesOf(simulator)).toBe(0);
  });

  it('opens one door of one board with one pulse, also a second and a third time', async () => {
    const tried = bench(subject);
    const { clock, locker, simulator } = tried;
    expect(await clock.run(locker.openDoor(cell))).toEqual({ outcome: 'opened', cause: null });
    await expectTruth(tried, cell, { outcome: 'opened', cause: null });
    expect(simulator.doors.get(cell)?.pulses).toBe(1);
    expect(simulator.doors.get(other)).toMatchObject({ pulses: 0, open: false });
    expect((await clock.run(locker.openDoor(other))).outcome).toBe('opened');
    simulator.doors.closeDoor(cell);
    expect((await clock.run(locker.openDoor(cell))).outcome).toBe('opened');
    expect(simulator.doors.get(cell)?.pulses).toBe(2);
  });

  it.each([
    ['normal', ['opened'], true],
    ['slow', ['opened'], true],
    ['left-open', ['opened'], true],
    ['stuck', ['refused'], false],
    ['sensor-broken', ['refused'], true],
  ] as const)('says of a %s door: %s', async (behaviour, outcomes, opens) => {
    const { clock, locker, simulator } = bench(subject);
    simulator.doors.setBehaviour(cell, behaviour);
    expect(outcomes).toContain((await clock.run(locker.openDoor(cell))).outcome);
    expect(simulator.doors.get(cell)).toMatchObject({ pulses: 1, open: opens });
  });

  it('does not pulse a door that stands open', async () => {
    const { clock, locker, simulator } = bench(subject);
    simulator.doors.forceOpen(cell);
    expect(await clock.run(locker.openDoor(cell))).toEqual({ outcome: 'opened', cause: null });
    expect(pulsesOf(simulator)).toBe(0);
  });

  it('gives no pulse where the board is mute, and says unknown where it falls mute after the pulse', async () => {
    const silent = bench(subject);
    silent.simulator.setBoardMute(cell.board, true);
    expect((await silent.clock.run(silent.locker.openDoor(cell))).outcome).toBe('unknown');
    expect(pulsesOf(silent.simulator)).toBe(0);
    const falling = bench(subject);
    falling.simulator.doors.setBehaviour(cell, 'slow');
    const opening = falling.locker.openDoor(cell);
    while (pulsesOf(falling.simulator) === 0) await falling.clock.advance(1);
    falling.simulator.setBoardMute(cell.board, true);
    // What the door does is seen by nobody; a board that reports by itself is mute as well.
    const opened = await falling.clock.run(opening);
    expect(opened.outcome).toBe('unknown');
    await expectTruth(falling, cell, opened);
  });

  it.each(['normal', 'slow', 'stuck'] as const)(
    'is honest when the cable of a %s door is pulled',
    async (behaviour) => {
      for (let at = 0; at < 1_000; at += 7) {
        const tried = bench(subject);
        tried.simulator.doors.setBehaviour(cell, behaviour);
        const opening = tried.locker.openDoor(cell);
        await tried.clock.advance(at);
        tried.line.unplug();
        const opened = await tried.clock.run(opening);
        // Once a pulse went out without an answer from the sensor, nobody can tell.
        if (opened.outcome === 'refused') expect(pulsesOf(tried.simulator)).toBe(0);
        await expectTruth(tried, cell, opened);
      }
    },
  );

  const dirty: readonly (readonly [string, Partial<LineBehaviour>])[] = [
    ['byte by byte', { drip: true }],
    ['60 ms late', { lateMs: 60 }],
    ['250 ms late', { lateMs: 250 }],
    ['400 ms late', { lateMs: 400 }],
    ['after one byte of noise', { garbageBytes: 1 }],
    ['after seven bytes of noise', { garbageBytes: 7 }],
    ['late, dripping and dirty', { lateMs: 60, drip: true, garbageBytes: 3 }],
  ];
  it.each(dirty)('understands answers that come %s', async (_name, behaviour) => {
    for (const [door, outcomes] of [
      ['normal', ['opened']],
      ['slow', ['opened']],
      // Where answers take long, the time in which nobody watches may be too wide to say more.
      ['stuck', (behaviour.lateMs ?? 0) > 100 ? ['refused', 'unknown'] : ['refused']],
    ] as const satisfies readonly (readonly [DoorBehaviour, readonly string[]])[]) {
      const tried = bench(subject);
      tried.line.behaviour = { ...GOOD_LINE, ...behaviour };
      tried.simulator.doors.setBehaviour(cell, door);
      const opened = await tried.clock.run(tried.locker.openDoor(cell));
      expect(outcomes).toContain(opened.outcome);
      await expectTruth(tried, cell, opened);
    }
  });

  it('believes no half answer', async () => {
    const tried = bench(subject);
    tried.line.behaviour = { ...GOOD_LINE, halfFrames: true };
    expect(await tried.clock.run(tried.locker.readBoard(cell.board))).toMatchObject({ ok: false });
    const opened = await tried.clock.run(tried.locker.openDoor(cell));
    expect(opened).toMatchObject({ outcome: 'unknown', cause: { code: 'bad-reply' } });
    expect(pulsesOf(tried.simulator)).toBe(0);
    // Half answers that begin after the pulse.
    const later = bench(subject);
    const opening = later.locker.openDoor(cell);
    while (pulsesOf(later.simulator) === 0) await later.clock.advance(1);
    later.line.behaviour = { ...GOOD_LINE, halfFrames: true };
    const after = await later.clock.run(opening);
    expect(after.outcome).toBe('unknown');
    await expectTruth(later, cell, after);
  });

  it('takes no late answer of one board for the word of another', async () => {
    const { clock, line, locker, simulator } = bench(subject);
    simulator.doors.forceOpen(other);
    line.behaviour = { ...GOOD_LINE, lateMs: 600 };
    expect(await clock.run(locker.readDoor(other))).toMatchObject({ ok: false, error: { code: 'timeout' } });
    line.behaviour = GOOD_LINE;
    expect(await clock.run(locker.readDoor(cell))).toEqual({ ok: true, value: 'closed' });
    line.behaviour = { ...GOOD_LINE, lateMs: 600 };
    const late = await clock.run(locker.readBoard(other.board));
    // A board that reports was asked before, because of its message; what that said may count.
    if (late.ok) expect(late.value[other.lock - 1]).toBe('open');
    else expect(late.error.code).toBe('timeout');
    line.behaviour = GOOD_LINE;
    let reading = await clock.run(locker.readBoard(cell.board));
    // What was asked after a message may still stand in the queue of late answers.
    for (let again = 0; again < 3 && !reading.ok; again += 1) reading = await clock.run(locker.readBoard(cell.board));
    expect(reading.ok && reading.value[cell.lock - 1]).toBe('closed');
  });

  it('says no refused out of answers that are older than their questions', async () => {
    const { clock, line, locker, simulator } = bench(subject, 1_500);
    simulator.doors.setBehaviour(cell, 'slow');
    const opening = locker.openDoor(cell);
    await clock.advance(31);
    line.behaviour = { ...GOOD_LINE, lateMs: 586 };
    expect((await clock.run(opening)).outcome).not.toBe('refused');
    await clock.advance(3_000);
    expect(simulator.doors.get(cell)?.pulses).toBe(1);
  });

  it('opens a door that is asked for twice at once by one pulse, and two boards one after the other', async () => {
    const { clock, locker, simulator } = bench(subject);
    const all = Promise.all([locker.openDoor(cell), locker.openDoor(other), locker.openDoor(cell)]);
    expect((await clock.run(all)).map(({ outcome }) => outcome)).toEqual(['opened', 'opened', 'opened']);
    expect(simulator.doors.get(cell)?.pulses).toBe(1);
    expect(simulator.doors.get(other)?.pulses).toBe(1);
  });

  it('can be cancelled at any moment', async () => {
    for (let at = 0; at < 900; at += 13) {
      const tried = bench(subject);
      tried.simulator.doors.setBehaviour(cell, 'slow');
      const cancel = new AbortController();
      const opening = tried.locker.openDoor(cell, cancel.signal);
      await tried.clock.advance(at);
      cancel.abort();
      const opened = await tried.clock.run(opening);
      expect(opened.outcome).toBe(pulsesOf(tried.simulator) === 0 ? 'refused' : 'unknown');
      await expectTruth(tried, cell, opened);
    }
  });

  it('knows no cell outside its boards', async () => {
    const { clock, locker, simulator } = bench(subject);
    for (const wrong of [
      { board: -1, lock: 1 },
      { board: 999, lock: 1 },
      { board: cell.board, lock: 0 },
      { board: cell.board, lock: 999 },
      { board: cell.board, lock: 1.5 },
    ]) {
      const cause = { code: 'unknown-cell' };
      expect(await clock.run(locker.openDoor(wrong))).toMatchObject({ outcome: 'refused', cause });
      expect(await clock.run(locker.readDoor(wrong))).toMatchObject({ ok: false, error: cause });
    }
    expect(pulsesOf(simulator)).toBe(0);
  });

  it('leaves nothing behind when disposed, before, during and after the pulse', async () => {
    for (const at of [0, 5, 40, 200, 500, 1_500]) {
      const { clock, locker, simulator } = bench(subject);
      simulator.doors.setBehaviour(cell, 'stuck');
      const opening = locker.openDoor(cell);
      await clock.advance(at);
      locker.dispose();
      expect((await clock.run(opening)).outcome).not.toBe('opened');
      simulator.dispose();
      await clock.advance(1_000);
      expect(clock.pending).toBe(0);
    }
  });
});
