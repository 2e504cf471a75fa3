import { xor8 } from '../codec/checksum.ts';

/** Start of every frame (protocols: SDT / SAM module, GA 467). */
export const SDT_PREAMBLE: readonly number[] = [0xaa, 0xaa, 0xaa, 0x96, 0x69];

/** Longest LEN of any documented frame: text, photo and two fingerprints (09 0A). */
const MAX_LENGTH = 0x090a;
const HEADER = 7;

/** Commands as CMD and PARA. */
export const SDT_COMMANDS = {
  resetSam: [0x10, 0xff],
  samStatus: [0x11, 0xff],
  samId: [0x12, 0xff],
  findCard: [0x20, 0x01],
  selectCard: [0x20, 0x02],
  readTextAndPhoto: [0x30, 0x01],
  readTextPhotoFinger: [0x30, 0x10],
  readNewestAddress: [0x30, 0x03],
} as const satisfies Record<string, readonly [number, number]>;

/** Speeds that a module can be set to; the place is PARA of command 60. The first is the factory setting. */
export const SDT_BAUDS = [115_200, 57_600, 38_400, 19_200, 9_600] as const;

/** Status words (SW3). */
export const SDT_STATUS = {
  success: 0x90,
  cardFound: 0x9f,
  hostChecksum: 0x10,
  hostLength: 0x11,
  badCommand: 0x21,
  notPermitted: 0x23,
  unknownError: 0x24,
  cardRejectedReader: 0x31,
  readerRejectedCard: 0x32,
  verification: 0x33,
  wrongCardType: 0x40,
  readFailed: 0x41,
  noRandom: 0x47,
  selfTestFailed: 0x60,
  notAuthorised: 0x66,
  findFailed: 0x80,
  selectFailed: 0x81,
  notOnCard: 0x91,
} as const;

/** Puts preamble, length (big-endian, check byte included) and check byte (XOR from the length on) around a body. */
export function encodeFrame(body: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER + body.length + 1);
  frame.set(SDT_PREAMBLE);
  frame[5] = (body.length + 1) >> 8;
  frame[6] = (body.length + 1) & 0xff;
  frame.set(body, HEADER);
  frame[frame.length - 1] = xor8(frame.subarray(5, frame.length - 1));
  return frame;
}

/** Host to reader: CMD, PARA, data. */
export function encodeRequest(command: readonly [number, number], data: Uint8Array = new Uint8Array(0)): Uint8Array {
  return encodeFrame(Uint8Array.of(command[0], command[1], ...data));
}

/** Reader to host: SW1 and SW2 zero, SW3, data. */
export function encodeResponse(sw3: number, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const body = new Uint8Array(3 + data.length);
  body[2] = sw3;
  body.set(data, 3);
  return encodeFrame(body);
}

/** What the reader of frames found: a whole body, or a frame whose check byte was wrong. */
export type SdtFound = { readonly kind: 'frame'; readonly body: Uint8Array } | { readonly kind: 'bad-checksum' };

/**
 * Cuts a byte stream into frames. Garbage is skipped up to the next preamble; after a wrong check byte the search goes
 * on one byte further, so a whole frame behind or inside the damage is found. Holds at most one frame.
 */
export class SdtFrameReader {
  readonly #minLength: number;
  readonly #buffer = new Uint8Array(2 * (HEADER + MAX_LENGTH));
  #end = 0;
  #awaited: readonly number[] | null = null;
  #skipped = 0;

  /** @param minBody shortest body: 2 for requests (CMD, PARA), 3 for responses (SW1..SW3) */
  constructor(minBody: 2 | 3) {
    this.#minLength = minBody + 1;
  }

  /** Number of bytes held back, for bounds checks. */
  get pending(): number {
    return this.#end;
  }

  /** Bytes since the last `reset` that belonged to no frame: noise on the line. */
  get skipped(): number {
    return this.#skipped;
  }

  /**
   * Forgets everything held back.
   * @param bodies lengths that the bodies to come may have; null for any. A frame of another length is noise: so neither
   * a late answer to an older question nor a damaged length can swallow the answer that is waited for.
   */
  reset(bodies: readonly number[] | null = null): void {
    this.#drop(this.#end);
    this.#awaited = bodies;
    this.#skipped = 0;
  }

