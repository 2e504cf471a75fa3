/**
 * From the answer that the first screen shows until the rest begins, in milliseconds: the page draws without the main process,
 * and whoever touches the screen at once must not be told for longer than need be that devices are away.
 */
const DRAWN_AFTER_MS = 30;
/** Longest that anything waits for the first screen, in milliseconds: a page that does not come may not hold up the rest. */
const LONGEST_MS = 2_500;

/**
 * The first screen after the start. What the screen needs to be touched comes first; devices, the visit process and the line
 * to the platform begin when `drawn` resolves. Until then they are as they are: starting.
 */
export class FirstScreen {
  readonly drawn: Promise<void>;
  #pass: () => void = () => undefined;
  #timer: NodeJS.Timeout;

  constructor() {
    this.drawn = new Promise((resolve) => {
      this.#pass = resolve;
    });
    this.#timer = setTimeout(() => this.#pass(), LONGEST_MS);
  }

  /** The page was told how the kiosk is. */
  answered(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#pass(), DRAWN_AFTER_MS);
  }
}
