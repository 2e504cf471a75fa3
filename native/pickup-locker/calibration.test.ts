import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { MemoryLine } from '../../test/support/memory-transport.ts';
import { driverRegistry } from '../manager/registry.ts';
import type { DriverDefinition } from '../model/driver-registry.ts';
import type { CellAddress, PickupLocker } from '../model/pickup-locker.ts';
import { beginCalibration, continueCalibration } from './calibration.ts';
import type { CalibrationAnswer, CalibrationStep } from './calibration.ts';
import { calibrationFacts } from './calibration-facts.ts';
import { CalibrationSession } from './calibration-session.ts';
import type { LockerSimulator } from './simulated-doors.ts';
import { lockerSimulators } from './simulators.ts';

interface Hall {
  readonly clock: FakeClock;
  readonly locker: PickupLocker;
  readonly simulator: LockerSimulator;
}

function hall(
  { id, bauds, create }: DriverDefinition<PickupLocker>,
  options: Readonly<Record<string, string>>,
  boards: readonly number[],
): Hall {
  const clock = new FakeClock();
  const simulator = lockerSimulators[id]?.({ clock, options, boards });
  if (simulator === undefined) throw new Error(id);
  const line = new MemoryLine(simulator, clock, { baud: bauds[0] ?? null });
  const [key, value] = calibrationFacts[id]?.noSensor ?? ['', ''];
  return { clock, simulator, locker: create({ transport: line.open(), clock, options: { [key]: value } }) };
}

/** Walks through a calibration as a person would, and gives how it ended. */
async function calibrate(
  id: string,
  { clock, locker, simulator }: Hall,
  act: (step: CalibrationStep) => 'done' | 'pulse' | 'stop',
): Promise<CalibrationStep> {
  const session = await clock.run(
    CalibrationSession.begin(id, {
      clock,
      scanBoards: () => locker.scanBoards(),
      readContacts: (board) => locker.readContacts(board),
      openDoor: (cell) => locker.openDoor(cell),
    }),
  );
  if (session === null) throw new Error(`nothing to calibrate for ${id}`);
  for (let steps = 0; steps < 40 && !session.ended; steps += 1) await clock.run(session.answer(act(session.step)));
  simulator.dispose();
  return session.step;
}

/** What a careful person does with real doors. */
function byHand(simulator: LockerSimulator, which: (cell: CellAddress) => CellAddress = (cell) => cell) {
  return (step: CalibrationStep): 'done' => {
    if (step.kind === 'open') simulator.doors.forceOpen(which(step.cell));
    else for (const door of simulator.doors.all()) simulator.doors.closeDoor(door.cell);
    return 'done';
  };
}

