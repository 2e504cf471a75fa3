/** The families of check by which a protocol can tell a damaged frame. */
export type CheckFamily = 'sum8' | 'xor8' | 'crc16' | 'none';

/** What a subject may let through, and why. */
export interface WireLimit {
  readonly check: CheckFamily;
  /**
   * Bits that a run of random bytes must hit by chance to be a frame: header, fixed bytes, ranges and check together.
   * Null: any bytes are a message of this protocol, so none is false.
   */
  readonly fixedBits: number | null;
  /** Most bytes that may be held back. */
  readonly maxPending: number;
  /** Why these figures. */
  readonly reason: string;
}

/**
 * By the first words of a subject's name, the longest fit first. A protocol with an 8-bit check lets one damaged frame
 * in 256 through whatever the parser does, and neither a sum nor an XOR sees two bytes that changed places.
 */
export const WIRE_LIMITS: Readonly<Record<string, WireLimit>> = {
  '': {
    check: 'none',
    fixedBits: null,
    maxPending: 8_192,
    reason: 'no figures declared: only throws, hangs, memory and resynchronisation are judged',
  },
  'id-card-reader sdt': {
    check: 'xor8',
    fixedBits: 40,
    maxPending: 4_704,
    reason:
      'preamble of 5 bytes, then length, status word and XOR; two frames and one packet are held back at most; in the ' +
      "vendor's wrapper a sum of 16 bits besides, which does not see two bytes that changed places either",
  },
  'evaluation-keypad': {
    check: 'none',
    fixedBits: null,
    maxPending: 64,
    reason: 'a line of text is the longest that is held back; keys of a byte and of text have no check',
  },
  'evaluation-keypad sum8': {
    check: 'sum8',
    fixedBits: 29,
    maxPending: 4,
    reason: 'start, one of five keys, end and sum; there are five frames in all',
  },
  'evaluation-keypad xor8': {
    check: 'xor8',
    fixedBits: 29,
    maxPending: 4,
    reason: 'start, one of five keys, XOR and end; there are five frames in all',
  },
  'evaluation-keypad crc16': {
    check: 'crc16',
    fixedBits: 53,
    maxPending: 7,
    reason: 'start of two bytes, one of five keys of two bytes, a fixed byte and 16 bits of checksum',
  },
  'receipt-printer': {
    check: 'none',
    fixedBits: null,
    maxPending: 3,
    reason:
      'a status answer is one byte with four fixed bits, a report four bytes with ten: noise makes them, so none is false ' +
      'here; the driver believes one only alone or twice (escpos-truth.test.ts holds the outcome of prints against noise)',
  },
  'code-scanner': {
    check: 'none',
    fixedBits: null,
    maxPending: 4_608,
    reason:
      'any bytes can be a code, so none is false; a code of 4,096 bytes and an answer of 512 are held back at most',
  },
  'code-scanner 7e00': {
    check: 'crc16',
    fixedBits: 37,
    maxPending: 261,
    reason: 'two bytes of head, one of three types, any length, 16 bits of checksum',
  },
  'pickup-locker kerong-cu48': {
    check: 'sum8',
    fixedBits: 36,
    maxPending: 11,
    reason: 'STX, one of ten boards, reply code, ETX and sum; always fewer bytes than a frame are held back',
  },
  'pickup-locker kerong-cu16': {
    check: 'sum8',
    fixedBits: 32,
    maxPending: 8,
    reason: 'STX, reply code, ETX and sum',
  },
  'pickup-locker kerong-cu12': {
    check: 'sum8',
    fixedBits: 30,
    maxPending: 264,
    reason: 'STX, one of sixteen boards, a few commands and answers, ETX and sum; data of up to 255 bytes',
  },
  'pickup-locker kerong-cu': {
    check: 'sum8',
    fixedBits: 28,
    maxPending: 12,
    reason: 'STX, one of ten boards, reply code, length and sum; no ETX',
  },
  'pickup-locker bcc-8a': {
    check: 'xor8',
    fixedBits: 24,
    maxPending: 4_096,
    reason:
      'cut by quiet, so all is held back until then; one of four headers, one of 32 boards, lock, one of two states and XOR: the weakest frame in the field',
  },
  'pickup-locker wkly': {
    check: 'xor8',
    fixedBits: 48,
    maxPending: 255,
    reason: 'four bytes of header, length, command and XOR',
  },
  'presence-sensor modbus-input': {
    check: 'crc16',
    fixedBits: 28,
    maxPending: 64,
    reason: 'the module, the function and the length that were asked for, and 16 bits of checksum',
  },
  'presence-sensor range': {
    check: 'sum8',
    fixedBits: 19,
    maxPending: 3,
    reason: 'header, a distance below 8 m (5 bits of zeros less one) and the sum; the driver believes three in a row',
  },
  'presence-sensor radar': {
    check: 'none',
    fixedBits: 90,
    maxPending: 74,
    reason:
      'no checksum; header, footer, head, tail, a length of a few and one of four states are 11 fixed bytes and more',
  },
  'pickup-locker modbus-relay': {
    check: 'crc16',
    fixedBits: 28,
    maxPending: 260,
    reason: 'one of 247 boards, the function that was asked for and 16 bits of checksum',
  },
};

/** The limit that fits a subject's name. */
export function limitOf(name: string): WireLimit {
  const key = Object.keys(WIRE_LIMITS)
    .filter((one) => name.startsWith(one))
    .toSorted((one, other) => other.length - one.length)[0];
  const limit = WIRE_LIMITS[key ?? ''];
  if (limit === undefined) throw new Error(`no limit for ${name}`);
  return limit;
}
