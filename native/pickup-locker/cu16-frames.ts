import { sum8 } from '../codec/checksum.ts';
import { cutFrames } from '../codec/cut-frames.ts';
import type { Cut, Look } from '../codec/cut-frames.ts';

/**
 * Frames of the KERONG CU16 / KU16 lock board (protocols 2.2). Request: 02 ADDR CMD 03 SUM, reply:
 * 02 ADDR 35 H1 H2 I1 I2 03 SUM; SUM = low byte of the sum of all before it. The high nibble of ADDR is the board, the
 * low one the lock.
 */

const STX = 0x02;
const ETX = 0x03;
const STATUS = 0x30;
const UNLOCK = 0x31;
const STATUS_REPLY = 0x35;
const REPLY_LENGTH = 9;

/** Boards are set to 0..15 by their DIP switches. */
export const CU16_LAST_BOARD = 15;
export const CU16_LOCKS = 16;

/** One status reply; what a set hook bit means is wiring. */
export interface Cu16Status {
  readonly board: number;
  /** Low nibble of the address: 0 in the reply to a status request. */
  readonly nibble: number;
  /** Hook sensors, two bytes: bit 0 of the first is lock 1. */
  readonly hooks: Uint8Array;
  /** Infrared sensors that see an item in the cell, two bytes. They say nothing about the door. */
  readonly items: Uint8Array;
}

function withSum(bytes: readonly number[]): Uint8Array {
  return Uint8Array.from([...bytes, sum8(Uint8Array.from(bytes))]);
}

/** Asks one board (0..15) for its sensors. */
export function encodeCu16StatusRequest(board: number): Uint8Array {
  return withSum([STX, board << 4, STATUS, ETX]);
}

/** Pulses one lock, counted from 1. Some boards answer with a status reply, others not at all. */
export function encodeCu16Unlock(board: number, lock: number): Uint8Array {
  return withSum([STX, (board << 4) | (lock - 1), UNLOCK, ETX]);
}

function look(buffer: Uint8Array, at: number): Look<Cu16Status> {
  const command = buffer[at + 2];
  const end = buffer[at + 7];
  if (buffer[at] !== STX) return null;
  if ((command !== undefined && command !== STATUS_REPLY) || (end !== undefined && end !== ETX)) return null;
  const sum = buffer[at + 8];
  if (sum === undefined) return 'growing';
  if (sum8(buffer.subarray(at, at + 8)) !== sum) return null;
  const address = buffer[at + 1] ?? 0;
  return {
    frame: {
      board: address >> 4,
      nibble: address & 0x0f,
      hooks: buffer.slice(at + 3, at + 5),
      items: buffer.slice(at + 5, at + 7),
    },
    length: REPLY_LENGTH,
  };
}

/** Takes all whole status replies out of a buffer; `rest` is always shorter than a reply. */
export function parseCu16(buffer: Uint8Array, _asked: null = null, seen = 0): Cut<Cu16Status> {
  return cutFrames(buffer, look, seen);
}