describe.each(driverRegistry['pickup-locker'])('calibration of $id', (definition) => {
  const { id } = definition;
  const facts = calibrationFacts[id]!;
  const first = facts.firstBoards.at(-1)?.board ?? 0;

  it.each(facts.choices.map(({ options }) => [JSON.stringify(options), options] as const))(
    'finds boards wired as %s',
    async (_name, wiring) => {
      const place = hall(definition, wiring, [first, first + 1, first + 2]);
      const ended = await calibrate(id, place, byHand(place.simulator));
      expect(ended).toMatchObject({ kind: 'done', result: { offset: 0, remarks: [] } });
      if (ended.kind !== 'done') return;
      expect(ended.result.options).toMatchObject({ ...wiring, boards: '3' });
      for (const [key, value] of Object.entries(ended.result.options)) {
        expect(definition.options.find((option) => option.key === key)?.values).toContain(value);
      }
      expect(place.simulator.doors.all().every(({ pulses }) => pulses === 0)).toBe(true);
    },
  );

  it('can open doors by one pulse each where nobody has a key', async () => {
    const place = hall(definition, {}, [first]);
    const close = byHand(place.simulator);
    const ended = await calibrate(id, place, (step) => (step.kind === 'open' ? 'pulse' : close(step)));
    expect(ended).toMatchObject({ kind: 'done' });
    expect(
      place.simulator.doors
        .all()
        .map(({ pulses }) => pulses)
        .filter((count) => count > 0),
    ).toEqual([1, 1]);
  });

  it('tells a hall that counts its doors from 0', async () => {
    const place = hall(definition, {}, [first]);
    const ended = await calibrate(
      id,
      place,
      byHand(place.simulator, ({ board, lock }) => ({ board, lock: lock + 1 })),
    );
    expect(ended).toMatchObject({ kind: 'done', result: { offset: 1 } });
    expect(ended.kind === 'done' && ended.result.remarks.join()).toContain('counted from 0');
  });

  it('says why it cannot tell', async () => {
    const none = hall(definition, {}, []);
    expect(await calibrate(id, none, () => 'done')).toMatchObject({ kind: 'cannot-tell', reason: 'no-board' });
    const blind = hall(definition, {}, [first]);
    blind.simulator.behave({ sensors: 'read-closed' });
    expect(await calibrate(id, blind, byHand(blind.simulator))).toMatchObject({ reason: 'no-contact' });
    const same = hall(definition, {}, [first, first + 1]);
    same.simulator.behave({ collidingBoards: [first + 1] });
    expect(await calibrate(id, same, byHand(same.simulator))).toMatchObject({ reason: 'garbled-board' });
    const wild = hall(definition, {}, [first]);
    const crossed = byHand(wild.simulator, ({ board, lock }) => ({ board, lock: lock === 1 ? 4 : 3 }));
    expect(await calibrate(id, wild, crossed)).toMatchObject({ reason: 'numbering' });
    const two = hall(definition, {}, [first]);
    const both = (step: CalibrationStep): 'done' => {
      byHand(two.simulator)(step);
      if (step.kind === 'open') two.simulator.doors.forceOpen({ board: first, lock: 3 });
      return 'done';
    };
    expect(await calibrate(id, two, both)).toMatchObject({ reason: 'several-contacts' });
    const lazy = hall(definition, {}, [first]);
    const neverShut = (step: CalibrationStep): 'done' => {
      if (step.kind === 'open') lazy.simulator.doors.forceOpen(step.cell);
      return 'done';
    };
    expect(await calibrate(id, lazy, neverShut)).toMatchObject({ reason: 'did-not-return' });
    expect(await calibrate(id, hall(definition, {}, [first]), () => 'stop')).toMatchObject({ reason: 'stopped' });
  });

  it('names boards that are not in a row, and polarity that differs from board to board', async () => {
    const gap = hall(definition, {}, [first, first + 3]);
    const ended = await calibrate(id, gap, byHand(gap.simulator));
    expect(ended).toMatchObject({ kind: 'done', result: { options: { boards: '1' } } });
    expect(ended.kind === 'done' && ended.result.remarks.join()).toContain('DIP');
    const found = [first, first + 1].map((board) => ({ board, answer: 'clear' as const }));
    const levels = (own: readonly boolean[], other: readonly boolean[]): CalibrationAnswer => ({
      kind: 'readings',
      contacts: new Map([
        [first, own],
        [first + 1, other],
      ]),
    });
    const rest = levels([true, true], [false, false]);
    let machine = continueCalibration(beginCalibration(id)!, { kind: 'boards', found });
    for (const answer of [
      rest,
      levels([false, true], [false, false]),
      rest,
      levels([true, false], [false, false]),
      rest,
      levels([true, true], [true, false]),
      rest,
    ]) {
      machine = continueCalibration(machine, answer);
    }
    expect(machine.step).toMatchObject({ kind: 'cannot-tell', reason: 'mixed-polarity' });
  });

  it('always ends, whatever is answered, and never with options that the driver does not have', () => {
    const level = fc.option(fc.boolean(), { nil: null });
    const answer: fc.Arbitrary<CalibrationAnswer> = fc.oneof(
      fc.record({
        kind: fc.constant('boards' as const),
        found: fc
          .uniqueArray(fc.integer({ min: first, max: first + 3 }), { maxLength: 3 })
          .map((boards) => boards.toSorted((a, b) => a - b).map((board) => ({ board, answer: 'clear' as const }))),
      }),
      fc.array(fc.array(level, { minLength: 8, maxLength: 24 }), { maxLength: 4 }).map((all) => ({
        kind: 'readings' as const,
        contacts: new Map(all.map((contacts, at) => [first + at, contacts])),
      })),
    );
    fc.assert(
      fc.property(fc.array(answer, { minLength: 40, maxLength: 60 }), (answers) => {
        let machine = beginCalibration(id)!;
        for (const one of answers) machine = continueCalibration(machine, one);
        const { step } = machine;
        if (step.kind !== 'done') return;
        for (const [key, value] of Object.entries(step.result.options)) {
          expect(definition.options.find((option) => option.key === key)?.values).toContain(value);
        }
      }),
    );
  });
});
