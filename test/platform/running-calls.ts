/** Calls that are being answered, also those whose connection is gone: the store is closed after the last. */
export class RunningCalls {
  readonly #running = new Set<Promise<unknown>>();

  /** Gives the outcome of the call and counts it as running until then. */
  async track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
    }
  }

  /** Waits for the calls that are being answered. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#running);
  }
}
