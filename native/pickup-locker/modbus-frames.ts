import { cutFrames } from '../codec/cut-frames.ts';
import type { Cut } from '../codec/cut-frames.ts';
import { encodeModbusWords, lookForModbusReply } from '../codec/modbus.ts';
import type { ModbusReply } from '../codec/modbus.ts';

/** Modbus-RTU frames of relay boards (protocols 2.7). */

const READ_COILS = 0x01;
const READ_INPUTS = 0x02;
const WRITE_COIL = 0x05;
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

/** Switches one relay, counted from 1, on or off. */
export function encodeModbusRelay(board: number, relay: number, on: boolean): Uint8Array {
  return encodeModbusWords(board, WRITE_COIL, relay - 1, on ? ON : OFF);
}

/** Waveshare: switches one relay on; the board itself switches it off after `ms` (whole tenths of a second). */
export function encodeModbusTimedRelay(board: number, relay: number, ms: number): Uint8Array {
  return encodeModbusWords(board, WRITE_COIL, TIMED_ON + relay - 1, Math.round(ms / TENTH_MS));
}

/** Asks which of the first `count` relays are on. */
export function encodeModbusCoilsRequest(board: number, count: number): Uint8Array {
  return encodeModbusWords(board, READ_COILS, 0, count);
}

/** Asks which of the first `count` inputs are on. */
export function encodeModbusInputsRequest(board: number, count: number): Uint8Array {
  return encodeModbusWords(board, READ_INPUTS, 0, count);
}

function functionOf(kind: ModbusAsked['kind']): number {
  if (kind === 'write') return WRITE_COIL;
  return kind === 'coils' ? READ_COILS : READ_INPUTS;
}

function frameOf(asked: ModbusAsked, reply: ModbusReply): ModbusFrame {
  const { board } = asked;
  if (reply.kind === 'exception') return { kind: 'exception', board, code: reply.code };
  if (asked.kind !== 'write') return { kind: asked.kind, board, bits: reply.data };
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0] = reply.data;
  return { kind: 'written', board, address: (b0 << 8) | b1, value: (b2 << 8) | b3 };
}

/**
 * Takes the whole replies to what was asked out of a buffer.
 * @param asked null while nothing is awaited: boards say nothing by themselves, so all bytes are dropped
 */
export function parseModbus(buffer: Uint8Array, asked: ModbusAsked | null, seen = 0): Cut<ModbusFrame> {
  if (asked === null) return { frames: [], rest: new Uint8Array(0) };
  const bytes = asked.kind === 'write' ? null : Math.ceil(asked.count / 8);
  const look = lookForModbusReply({ board: asked.board, code: functionOf(asked.kind), bytes });
  const { frames, rest } = cutFrames(buffer, look, seen);
  return { frames: frames.map((reply) => frameOf(asked, reply)), rest };
}
