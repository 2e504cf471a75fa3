import { crc16Modbus } from './checksum.ts';
import type { Look } from './cut-frames.ts';

/**
 * Modbus-RTU frames (Modbus Application Protocol 1.1b3): ADDRESS FUNCTION DATA CRC, the CRC's low byte first. The length of
 * a reply follows from what was asked, so replies are told by shape and CRC.
 */

const EXCEPTION_BIT = 0x80;
const EXCEPTION_LENGTH = 5;
/** Address, function, count of bytes, CRC. */
const AROUND_COUNTED = 5;
/** Address, function, two words, CRC: how a write is answered, which counts nothing. */
const WRITTEN_LENGTH = 8;

/** What was asked, as far as the reply follows from it. */
export interface ModbusAsked {
  /** Address of the device, 1 to 247; 0 is the broadcast that nobody answers. */
  readonly board: number;
  /** The function. */
  readonly code: number;
  /** Bytes of data that a reading is answered with; null for a write, which is answered with its own two words. */
  readonly bytes: number | null;
}

/** A whole reply: its data, or the code with which the device refused. */
export type ModbusReply =
  | { readonly kind: 'data'; readonly data: Uint8Array }
  | { readonly kind: 'exception'; readonly code: number };

/** A question or an order of two words, each 0 to 65,535, high byte first. */
export function encodeModbusWords(board: number, code: number, first: number, second: number): Uint8Array {
  const bytes = [board, code, first >> 8, first & 0xff, second >> 8, second & 0xff];
  const crc = crc16Modbus(Uint8Array.from(bytes));
  return Uint8Array.of(...bytes, crc & 0xff, crc >> 8);
}

/** Judges bytes as the reply to what was asked; for `cutFrames`. */
export function lookForModbusReply(asked: ModbusAsked): (buffer: Uint8Array, at: number) => Look<ModbusReply> {
  const { board, code, bytes } = asked;
  return (buffer, at) => {
    if (buffer[at] !== board) return null;
    const said = buffer[at + 1];
    if (said === undefined) return 'growing';
    const refused = said === (code | EXCEPTION_BIT);
    if (said !== code && !refused) return null;
    if (!refused && bytes !== null && (buffer[at + 2] ?? bytes) !== bytes) return null;
    const length = refused ? EXCEPTION_LENGTH : bytes === null ? WRITTEN_LENGTH : AROUND_COUNTED + bytes;
    if (buffer.length - at < length) return 'growing';
    const crc = crc16Modbus(buffer.subarray(at, at + length - 2));
    if (buffer[at + length - 2] !== (crc & 0xff) || buffer[at + length - 1] !== crc >> 8) return null;
    if (refused) return { frame: { kind: 'exception', code: buffer[at + 2] ?? 0 }, length };
    return { frame: { kind: 'data', data: buffer.slice(at + (bytes === null ? 2 : 3), at + length - 2) }, length };
  };
}
