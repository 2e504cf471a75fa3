import type { Carrier } from '../carrier.ts';
import type { SimulatorLine } from '../line.ts';
import { plain, toggle } from './far-end.ts';
import type { Action } from './far-end.ts';

/** What can be done to any cable: the capital letters. */
export function lineActions(line: SimulatorLine, carrier: Carrier): readonly Action[] {
  const set = (fields: Partial<SimulatorLine['behaviour']>): void => {
    line.behaviour = { ...line.behaviour, ...fields };
  };
  const number = (
    word: string,
    name: 'lateMs' | 'garbageBytes' | 'garbageInside',
    key: string,
    on: number,
  ): Action => ({
    word,
    help:
      name === 'lateMs'
        ? 'answers come so many milliseconds late'
        : `so many bytes of noise ${name === 'garbageBytes' ? 'before' : 'in the middle of'} each answer`,
    parameters: [{ name: name === 'lateMs' ? 'ms' : 'bytes', kind: 'number', from: 0, to: 60_000, fallback: on }],
    keys: [
      {
        key,
        help: word,
        values: () => ({ [name === 'lateMs' ? 'ms' : 'bytes']: (line.behaviour[name] ?? 0) > 0 ? 0 : on }),
      },
    ],
    run: ({ ms, bytes }) => {
      set({ [name]: Number(ms ?? bytes) });
      return null;
    },
  });
  return [
    number('late', 'lateMs', 'L', 500),
    number('garbage', 'garbageBytes', 'G', 3),
    number('garbage-inside', 'garbageInside', 'I', 2),
    toggle(
      'drip',
      'answers come byte by byte',
      'D',
      () => line.behaviour.drip,
      (drip) => set({ drip }),
    ),
    toggle(
      'mute',
      'answers are swallowed',
      'M',
      () => line.behaviour.mute,
      (mute) => set({ mute }),
    ),
    toggle(
      'half-frames',
      'only half of each answer is sent',
      'H',
      () => line.behaviour.halfFrames,
      (halfFrames) => set({ halfFrames }),
    ),
    toggle(
      'wrong-check',
      'the last byte of each answer is wrong',
      'W',
      () => line.behaviour.wrongCheck === true,
      (wrongCheck) => set({ wrongCheck }),
    ),
    {
      ...toggle(
        'unplug',
        'the cable is pulled out',
        'U',
        () => !carrier.plugged,
        () => undefined,
      ),
      run: async ({ on }) => {
        await (on === true ? carrier.unplug() : carrier.replug());
        return carrier.plugged === (on === true) ? 'the port could not be opened again' : null;
      },
    },
    plain('good-line', 'all faults of the cable end', 'O', () =>
      set({
        lateMs: 0,
        drip: false,
        garbageBytes: 0,
        garbageInside: 0,
        mute: false,
        halfFrames: false,
        wrongCheck: false,
      }),
    ),
  ];
}
