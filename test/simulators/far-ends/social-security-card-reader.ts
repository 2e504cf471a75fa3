import { CardReaderSimulator } from '../../../native/social-security-card-reader/simulator.ts';
import { TEST_CARD } from '../../../native/social-security-card-reader/test-card.ts';
import { VirtualCard } from '../../../native/social-security-card-reader/virtual-card.ts';
import { behave, plain, toggle } from './far-end.ts';
import type { FarEnd } from './far-end.ts';
import type { FarEndMaker } from './table.ts';

/** A chip card reader and a person with cards. */
function chipCardReader(): FarEnd {
  const simulator = new CardReaderSimulator();
  const { behaviour } = simulator;
  return {
    deviceClass: 'social-security-card-reader',
    driver: 'pcsc',
    kind: 'reports',
    simulator,
    actions: [
      plain('insert', 'puts a social security card in', 'i', () => simulator.insert(TEST_CARD)),
      plain('foreign', 'puts a bank card in', 'b', () =>
        simulator.insert(new VirtualCard(TEST_CARD, { foreign: true })),
      ),
      plain('remove', 'takes the card out', 'r', () => {
        if (!simulator.hasCard) return 'no card is in';
        simulator.remove();
        return null;
      }),
      {
        word: 'pull-after',
        help: 'the card is pulled out after so many commands',
        parameters: [{ name: 'commands', kind: 'number', from: 0, to: 100, fallback: 2 }],
        keys: [{ key: 'p', help: 'pull out early', values: () => ({ commands: 2 }) }],
        run: ({ commands }) => {
          behaviour.pulledAfter = Number(commands);
          return null;
        },
      },
      plain('stay', 'cards stay in again', 's', () => void (behaviour.pulledAfter = null)),
      toggle(
        'mute-card',
        'the card is in the wrong way round',
        'w',
        () => behaviour.mute,
        (on) => void (behaviour.mute = on),
      ),
      behave(
        () => behaviour,
        (fields) => void Object.assign(behaviour, fields),
      ),
    ],
    state: () => ({ card: simulator.hasCard, behaviour }),
    dispose: () => undefined,
  };
}

export const CHIP_CARD_READERS: Readonly<Record<string, FarEndMaker>> = { pcsc: () => chipCardReader() };
