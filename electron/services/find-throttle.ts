import type { Clock } from '../../native/model/clock.ts';

/** Different numbers that may be looked up at once; more than anybody has receipts in the hand. */
const FREE = 5;
/** For so long a number that was looked up counts, in milliseconds. */
const WINDOW_MS = 10 * 60_000;
/** The wait before the first number beyond, doubled with each further one up to the longest, in milliseconds. */
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 20_000;

/**
 * Slows down whoever types one tracking number after the other: they are counted up day by day, so the next one is easily
 * guessed. Counts different numbers, found or not, over all visits, because a new visit is one touch away; looking at the
 * same number again costs nothing. One look-up after the other, so that many at once gain nothing.
 */
export class FindThrottle {
  readonly #clock: Clock;
  /** Numbers looked up, oldest first, with the moment on the clock that nobody can set. */
  readonly #seen = new Map<string, number>();
  #last: Promise<unknown> = Promise.resolve();
  #visit = new AbortController();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The visit is over: nobody waits for its look-ups any more. */
  visitEnded(): void {
    this.#visit.abort();
    this.#visit = new AbortController();
  }

  /** Milliseconds that a look-up of this number would have to wait now. */
  waitMs(number: string): number {
    const now = this.#clock.monotonic();
    for (const [other, at] of this.#seen) if (now - at >= WINDOW_MS) this.#seen.delete(other);
    if (this.#seen.has(number) || this.#seen.size < FREE) return 0;
    return Math.min(FIRST_WAIT_MS * 2 ** (this.#seen.size - FREE), LONGEST_WAIT_MS);
  }

  /** Looks up after the wait; null when the visit ended meanwhile. */
  run<T>(number: string, look: () => Promise<T>): Promise<T | null> {
    const { signal } = this.#visit;
    const mine = this.#last.then(async () => {
      const wait = this.waitMs(number);
      if (wait > 0) await this.#clock.sleep(wait, signal);
      if (signal.aborted) return null;
      if (!this.#seen.has(number)) this.#seen.set(number, this.#clock.monotonic());
      return look();
    });
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}