  /** Takes bytes as they come and gives what they complete. */
  push(bytes: Uint8Array): readonly SdtFound[] {
    const found: SdtFound[] = [];
    for (let start = 0; start < bytes.length;) {
      const room = Math.min(this.#buffer.length - this.#end, bytes.length - start);
      this.#buffer.set(bytes.subarray(start, start + room), this.#end);
      this.#end += room;
      start += room;
      this.#scan(found);
    }
    return found;
  }

  /**
   * Gives up the frame that is still incomplete and looks for whole ones behind its start: garbage that looked like the
   * start of a long frame must not swallow a short one. To be called when waiting has no sense any more.
   */
  recover(): readonly SdtFound[] {
    const found: SdtFound[] = [];
    while (this.#end > 0 && found.length === 0) {
      this.#skip(1);
      this.#scan(found);
    }
    return found;
  }

  #scan(found: SdtFound[]): void {
    let start = 0;
    let framed = 0;
    for (;;) {
      start = this.#findPreamble(start);
      if (this.#end - start < HEADER) break;
      const length = ((this.#buffer[start + 5] ?? 0) << 8) | (this.#buffer[start + 6] ?? 0);
      if (!this.#mayBeLength(length)) {
        start += 1;
        continue;
      }
      const end = start + HEADER + length;
      if (this.#end < end) break;
      if (xor8(this.#buffer.subarray(start + 5, end)) === 0) {
        found.push({ kind: 'frame', body: this.#buffer.slice(start + HEADER, end - 1) });
        framed += end - start;
        // Noise and the first bytes of a frame may make a frame together: the true one begins inside it.
        start += 1;
      } else {
        found.push({ kind: 'bad-checksum' });
        start += 1;
      }
    }
    this.#skipped += Math.max(0, start - framed);
    this.#drop(start);
  }

  #mayBeLength(length: number): boolean {
    if (length < this.#minLength || length > MAX_LENGTH) return false;
    return this.#awaited === null || this.#awaited.includes(length - 1);
  }

  #skip(count: number): void {
    this.#skipped += count;
    this.#drop(count);
  }

  /** Index of the next preamble, or of the tail that may become one. */
  #findPreamble(from: number): number {
    const buffer = this.#buffer;
    const end = this.#end;
    for (let start = from; start < end; start += 1) {
      // The fourth byte settles most places at once.
      if (buffer[start] !== 0xaa || (start + 3 < end && buffer[start + 3] !== 0x96)) continue;
      let matched = 1;
      while (
        matched < SDT_PREAMBLE.length &&
        start + matched < end &&
        buffer[start + matched] === SDT_PREAMBLE[matched]
      ) {
        matched += 1;
      }
      if (matched === SDT_PREAMBLE.length || start + matched === end) return start;
    }
    return end;
  }

  #drop(count: number): void {
    if (count === 0) return;
    this.#buffer.copyWithin(0, count, this.#end);
    // What was handed out may be a card's text: no copy of it stays here.
    this.#buffer.fill(0, this.#end - count, this.#end);
    this.#end -= count;
  }
}

/** A response taken apart; the reader's own status is SW3. */
export interface SdtResponse {
  readonly sw3: number;
  readonly data: Uint8Array;
}

/** Splits a response body (at least 3 bytes). */
export function decodeResponse(body: Uint8Array): SdtResponse {
  return { sw3: body[2] ?? 0, data: body.subarray(3) };
}

/**
 * SAM id as printed on the module: bytes 0 and 2 as two digits, bytes 4-7, 8-11 and 12-15 little-endian numbers, the
 * last two with ten digits, e.g. `05.01-20200101-0001234567-0987654321`. Null when it has not 16 bytes.
 */
export function formatSamId(bytes: Uint8Array): string | null {
  if (bytes.length !== 16) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const short = (offset: number): string => view.getUint8(offset).toString(16).padStart(2, '0');
  const long = (offset: number): string => String(view.getUint32(offset, true)).padStart(10, '0');
  return `${short(0)}.${short(2)}-${view.getUint32(4, true)}-${long(8)}-${long(12)}`;
}
