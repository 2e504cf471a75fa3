import { lockerSimulators } from '../../../native/pickup-locker/simulators.ts';
import { DOOR_BEHAVIOURS } from '../../../native/pickup-locker/simulated-doors.ts';
import type { DoorBehaviour } from '../../../native/pickup-locker/simulated-doors.ts';
import { behave, toggle } from './far-end.ts';
import type { Action, ActionKey, FarEnd, Values } from './far-end.ts';
import type { FarEndMaker, FarEndOptions } from './table.ts';

/** A bus of lock boards and a person who stands before the doors. */
function locker(driver: string, { clock, options, doorsCloseAfterMs }: FarEndOptions): FarEnd {
  const make = lockerSimulators[driver];
  if (make === undefined) throw new Error(`no simulated locker for ${driver}`);
  const simulator = make({ clock, options, closesAfterMs: doorsCloseAfterMs });
  const [firstBoard = 0] = simulator.boards;
  /** The door that keys act on. */
  let chosen = 1;
  const mute = new Set<number>();
  const where: Action['parameters'] = [
    { name: 'cell', kind: 'number', from: 1, to: 255, fallback: 0 },
    { name: 'board', kind: 'number', from: 0, to: 255, fallback: firstBoard },
  ];
  const at = ({ cell, board }: Values) => ({ lock: cell === 0 ? chosen : Number(cell), board: Number(board) });
  const doorAction = (
    word: string,
    help: string,
    keys: readonly ActionKey[],
    act: (cell: ReturnType<typeof at>, values: Values) => void,
    more: Action['parameters'] = [],
  ): Action => ({
    word,
    help,
    parameters: [...where, ...more],
    keys,
    run: (values) => {
      const cell = at(values);
      if (simulator.doors.get(cell) === null) return `no door: board ${cell.board} lock ${cell.lock}`;
      act(cell, values);
      return null;
    },
  });
  const key = (letter: string, help: string, values: Values = {}): ActionKey => ({
    key: letter,
    help,
    values: () => values,
  });
  return {
    deviceClass: 'pickup-locker',
    driver,
    kind: 'stream',
    simulator,
    actions: [
      {
        word: 'choose',
        help: 'the door that keys act on',
        parameters: [{ name: 'cell', kind: 'number', from: 1, to: 255 }],
        keys: [1, 2, 3, 4, 5, 6, 7, 8, 9].map((cell) => key(String(cell), `door ${cell}`, { cell })),
        run: ({ cell }) => {
          chosen = Number(cell);
          return null;
        },
      },
      doorAction(
        'door',
        'how a door behaves when it is pulsed',
        [
          key('s', 'stuck', { behaviour: 'stuck' }),
          key('w', 'slow', { behaviour: 'slow' }),
          key('b', 'sensor broken', { behaviour: 'sensor-broken' }),
          key('k', 'left open', { behaviour: 'left-open' }),
          key('n', 'normal', { behaviour: 'normal' }),
        ],
        (cell, { behaviour }) => simulator.doors.setBehaviour(cell, behaviour as DoorBehaviour),
        [{ name: 'behaviour', kind: 'text', oneOf: DOOR_BEHAVIOURS }],
      ),
      doorAction('close', 'somebody shuts the door', [key('c', 'shut')], (cell) => simulator.doors.closeDoor(cell)),
      doorAction('force', 'somebody breaks the door open', [key('f', 'force')], (cell) =>
        simulator.doors.forceOpen(cell),
      ),
      {
        ...toggle(
          'board-off',
          'a board has no power',
          'o',
          () => mute.has(firstBoard),
          () => undefined,
        ),
        parameters: [
          { name: 'on', kind: 'switch', fallback: true },
          { name: 'board', kind: 'number', from: 0, to: 255, fallback: firstBoard },
        ],
        run: ({ on, board }) => {
          simulator.setBoardMute(Number(board), on === true);
          if (on === true) mute.add(Number(board));
          else mute.delete(Number(board));
          return null;
        },
      },
      toggle(
        'nak',
        'boards refuse everything',
        'r',
        () => simulator.behaviour.refuses,
        (refuses) => simulator.behave({ refuses }),
      ),
      toggle(
        'echo',
        "the adapter hands back the host's own bytes",
        'e',
        () => simulator.behaviour.echo !== 'none',
        (on) => simulator.behave({ echo: on ? 'whole' : 'none' }),
      ),
      behave(
        () => simulator.behaviour,
        (fields) => simulator.behave(fields),
      ),
    ],
    state: () => ({
      boards: simulator.boards,
      chosen,
      doors: simulator.doors
        .all()
        .filter(({ pulses, open, behaviour }) => pulses > 0 || open || behaviour !== 'normal'),
      behaviour: simulator.behaviour,
    }),
    dispose: () => simulator.dispose(),
  };
}

export const LOCKERS: Readonly<Record<string, FarEndMaker>> = Object.fromEntries(
  Object.keys(lockerSimulators).map((driver) => [driver, (options) => locker(driver, options)] as const),
);
