import { READER_SUBJECTS } from '../../../../native/id-card-reader/reader-subjects.ts';
import type { ReaderSubject } from '../../../../native/id-card-reader/reader-subjects.ts';
import {
  TEST_CARD,
  TEST_FOREIGNER_2017,
  TEST_FOREIGNER_2023,
  TEST_PERMIT,
} from '../../../../native/id-card-reader/test-card.ts';
import { BadFarEnd } from './bad-far-end.ts';
import type { Belief, BeliefSubject } from './subject.ts';

const CARDS = [TEST_CARD, TEST_PERMIT, TEST_FOREIGNER_2017, TEST_FOREIGNER_2023];
/** Enough is whole that a card is read now and then: a reading takes four answers, or forty reports. */
const SPARED = { stream: 0.6, reports: 0.98 } as const;

function readerBelief(subject: ReaderSubject): BeliefSubject {
  return {
    name: `id-card-reader ${subject.name}`,
    expected: 0.01,
    reason:
      'preamble, length, status, XOR, lengths inside; over a line with damage in ten minutes two whole readings agree',
    start(clock, chance) {
      const { device, module } = subject.simulate();
      const farEnd = new BadFarEnd(device, clock, chance, subject.line);
      const { definition, options } = subject;
      const driver = definition.create({ transport: farEnd.transport, clock, options });
      const truths: string[] = [];
      const wrong: string[] = [];
      let lies: number | null = null;
      driver.events.subscribe(({ type }) => {
        if (type === 'card-laid' && lies === null) wrong.push('a card that does not lie there');
      });
      const read = () => driver.readCard({ deadlineMs: 4_000 });
      const lay = async (place: number): Promise<void> => {
        const card = CARDS[place];
        if (card === undefined || !module.layCard(card).ok) throw new Error('no such card');
        lies = place;
        await clock.sleep(0);
      };
      const lift = async (): Promise<void> => {
        module.removeCard();
        lies = null;
        // The reader is looked at without a card, so that the next one is a new one.
        await driver.readCard({ deadlineMs: 1_000 });
      };
      const learn = async (): Promise<void> => {
        farEnd.spared = 1;
        for (let place = 0; place < CARDS.length; place += 1) {
          await lay(place);
          const card = await read();
          if (!card.ok) throw new Error(`${subject.name} cannot read: ${card.error.detail}`);
          truths.push(JSON.stringify(card.value));
          await lift();
        }
        farEnd.spared = SPARED[subject.line.kind];
      };
      return {
        farEnd,
        async turn(): Promise<Belief> {
          if (truths.length === 0) await learn();
          wrong.length = 0;
          const place = chance.below(CARDS.length + 1);
          if (place < CARDS.length) await lay(place);
          const card = await read();
          if (card.ok && lies === null) wrong.push('a card was read where none lay');
          if (card.ok && lies !== null && JSON.stringify(card.value) !== truths[lies]) {
            const truth = JSON.parse(truths[lies] ?? '{}') as Record<string, unknown>;
            const keys = Object.entries(card.value).filter(([key, value]) => truth[key] !== value);
            wrong.push(`card ${lies} read wrongly: ${keys.map(([key]) => key).join(', ')}`);
          }
          await lift();
          return { believed: card.ok ? 1 : 0, wrong: wrong.slice() };
        },
        dispose: () => driver.dispose(),
      };
    },
  };
}

export const READER_BELIEFS: readonly BeliefSubject[] = READER_SUBJECTS.filter(({ name }) =>
  ['serial line', 'vendor wrapper', 'split frames in filled reports'].some((kind) => name.endsWith(kind)),
).map(readerBelief);
