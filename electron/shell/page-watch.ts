/** How often a page is asked for a sign of life, in milliseconds. */
const ASK_MS = 2_000;
/** Questions in a row without an answer after which it hangs: 8 to 10 s. */
const MOST_UNANSWERED = 4;
/** A question that comes so late was kept up with everything else on the machine, in milliseconds: it proves nothing. */
const LATE_MS = 1_000;

export interface PageWatchOptions {
  /** Asks the page; its preload answers. */
  readonly ask: () => void;
  /** It does not answer any more. */
  readonly onHung: () => void;
  /** Monotonic time in milliseconds. */
  readonly now?: () => number;
}

/**
 * Whether the page at the kiosk still lives. Chromium tells of a page that hangs only once somebody has touched it in vain,
 * and not while its main thread merely waits; a person who stands before it should not have to find out.
 */
export class PageWatch {
  readonly #options: PageWatchOptions;
  #timer: NodeJS.Timeout | null = null;
  #unanswered = 0;

  constructor(options: PageWatchOptions) {
    this.#options = options;
  }

  /** Begins to ask; from then on the page must answer. */
  start(): void {
    if (this.#timer !== null) return;
    const { ask, onHung, now = () => performance.now() } = this.#options;
    let asked = now();
    const look = (): void => {
      const late = now() - asked > ASK_MS + LATE_MS;
      asked = now();
      if (late) this.#unanswered = 0;
      if (this.#unanswered >= MOST_UNANSWERED) {
        this.stop();
        onHung();
        return;
      }
      this.#unanswered += 1;
      ask();
    };
    this.#timer = setInterval(look, ASK_MS);
  }

  /** The page answered. */
  answered(): void {
    this.#unanswered = 0;
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
