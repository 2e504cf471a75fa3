import { sum8 } from '../codec/checksum.ts';
import type { Look } from '../codec/cut-frames.ts';

/**
 * Frames of ultrasonic range finders with UART output (A02YYUW, ME007YS, A01NYUB and their like; wiki.dfrobot.com SEN0311):
 * FF, distance in millimetres high byte first, low byte of the sum of these three. Sent unasked every 100 to 300 ms, 9600 8N1.
 */
export interface RangeFrame {
  readonly millimetres: number;
}

const HEADER = 0xff;
export const RANGE_FRAME_LENGTH = 4;
/** No module of the family reaches further (A01NYUB: 7.5 m); anything larger is no frame. */
const FARTHEST_MM = 7_999;

/** What the bytes from `at` on are. */
export function lookForRange(buffer: Uint8Array, at: number): Look<RangeFrame> {
  if (buffer[at] !== HEADER) return null;
  const high = buffer[at + 1];
  if (high === undefined) return 'growing';
  if (high > FARTHEST_MM >> 8) return null;
  const low = buffer[at + 2];
  const sum = buffer[at + 3];
  if (low === undefined || sum === undefined) return 'growing';
  const millimetres = (high << 8) | low;
  if (millimetres > FARTHEST_MM || sum !== sum8(buffer.subarray(at, at + 3))) return null;
  return { frame: { millimetres }, length: RANGE_FRAME_LENGTH };
}

/** The frame of a distance, 0 to 7,999 mm. */
export function encodeRange(millimetres: number): Uint8Array {
  const head = Uint8Array.of(HEADER, millimetres >> 8, millimetres & 0xff);
  return Uint8Array.of(...head, sum8(head));
}
