import type { Clock } from '../../../native/model/clock.ts';

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/**
 * A clock that is faster than this machine's and stands still while the process gets no turn: it moves with the turns of
 * the event loop, so that a busy machine costs nobody his patience.
 */
export class TickClock implements Clock {
  readonly #start: number;
  readonly #step: number;
  #passed = 0;
  #sleepers: Sleeper[] = [];
  #timer: NodeJS.Timeout | null = null;

  /**
   * @param start wall time at the beginning, milliseconds since 1970
   * @param step milliseconds that pass in a turn, which takes one at least
   */
  constructor(start: number, step: number) {
    this.#start = start;
    this.#step = step;
  }

  now(): number {
    return this.#start + this.#passed;
  }

  monotonic(): number {
    return this.#passed;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const wake = (): void => {
        this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { due: this.#passed + Math.max(0, ms), wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
      this.#timer ??= setInterval(() => this.#tick(), 1);
    });
  }

  #tick(): void {
    this.#passed += this.#step;
    for (const { wake } of this.#sleepers.filter(({ due }) => due <= this.#passed)) wake();
    if (this.#sleepers.length > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}
