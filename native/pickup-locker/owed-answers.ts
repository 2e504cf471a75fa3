import type { Clock } from '../model/clock.ts';

/** No board answers later than this after it was asked, in milliseconds. */
const LATEST_MS = 2_000;
/** More than can be asked in {@link LATEST_MS}. */
const MOST_OWED = 16;

/**
 * Questions that ended without their answer: cancelled, or past their deadline. Boards answer in the order in which they
 * are asked, so a frame that fits such a question belongs to it and not to a later one.
 */
export class OwedAnswers<TFrame> {
  readonly #clock: Clock;
  #owed: { readonly since: number; readonly accept: (frame: TFrame) => boolean }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * A question has ended without its answer.
   * @param since when the oldest question ended that this may stand for; a debt that is passed on grows no younger, so
   *   that one answer that was lost is forgotten in time
   */
  add(accept: (frame: TFrame) => boolean, since: number = this.#clock.monotonic()): void {
    this.#owed = [...this.#owed.slice(1 - MOST_OWED), { since, accept }];
  }

  /** Gives a frame to the oldest question that it fits, and says since when that is owed; null where none is. */
  credit(frame: TFrame): number | null {
    const now = this.#clock.monotonic();
    this.#owed = this.#owed.filter(({ since }) => now - since < LATEST_MS);
    const at = this.#owed.findIndex(({ accept }) => accept(frame));
    return at < 0 ? null : (this.#owed.splice(at, 1)[0]?.since ?? now);
  }
}
