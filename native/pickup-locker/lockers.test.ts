import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { GOOD_LINE, MemoryLine } from '../../test/support/memory-transport.ts';
import type { DriverDefinition } from '../model/driver-registry.ts';
import type { PickupLocker, PickupLockerEvent } from '../model/pickup-locker.ts';
import { bcc8aLocker, kerongCu48Locker } from './index.ts';
import type { LockerSimulator } from './simulated-doors.ts';
import { Bcc8aSimulator } from './simulator-8a.ts';
import { Cu48Simulator } from './simulator-cu48.ts';

interface Bench {
  readonly clock: FakeClock;
  readonly line: MemoryLine;
  readonly locker: PickupLocker;
  readonly doorEvents: PickupLockerEvent[];
}

function bench(
  definition: DriverDefinition<PickupLocker>,
  makeSimulator: (clock: FakeClock) => LockerSimulator,
  options: Record<string, string> = {},
): Bench & { readonly simulator: LockerSimulator } {
  const clock = new FakeClock();
  const simulator = makeSimulator(clock);
  const line = new MemoryLine(simulator, clock, { baud: definition.bauds[0] ?? null });
  const locker = definition.create({ transport: line.open(), clock, options });
  const doorEvents: PickupLockerEvent[] = [];
  locker.events.subscribe((event) => doorEvents.push(event));
  return { clock, line, locker, doorEvents, simulator };
}

const cu48 = (options?: Record<string, string>): ReturnType<typeof bench> =>
  bench(kerongCu48Locker, (clock) => new Cu48Simulator({ clock, boards: [0, 1] }), options);
const bcc8a = (options?: Record<string, string>): ReturnType<typeof bench> =>
  bench(bcc8aLocker, (clock) => new Bcc8aSimulator({ clock, boards: [1, 2] }), options);

