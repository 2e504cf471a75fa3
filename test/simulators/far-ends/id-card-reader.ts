import { FramedReaderSimulator } from '../../../native/id-card-reader/simulator-framed.ts';
import type { SimulatedFraming } from '../../../native/id-card-reader/simulator-framed.ts';
import { SdtReaderSimulator } from '../../../native/id-card-reader/simulator.ts';
import { TEST_FOREIGNER_2017, TEST_FOREIGNER_2023, TEST_PERMIT } from '../../../native/id-card-reader/test-card.ts';
import type { SimulatedCard } from '../../../native/id-card-reader/simulator.ts';
import { TEST_CARDS, TEST_CARD_KEYS } from '../../fixtures/cards.ts';
import { behave, plain, toggle } from './far-end.ts';
import type { Action, FarEnd } from './far-end.ts';
import type { FarEndMaker } from './table.ts';

const OTHER_CARDS: Readonly<Record<string, SimulatedCard>> = {
  permit: TEST_PERMIT,
  'foreigner-2017': TEST_FOREIGNER_2017,
  'foreigner-2023': TEST_FOREIGNER_2023,
};
const CARD_NAMES = [...new Set([...TEST_CARD_KEYS, ...Object.keys(OTHER_CARDS)])];
const NEW_ADDRESS = '测试省样例市新址路2号';

/** What stands between module and line, by the driver's option `framing`; null: nothing. */
const FRAMINGS: Readonly<Record<string, Readonly<Record<string, SimulatedFraming | null>>>> = {
  sdt: { whole: null, split: 'split', 'hid-wrapped': 'hid-wrapped' },
  'sdt-hid': { 'hid-wrapped': 'hid-wrapped', split: 'split-padded', whole: 'cut' },
};

/** A reader by SDT commands, with a person who lays cards on it. */
function sdtReader(driver: 'sdt' | 'sdt-hid', framing: string): FarEnd {
  const simulator = new SdtReaderSimulator();
  const between = FRAMINGS[driver]?.[framing] ?? null;
  let lying: string | null = null;
  const lay = (name: string, fingerprints: 0 | 1 | 2 = 0): string | null => {
    const key = TEST_CARD_KEYS.find((one) => one === name);
    const { card, readable } = key === undefined ? { card: OTHER_CARDS[name], readable: true } : TEST_CARDS[key];
    if (card === undefined) return `no card ${name}`;
    simulator.behaviour.unreadable = !readable;
    const laid = simulator.layCard(card, fingerprints);
    if (!laid.ok) return laid.error.code;
    lying = name;
    return null;
  };
  const remove = (): void => {
    simulator.removeCard();
    lying = null;
  };
  const layCard: Action = {
    word: 'lay-card',
    help: 'lays a card on the reader; over another one it is the second card',
    parameters: [
      { name: 'card', kind: 'text', oneOf: CARD_NAMES, fallback: 'lin' },
      { name: 'fingerprints', kind: 'number', from: 0, to: 2, fallback: 0 },
    ],
    keys: [
      { key: 'c', help: 'card on', values: () => ({ card: 'lin' }) },
      { key: '2', help: 'second card', values: () => ({ card: lying === 'elder' ? 'lin' : 'elder' }) },
    ],
    run: ({ card, fingerprints }) => lay(String(card), fingerprints === 1 || fingerprints === 2 ? fingerprints : 0),
  };
  return {
    deviceClass: 'id-card-reader',
    driver,
    kind: driver === 'sdt' ? 'stream' : 'reports',
    simulator: between === null ? simulator : new FramedReaderSimulator(simulator, between),
    actions: [
      layCard,
      plain('remove-card', 'takes the card away', 'r', remove),
      toggle(
        'move-early',
        'the card is taken away while it is read',
        'm',
        () => simulator.behaviour.removedDuringRead,
        (on) => void (simulator.behaviour.removedDuringRead = on),
      ),
      toggle(
        'unreadable',
        'the card is found but cannot be read',
        'u',
        () => simulator.behaviour.unreadable,
        (on) => void (simulator.behaviour.unreadable = on),
      ),
      toggle(
        'nak',
        'the reader refuses: not authorised',
        'n',
        () => simulator.behaviour.notAuthorised,
        (on) => void (simulator.behaviour.notAuthorised = on),
      ),
      toggle(
        'silent',
        'the reader does not answer at all',
        's',
        () => simulator.behaviour.silent,
        (on) => void (simulator.behaviour.silent = on),
      ),
      {
        ...plain('new-address', 'writes a newer address on the lying card', 'a', () => null),
        parameters: [{ name: 'address', kind: 'text', fallback: NEW_ADDRESS }],
        run: ({ address }) => {
          if (!simulator.cardLies) return 'no card lies there';
          const written = simulator.appendAddress(String(address));
          return written.ok ? null : written.error.code;
        },
      },
      behave(
        () => simulator.behaviour,
        (fields) => void Object.assign(simulator.behaviour, fields),
      ),
    ],
    state: () => ({ card: simulator.cardLies ? lying : null, behaviour: simulator.behaviour }),
    dispose: () => undefined,
  };
}

export const READERS: Readonly<Record<string, FarEndMaker>> = {
  sdt: ({ options }) => sdtReader('sdt', options['framing'] ?? 'whole'),
  'sdt-hid': ({ options }) => sdtReader('sdt-hid', options['framing'] ?? 'hid-wrapped'),
};
