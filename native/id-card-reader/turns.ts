/** Lets pieces of work through one at a time, in the order they came. */
export class Turns {
  #tail: Promise<void> = Promise.resolve();

  async take<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#tail;
    let done = (): void => undefined;
    this.#tail = new Promise<void>((resolve) => {
      done = resolve;
    });
    await before;
    try {
      return await work();
    } finally {
      done();
    }
  }
}