describe.each([
  {
    name: 'kerong-cu48',
    make: cu48,
    cell: { board: 1, lock: 24 },
    other: { board: 0, lock: 48 },
    outside: { board: 10, lock: 1 },
  },
  {
    name: 'bcc-8a',
    make: bcc8a,
    cell: { board: 2, lock: 24 },
    other: { board: 1, lock: 3 },
    outside: { board: 0, lock: 1 },
  },
])('$name', ({ make, cell, other, outside }) => {
  it('opens a door with one pulse and sees it', async () => {
    const { clock, locker, simulator, doorEvents } = make();
    expect(await clock.run(locker.openDoor(cell))).toEqual({ outcome: 'opened', cause: null });
    expect(simulator.doors.get(cell)?.pulses).toBe(1);
    expect(simulator.doors.all().filter((door) => door.open)).toHaveLength(1);
    expect(clock.monotonic()).toBeLessThan(800);
    expect(doorEvents).toEqual([{ type: 'door-changed', cell, door: 'open' }]);
    simulator.doors.closeDoor(cell);
    expect(await clock.run(locker.readDoor(cell))).toEqual({ ok: true, value: 'closed' });
    expect(doorEvents.at(-1)).toEqual({ type: 'door-changed', cell, door: 'closed' });
  });

  it('does not pulse a door that stands open', async () => {
    const { clock, locker, simulator } = make();
    simulator.doors.forceOpen(cell);
    expect(await clock.run(locker.openDoor(cell))).toEqual({ outcome: 'opened', cause: null });
    expect(simulator.doors.get(cell)?.pulses).toBe(0);
  });

  it('says refused when the door stays shut, after one pulse and about three seconds', async () => {
    const { clock, locker, simulator } = make();
    simulator.doors.setBehaviour(cell, 'stuck');
    const opened = await clock.run(locker.openDoor(cell));
    expect(opened.outcome).toBe('refused');
    expect(opened.cause?.code).toBe('timeout');
    expect(simulator.doors.get(cell)?.pulses).toBe(1);
    expect(clock.monotonic()).toBeGreaterThan(3000);
    expect(clock.monotonic()).toBeLessThan(4500);
  });

  it('waits for a slow door', async () => {
    const { clock, locker, simulator } = make();
    simulator.doors.setBehaviour(cell, 'slow');
    expect((await clock.run(locker.openDoor(cell))).outcome).toBe('opened');
    expect(simulator.doors.get(cell)?.pulses).toBe(1);
  });

  it('gives no pulse and says unknown when the board is silent from the start', async () => {
    const { clock, locker, simulator } = make();
    simulator.setBoardMute(cell.board, true);
    const opened = await clock.run(locker.openDoor(cell));
    expect(opened).toMatchObject({ outcome: 'unknown', cause: { code: 'timeout' } });
    expect(opened.cause?.detail).toContain('no pulse');
    expect(simulator.doors.get(cell)?.pulses).toBe(0);
    expect((await clock.run(locker.openDoor(other))).outcome).toBe('opened');
  });

  it('says unknown when the answers stop after the pulse', async () => {
    const { clock, locker, line, simulator } = make();
    simulator.doors.setBehaviour(cell, 'slow');
    const opening = locker.openDoor(cell);
    while (simulator.doors.get(cell)?.pulses === 0) await clock.advance(5);
    line.behaviour = { ...GOOD_LINE, mute: true };
    const opened = await clock.run(opening);
    expect(opened).toMatchObject({ outcome: 'unknown', cause: { code: 'timeout' } });
    expect(simulator.doors.get(cell)).toMatchObject({ pulses: 1, open: true });
  });

  it('is not fooled by answers that are late, dripping, dirty or missing now and then', async () => {
    for (const behaviour of [
      { ...GOOD_LINE, lateMs: 60 },
      { ...GOOD_LINE, drip: true },
      { ...GOOD_LINE, garbageBytes: 1 },
      { ...GOOD_LINE, garbageBytes: 3 },
    ]) {
      const { clock, locker, line, simulator } = make();
      line.behaviour = behaviour;
      expect((await clock.run(locker.openDoor(cell))).outcome).toBe('opened');
      simulator.doors.closeDoor(cell);
      simulator.doors.setBehaviour(cell, 'stuck');
      expect((await clock.run(locker.openDoor(cell))).outcome).toBe('refused');
    }
    const { clock, locker, line } = make();
    line.behaviour = { ...GOOD_LINE, halfFrames: true };
    expect(await clock.run(locker.openDoor(cell))).toMatchObject({ outcome: 'unknown', cause: { code: 'bad-reply' } });
  });

  it('opens two doors one after the other, each with one pulse', async () => {
    const { clock, locker, simulator } = make();
    const both = Promise.all([locker.openDoor(cell), locker.openDoor(other), locker.openDoor(cell)]);
    expect((await clock.run(both)).map((opened) => opened.outcome)).toEqual(['opened', 'opened', 'opened']);
    expect(
      simulator.doors
        .all()
        .map((door) => door.pulses)
        .reduce((sum, pulses) => sum + pulses, 0),
    ).toBe(2);
  });

  it('reads all doors of a board', async () => {
    const { clock, locker, simulator } = make();
    simulator.doors.forceOpen(cell);
    const reading = await clock.run(locker.readBoard(cell.board));
    expect(reading.ok && reading.value.flatMap((door, index) => (door === 'open' ? [index + 1] : []))).toEqual([
      cell.lock,
    ]);
  });

  it('is honest when the cable is pulled before, during and after', async () => {
    const before = make();
    before.line.unplug();
    expect(await before.clock.run(before.locker.openDoor(cell))).toMatchObject({
      outcome: 'refused',
      cause: { code: 'not-connected' },
    });
    const during = make();
    during.simulator.doors.setBehaviour(cell, 'slow');
    const opening = during.locker.openDoor(cell);
    while (during.simulator.doors.get(cell)?.pulses === 0) await during.clock.advance(5);
    during.line.unplug();
    expect((await during.clock.run(opening)).outcome).toBe('unknown');
    const waiting = make();
    waiting.simulator.setBoardMute(cell.board, true);
    const reading = waiting.locker.readDoor(cell);
    await waiting.clock.advance(50);
    waiting.line.unplug();
    expect(await waiting.clock.run(reading)).toMatchObject({ ok: false, error: { code: 'line-lost' } });
  });

  it('can be cancelled before and after the pulse', async () => {
    const { clock, locker, simulator } = make();
    const early = new AbortController();
    early.abort();
    expect(await clock.run(locker.openDoor(cell, early.signal))).toMatchObject({
      outcome: 'refused',
      cause: { code: 'cancelled' },
    });
    expect(simulator.doors.get(cell)?.pulses).toBe(0);
    simulator.doors.setBehaviour(cell, 'stuck');
    const late = new AbortController();
    const opening = locker.openDoor(cell, late.signal);
    while (simulator.doors.get(cell)?.pulses === 0) await clock.advance(5);
    late.abort();
    expect(await clock.run(opening)).toMatchObject({ outcome: 'unknown', cause: { code: 'cancelled' } });
  });

  it('knows no cell outside the boards', async () => {
    const { clock, locker, simulator } = make();
    for (const wrong of [
      outside,
      { board: cell.board, lock: 0 },
      { board: cell.board, lock: 99 },
      { board: 1.5, lock: 1 },
    ]) {
      expect(await clock.run(locker.openDoor(wrong))).toMatchObject({
        outcome: 'refused',
        cause: { code: 'unknown-cell' },
      });
      expect(await clock.run(locker.readDoor(wrong))).toMatchObject({ ok: false, error: { code: 'unknown-cell' } });
    }
    expect(simulator.doors.all().every((door) => door.pulses === 0)).toBe(true);
  });

  it('probes which boards answer', async () => {
    const { clock, locker, simulator } = make({ boards: '2' });
    expect((await clock.run(locker.probe())).status).toBe('online');
    simulator.setBoardMute(cell.board, true);
    const partly = await clock.run(locker.probe());
    expect(partly.status).toBe('hardwareError');
    expect(partly.detail).toContain(String(cell.board));
    simulator.setBoardMute(other.board, true);
    expect((await clock.run(locker.probe())).status).toBe('offline');
  });

  it('takes one lost answer for no missing board', async () => {
    const { clock, locker, line } = make({ boards: '2' });
    line.behaviour = { ...GOOD_LINE, mute: true };
    const probe = locker.probe();
    await clock.advance(100);
    line.behaviour = GOOD_LINE;
    expect(await clock.run(probe)).toMatchObject({ status: 'online' });
  });

  it('waits for a board that takes 400 ms to answer', async () => {
    const { clock, locker, line } = make();
    line.behaviour = { ...GOOD_LINE, lateMs: 400 };
    expect(await clock.run(locker.openDoor(cell))).toEqual({ outcome: 'opened', cause: null });
  });

  it('says that the line went, though the command was cancelled for it', async () => {
    const { clock, locker, line, simulator } = make();
    simulator.doors.setBehaviour(cell, 'stuck');
    const cancel = new AbortController();
    const opening = locker.openDoor(cell, cancel.signal);
    await clock.advance(1_000);
    cancel.abort();
    line.unplug();
    expect(await clock.run(opening)).toMatchObject({ outcome: 'unknown', cause: { code: 'line-lost' } });
  });

  it('leaves nothing behind when disposed', async () => {
    const { clock, locker, simulator } = make();
    simulator.setBoardMute(cell.board, true);
    const reading = locker.readDoor(cell);
    await clock.advance(10);
    locker.dispose();
    expect(await clock.run(reading)).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    simulator.dispose();
    await clock.settle();
    expect(clock.pending).toBe(0);
  });
});

