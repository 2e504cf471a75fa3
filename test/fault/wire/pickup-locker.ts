import { crc16Modbus, sum8, xor8 } from '../../../native/codec/checksum.ts';
import { parseBcc8a } from '../../../native/pickup-locker/bcc-8a-frames.ts';
import type { Bcc8aFrame } from '../../../native/pickup-locker/bcc-8a-frames.ts';
import { parseCu } from '../../../native/pickup-locker/cu-frames.ts';
import { parseCu12 } from '../../../native/pickup-locker/cu12-frames.ts';
import { parseCu16 } from '../../../native/pickup-locker/cu16-frames.ts';
import { parseCu48 } from '../../../native/pickup-locker/cu48-frames.ts';
import { parseModbus } from '../../../native/pickup-locker/modbus-frames.ts';
import type { ModbusAsked } from '../../../native/pickup-locker/modbus-frames.ts';
import { parseWkly } from '../../../native/pickup-locker/wkly-frames.ts';
import type { WklyFrame } from '../../../native/pickup-locker/wkly-frames.ts';
import type { WireFuzzSubject } from './subject.ts';

/** As in `board-line.ts`: older bytes than these are noise. */
const BUFFER_LIMIT = 512;

interface Parsed<TFrame> {
  readonly frames: readonly TFrame[];
  readonly rest: Uint8Array;
}

/**
 * A reply parser as the line of a locker driver feeds it.
 * @param encode the bytes that a frame came from, written again out of what the parser understood
 * @param quietOnly frames are cut by silence (an empty chunk), not by shape
 */
function subject<TFrame>(
  name: string,
  parse: (buffer: Uint8Array, seen: number) => Parsed<TFrame>,
  encode: (frame: TFrame) => readonly number[],
  validFrame: (n: number) => readonly number[],
  quietOnly = false,
): WireFuzzSubject {
  let buffer: Uint8Array = new Uint8Array(0);
  let seen = 0;
  return {
    name: `pickup-locker ${name}`,
    feed(chunk) {
      const joined = new Uint8Array(buffer.length + chunk.length);
      joined.set(buffer);
      joined.set(chunk, buffer.length);
      buffer = joined.length > BUFFER_LIMIT ? joined.slice(-BUFFER_LIMIT) : joined;
      if (quietOnly && chunk.length > 0) {
        seen = Math.max(0, seen - (joined.length - buffer.length));
        return [];
      }
      seen = Math.max(0, seen - (joined.length - buffer.length));
      const { frames, rest } = parse(buffer, seen);
      buffer = rest;
      seen = rest.length;
      return frames.map((frame) => Uint8Array.from(encode(frame)));
    },
    pending: () => buffer.length,
    validFrame: (n) => Uint8Array.from(validFrame(n)),
    reset() {
      buffer = new Uint8Array(0);
      seen = 0;
    },
  };
}

const summed = (bytes: readonly number[]): readonly number[] => [...bytes, sum8(Uint8Array.from(bytes))];
const xored = (bytes: readonly number[]): readonly number[] => [...bytes, xor8(Uint8Array.from(bytes))];
function crced(bytes: readonly number[]): readonly number[] {
  const crc = crc16Modbus(Uint8Array.from(bytes));
  return [...bytes, crc & 0xff, crc >> 8];
}
/** Bytes that look like chance and follow from `n`. */
const spread = (n: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, at) => (Math.imul(n + 1, 2_654_435_761) >>> ((at * 5) % 24)) & 0xff);

const cu12 = (board: number, lock: number, command: number, ask: number, data: readonly number[]) => {
  const head = [0x02, board, lock, command, ask, data.length, 0x03];
  return [...head, sum8(Uint8Array.from([...head, ...data])), ...data];
};
const CU12_ASK = { ok: 0x10, failed: 0x11, timeout: 0x12, 'unknown-command': 0x13, 'checksum-error': 0x14 } as const;
const CU12_COMMAND = { status: 0x80, unlock: 0x81, other: 0x8f } as const;

function bcc8a(frame: Bcc8aFrame): readonly number[] {
  if (frame.kind === 'board-status') return xored([0x80, frame.board, ...frame.bytes, 0x33]);
  const header = { 'open-reply': 0x8a, 'lock-status': 0x80, event: 0x82 }[frame.kind];
  return xored([header, frame.board, frame.lock, frame.level ? 0x11 : 0x00]);
}

const wkly = (board: number, command: number, data: readonly number[]): readonly number[] =>
  xored([0x57, 0x4b, 0x4c, 0x59, data.length + 8, board, command, ...data]);
const WKLY_DOOR = { open: 0x00, closed: 0x01 } as const;
const wklyDoor = (door: 'open' | 'closed' | null): number => (door === null ? 0xff : WKLY_DOOR[door]);

