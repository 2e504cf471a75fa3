import type { Transport } from '../model/transport.ts';
import { SDT_PREAMBLE } from './sdt-frame.ts';

/** How SDT frames travel on one line. */
export interface SdtFraming {
  /** What is written for one request, in order: pieces of a stream, or reports. */
  wrap(frame: Uint8Array): readonly Uint8Array[];
  /** The SDT bytes in one piece that came; null when the piece is damaged. */
  unwrap(piece: Uint8Array): Uint8Array | null;
  /** Bytes held back, for bounds checks. */
  readonly pending: number;
  /** Forgets an answer that is half there. */
  reset(): void;
}

/** Framings over a stream and over reports; the first is the usual one. */
export const STREAM_FRAMINGS = ['whole', 'split', 'hid-wrapped'] as const;
export const HID_FRAMINGS = ['hid-wrapped', 'split', 'whole'] as const;

/** The framing of a name; unknown names count as `whole`. */
export function framingOf(name: string | undefined, { kind, address }: Transport): SdtFraming {
  if (name === 'split') return new SplitFraming(kind);
  if (name !== 'hid-wrapped') return WHOLE;
  // The HID library wants the number of the report in front, zero where a device has no numbers.
  return new HidWrappedFraming(kind, address.startsWith('hid:') ? [0] : []);
}

const WHOLE: SdtFraming = { wrap: (frame) => [frame], unwrap: (piece) => piece, pending: 0, reset: () => undefined };

/** Preamble and length: the first transfer of a split frame. */
const SPLIT_HEADER = 7;

/**
 * The bare USB module: preamble and length are one transfer, the rest another (protocols: SDT 1.1, pipes 02/81 and
 * 06/85). Over reports of a fixed size what stands behind either part is filling and is left out.
 */
class SplitFraming implements SdtFraming {
  readonly pending = 0;
  readonly #kind: Transport['kind'];
  /** Bytes of the rest that are still to come. */
  #left = 0;

  constructor(kind: Transport['kind']) {
    this.#kind = kind;
  }

  wrap(frame: Uint8Array): readonly Uint8Array[] {
    return [frame.subarray(0, SPLIT_HEADER), frame.subarray(SPLIT_HEADER)];
  }

  unwrap(piece: Uint8Array): Uint8Array | null {
    if (this.#kind === 'stream') return piece;
    if (piece.length >= SPLIT_HEADER && SDT_PREAMBLE.every((byte, index) => piece[index] === byte)) {
      this.#left = ((piece[5] ?? 0) << 8) | (piece[6] ?? 0);
      const rest = piece.subarray(SPLIT_HEADER, SPLIT_HEADER + this.#left);
      // Filling is zeros; SW3 is none, so anything else is the start of the rest.
      if (rest.every((byte) => byte === 0)) return piece.subarray(0, SPLIT_HEADER);
      this.#left -= rest.length;
      return piece.subarray(0, SPLIT_HEADER + rest.length);
    }
    if (this.#left === 0) return null;
    const part = piece.subarray(0, this.#left);
    this.#left -= part.length;
    return part;
  }

  reset(): void {
    this.#left = 0;
  }
}

const WRAP_REQUEST = 0x88;
const WRAP_RESPONSE = 0xaa;
/** The wrapper's command that hands a frame to the security module. */
const WRAP_TO_MODULE = 0xb1;
/** Mark, number (2), length (2): what stands before the counted part. */
const WRAP_HEAD = 5;
const WRAP_SUM = 2;
/** Bytes in front of each part of the inner frame that are not of it. */
const WRAP_SKIP = 2;
const HID_REPORT = 64;

/**
 * The HID wrapper of Huaxu and Miaxis readers (protocols: SDT 1.8). Request `88 0000 LEN CMD frame SUM`, response
 * `AA SRN LEN RESULT data SUM`, LEN little-endian from CMD or RESULT to the last data byte, SUM 16 bits little-endian from
 * LEN on. A long answer is cut over several reports, two bytes stand before each part of it.
 */
class HidWrappedFraming implements SdtFraming {
  readonly #kind: Transport['kind'];
  readonly #prefix: readonly number[];
  #held: Uint8Array = new Uint8Array(0);

  constructor(kind: Transport['kind'], prefix: readonly number[]) {
    this.#kind = kind;
    this.#prefix = prefix;
  }

  wrap(frame: Uint8Array): readonly Uint8Array[] {
    const report = new Uint8Array(Math.max(HID_REPORT, WRAP_HEAD + 1 + frame.length + WRAP_SUM));
    const length = frame.length + 1;
    report.set([WRAP_REQUEST, 0, 0, length & 0xff, length >> 8, WRAP_TO_MODULE, ...frame]);
    const end = WRAP_HEAD + length;
    const sum = sum16(report.subarray(3, end));
    report.set([sum & 0xff, sum >> 8], end);
    return [Uint8Array.of(...this.#prefix, ...report)];
  }

  unwrap(piece: Uint8Array): Uint8Array | null {
    // A report is whole; only on a stream may the rest still come.
    const bytes = this.#kind === 'reports' ? piece : Uint8Array.of(...this.#held, ...piece);
    const parts: number[] = [];
    let damaged = false;
    let at = 0;
    for (; at < bytes.length;) {
      const size = wrapSize(bytes, at);
      if (size === 'short') break;
      if (size === null) {
        damaged ||= bytes[at] !== 0;
        at += 1;
        continue;
      }
      parts.push(...bytes.subarray(at + WRAP_HEAD + 1 + WRAP_SKIP, at + size - WRAP_SUM));
      at += size;
    }
    this.#held = this.#kind === 'reports' ? new Uint8Array(0) : bytes.slice(at);
    return parts.length === 0 && (damaged || this.#kind === 'reports') ? null : Uint8Array.from(parts);
  }

  get pending(): number {
    return this.#held.length;
  }

  reset(): void {
    this.#held = new Uint8Array(0);
  }
}

/** Length of the wrapped packet at this place; null when there is none, `short` when it may still become one. */
function wrapSize(bytes: Uint8Array, at: number): number | 'short' | null {
  if (bytes[at] !== WRAP_RESPONSE) return null;
  if (bytes.length - at < WRAP_HEAD) return 'short';
  const length = (bytes[at + 3] ?? 0) | ((bytes[at + 4] ?? 0) << 8);
  const size = WRAP_HEAD + length + WRAP_SUM;
  if (length < 1 + WRAP_SKIP || size > HID_REPORT) return null;
  if (bytes.length - at < size) return 'short';
  const end = at + size - WRAP_SUM;
  const sum = (bytes[end] ?? 0) | ((bytes[end + 1] ?? 0) << 8);
  return sum === sum16(bytes.subarray(at + 3, end)) ? size : null;
}

function sum16(bytes: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < bytes.length; index += 1) sum = (sum + (bytes[index] ?? 0)) & 0xffff;
  return sum;
}
