import { evaluationKeypadSimulators } from '../../../native/evaluation-keypad/simulators.ts';
import type { KeypadSimulator } from '../../../native/evaluation-keypad/simulator.ts';
import { RATING_LEVELS } from '../../../native/model/evaluation-keypad.ts';
import type { RatingLevel } from '../../../native/model/evaluation-keypad.ts';
import type { FarEnd } from './far-end.ts';
import type { FarEndMaker, FarEndOptions } from './table.ts';

/** A keypad and a finger. */
function keypad(driver: string, kind: FarEnd['kind'], simulator: KeypadSimulator): FarEnd {
  let last: number | null = null;
  return {
    deviceClass: 'evaluation-keypad',
    driver,
    kind,
    simulator,
    actions: [
      {
        word: 'press',
        help: 'presses the key of a level: 1 very bad, 5 very good',
        parameters: [
          { name: 'level', kind: 'number', from: 1, to: 5 },
          { name: 'bounces', kind: 'number', from: 0, to: 20, fallback: 0 },
        ],
        keys: RATING_LEVELS.map((level) => ({ key: String(level), help: `level ${level}`, values: () => ({ level }) })),
        run: ({ level, bounces }) => {
          if (!Number.isInteger(level)) return 'level must be a whole number';
          simulator.press(level as RatingLevel, Number(bounces));
          last = Number(level);
          return null;
        },
      },
    ],
    state: () => ({ lastLevel: last, inviting: simulator.inviting }),
    dispose: () => undefined,
  };
}

export const KEYPADS: Readonly<Record<string, FarEndMaker>> = Object.fromEntries(
  Object.entries(evaluationKeypadSimulators).map(
    ([driver, make]) =>
      [
        driver,
        ({ options }: FarEndOptions) =>
          keypad(driver, driver.startsWith('hid-') ? 'reports' : 'stream', make({ options })),
      ] as const,
  ),
);
