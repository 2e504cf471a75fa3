import { LOCKER_SUBJECTS } from '../../../../native/pickup-locker/locker-subjects.ts';
import type { LockerSubject } from '../../../../native/pickup-locker/locker-subjects.ts';
import type { CellAddress, DoorState } from '../../../../native/model/pickup-locker.ts';
import { BadFarEnd } from './bad-far-end.ts';
import type { Belief, BeliefSubject } from './subject.ts';

/** Turns between two changes of doors. */
const STEADY_TURNS = 40;

/**
 * Two bytes that change places keep every 8-bit check. Four answers in a row must say the same, so the same two of the
 * `data` bytes must change places four times running: 1/8 x 2/length² each time, for every pair.
 */
function expectedOf(length: number, data: number): number {
  const pairs = (data * (data - 1)) / 2;
  const each = (1 / 8) * (2 / length ** 2);
  return (10_000_000 / length) * pairs * each ** 4;
}

/** Reply length and bytes whose order no check sees, by driver. */
const SHAPES: Readonly<Record<string, readonly [length: number, data: number]>> = {
  'kerong-cu48': [12, 6],
  'kerong-cu16': [9, 4],
  'kerong-cu12': [10, 2],
  'kerong-cu': [12, 6],
  'bcc-8a': [7, 3],
  wkly: [34, 24],
};

function lockerBelief(subject: LockerSubject): BeliefSubject {
  const shape = SHAPES[subject.definition.id];
  return {
    name: `pickup-locker ${subject.name}`,
    expected: shape === undefined ? 0 : expectedOf(...shape),
    reason:
      shape === undefined
        ? 'CRC-16 and two answers that agree'
        : 'board, command, length and lock awaited; a change is believed of four answers in a row',
    start(clock, chance) {
      const simulator = subject.simulate({ clock });
      const farEnd = new BadFarEnd(simulator, clock, chance, { baud: null });
      const { definition, options } = subject;
      const driver = definition.create({ transport: farEnd.transport, clock, options });
      const wrong: string[] = [];
      const isTrue = (cell: CellAddress, door: DoorState): boolean => {
        const known = simulator.doors.get(cell);
        return door === 'unknown' || known === null || door === (known.open ? 'open' : 'closed');
      };
      const judge = (what: string, cell: CellAddress, door: DoorState): void => {
        if (!isTrue(cell, door)) wrong.push(`${what} ${cell.board}/${cell.lock} ${door}`);
      };
      driver.events.subscribe(({ cell, door }) => judge('event', cell, door));
      const cells = simulator.doors.all().map(({ cell }) => cell);
      const boards = [...new Set(cells.map(({ board }) => board))];
      let turns = 0;
      let believed = 0;
      const change = (): void => {
        for (const cell of cells) {
          if (chance.below(6) > 0) continue;
          if (chance.below(2) === 0) simulator.doors.forceOpen(cell);
          else simulator.doors.closeDoor(cell);
        }
      };
      return {
        farEnd,
        async turn(): Promise<Belief> {
          if (turns % STEADY_TURNS === 0) change();
          turns += 1;
          wrong.length = 0;
          believed = 0;
          const board = chance.pick(boards);
          if (chance.below(3) > 0) {
            const read = await driver.readBoard(board);
            if (read.ok) {
              believed += 1;
              read.value.forEach((door, index) => judge('board', { board, lock: index + 1 }, door));
            }
          } else {
            const cell = chance.pick(cells);
            const read = await driver.readDoor(cell);
            if (read.ok) {
              believed += 1;
              judge('door', cell, read.value);
            }
          }
          return { believed, wrong: wrong.slice() };
        },
        dispose: () => driver.dispose(),
      };
    },
  };
}

export const LOCKER_BELIEFS: readonly BeliefSubject[] = LOCKER_SUBJECTS.filter(
  ({ options }) => !Object.values(options).includes('none'),
).map(lockerBelief);
