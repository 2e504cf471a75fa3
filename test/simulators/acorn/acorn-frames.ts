import { xor8 } from '../../../native/codec/checksum.ts';
import { cutFrames } from '../../../native/codec/cut-frames.ts';
import type { Look } from '../../../native/codec/cut-frames.ts';

/**
 * Frames of the ACORN-4 lock board (a made-up example: "ACORN-4 manual", page 1).
 * Request A4 BOARD CMD LOCK XOR; status reply A4 BOARD 81 BITS XOR, bit 0 = lock 1, a set bit is an open door.
 */

const HEADER = 0xa4;
const STATUS = 0x01;
const OPEN = 0x02;
const STATUS_REPLY = 0x81;
const LENGTH = 5;

/** Boards are set to 1..8 by their jumpers. */
export const ACORN_LAST_BOARD = 8;
export const ACORN_LOCKS = 4;

/** Doors of one board as on the wire. */
export interface AcornStatus {
  readonly board: number;
  readonly bits: number;
}

function frameOf(bytes: readonly number[]): Uint8Array {
  return Uint8Array.from([...bytes, xor8(Uint8Array.from(bytes))]);
}

/** Asks one board for its doors. */
export function encodeAcornStatus(board: number): Uint8Array {
  return frameOf([HEADER, board, STATUS, 0]);
}

/** Pulses one lock, counted from 1. The board does not reply. */
export function encodeAcornOpen(board: number, lock: number): Uint8Array {
  return frameOf([HEADER, board, OPEN, lock]);
}

/** What the bytes from `at` on are. */
function look(buffer: Uint8Array, at: number): Look<AcornStatus> {
  if (buffer[at] !== HEADER || (buffer[at + 2] ?? STATUS_REPLY) !== STATUS_REPLY) return null;
  const check = buffer[at + 4];
  if (check === undefined) return 'growing';
  if (xor8(buffer.subarray(at, at + 4)) !== check) return null;
  return { frame: { board: buffer[at + 1] ?? 0, bits: buffer[at + 3] ?? 0 }, length: LENGTH };
}

/** Takes all whole status replies out of a buffer; `rest` may still become one. */
export function parseAcorn(buffer: Uint8Array): {
  readonly frames: readonly AcornStatus[];
  readonly rest: Uint8Array;
} {
  return cutFrames(buffer, look);
}
