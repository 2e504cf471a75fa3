import { KEYPAD_SUBJECTS } from '../../../../native/evaluation-keypad/keypad-subjects.ts';
import type { KeypadSubject } from '../../../../native/evaluation-keypad/keypad-subjects.ts';
import { BadFarEnd } from './bad-far-end.ts';
import type { Belief, BeliefSubject } from './subject.ts';

/** Longer than the driver takes two presses for one, in milliseconds. */
const BETWEEN_MS = 2_000;
/** Most presses arrive: what is tried is what comes of the others. */
const SPARED = 0.25;

/**
 * A keypad is asked nothing and says a press once. Only profiles whose presses carry a check are tried: a bare byte is a
 * press, whoever sent it.
 */
function keypadBelief(subject: KeypadSubject): BeliefSubject {
  return {
    name: `evaluation-keypad ${subject.name}`,
    // Another key's frame out of this one's: both its key and its check byte must be replaced by just those of one of the
    // four others, 1/8 x 1/2 x (2 of 16 places) x 4 / 65,536 of the frames that are not spared.
    expected: 0.9,
    unavoidable: true,
    reason: 'a press is said once and unasked, so nothing can be asked again: start, key of the profile, end and check',
    start(clock, chance) {
      const simulator = subject.simulate();
      const farEnd = new BadFarEnd(simulator, clock, chance);
      farEnd.spared = SPARED;
      const { definition, options } = subject;
      const driver = definition.create({ transport: farEnd.transport, clock, options });
      const told: number[] = [];
      driver.events.subscribe(({ level }) => told.push(level));
      return {
        farEnd,
        async turn(): Promise<Belief> {
          told.length = 0;
          const level = ([1, 2, 3, 4, 5] as const)[chance.below(5)] ?? 1;
          simulator.press(level);
          await clock.sleep(BETWEEN_MS);
          const wrong = told.filter((one) => one !== level).map((one) => `${one} instead of ${level}`);
          return { believed: told.length, wrong };
        },
        dispose: () => driver.dispose(),
      };
    },
  };
}

export const KEYPAD_BELIEFS: readonly BeliefSubject[] = KEYPAD_SUBJECTS.filter(
  ({ noiseProof, definition }) => noiseProof && definition.schemes.includes('serial'),
).map(keypadBelief);
