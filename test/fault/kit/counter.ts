/** Counts what happens, so that somebody can wait for it. */
export class Counter {
  #count = 0;
  readonly #waiting = new Set<{ readonly at: number; readonly wake: () => void }>();

  add(): void {
    this.#count += 1;
    for (const one of this.#waiting) if (this.#count >= one.at) one.wake();
  }

  /** Waits until it happened `more` times more, `patienceMs` at most. */
  reach(more: number, patienceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(late);
        this.#waiting.delete(one);
        resolve();
      };
      const one = { at: this.#count + more, wake };
      const late = setTimeout(wake, patienceMs);
      this.#waiting.add(one);
    });
  }
}
