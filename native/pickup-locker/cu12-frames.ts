import { sum8 } from '../codec/checksum.ts';
import { cutFrames } from '../codec/cut-frames.ts';
import type { Cut, Look } from '../codec/cut-frames.ts';

/**
 * Frames of the KERONG CU12 / DS12 lock board (protocols 2.3): 02 ADDR LOCK CMD ASK DLEN 03 SUM DATA. SUM stands before
 * DATA and covers everything but itself.
 */

const STX = 0x02;
const ETX = 0x03;
const STATUS = 0x80;
const UNLOCK = 0x81;
const LAST_COMMAND = 0x8f;
const HEADER_LENGTH = 8;
/** Two bytes of status are the longest that is used; a firmware version is a little longer. */
const MOST_DATA = 16;

const ANSWERS = {
  0x10: 'ok',
  0x11: 'failed',
  0x12: 'timeout',
  0x13: 'unknown-command',
  0x14: 'checksum-error',
} as const;

/** What a board says to a command (ASK). */
export type Cu12Answer = (typeof ANSWERS)[keyof typeof ANSWERS];

/** Boards are set to 0..15 by their DIP switches. */
export const CU12_LAST_BOARD = 15;
export const CU12_LOCKS = 12;
const ALL_LOCKS = 0x0c;

/** One reply of a board. */
export interface Cu12Frame {
  readonly kind: 'status' | 'unlock' | 'other';
  readonly board: number;
  /** As on the wire, from 0. */
  readonly lockIndex: number;
  readonly answer: Cu12Answer;
  readonly data: Uint8Array;
}

function request(board: number, lockIndex: number, command: number): Uint8Array {
  const before = [STX, board, lockIndex, command, 0, 0, ETX];
  return Uint8Array.from([...before, sum8(Uint8Array.from(before))]);
}

/** Asks one board (0..15) for its locks. */
export function encodeCu12StatusRequest(board: number): Uint8Array {
  return request(board, 0, STATUS);
}

/** Pulses one lock, counted from 1. */
export function encodeCu12Unlock(board: number, lock: number): Uint8Array {
  return request(board, lock - 1, UNLOCK);
}

function answerOf(code: number): Cu12Answer | null {
  return code === 0x10 || code === 0x11 || code === 0x12 || code === 0x13 || code === 0x14 ? ANSWERS[code] : null;
}

function kindOf(command: number): Cu12Frame['kind'] {
  if (command === STATUS) return 'status';
  return command === UNLOCK ? 'unlock' : 'other';
}

/** Whether the header bytes that are there can be those of a reply. */
function fits(buffer: Uint8Array, at: number): boolean {
  const command = buffer[at + 3] ?? STATUS;
  return (
    buffer[at] === STX &&
    (buffer[at + 1] ?? 0) <= CU12_LAST_BOARD &&
    (buffer[at + 2] ?? 0) <= ALL_LOCKS &&
    command >= STATUS &&
    command <= LAST_COMMAND &&
    answerOf(buffer[at + 4] ?? 0x10) !== null &&
    (buffer[at + 5] ?? 0) <= MOST_DATA &&
    (buffer[at + 6] ?? ETX) === ETX
  );
}

function look(buffer: Uint8Array, at: number): Look<Cu12Frame> {
  if (!fits(buffer, at)) return null;
  const [, board, lockIndex, command, ask, length, , sum] = buffer.subarray(at, at + HEADER_LENGTH);
  if (board === undefined || lockIndex === undefined || command === undefined || ask === undefined) return 'growing';
  if (length === undefined || sum === undefined || buffer.length - at < HEADER_LENGTH + length) return 'growing';
  const data = buffer.slice(at + HEADER_LENGTH, at + HEADER_LENGTH + length);
  const answer = answerOf(ask);
  if (answer === null || ((sum8(buffer.subarray(at, at + HEADER_LENGTH - 1)) + sum8(data)) & 0xff) !== sum) return null;
  return { frame: { kind: kindOf(command), board, lockIndex, answer, data }, length: HEADER_LENGTH + length };
}

/** Takes all whole replies out of a buffer; `rest` is at most 23 bytes. */
export function parseCu12(buffer: Uint8Array, _asked: null = null, seen = 0): Cut<Cu12Frame> {
  return cutFrames(buffer, look, seen);
}
