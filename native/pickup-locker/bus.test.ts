import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { MemoryLine, MemoryTransport } from '../../test/support/memory-transport.ts';
import { driverRegistry } from '../manager/registry.ts';
import type { DriverDefinition } from '../model/driver-registry.ts';
import type { CellAddress, PickupLocker, PickupLockerEvent } from '../model/pickup-locker.ts';
import { calibrationFacts } from './calibration-facts.ts';
import type { BusBehaviour } from './simulated-bus.ts';
import type { LockerSimulator } from './simulated-doors.ts';
import { systemClock } from '../transport/system-clock.ts';
import { kerongCu48Locker } from './kerong-cu48.ts';
import { lockerSimulators } from './simulators.ts';

interface Wanted {
  readonly options?: Readonly<Record<string, string>>;
  /** Options of the driver where they are not those that the boards are wired by. */
  readonly driverOptions?: Readonly<Record<string, string>>;
  readonly boards?: readonly number[];
  readonly behaviour?: Partial<BusBehaviour>;
}

interface Bench {
  readonly clock: FakeClock;
  readonly line: MemoryLine;
  readonly locker: PickupLocker;
  readonly simulator: LockerSimulator;
  readonly events: PickupLockerEvent[];
  /** Moments at which we began to send, in milliseconds. */
  readonly sent: number[];
}

function bench({ id, bauds, create }: DriverDefinition<PickupLocker>, wanted: Wanted = {}): Bench {
  const clock = new FakeClock();
  const { options = {}, boards, behaviour, driverOptions = options } = wanted;
  const simulator = lockerSimulators[id]?.({
    clock,
    options,
    ...(boards ? { boards } : {}),
    ...(behaviour ? { behaviour } : {}),
  });
  if (simulator === undefined) throw new Error(`no simulator for ${id}`);
  const line = new MemoryLine(simulator, clock, { baud: bauds[0] ?? null });
  const transport = line.open();
  const sent: number[] = [];
  const passOn = transport.onWrite;
  transport.onWrite = (bytes) => {
    sent.push(clock.monotonic());
    passOn?.(bytes);
  };
  const locker = create({ transport, clock, options: driverOptions });
  const events: PickupLockerEvent[] = [];
  locker.events.subscribe((event) => events.push(event));
  return { clock, line, locker, simulator, events, sent };
}

const pulses = (simulator: LockerSimulator): number =>
  simulator.doors.all().reduce((sum, door) => sum + door.pulses, 0);

const DRIVERS = driverRegistry['pickup-locker'];
const FIRST: Readonly<Record<string, number>> = { 'bcc-8a': 1, 'modbus-relay': 1 };

it('has a simulator and calibration facts for every driver', () => {
  const ids = DRIVERS.map(({ id }) => id).toSorted();
  expect(Object.keys(lockerSimulators).toSorted()).toEqual(ids);
  expect(Object.keys(calibrationFacts).toSorted()).toEqual(ids);
});