function wklyFrame(frame: WklyFrame): readonly number[] {
  if (frame.kind === 'all-doors') {
    return wkly(frame.board, 0x84, [frame.status, frame.doors.length, ...frame.doors.map(wklyDoor)]);
  }
  if (frame.kind === 'door-changed') return wkly(frame.board, 0x85, [frame.lock, wklyDoor(frame.door)]);
  return wkly(frame.board, frame.kind === 'door' ? 0x83 : 0x82, [frame.status, frame.lock, wklyDoor(frame.door)]);
}

function modbus(name: string, asked: ModbusAsked, validFrame: (n: number) => readonly number[]): WireFuzzSubject {
  return subject(
    `modbus-relay ${name}`,
    (buffer, seen) => parseModbus(buffer, asked, seen),
    (frame) => {
      if (frame.kind === 'written') {
        const { address, value } = frame;
        return crced([frame.board, 0x05, address >> 8, address & 0xff, value >> 8, value & 0xff]);
      }
      if (frame.kind === 'exception') return crced([frame.board, asked.kind === 'write' ? 0x85 : 0x82, frame.code]);
      return crced([frame.board, frame.kind === 'coils' ? 0x01 : 0x02, frame.bits.length, ...frame.bits]);
    },
    validFrame,
  );
}

/** Every reply parser of the locker boards, once for each kind of answer that is awaited. */
export const SUBJECTS: readonly WireFuzzSubject[] = [
  subject(
    'kerong-cu48',
    (buffer, seen) => parseCu48(buffer, null, seen),
    ({ board, bits }) => summed([0x02, board, 0x00, 0x65, ...bits, 0x03]),
    (n) => summed([0x02, n % 10, 0x00, 0x65, ...spread(n, 6), 0x03]),
  ),
  subject(
    'kerong-cu16',
    (buffer, seen) => parseCu16(buffer, null, seen),
    ({ board, nibble, hooks, items }) => summed([0x02, board * 16 + nibble, 0x35, ...hooks, ...items, 0x03]),
    (n) => summed([0x02, (n % 16) * 16, 0x35, ...spread(n, 4), 0x03]),
  ),
  subject(
    'kerong-cu12',
    (buffer, seen) => parseCu12(buffer, null, seen),
    (frame) => cu12(frame.board, frame.lockIndex, CU12_COMMAND[frame.kind], CU12_ASK[frame.answer], [...frame.data]),
    (n) => (n % 2 === 0 ? cu12(n % 16, 0, 0x80, 0x10, spread(n, 2)) : cu12(n % 16, n % 12, 0x81, 0x10 + (n % 5), [])),
  ),
  subject(
    'kerong-cu status',
    (buffer, seen) => parseCu(buffer, 'status', seen),
    (frame) => summed([0x02, frame.board, 0x00, 0x75, 0x06, ...(frame.kind === 'status' ? frame.bits : [])]),
    (n) => summed([0x02, n % 10, 0x00, 0x75, 0x06, ...spread(n, 6)]),
  ),
  subject(
    'kerong-cu unlock',
    (buffer, seen) => parseCu(buffer, 'unlock', seen),
    (frame) => summed([0x02, frame.board, frame.kind === 'unlock' ? frame.lock - 1 : 0xff, 0x75, 0x00]),
    (n) => summed([0x02, n % 10, n % 48, 0x75, 0x00]),
  ),
  subject(
    'bcc-8a lock',
    (buffer, seen) => parseBcc8a(buffer, null, seen),
    bcc8a,
    (n) => xored([[0x8a, 0x80, 0x82][n % 3] ?? 0x80, (n % 32) + 1, (n % 50) + 1, n % 7 < 3 ? 0x11 : 0x00]),
  ),
  subject(
    'bcc-8a board',
    (buffer, seen) => parseBcc8a(buffer, 7, seen),
    bcc8a,
    (n) => xored([0x80, 7, ...spread(n, n % 2 === 0 ? 3 : 7), 0x33]),
    true,
  ),
  subject(
    'wkly',
    (buffer, seen) => parseWkly(buffer, null, seen),
    wklyFrame,
    (n) =>
      n % 2 === 0
        ? wkly(n % 32, 0x84, [0, 24, ...spread(n, 24).map((byte) => byte & 1)])
        : wkly(n % 32, n % 3 === 0 ? 0x82 : 0x83, [0, (n % 64) + 1, n % 5 < 2 ? 0 : 1]),
  ),
  modbus('inputs', { kind: 'inputs', board: 3, count: 32 }, (n) => crced([3, 0x02, 4, ...spread(n, 4)])),
  modbus('write', { kind: 'write', board: 3 }, (n) => crced([3, 0x05, 0, n % 32, n % 2 === 0 ? 0xff : 0, 0])),
];
