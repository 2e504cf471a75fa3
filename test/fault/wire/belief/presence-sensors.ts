import { PRESENCE_SUBJECTS } from '../../../../native/presence-sensor/presence-subjects.ts';
import type { PresenceSubject } from '../../../../native/presence-sensor/presence-subjects.ts';
import { BadFarEnd } from './bad-far-end.ts';
import type { Belief, BeliefSubject } from './subject.ts';

/** Turns between two changes, and how long one lasts in milliseconds: a true change is believed by the second one. */
const STEADY_TURNS = 40;
const TURN_MS = 1_500;

/** A sensor that is asked: what it says carries a CRC, and two answers must agree. */
function presenceBelief(subject: PresenceSubject): BeliefSubject {
  return {
    name: `presence-sensor ${subject.name}`,
    expected: 0,
    reason: 'module, function and length awaited, CRC-16, and two answers in a row that agree',
    start(clock, chance) {
      const simulator = subject.simulate(clock);
      const farEnd = new BadFarEnd(simulator, clock, chance, { baud: null });
      const { definition, options } = subject;
      const driver = definition.create({ transport: farEnd.transport, clock, options });
      let turns = 0;
      let steady = 0;
      const told: string[] = [];
      driver.events.subscribe((event) => {
        if (event.type === 'presence-changed') told.push(event.presence);
      });
      return {
        farEnd,
        async turn(): Promise<Belief> {
          if (turns % STEADY_TURNS === 0) {
            simulator.stand(chance.below(2) === 0);
            steady = 0;
          }
          turns += 1;
          steady += 1;
          told.length = 0;
          await clock.sleep(TURN_MS);
          const truth = simulator.present ? 'present' : 'absent';
          // What was believed before the change may stand until two answers came whole.
          const wrong = steady === 1 ? [] : told.filter((one) => one !== truth && one !== 'unknown');
          return { believed: driver.presence === truth ? 1 : 0, wrong };
        },
        dispose: () => {
          driver.dispose();
          simulator.dispose();
        },
      };
    },
  };
}

export const PRESENCE_BELIEFS: readonly BeliefSubject[] = PRESENCE_SUBJECTS.filter(({ asked }) => asked).map(
  presenceBelief,
);
