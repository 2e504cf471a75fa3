import { crc16Modbus } from '../codec/checksum.ts';
import { cutFrames } from '../codec/cut-frames.ts';
import type { Cut, Look } from '../codec/cut-frames.ts';

/**
 * Modbus-RTU frames of relay boards (protocols 2.7): ADDR FUNCTION DATA CRC, CRC low byte first. Lengths follow from
 * what was asked, so frames are cut by shape and CRC.
 */

const READ_COILS = 0x01;
const READ_INPUTS = 0x02;
const WRITE_COIL = 0x05;
const EXCEPTION_BIT = 0x80;
const ON = 0xff00;
const OFF = 0x0000;
/** Waveshare boards: a write to this address plus the channel switches on for as many tenths of a second. */
const TIMED_ON = 0x0200;
const TENTH_MS = 100;

/** Addresses of a Modbus line; 0 is the broadcast that nobody answers. */
export const MODBUS_LAST_BOARD = 247;

/** What was asked, as the parser needs it: the lengths of replies follow from it. */
export type ModbusAsked =
  | { readonly kind: 'write'; readonly board: number }
  | { readonly kind: 'coils' | 'inputs'; readonly board: number; readonly count: number };

/** One reply of a board. */
export type ModbusFrame =
  | { readonly kind: 'written'; readonly board: number; readonly address: number; readonly value: number }
  | { readonly kind: 'coils' | 'inputs'; readonly board: number; readonly bits: Uint8Array }
  | { readonly kind: 'exception'; readonly board: number; readonly code: number };

function withCrc(bytes: readonly number[]): Uint8Array {
  const crc = crc16Modbus(Uint8Array.from(bytes));
  return Uint8Array.from([...bytes, crc & 0xff, crc >> 8]);
}

function words(board: number, code: number, first: number, second: number): Uint8Array {
  return withCrc([board, code, first >> 8, first & 0xff, second >> 8, second & 0xff]);
}

/** Switches one relay, counted from 1, on or off. */
export function encodeModbusRelay(board: number, relay: number, on: boolean): Uint8Array {
  return words(board, WRITE_COIL, relay - 1, on ? ON : OFF);
}

/** Waveshare: switches one relay on; the board itself switches it off after `ms` (whole tenths of a second). */
export function encodeModbusTimedRelay(board: number, relay: number, ms: number): Uint8Array {
  return words(board, WRITE_COIL, TIMED_ON + relay - 1, Math.round(ms / TENTH_MS));
}

/** Asks which of the first `count` relays are on. */
export function encodeModbusCoilsRequest(board: number, count: number): Uint8Array {
  return words(board, READ_COILS, 0, count);
}

/** Asks which of the first `count` inputs are on. */
export function encodeModbusInputsRequest(board: number, count: number): Uint8Array {
  return words(board, READ_INPUTS, 0, count);
}

function functionOf(kind: ModbusAsked['kind']): number {
  if (kind === 'write') return WRITE_COIL;
  return kind === 'coils' ? READ_COILS : READ_INPUTS;
}

function lookFor(asked: ModbusAsked): (buffer: Uint8Array, at: number) => Look<ModbusFrame> {
  const code = functionOf(asked.kind);
  const bytes = asked.kind === 'write' ? 0 : Math.ceil(asked.count / 8);
  const replyLength = asked.kind === 'write' ? 8 : 5 + bytes;
  return (buffer, at) => {
    if (buffer[at] !== asked.board) return null;
    const said = buffer[at + 1];
    if (said === undefined) return 'growing';
    const refused = said === (code | EXCEPTION_BIT);
    if (said !== code && !refused) return null;
    if (!refused && asked.kind !== 'write' && (buffer[at + 2] ?? bytes) !== bytes) return null;
    const length = refused ? 5 : replyLength;
    if (buffer.length - at < length) return 'growing';
    const crc = crc16Modbus(buffer.subarray(at, at + length - 2));
    if (buffer[at + length - 2] !== (crc & 0xff) || buffer[at + length - 1] !== crc >> 8) return null;
    const [, , b2 = 0, b3 = 0, b4 = 0, b5 = 0] = buffer.subarray(at, at + length);
    if (refused) return { frame: { kind: 'exception', board: asked.board, code: b2 }, length };
    if (asked.kind !== 'write') {
      const bits = buffer.slice(at + 3, at + 3 + bytes);
      return { frame: { kind: asked.kind, board: asked.board, bits }, length };
    }
    const frame = { kind: 'written', board: asked.board, address: (b2 << 8) | b3, value: (b4 << 8) | b5 } as const;
    return { frame, length };
  };
}

/**
 * Takes the whole replies to what was asked out of a buffer.
 * @param asked null while nothing is awaited: boards say nothing by themselves, so all bytes are dropped
 */
export function parseModbus(buffer: Uint8Array, asked: ModbusAsked | null, seen = 0): Cut<ModbusFrame> {
  return asked === null ? { frames: [], rest: new Uint8Array(0) } : cutFrames(buffer, lookFor(asked), seen);
}
