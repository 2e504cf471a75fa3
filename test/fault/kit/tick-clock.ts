import type { Clock } from '../../../native/model/clock.ts';
import { Sleepers } from '../../support/sleepers.ts';

/**
 * A clock that is faster than this machine's and stands still while the process gets no turn: it moves with the turns of
 * the event loop, so that a busy machine costs nobody his patience.
 */
export class TickClock implements Clock {
  readonly #start: number;
  readonly #step: number;
  #passed = 0;
  readonly #sleepers = new Sleepers();
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
    const sleep = this.#sleepers.add(this.#passed + Math.max(0, ms), signal);
    if (this.#sleepers.size > 0) this.#timer ??= setInterval(() => this.#tick(), 1);
    return sleep;
  }

  #tick(): void {
    this.#passed += this.#step;
    for (let next = this.#sleepers.next(); next && next.due <= this.#passed; next = this.#sleepers.next()) next.wake();
    if (this.#sleepers.size > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}
