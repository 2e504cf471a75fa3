import type { Wiring } from './wiring.ts';

/** One way in which boards of a kind may be wired, and the options that say so. */
export interface WiringChoice {
  readonly options: Readonly<Record<string, string>>;
  readonly wiring: Pick<Wiring, 'closedLevel' | 'highFirst'>;
}

/** What a driver leaves to be found out at the hall. */
export interface CalibrationFacts {
  /** All ways, the maker's own first. */
  readonly choices: readonly WiringChoice[];
  /** Option and value for doors without sensors. */
  readonly noSensor: readonly [string, string];
  /** Lowest addresses that the option `boards` may count from, with the options that say so. */
  readonly firstBoards: readonly { readonly board: number; readonly options: Readonly<Record<string, string>> }[];
}

function polarity(key: string, high: string, low: string, firstHigh = true): readonly WiringChoice[] {
  const closedHigh = { options: { [key]: high }, wiring: { closedLevel: true, highFirst: false } };
  const closedLow = { options: { [key]: low }, wiring: { closedLevel: false, highFirst: false } };
  return firstHigh ? [closedHigh, closedLow] : [closedLow, closedHigh];
}

const fromZero = [{ board: 0, options: {} }] as const;
const fromOne = [{ board: 1, options: {} }] as const;

/** By driver id. Protocols 2.1 to 2.7 say what differs between the boards of each kind. */
export const calibrationFacts: Readonly<Record<string, CalibrationFacts>> = {
  'kerong-cu48': {
    choices: polarity('lock-bit', '1-locked', '1-unlocked'),
    noSensor: ['lock-bit', 'none'],
    firstBoards: fromZero,
  },
  'kerong-cu16': {
    choices: polarity('lock-bit', '1-locked', '1-unlocked'),
    noSensor: ['lock-bit', 'none'],
    firstBoards: fromZero,
  },
  'kerong-cu12': {
    choices: polarity('lock-bit', '1-locked', '1-unlocked', false),
    noSensor: ['lock-bit', 'none'],
    firstBoards: fromZero,
  },
  'kerong-cu': {
    choices: polarity('lock-bit', '1-locked', '1-unlocked'),
    noSensor: ['lock-bit', 'none'],
    firstBoards: fromZero,
  },
  'bcc-8a': {
    choices: (['high-first', 'low-first'] as const).flatMap((order) =>
      polarity('feedback', 'closed-shorted', 'open-shorted').map(({ options, wiring }) => ({
        options: { ...options, 'status-order': order },
        wiring: { ...wiring, highFirst: order === 'high-first' },
      })),
    ),
    noSensor: ['feedback', 'none'],
    firstBoards: fromOne,
  },
  wkly: {
    choices: polarity('door-state', '1-closed', '1-open'),
    noSensor: ['door-state', 'none'],
    firstBoards: [
      { board: 0, options: { 'first-board': '0' } },
      { board: 1, options: { 'first-board': '1' } },
    ],
  },
  'modbus-relay': {
    choices: polarity('sensor', 'on-closed', 'on-open'),
    noSensor: ['sensor', 'none'],
    firstBoards: fromOne,
  },
};
