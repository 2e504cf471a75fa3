import { crc16Modbus } from '../codec/checksum.ts';
import type { Look } from '../codec/cut-frames.ts';

/**
 * Modbus-RTU questions to digital input modules (Modbus Application Protocol 1.1b3): 01 coils and 02 discrete inputs give
 * bits, the lowest first; 03 holding and 04 input registers give words, high byte first. CRC low byte first.
 */
export const INPUT_FUNCTIONS = ['02', '01', '04', '03'] as const;
export type InputFunction = (typeof INPUT_FUNCTIONS)[number];

/** What is asked for: so many inputs (or registers) from an address on. */
export interface InputsAsked {
  /** 1 to 247. */
  readonly board: number;
  readonly func: InputFunction;
  /** Address of the first, 0 to 65,535. */
  readonly start: number;
  /** Bits, or registers of 16 bits. */
  readonly count: number;
}

/** A module's answer. */
export type InputsFrame =
  | { readonly kind: 'bits'; readonly bytes: Uint8Array }
  | { readonly kind: 'exception'; readonly code: number };

const EXCEPTION_BIT = 0x80;
const EXCEPTION_LENGTH = 5;
/** Address, function, count of bytes, CRC. */
const AROUND = 5;

/** Longest answer to what can be set: 32 inputs or two registers. */
export const INPUTS_FRAME_LIMIT = 64;

function withCrc(bytes: readonly number[]): Uint8Array {
  const crc = crc16Modbus(Uint8Array.from(bytes));
  return Uint8Array.of(...bytes, crc & 0xff, crc >> 8);
}

/** The question. */
export function encodeInputsRequest({ board, func, start, count }: InputsAsked): Uint8Array {
  return withCrc([board, Number(func), start >> 8, start & 0xff, count >> 8, count & 0xff]);
}

function isRegister(func: InputFunction): boolean {
  return func === '03' || func === '04';
}

/** Judges bytes as an answer to this question. */
export function lookForInputs(asked: InputsAsked): (buffer: Uint8Array, at: number) => Look<InputsFrame> {
  const code = Number(asked.func);
  const data = isRegister(asked.func) ? asked.count * 2 : Math.ceil(asked.count / 8);
  return (buffer, at) => {
    if (buffer[at] !== asked.board) return null;
    const said = buffer[at + 1];
    if (said === undefined) return 'growing';
    const refused = said === (code | EXCEPTION_BIT);
    if (said !== code && !refused) return null;
    if (!refused && (buffer[at + 2] ?? data) !== data) return null;
    const length = refused ? EXCEPTION_LENGTH : data + AROUND;
    if (buffer.length - at < length) return 'growing';
    const crc = crc16Modbus(buffer.subarray(at, at + length - 2));
    if (buffer[at + length - 2] !== (crc & 0xff) || buffer[at + length - 1] !== crc >> 8) return null;
    const frame: InputsFrame = refused
      ? { kind: 'exception', code: buffer[at + 2] ?? 0 }
      : { kind: 'bits', bytes: buffer.slice(at + 3, at + 3 + data) };
    return { frame, length };
  };
}

/**
 * Whether an answer could be the question itself, handed back by an adapter: with three bytes of data from address 0x03..
 * on, both look the same.
 */
export function mayBeEcho(asked: InputsAsked, frame: InputsFrame): boolean {
  const [, , length, ...rest] = encodeInputsRequest(asked);
  return frame.kind === 'bits' && frame.bytes.length === length && frame.bytes.every((byte, at) => byte === rest[at]);
}

/** Whether an input, counted from 1, is on in an answer's bytes. */
export function inputOf(bytes: Uint8Array, func: InputFunction, input: number): boolean {
  const index = input - 1;
  // A register's low byte, which holds its first eight inputs, comes second.
  const at = isRegister(func) ? (index >> 4) * 2 + (((index >> 3) & 1) === 0 ? 1 : 0) : index >> 3;
  return (((bytes[at] ?? 0) >> (index & 7)) & 1) === 1;
}
