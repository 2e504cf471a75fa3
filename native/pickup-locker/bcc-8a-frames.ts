import { xor8 } from '../codec/checksum.ts';
import { cutFrames } from '../codec/cut-frames.ts';
import type { Cut, Look } from '../codec/cut-frames.ts';

/**
 * Frames of the generic "8A" lock boards with a BCC (protocols 2.5: XOR of all bytes before it).
 * Which byte of a whole-board reply holds channels 1-8 differs between makers (protocols 2.5); bit 0 is the lowest channel
 * of its byte with all of them.
 *
 * Replies have no length field and their shapes overlap, so they are cut by quiet time and then judged by header,
 * board address and BCC, with what was asked as the guide.
 */

const OPEN = 0x8a;
const STATUS = 0x80;
const EVENT_A = 0x81;
const EVENT_B = 0x82;
const OPEN_COMMAND = 0x11;
const STATUS_COMMAND = 0x33;
const SHORT_LENGTH = 5;
/**
 * Status bytes of a whole-board reply: 3 up to 24 channels, 7 at 50 channels. No wider range: two frames in a row have
 * a right BCC together, so an echo of the question and a short reply would pass for a reply of 8 status bytes.
 */
const MIN_STATUS_BYTES = 3;
const MAX_STATUS_BYTES = 7;

/** Boards are set to 1..32 by their DIP switches. */
export const BCC_8A_LAST_BOARD = 32;
export const BCC_8A_LOCKS = 50;

/** One answer or message of a board. `level` is the feedback contact as on the wire: true = 11, false = 00. */
export type Bcc8aFrame =
  | { readonly kind: 'open-reply'; readonly board: number; readonly lock: number; readonly level: boolean }
  | { readonly kind: 'lock-status'; readonly board: number; readonly lock: number; readonly level: boolean }
  | { readonly kind: 'event'; readonly board: number; readonly lock: number; readonly level: boolean }
  | { readonly kind: 'board-status'; readonly board: number; readonly bytes: Uint8Array };

function withBcc(bytes: readonly number[]): Uint8Array {
  return Uint8Array.from([...bytes, xor8(Uint8Array.from(bytes))]);
}

/** Pulses one lock, counted from 1. */
export function encodeBcc8aOpen(board: number, lock: number): Uint8Array {
  return withBcc([OPEN, board, lock, OPEN_COMMAND]);
}

/** Asks for one lock's feedback contact. */
export function encodeBcc8aLockStatus(board: number, lock: number): Uint8Array {
  return withBcc([STATUS, board, lock, STATUS_COMMAND]);
}

/** Asks for all feedback contacts of one board. */
export function encodeBcc8aBoardStatus(board: number): Uint8Array {
  return withBcc([STATUS, board, 0, STATUS_COMMAND]);
}

function isHeader(byte: number | undefined): boolean {
  return byte === OPEN || byte === STATUS || byte === EVENT_A || byte === EVENT_B;
}

function shortFrame(buffer: Uint8Array, at: number): Bcc8aFrame | null {
  const header = buffer[at];
  const board = buffer[at + 1];
  const lock = buffer[at + 2];
  const state = buffer[at + 3];
  if (board === undefined || lock === undefined || buffer[at + 4] === undefined) return null;
  if (board < 1 || board > BCC_8A_LAST_BOARD || lock < 1 || lock > BCC_8A_LOCKS) return null;
  if ((state !== 0x00 && state !== 0x11) || xor8(buffer.subarray(at, at + 4)) !== buffer[at + 4]) return null;
  const level = state === 0x11;
  if (header === OPEN) return { kind: 'open-reply', board, lock, level };
  if (header === STATUS) return { kind: 'lock-status', board, lock, level };
  return { kind: 'event', board, lock, level };
}

function boardFrame(buffer: Uint8Array, at: number, board: number): { frame: Bcc8aFrame; length: number } | null {
  if (buffer[at + 1] !== board) return null;
  for (let count = MAX_STATUS_BYTES; count >= MIN_STATUS_BYTES; count -= 1) {
    const mark = at + 2 + count;
    if (buffer[mark] === STATUS_COMMAND && buffer[mark + 1] === xor8(buffer.subarray(at, mark + 1))) {
      return { frame: { kind: 'board-status', board, bytes: buffer.slice(at + 2, mark) }, length: count + 4 };
    }
  }
  return null;
}

/**
 * Takes all whole frames out of a buffer; those of a whole board after a moment of quiet, because they tell no length.
 * @param askedBoard board whose whole-board status is awaited, or null; only then is that shape looked for
 * @param seen how many of the bytes were in the `rest` of the call before
 * @returns frames by their beginnings, and as `rest` the end that may still become one (at most 10 bytes)
 */
export function parseBcc8a(buffer: Uint8Array, askedBoard: number | null, seen = 0): Cut<Bcc8aFrame> {
  const look = (bytes: Uint8Array, at: number): Look<Bcc8aFrame> => {
    const header = bytes[at];
    if (!isHeader(header)) return null;
    const whole = header === STATUS && askedBoard !== null ? boardFrame(bytes, at, askedBoard) : null;
    if (whole !== null) return whole;
    const short = shortFrame(bytes, at);
    return short === null ? null : { frame: short, length: SHORT_LENGTH };
  };
  // A frame that is still growing is shorter than the longest there is.
  const longest = askedBoard === null ? SHORT_LENGTH : MAX_STATUS_BYTES + 4;
  const tail = Math.max(0, buffer.length - longest + 1);
  const growing = (bytes: Uint8Array, at: number): Look<Bcc8aFrame> => {
    const found = look(bytes, at);
    return found === null && at >= tail && isHeader(bytes[at]) ? 'growing' : found;
  };
  return cutFrames(buffer, growing, seen);
}
