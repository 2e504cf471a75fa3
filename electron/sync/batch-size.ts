import type { HeartbeatAnswer } from '../platform-api/messages.ts';

/** Most messages of a batch, and most bytes, whatever the platform would take. */
export const LARGEST_BATCH = { entries: 50, bytes: 1 << 20 } as const;
/** A batch that took longer than this was too long, in milliseconds: a poisonous message would hold the others up. */
const TOO_SLOW_MS = 400;
/** One that took less may grow. */
const QUICK_MS = 200;
/** Entries of the first batch. */
const FIRST = 8;
/** Shortest patience with a batch, in milliseconds; then its messages go one by one. */
const SHORTEST_PATIENCE_MS = 700;
const LONGEST_PATIENCE_MS = 15_000;

/**
 * How many messages go in one request: doubled while the platform answers quickly, halved when it is slow or silent, so
 * that a batch never takes long on any line. One at a time while the platform has not said that it takes batches.
 */
export class BatchSize {
  #limits: { readonly entries: number; readonly bytes: number } | null = null;
  #entries = FIRST;
  /** Milliseconds an entry took in answered batches, smoothed; null before the first. */
  #perEntry: number | null = null;

  /** The platform said what it takes. */
  offered(batch: HeartbeatAnswer['batch']): void {
    this.#limits = batch ?? null;
  }

  /** The platform has no batches after all; until it offers them again. */
  withdrawn(): void {
    this.#limits = null;
  }

  /** What the next request may hold. */
  get next(): { readonly entries: number; readonly bytes: number } {
    const { entries, bytes } = this.#limits ?? { entries: 1, bytes: LARGEST_BATCH.bytes };
    return {
      entries: Math.max(1, Math.min(this.#entries, entries, LARGEST_BATCH.entries)),
      // Quotation marks in a body are written as two characters, and keys and braces come on top.
      bytes: Math.floor(Math.min(bytes, LARGEST_BATCH.bytes) * 0.9),
    };
  }

  /** Milliseconds that a batch of so many is waited for. */
  patienceMs(entries: number): number {
    const expected = (this.#perEntry ?? 0) * entries;
    return Math.min(LONGEST_PATIENCE_MS, Math.max(SHORTEST_PATIENCE_MS, Math.round(4 * expected)));
  }

  /** So many messages were answered in one request after so long. */
  answered(entries: number, ms: number): void {
    const each = ms / entries;
    this.#perEntry = this.#perEntry === null ? each : this.#perEntry * 0.7 + each * 0.3;
    if (ms > TOO_SLOW_MS) this.#shrink();
    // A short batch says nothing about what a longer one would take.
    else if (ms < QUICK_MS && entries >= this.#entries)
      this.#entries = Math.min(this.#entries * 2, LARGEST_BATCH.entries);
  }

  /** A batch came to nothing as a whole. */
  failed(): void {
    this.#shrink();
  }

  #shrink(): void {
    this.#entries = Math.max(1, Math.floor(this.#entries / 2));
  }
}
