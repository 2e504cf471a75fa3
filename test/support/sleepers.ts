/** A wait for a moment of a test's own time. */
export interface Sleeper {
  /** When it ends, in milliseconds of that time. */
  readonly due: number;
  readonly order: number;
  readonly wake: () => void;
}

/** Waits of a clock that a test moves, in the order in which they are due. */
export class Sleepers {
  #order = 0;
  #all: Sleeper[] = [];

  /** Number of waits under way. */
  get size(): number {
    return this.#all.length;
  }

  /** Ends when it is woken or `signal` is aborted. */
  add(due: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const wake = (): void => {
        this.#all = this.#all.filter((other) => other !== sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { due, order: this.#order, wake };
      this.#order += 1;
      this.#all.push(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /** The wait that is due first. */
  next(): Sleeper | undefined {
    return this.#all.reduce<Sleeper | undefined>(
      (first, other) =>
        !first || other.due < first.due || (other.due === first.due && other.order < first.order) ? other : first,
      undefined,
    );
  }
}
