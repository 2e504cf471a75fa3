import { sum8 } from '../codec/checksum.ts';
import { cutFrames } from '../codec/cut-frames.ts';
import type { Cut, Look } from '../codec/cut-frames.ts';

/**
 * Frames of the newer KERONG "CU" lock boards (protocols 2.4). Request: 02 ADDR LOCK CMD 03 SUM; replies carry no ETX:
 * 02 ADDR LOCK 75 DLEN DATA SUM, with DLEN 0 after a pulse and 6 for the status.
 */

const STX = 0x02;
const ETX = 0x03;
const STATUS = 0x60;
const UNLOCK = 0x61;
const REPLY = 0x75;
const STATUS_BYTES = 6;
const SHORT_LENGTH = 6;
const STATUS_LENGTH = 12;

/** Boards are set to 0..9 as with the older CU48, whose request shape this is. */
export const CU_LAST_BOARD = 9;
export const CU_LOCKS = 48;

/** What is awaited: only that shape is looked for, because a status may hold bytes that read like a short reply. */
export type CuAsked = 'status' | 'unlock';

/** One reply of a board. */
export type CuFrame =
  | { readonly kind: 'unlock'; readonly board: number; readonly lock: number }
  | { readonly kind: 'status'; readonly board: number; readonly bits: Uint8Array };

function request(board: number, lockIndex: number, command: number): Uint8Array {
  const before = [STX, board, lockIndex, command, ETX];
  return Uint8Array.from([...before, sum8(Uint8Array.from(before))]);
}

/** Asks one board (0..9) for its locks. */
export function encodeCuStatusRequest(board: number): Uint8Array {
  return request(board, 0, STATUS);
}

/** Pulses one lock, counted from 1. */
export function encodeCuUnlock(board: number, lock: number): Uint8Array {
  return request(board, lock - 1, UNLOCK);
}

function lookFor(asked: CuAsked): (buffer: Uint8Array, at: number) => Look<CuFrame> {
  const bytes = asked === 'status' ? STATUS_BYTES : 0;
  const lastLockIndex = asked === 'status' ? 0 : CU_LOCKS - 1;
  const length = asked === 'status' ? STATUS_LENGTH : SHORT_LENGTH;
  return (buffer, at) => {
    const fits =
      buffer[at] === STX &&
      (buffer[at + 1] ?? 0) <= CU_LAST_BOARD &&
      (buffer[at + 2] ?? 0) <= lastLockIndex &&
      (buffer[at + 3] ?? REPLY) === REPLY &&
      (buffer[at + 4] ?? bytes) === bytes;
    if (!fits) return null;
    const sum = buffer[at + length - 1];
    if (sum === undefined) return 'growing';
    if (sum8(buffer.subarray(at, at + length - 1)) !== sum) return null;
    const board = buffer[at + 1] ?? 0;
    return asked === 'status'
      ? { frame: { kind: 'status', board, bits: buffer.slice(at + 5, at + 5 + STATUS_BYTES) }, length }
      : { frame: { kind: 'unlock', board, lock: (buffer[at + 2] ?? 0) + 1 }, length };
  };
}

/**
 * Takes the whole replies of the awaited kind out of a buffer; `rest` is always shorter than one.
 * @param asked null while nothing is awaited: boards say nothing by themselves, so all bytes are dropped
 */
export function parseCu(buffer: Uint8Array, asked: CuAsked | null, seen = 0): Cut<CuFrame> {
  return asked === null ? { frames: [], rest: new Uint8Array(0) } : cutFrames(buffer, lookFor(asked), seen);
}
