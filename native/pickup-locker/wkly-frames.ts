import { xor8 } from '../codec/checksum.ts';
import { cutFrames } from '../codec/cut-frames.ts';
import type { Cut, Look } from '../codec/cut-frames.ts';

/**
 * Frames of the "WKLY" lock boards (protocols 2.6): 57 4B 4C 59 LEN BOARD CMD DATA CHK. LEN is the length of the whole
 * frame, CHK the XOR of everything before it, header included. A door reads 00 open, 01 closed.
 */

const HEADER = [0x57, 0x4b, 0x4c, 0x59] as const;
const OPEN = 0x82;
const DOOR = 0x83;
const ALL_DOORS = 0x84;
const DOOR_CHANGED = 0x85;
/** Header, LEN, BOARD, CMD and CHK. */
const EMPTY_LENGTH = 8;
/** The longest reply holds one byte for each of 64 doors. */
const MOST_LENGTH = EMPTY_LENGTH + 2 + 64;

/** Highest board address; the address takes a byte, but longer buses than this do not exist. */
export const WKLY_LAST_BOARD = 31;
export const WKLY_LOCKS = 64;

/** A door as the wire says it; null for a byte without a meaning. */
export type WklyDoor = 'open' | 'closed' | null;

/** One reply or message of a board; `status` 0 means that the command was done. */
export type WklyFrame =
  | {
      readonly kind: 'open-reply' | 'door';
      readonly board: number;
      readonly status: number;
      readonly lock: number;
      readonly door: WklyDoor;
    }
  | {
      readonly kind: 'all-doors';
      readonly board: number;
      readonly status: number;
      /** Index 0 is lock 1. */
      readonly doors: readonly WklyDoor[];
    }
  | { readonly kind: 'door-changed'; readonly board: number; readonly lock: number; readonly door: WklyDoor };

function request(board: number, command: number, data: readonly number[]): Uint8Array {
  const before = [...HEADER, EMPTY_LENGTH + data.length, board, command, ...data];
  return Uint8Array.from([...before, xor8(Uint8Array.from(before))]);
}

/** Pulses one lock, counted from 1. Some boards do not answer. */
export function encodeWklyOpen(board: number, lock: number): Uint8Array {
  return request(board, OPEN, [lock]);
}

/** Asks for one door. */
export function encodeWklyDoorRequest(board: number, lock: number): Uint8Array {
  return request(board, DOOR, [lock]);
}

/** Asks for all doors of a board. */
export function encodeWklyAllDoorsRequest(board: number): Uint8Array {
  return request(board, ALL_DOORS, []);
}

function doorOf(byte: number): WklyDoor {
  if (byte === 0x00) return 'open';
  return byte === 0x01 ? 'closed' : null;
}

/** What a frame with a right check byte says, or null where its data has not the shape of a reply (our own echo). */
function read(board: number, command: number, data: Uint8Array): WklyFrame | null {
  const [first = 0, second = 0, third = 0] = data;
  if ((command === OPEN || command === DOOR) && data.length === 3) {
    return {
      kind: command === OPEN ? 'open-reply' : 'door',
      board,
      status: first,
      lock: second,
      door: doorOf(third),
    };
  }
  if (command === ALL_DOORS && data.length >= 2 && data.length === 2 + second) {
    return { kind: 'all-doors', board, status: first, doors: Array.from(data.subarray(2), doorOf) };
  }
  if (command === DOOR_CHANGED && data.length === 2) {
    return { kind: 'door-changed', board, lock: first, door: doorOf(second) };
  }
  return null;
}

function look(buffer: Uint8Array, at: number): Look<WklyFrame> {
  for (const [index, byte] of HEADER.entries()) {
    const there = buffer[at + index];
    if (there === undefined) return 'growing';
    if (there !== byte) return null;
  }
  const length = buffer[at + 4];
  if (length === undefined) return 'growing';
  if (length < EMPTY_LENGTH || length > MOST_LENGTH) return null;
  if (buffer.length - at < length) return 'growing';
  if (xor8(buffer.subarray(at, at + length - 1)) !== buffer[at + length - 1]) return null;
  const frame = read(buffer[at + 5] ?? 0, buffer[at + 6] ?? 0, buffer.subarray(at + 7, at + length - 1));
  return frame === null ? null : { frame, length };
}

/** Takes all whole frames of boards out of a buffer; `rest` is shorter than the longest frame (74 bytes). */
export function parseWkly(buffer: Uint8Array, _asked: null = null, seen = 0): Cut<WklyFrame> {
  return cutFrames(buffer, look, seen);
}
