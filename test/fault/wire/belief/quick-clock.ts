import type { Clock } from '../../../../native/model/clock.ts';

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/** A clock of millions of waits: time passes only between them, and one turn of the event loop lets all promises go on. */
export class QuickClock implements Clock {
  #now = 0;
  readonly #sleepers = new Set<Sleeper>();

  now(): number {
    return 1_767_600_000_000 + this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const wake = (): void => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { due: this.#now + Math.max(0, ms), wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /** Lets time pass from wait to wait until `work` is done. Throws when it hangs. */
  async run<T>(work: Promise<T>): Promise<T> {
    const state = { done: false };
    const watched = work.finally(() => {
      state.done = true;
    });
    watched.catch(() => undefined);
    const end = this.#now + 3_600_000;
    for (;;) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (state.done) return watched;
      let next: Sleeper | null = null;
      for (const sleeper of this.#sleepers) if (next === null || sleeper.due < next.due) next = sleeper;
      if (next === null || next.due > end) throw new Error('the work hangs');
      this.#now = Math.max(this.#now, next.due);
      next.wake();
    }
  }
}
