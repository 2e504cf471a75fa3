/** Runs commands of one device one after the other, in the order they were asked for. */
export class CommandQueue {
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;

  /** Whether a command runs or waits. */
  get busy(): boolean {
    return this.#waiting > 0;
  }

  /**
   * Runs `work` when its turn comes. A wait that is aborted gives `aborted` at once and never runs `work`; once `work`
   * runs, heeding the signal is its own matter.
   */
  async run<T>(work: () => Promise<T>, aborted: T, signal?: AbortSignal): Promise<T> {
    const turn = this.#tail;
    let release = (): void => undefined;
    this.#tail = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#waiting += 1;
    let mine = false;
    try {
      mine = await turnOrAbort(turn, signal);
      return mine ? await work() : aborted;
    } finally {
      this.#waiting -= 1;
      // Whoever gave up waiting passes the turn on only when it would have been theirs.
      if (mine) release();
      else void turn.then(release);
    }
  }
}

async function turnOrAbort(turn: Promise<void>, signal: AbortSignal | undefined): Promise<boolean> {
  if (!signal) {
    await turn;
    return true;
  }
  if (signal.aborted) return false;
  let onAbort = (): void => undefined;
  const abort = new Promise<void>((resolve) => {
    onAbort = resolve;
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([turn, abort]);
    return !signal.aborted;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
