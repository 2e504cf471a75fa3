import { isAsbRest, isAsbStart, XOFF, XON } from './escpos-status.ts';

/** What one byte from the printer turned out to be, or was the last of. */
export type StatusPiece =
  | { readonly kind: 'flow'; readonly paused: boolean }
  /** Four bytes of an unasked report. */
  | { readonly kind: 'report'; readonly bytes: Uint8Array }
  /** Anything else: an answer to a question, or noise. */
  | { readonly kind: 'byte'; readonly byte: number };

/** Bytes of a report (ASB, protocols: `1D 61 n`). */
const REPORT_BYTES = 4;

/**
 * Sorts the bytes of a printer: flow control, reports of four bytes, single bytes. They have fixed bits, but neither
 * length nor checksum: a byte with the right four bits is an answer, whoever sent it. So nothing that comes out here is
 * believed before the line asked and was answered twice, or by a byte that came alone.
 */
export class StatusBytes {
  #report: number[] = [];

  /** Bytes of a report that has begun. */
  get pending(): number {
    return this.#report.length;
  }

  push(byte: number): StatusPiece | null {
    if (byte === XON || byte === XOFF) return { kind: 'flow', paused: byte === XOFF };
    if (this.#report.length > 0 && isAsbRest(byte)) {
      this.#report.push(byte);
      if (this.#report.length < REPORT_BYTES) return null;
      const bytes = Uint8Array.from(this.#report);
      this.#report = [];
      return { kind: 'report', bytes };
    }
    this.#report = isAsbStart(byte) ? [byte] : [];
    return this.#report.length > 0 ? null : { kind: 'byte', byte };
  }

  /** The line was quiet: a report comes in one go, so one that has begun was none. */
  quiet(): void {
    this.#report = [];
  }
}
