/**
 * What a scanner puts behind each code: `none` means that only silence ends it, `auto` takes any of CR, LF and TAB, and
 * silence where none comes.
 */
export const SCAN_TAILS = ['auto', 'cr', 'lf', 'crlf', 'tab', 'none'] as const;
export type ScanTail = (typeof SCAN_TAILS)[number];

/** Longest code taken, in bytes: a QR code of the largest size holds 2,953. */
export const MAX_CODE_LENGTH = 4_096;

/** Bytes that end a code under `auto`; a second one behind them (CR LF) ends nothing. */
const ANY_TAIL: readonly number[] = [0x0d, 0x0a, 0x09];

const TAIL_BYTES: Readonly<Record<Exclude<ScanTail, 'auto'>, readonly number[]>> = {
  cr: [0x0d],
  lf: [0x0a],
  crlf: [0x0d, 0x0a],
  tab: [0x09],
  none: [],
};

/**
 * Cuts the bytes of a scanner into codes. A code that grows too long is dropped whole, up to the next tail or silence.
 * When silence has meaning is the caller's matter.
 */
export class ScanStream {
  /** Null: any of the usual tails. */
  readonly #tail: readonly number[] | null;
  readonly #endsBySilence: boolean;
  readonly #buffer = new Uint8Array(MAX_CODE_LENGTH + 2);
  #length = 0;
  #tooLong = false;

  constructor(tail: ScanTail) {
    this.#tail = tail === 'auto' ? null : TAIL_BYTES[tail];
    this.#endsBySilence = tail === 'none' || tail === 'auto';
  }

  /** Whether something has begun that is not complete. */
  get started(): boolean {
    return this.#length > 0 || this.#tooLong;
  }

  /** Bytes held back. */
  get length(): number {
    return this.#length;
  }

  /** Takes bytes as they come and gives the codes that they complete (raw, without tail, never empty). */
  push(bytes: Uint8Array): readonly Uint8Array[] {
    const codes: Uint8Array[] = [];
    for (const byte of bytes) {
      if (this.#length === this.#buffer.length) {
        // Too long: only as much is kept as a tail needs.
        this.#tooLong = true;
        this.#buffer.copyWithin(0, this.#length - 1, this.#length);
        this.#length = 1;
      }
      this.#buffer[this.#length] = byte;
      this.#length += 1;
      if (this.#atTail()) this.#finish(this.#length - (this.#tail?.length ?? 1), codes);
    }
    return codes;
  }

  /** Silence on the line: it completes a code where there is no tail, and drops a fragment where there is one. */
  silence(): readonly Uint8Array[] {
    const codes: Uint8Array[] = [];
    if (this.#endsBySilence) this.#finish(this.#length, codes);
    this.#length = 0;
    this.#tooLong = false;
    return codes;
  }

  #atTail(): boolean {
    if (this.#tail === null) return ANY_TAIL.includes(this.#buffer[this.#length - 1] ?? 0);
    const { length } = this.#tail;
    if (length === 0 || this.#length < length) return false;
    return this.#tail.every((byte, index) => this.#buffer[this.#length - length + index] === byte);
  }

  #finish(end: number, codes: Uint8Array[]): void {
    if (!this.#tooLong && end > 0 && end <= MAX_CODE_LENGTH) codes.push(this.#buffer.slice(0, end));
    this.#buffer.fill(0, 0, this.#length);
    this.#length = 0;
    this.#tooLong = false;
  }
}
