import type { Look } from '../codec/cut-frames.ts';

/**
 * Reports of 24 GHz radar modules of the LD2410 family (Hi-Link serial protocol of the LD2410C, 1.00): F4 F3 F2 F1, length
 * low byte first, type (02 basic, 01 with energies of each gate), AA, target state, distance in cm and energy of what moves,
 * the same of what stands still, distance of detection, ..., 55, check byte, F8 F7 F6 F5. Sent unasked about ten times a
 * second, 256000 8N1 from the factory.
 */
export interface RadarFrame {
  readonly moving: boolean;
  readonly still: boolean;
  /** Centimetres; what stands under a state without such a target means nothing. */
  readonly movingCm: number;
  readonly stillCm: number;
  /** The whole frame as it came. */
  readonly bytes: Uint8Array;
}

const HEADER = [0xf4, 0xf3, 0xf2, 0xf1] as const;
const FOOTER = [0xf8, 0xf7, 0xf6, 0xf5] as const;
const BASIC = 0x02;
const ENGINEERING = 0x01;
const HEAD = 0xaa;
const TAIL = 0x55;
/** Data of a basic report: type, AA, nine bytes of target, 55, check. */
const BASIC_LENGTH = 13;
/** Longest data of a report with energies: 35 of a module with 9 gates, more of newer firmware. */
const LONGEST_DATA = 64;
const MOST_STATE = 3;
/** Bytes around the data: header, length, footer. */
const AROUND = 10;

export const RADAR_FRAME_LIMIT = LONGEST_DATA + AROUND;

/** What the bytes from `at` on are. */
export function lookForRadar(buffer: Uint8Array, at: number): Look<RadarFrame> {
  const byte = (offset: number): number | undefined => buffer[at + offset];
  for (let index = 0; index < HEADER.length; index += 1) {
    const said = byte(index);
    if (said === undefined) return 'growing';
    if (said !== HEADER[index]) return null;
  }
  const low = byte(4);
  const high = byte(5);
  if (low === undefined) return 'growing';
  if (low < BASIC_LENGTH || low > LONGEST_DATA) return null;
  if (high === undefined) return 'growing';
  if (high !== 0) return null;
  const type = byte(6);
  const head = byte(7);
  const state = byte(8);
  if (type !== undefined && !(type === ENGINEERING || (type === BASIC && low === BASIC_LENGTH))) return null;
  if (head !== undefined && head !== HEAD) return null;
  if (state !== undefined && state > MOST_STATE) return null;
  const tail = byte(6 + low - 2);
  if (tail !== undefined && tail !== TAIL) return null;
  for (let index = 0; index < FOOTER.length; index += 1) {
    const said = byte(6 + low + index);
    if (said === undefined) return 'growing';
    if (said !== FOOTER[index]) return null;
  }
  if (state === undefined) return null;
  const word = (offset: number): number => (byte(offset) ?? 0) | ((byte(offset + 1) ?? 0) << 8);
  const length = low + AROUND;
  return {
    frame: {
      moving: (state & 1) === 1,
      still: (state & 2) === 2,
      movingCm: word(9),
      stillCm: word(12),
      bytes: buffer.slice(at, at + length),
    },
    length,
  };
}

/** A basic report. Distances in centimetres, 0 to 65,535. */
export function encodeRadar(report: Omit<RadarFrame, 'bytes'>): Uint8Array {
  const state = (report.moving ? 1 : 0) | (report.still ? 2 : 0);
  const words = (value: number): readonly number[] => [value & 0xff, value >> 8];
  const nearest = Math.min(report.moving ? report.movingCm : 0xffff, report.still ? report.stillCm : 0xffff);
  return Uint8Array.of(
    ...HEADER,
    ...words(BASIC_LENGTH),
    BASIC,
    HEAD,
    state,
    ...words(report.movingCm),
    report.moving ? 60 : 0,
    ...words(report.stillCm),
    report.still ? 60 : 0,
    ...words(state === 0 ? 0 : nearest),
    TAIL,
    0x00,
    ...FOOTER,
  );
}
