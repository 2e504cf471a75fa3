import type { Look } from '../codec/cut-frames.ts';
import { encodeModbusWords, lookForModbusReply } from '../codec/modbus.ts';
import type { ModbusReply } from '../codec/modbus.ts';

/**
 * Modbus-RTU questions to digital input modules (Modbus Application Protocol 1.1b3): 01 coils and 02 discrete inputs give
 * bits, the lowest first; 03 holding and 04 input registers give words, high byte first.
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

/** Longest answer to what can be set: 32 inputs or two registers. */
export const INPUTS_FRAME_LIMIT = 64;

/** The question. */
export function encodeInputsRequest({ board, func, start, count }: InputsAsked): Uint8Array {
  return encodeModbusWords(board, Number(func), start, count);
}

function isRegister(func: InputFunction): boolean {
  return func === '03' || func === '04';
}

/** Judges bytes as an answer to this question. */
export function lookForInputs({
  board,
  func,
  count,
}: InputsAsked): (buffer: Uint8Array, at: number) => Look<ModbusReply> {
  const bytes = isRegister(func) ? count * 2 : Math.ceil(count / 8);
  return lookForModbusReply({ board, code: Number(func), bytes });
}

/**
 * Whether an answer could be the question itself, handed back by an adapter: with three bytes of data from address 0x03..
 * on, both look the same.
 */
export function mayBeEcho(asked: InputsAsked, reply: ModbusReply): boolean {
  const [, , length, ...rest] = encodeInputsRequest(asked);
  return reply.kind === 'data' && reply.data.length === length && reply.data.every((byte, at) => byte === rest[at]);
}

/** Whether an input, counted from 1, is on in an answer's bytes. */
export function inputOf(bytes: Uint8Array, func: InputFunction, input: number): boolean {
  const index = input - 1;
  // A register's low byte, which holds its first eight inputs, comes second.
  const at = isRegister(func) ? (index >> 4) * 2 + (((index >> 3) & 1) === 0 ? 1 : 0) : index >> 3;
  return (((bytes[at] ?? 0) >> (index & 7)) & 1) === 1;
}