describe.each(DRIVERS)('$id on its bus', (definition) => {
  const first = FIRST[definition.id] ?? 0;
  const cell: CellAddress = { board: first, lock: 2 };
  const most = Number(definition.options.find(({ key }) => key === 'boards')?.values.at(-1) ?? '1');

  it('reads and opens up to 240 cells over all its boards', async () => {
    const locks = bench(definition).simulator.doors.all().length;
    const count = Math.min(most, Math.ceil(240 / locks));
    expect(count * locks).toBeGreaterThanOrEqual(definition.id === 'kerong-cu12' ? 192 : 240);
    const { clock, locker, simulator } = bench(definition, { options: { boards: String(count) } });
    expect(await clock.run(locker.probe())).toMatchObject({ status: 'online' });
    const last = { board: first + count - 1, lock: locks };
    for (const one of [last, cell, { board: first + Math.floor(count / 2), lock: 1 }]) {
      expect((await clock.run(locker.openDoor(one))).outcome).toBe('opened');
      expect(simulator.doors.get(one)).toMatchObject({ pulses: 1, open: true });
    }
    expect(pulses(simulator)).toBe(3);
    for (let board = first; board < first + count; board += 1) {
      const reading = await clock.run(locker.readBoard(board));
      const open = reading.ok ? reading.value.slice(0, locks).filter((door) => door === 'open').length : -1;
      expect(open).toBe(simulator.doors.all().filter((door) => door.cell.board === board && door.open).length);
    }
  });

  it('finds out which addresses answer', async () => {
    const boards = [first, first + 2, first + 5];
    const { clock, locker, simulator } = bench(definition, { boards });
    const told: number[] = [];
    const found = await clock.run(locker.scanBoards({ onBoard: ({ board }) => told.push(board) }));
    expect(found).toEqual({ ok: true, value: boards.map((board) => ({ board, answer: 'clear' })) });
    expect(told).toEqual(boards);
    simulator.behave({ collidingBoards: [first + 2] });
    expect(await clock.run(locker.scanBoards())).toMatchObject({
      value: [{ answer: 'clear' }, { board: first + 2, answer: 'garbled' }, { answer: 'clear' }],
    });
    expect(pulses(simulator)).toBe(0);
  });

  it('names two boards with one address, and goes on with the others', async () => {
    const wanted = { options: { boards: '3' }, behaviour: { collidingBoards: [first + 1] } };
    const { clock, locker, simulator } = bench(definition, wanted);
    const state = await clock.run(locker.probe());
    expect(state.status).toBe('hardwareError');
    expect(state.detail).toContain(`no valid answer from board ${first + 1}`);
    expect(await clock.run(locker.openDoor({ board: first + 1, lock: 1 }))).toMatchObject({ outcome: 'unknown' });
    expect(pulses(simulator)).toBe(0);
    expect((await clock.run(locker.openDoor(cell))).outcome).toBe('opened');
  });

  it.each(['whole', 'head', 'tail'] as const)('is right behind an adapter that echoes (%s)', async (echo) => {
    const suppress = definition.options.some(({ key }) => key === 'own-echo');
    for (const options of suppress ? [{}, { 'own-echo': 'suppress' }] : [{}]) {
      const { clock, locker, simulator } = bench(definition, { options, behaviour: { echo } });
      expect(await clock.run(locker.probe())).toMatchObject({ status: 'online' });
      expect((await clock.run(locker.openDoor(cell))).outcome).toBe('opened');
      simulator.doors.closeDoor(cell);
      simulator.doors.setBehaviour(cell, 'stuck');
      expect((await clock.run(locker.openDoor(cell))).outcome).toBe('refused');
      expect(simulator.doors.get(cell)?.pulses).toBe(2);
      simulator.setBoardMute(first, true);
      expect((await clock.run(locker.openDoor(cell))).outcome).toBe('unknown');
      expect(pulses(simulator)).toBe(2);
    }
  });

  const dirt: readonly (readonly [string, Partial<BusBehaviour>, boolean])[] = [
    ['late', { lateMs: 200 }, true],
    ['byte by byte', { byteGapMs: 2 }, true],
    ['behind noise', { garbageBefore: 9 }, true],
    ['with noise inside', { garbageInside: 2 }, false],
    ['with a wrong check', { wrongCheck: true }, false],
    ['half', { halfFrames: true }, false],
  ];
  it.each(dirt)('takes answers that come %s for what they are', async (_name, behaviour, understood) => {
    const { clock, locker, simulator } = bench(definition, { behaviour });
    const opened = await clock.run(locker.openDoor(cell));
    expect(opened.outcome).toBe(understood ? 'opened' : 'unknown');
    expect(pulses(simulator)).toBe(understood ? 1 : 0);
  });

  it('gives no pulse where boards say no to everything', async () => {
    const { clock, locker, simulator } = bench(definition, { behaviour: { refuses: true } });
    expect((await clock.run(locker.openDoor(cell))).outcome).toBe('unknown');
    expect(pulses(simulator)).toBe(0);
  });

  it('keeps the line quiet for 3.5 characters before it sends', async () => {
    const { clock, line, locker, sent } = bench(definition, { options: { boards: '2' } });
    let heard = 0;
    line.current?.onData(() => (heard = clock.monotonic()));
    const gaps: number[] = [];
    const note = line.current?.onWrite;
    if (line.current && note) {
      line.current.onWrite = (bytes) => {
        if (heard > 0) gaps.push(clock.monotonic() - heard);
        note(bytes);
      };
    }
    await clock.run(locker.probe());
    await clock.run(locker.openDoor(cell));
    expect(sent.length).toBeGreaterThan(3);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(35_000 / (definition.bauds[0] ?? 9600));
  });

  it('takes no late answer for the answer to the next question about the same door', async () => {
    const { clock, locker, simulator, line } = bench(definition);
    await clock.run(locker.readDoor(cell));
    simulator.doors.forceOpen(cell);
    // The board is so slow that its answer comes when the next question is under way.
    simulator.behave({ lateMs: 550 });
    expect(await clock.run(locker.readDoor(cell))).toMatchObject({ ok: false });
    simulator.behave({ lateMs: 0 });
    simulator.doors.closeDoor(cell);
    expect(await clock.run(locker.readDoor(cell))).toEqual({ ok: true, value: 'closed' });
    expect(line.opened).toBe(1);
  });

  it('lets a question for its health be given up at once, and believes none of its answer afterwards', async () => {
    for (let at = 0; at < 60; at += 3) {
      const { clock, locker, simulator, sent } = bench(definition, { options: { boards: '2' } });
      await clock.run(locker.probe());
      simulator.doors.forceOpen(cell);
      const cancel = new AbortController();
      const probing = locker.probe(cancel.signal);
      await clock.advance(at);
      cancel.abort();
      const before = clock.monotonic();
      await clock.run(probing);
      expect(clock.monotonic() - before).toBeLessThanOrEqual(1);
      simulator.doors.closeDoor(cell);
      sent.length = 0;
      const asked = clock.monotonic();
      expect(await clock.run(locker.readDoor(cell))).toEqual({ ok: true, value: 'closed' });
      // The bus is waited for no longer than one answer takes.
      expect((sent[0] ?? 0) - asked).toBeLessThan(60);
    }
  });

  it('gives the line to a command at once while a board that is off is asked for its health', async () => {
    const { clock, locker, simulator, sent } = bench(definition, { options: { boards: '2' } });
    await clock.run(locker.probe());
    simulator.setBoardMute(first + 1, true);
    const cancel = new AbortController();
    const probing = locker.probe(cancel.signal);
    await clock.advance(200);
    cancel.abort();
    await clock.run(probing);
    sent.length = 0;
    const asked = clock.monotonic();
    expect((await clock.run(locker.openDoor(cell))).outcome).toBe('opened');
    expect((sent[0] ?? 0) - asked).toBeLessThanOrEqual(30);
    expect(simulator.doors.get(cell)?.pulses).toBe(1);
  });

  it('is not held up in every health round by a board that is off, and sees it come back', async () => {
    const { clock, locker, simulator } = bench(definition, { options: { boards: '3' } });
    await clock.run(locker.probe());
    simulator.setBoardMute(first + 1, true);
    expect(await clock.run(locker.probe())).toMatchObject({ status: 'hardwareError' });
    const rounds: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const begun = clock.monotonic();
      expect(await clock.run(locker.probe())).toMatchObject({ status: 'hardwareError' });
      rounds.push(clock.monotonic() - begun);
    }
    expect(rounds.filter((ms) => ms > 300)).toHaveLength(2);
    simulator.setBoardMute(first + 1, false);
    expect(await clock.run(locker.probe())).toMatchObject({ status: 'online' });
  });

  it('tells of doors that are forced or left open by its health rounds alone', async () => {
    const { clock, locker, simulator, events } = bench(definition, { options: { boards: '2' } });
    const other = { board: first + 1, lock: 3 };
    await clock.run(locker.probe());
    expect(events).toEqual([]);
    simulator.doors.forceOpen(other);
    await clock.run(locker.probe());
    await clock.run(locker.probe());
    expect(events).toEqual([{ type: 'door-changed', cell: other, door: 'open' }]);
    simulator.doors.closeDoor(other);
    await clock.run(locker.probe());
    expect(events.at(-1)).toEqual({ type: 'door-changed', cell: other, door: 'closed' });
    simulator.doors.setBehaviour(cell, 'left-open');
    await clock.run(locker.openDoor(cell));
    await clock.run(locker.probe());
    expect(events.slice(2)).toEqual([{ type: 'door-changed', cell, door: 'open' }]);
  });

  it.each(['inverted', 'read-open'] as const)('calls no door open where sensors are %s', async (sensors) => {
    const { clock, locker, simulator } = bench(definition, { behaviour: { sensors } });
    const fault = 'sensor-implausible';
    expect(await clock.run(locker.readDoor(cell))).toMatchObject({ ok: false, error: { code: fault } });
    expect(await clock.run(locker.openDoor(cell))).toMatchObject({ outcome: 'unknown', cause: { code: fault } });
    expect(pulses(simulator)).toBe(0);
    const state = await clock.run(locker.probe());
    expect(state).toMatchObject({ status: 'userError', fault });
    expect(state.detail).toContain('calibrate');
  });

  it('believes sensors that were seen closed, also when every door is opened', async () => {
    const { clock, locker, simulator } = bench(definition);
    await clock.run(locker.probe());
    for (const door of simulator.doors.all()) simulator.doors.forceOpen(door.cell);
    expect(await clock.run(locker.probe())).toMatchObject({ status: 'online' });
    expect(await clock.run(locker.openDoor(cell))).toEqual({ outcome: 'opened', cause: null });
    expect(pulses(simulator)).toBe(0);
  });

  it('pulses doors without sensors once, and says that it cannot know', async () => {
    const [key = '', value = ''] = calibrationFacts[definition.id]?.noSensor ?? [];
    for (const sensors of ['read-open', 'read-closed'] as const) {
      const wanted = { options: { [key]: value }, behaviour: { sensors } };
      const { clock, locker, simulator } = bench(definition, wanted);
      expect(await clock.run(locker.probe())).toMatchObject({ status: 'online' });
      expect(await clock.run(locker.readDoor(cell))).toEqual({ ok: true, value: 'unknown' });
      const cause = { code: 'not-supported' };
      expect(await clock.run(locker.openDoor(cell))).toMatchObject({ outcome: 'unknown', cause });
      expect(pulses(simulator)).toBe(1);
      simulator.setBoardMute(first, true);
      expect((await clock.run(locker.openDoor(cell))).outcome).toBe('unknown');
      expect(pulses(simulator)).toBe(1);
    }
  });
});

it('takes an answer that came while this program stood still for longer than the deadline', async () => {
  const transport = new MemoryTransport();
  const locker = kerongCu48Locker.create({ transport, clock: systemClock, options: {} });
  const reading = locker.readBoard(0);
  await systemClock.sleep(20);
  // A stall behind the poll phase: the deadline's timer comes first, then the bytes that lie there to be read.
  setImmediate(() => {
    setImmediate(() => {
      const answer = Uint8Array.of(0x02, 0, 0, 0x65, 0x07, 0, 0, 0, 0, 0xc0, 0x03, 0x31);
      transport.deliver(answer);
      transport.onWrite = () => void setImmediate(() => transport.deliver(answer));
    });
    const stalledUntil = performance.now() + 600;
    while (performance.now() < stalledUntil) continue;
  });
  expect(await reading).toMatchObject({ ok: true });
  locker.dispose();
});