describe('kerong-cu48 wiring', () => {
  it('reads boards with the detect switch the other way round', async () => {
    const { clock, locker, simulator } = bench(
      kerongCu48Locker,
      (own) => new Cu48Simulator({ clock: own, setBitMeansLocked: false }),
      { 'lock-bit': '1-unlocked' },
    );
    expect((await clock.run(locker.openDoor({ board: 0, lock: 5 }))).outcome).toBe('opened');
    expect(simulator.doors.get({ board: 0, lock: 5 })?.pulses).toBe(1);
  });
});

describe('bcc-8a wiring', () => {
  it.each([
    ['closed-shorted', 'high-first', 24],
    ['closed-shorted', 'low-first', 8],
    ['open-shorted', 'high-first', 50],
    ['open-shorted', 'low-first', 12],
  ] as const)('works with %s locks, bytes %s and %i channels', async (feedback, statusOrder, channels) => {
    const { clock, locker, simulator } = bench(
      bcc8aLocker,
      (own) => new Bcc8aSimulator({ clock: own, feedback, statusOrder, channels }),
      { feedback, 'status-order': statusOrder },
    );
    const cell = { board: 1, lock: channels };
    expect((await clock.run(locker.openDoor(cell))).outcome).toBe('opened');
    const reading = await clock.run(locker.readBoard(1));
    expect(reading.ok && reading.value[channels - 1]).toBe('open');
    expect(simulator.doors.get(cell)?.pulses).toBe(1);
  });

  it('is right about the door behind an adapter that echoes, with and without suppression', async () => {
    for (const ownEcho of ['none', 'suppress']) {
      const { clock, locker, simulator } = bench(
        bcc8aLocker,
        (own) => {
          const echoing = new Bcc8aSimulator({ clock: own });
          echoing.setEchoAdapter(true);
          return echoing;
        },
        { 'own-echo': ownEcho },
      );
      const cell = { board: 1, lock: 7 };
      expect((await clock.run(locker.openDoor(cell))).outcome).toBe('opened');
      simulator.doors.closeDoor(cell);
      simulator.doors.setBehaviour(cell, 'stuck');
      expect((await clock.run(locker.openDoor(cell))).outcome).toBe('refused');
      expect(await clock.run(locker.readBoard(1))).toMatchObject({ ok: true });
    }
  });

  it.each([0x81, 0x82] as const)('turns unasked %i messages into door events', async (eventHeader) => {
    const { clock, locker, simulator, doorEvents } = bench(
      bcc8aLocker,
      (own) => new Bcc8aSimulator({ clock: own, eventHeader }),
    );
    const cell = { board: 1, lock: 9 };
    simulator.doors.forceOpen(cell);
    await clock.advance(400);
    simulator.doors.closeDoor(cell);
    await clock.advance(400);
    expect(doorEvents).toEqual([
      { type: 'door-changed', cell, door: 'open' },
      { type: 'door-changed', cell, door: 'closed' },
    ]);
    expect((await clock.run(locker.openDoor(cell))).outcome).toBe('opened');
    expect(doorEvents).toHaveLength(3);
  });

  it('finds the header after a garbage byte', async () => {
    const { clock, locker } = bench(bcc8aLocker, (own) => {
      const dirty = new Bcc8aSimulator({ clock: own });
      dirty.setGarbage(Uint8Array.of(0x80));
      return dirty;
    });
    expect((await clock.run(locker.openDoor({ board: 1, lock: 2 }))).outcome).toBe('opened');
    expect(await clock.run(locker.readBoard(1))).toMatchObject({ ok: true });
  });

  it('keeps one frame on the bus at a time', async () => {
    const { clock, locker, line } = bcc8a();
    const written = line.current?.written ?? [];
    const readings = Promise.all([1, 2, 1, 2].map((board) => locker.readBoard(board)));
    await clock.settle();
    expect(written).toHaveLength(1);
    expect((await clock.run(readings)).every((reading) => reading.ok)).toBe(true);
    // Whatever is new is asked four times.
    expect(written.map((frame) => frame[1])).toEqual(Array.from({ length: 16 }, (_, at) => (at % 2) + 1));
    // 20 ms of silence end each reply, 8 ms more are left for the line to turn round.
    expect(clock.monotonic()).toBeGreaterThanOrEqual(3 * 28);
  });
});
