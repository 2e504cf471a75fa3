import { sum8 } from '../codec/checksum.ts';
import { cutFrames } from '../codec/cut-frames.ts';
import type { Cut, Look } from '../codec/cut-frames.ts';

/**
 * Frames of the KERONG CU48 lock board (protocols: "CU48 Protocol and Introduction v2.1").
 * Request: 02 ADDR LOCK CMD 03 SUM, reply: 02 ADDR LOCK 65 D1..D6 03 SUM; SUM = low byte of the sum of all before it.
 */

const STX = 0x02;
const ETX = 0x03;
const STATUS = 0x50;
const UNLOCK = 0x51;
const STATUS_REPLY = 0x65;
const REPLY_LENGTH = 12;

/** ADDR that all boards on the bus answer to, one after the other. */
export const CU48_BROADCAST = 0x0a;
/** Boards are set to 0..9 by their DIP switches. */
export const CU48_LAST_BOARD = 9;
export const CU48_LOCKS = 48;

/** Hook sensors of one board as on the wire: bit 0 of `bits[0]` is lock 1. What a set bit means is wiring. */
export interface Cu48Status {
  readonly board: number;
  /** Six bytes. */
  readonly bits: Uint8Array;
}

function withSum(bytes: readonly number[]): Uint8Array {
  return Uint8Array.from([...bytes, sum8(Uint8Array.from(bytes))]);
}

/** Asks one board (0..9) or, with {@link CU48_BROADCAST}, all boards for their hook sensors. */
export function encodeCu48StatusRequest(board: number): Uint8Array {
  return withSum([STX, board, 0, STATUS, ETX]);
}

/** Pulses one lock, counted from 1. The board does not reply. */
export function encodeCu48Unlock(board: number, lock: number): Uint8Array {
  return withSum([STX, board, lock - 1, UNLOCK, ETX]);
}

/** What the bytes from `at` on are. */
function look(buffer: Uint8Array, at: number): Look<Cu48Status> {
  if (buffer[at] !== STX) return null;
  if ((buffer[at + 1] ?? 0) > CU48_LAST_BOARD) return null;
  if ((buffer[at + 3] ?? STATUS_REPLY) !== STATUS_REPLY || (buffer[at + 10] ?? ETX) !== ETX) return null;
  const sum = buffer[at + 11];
  if (sum === undefined) return 'growing';
  if (sum8(buffer.subarray(at, at + 11)) !== sum) return null;
  return { frame: { board: buffer[at + 1] ?? 0, bits: buffer.slice(at + 4, at + 10) }, length: REPLY_LENGTH };
}

/**
 * Takes all whole status replies out of a buffer. Bytes that cannot begin one are skipped (noise, echo of our own
 * request, half frames), bytes that still can are given back as `rest`, always fewer than 12.
 */
export function parseCu48(buffer: Uint8Array, _asked: null = null, seen = 0): Cut<Cu48Status> {
  return cutFrames(buffer, look, seen);
}
