import { crc16Modbus } from '../../../native/codec/checksum.ts';
import { FrameCutter } from '../../../native/codec/frame-cutter.ts';
import type { Look } from '../../../native/codec/cut-frames.ts';
import { INPUTS_FRAME_LIMIT, lookForInputs } from '../../../native/presence-sensor/input-frames.ts';
import type { InputsAsked } from '../../../native/presence-sensor/input-frames.ts';
import { encodeRadar, lookForRadar, RADAR_FRAME_LIMIT } from '../../../native/presence-sensor/radar-frames.ts';
import { encodeRange, lookForRange, RANGE_FRAME_LENGTH } from '../../../native/presence-sensor/range-frames.ts';
import type { WireFuzzSubject } from './subject.ts';

/** @param encode the bytes that a frame came from, written again out of what was understood */
function subject<TFrame>(
  name: string,
  look: (buffer: Uint8Array, at: number) => Look<TFrame>,
  limit: number,
  encode: (frame: TFrame) => Uint8Array,
  validFrame: (n: number) => Uint8Array,
): WireFuzzSubject {
  let cutter = new FrameCutter(look, limit);
  return {
    name: `presence-sensor ${name}`,
    feed: (chunk) => cutter.push(chunk).map(encode),
    pending: () => cutter.pending,
    validFrame,
    reset() {
      cutter = new FrameCutter(look, limit);
    },
  };
}

function crced(bytes: readonly number[]): Uint8Array {
  const crc = crc16Modbus(Uint8Array.from(bytes));
  return Uint8Array.of(...bytes, crc & 0xff, crc >> 8);
}

function module(name: string, asked: InputsAsked, data: number): WireFuzzSubject {
  const code = Number(asked.func);
  return subject(
    `modbus-input ${name}`,
    lookForInputs(asked),
    INPUTS_FRAME_LIMIT,
    (frame) =>
      frame.kind === 'exception'
        ? crced([asked.board, code | 0x80, frame.code])
        : crced([asked.board, code, frame.data.length, ...frame.data]),
    (n) => crced([asked.board, code, data, ...Array.from({ length: data }, (_, at) => (n >> (at * 3)) & 0xff)]),
  );
}

/** What every presence sensor with a line of bytes says. */
export const SUBJECTS: readonly WireFuzzSubject[] = [
  module('inputs', { board: 1, func: '02', start: 0, count: 8 }, 1),
  module('registers', { board: 7, func: '04', start: 0x81, count: 2 }, 4),
  subject(
    'range',
    lookForRange,
    RANGE_FRAME_LENGTH - 1,
    ({ millimetres }) => encodeRange(millimetres),
    (n) => encodeRange(n % 8_000),
  ),
  subject(
    'radar',
    lookForRadar,
    RADAR_FRAME_LIMIT,
    ({ bytes }) => bytes,
    (n) => encodeRadar({ moving: (n & 1) === 1, still: (n & 2) === 2, movingCm: n % 600, stillCm: (n * 7) % 600 }),
  ),
];
