import { isQueuedPaperByte, isRealTimeByte } from '../../../native/receipt-printer/escpos-status.ts';
import { StatusBytes } from '../../../native/receipt-printer/status-bytes.ts';
import type { WireFuzzSubject } from './subject.ts';

/** Paper of GS r 1: there or not, near its end or not. */
const QUEUED = [0x00, 0x03, 0x0c, 0x0f] as const;

/** Bits 2, 3, 5 and 6, which mean something in every kind of status byte. */
const freeBits = (state: number): number => ((state & 0x03) << 2) | ((state & 0x0c) << 3);

/** One answer of each kind, all states of the printer in turn. */
function validFrame(n: number): Uint8Array {
  const state = Math.floor(n / 3);
  switch (n % 3) {
    case 0:
      return Uint8Array.of(0x12 | freeBits(state));
    case 1:
      return Uint8Array.of(QUEUED[state % QUEUED.length] ?? 0);
    default:
      return Uint8Array.of(0x10 | freeBits(state), freeBits(state >> 1), state & 0x0f, 0);
  }
}

function escposStatus(): WireFuzzSubject {
  const sorter = new StatusBytes();
  return {
    name: 'receipt-printer escpos status',
    feed(chunk) {
      if (chunk.length === 0) sorter.quiet();
      return [...chunk].flatMap((byte) => {
        const piece = sorter.push(byte);
        if (piece?.kind === 'report') return [piece.bytes.slice()];
        if (piece?.kind !== 'byte') return [];
        return isRealTimeByte(piece.byte) || isQueuedPaperByte(piece.byte) ? [Uint8Array.of(piece.byte)] : [];
      });
    },
    pending: () => sorter.pending,
    validFrame,
    reset: () => sorter.quiet(),
  };
}

export const SUBJECTS: readonly WireFuzzSubject[] = [escposStatus()];
/** The same by the name that a test imports. */
export const subjects = SUBJECTS;
