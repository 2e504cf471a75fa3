import type { Clock, Random } from '../../native/model/clock.ts';
import { Sleepers } from './sleepers.ts';

/**
 * A clock that only moves when a test says so. Waits end in the order they are due; between two of them every promise
 * that can go on has gone on (`settle`).
 */
export class FakeClock implements Clock {
  #elapsed = 0;
  #wall: number;
  readonly #sleepers = new Sleepers();

  /** @param wall wall time at the start, milliseconds since 1970 */
  constructor(wall: number = Date.UTC(2026, 0, 5, 1, 0, 0)) {
    this.#wall = wall;
  }

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#sleepers.add(this.#elapsed + Math.max(0, ms), signal);
  }

  /** Moves the wall clock only, as a bad battery or a time server would. */
  jumpWall(ms: number): void {
    this.#wall += ms;
  }

  /** Number of waits under way, for leak checks. */
  get pending(): number {
    return this.#sleepers.size;
  }

  /** Lets everything go on that can go on without time passing. */
  async settle(): Promise<void> {
    // Promise chains resolve inside one turn; three turns also cover work that hops over setImmediate.
    for (let turn = 0; turn < 3; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  /** Lets `ms` milliseconds pass, waking each wait at its own time. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsed + ms;
    await this.settle();
    for (let next = this.#sleepers.next(); next && next.due <= end; next = this.#sleepers.next()) {
      this.#moveTo(next.due);
      next.wake();
      await this.settle();
    }
    this.#moveTo(end);
    await this.settle();
  }

  /**
   * Lets time pass from wait to wait until `work` has settled, and gives its outcome.
   * Throws when nothing is waited for any more or `limitMs` of fake time have passed: then `work` hangs.
   */
  async run<T>(work: Promise<T>, limitMs = 3_600_000): Promise<T> {
    const state = { settled: false };
    const watched = work.finally(() => {
      state.settled = true;
    });
    watched.catch(() => undefined);
    const end = this.#elapsed + limitMs;
    await this.settle();
    while (!state.settled) {
      const next = this.#sleepers.next();
      if (!next) throw new Error('the work hangs: it has not settled and nothing waits for time');
      if (next.due > end) throw new Error(`the work has not settled within ${limitMs} ms`);
      this.#moveTo(next.due);
      next.wake();
      await this.settle();
    }
    return watched;
  }

  #moveTo(moment: number): void {
    this.#wall += moment - this.#elapsed;
    this.#elapsed = moment;
  }
}

/** Reproducible randomness (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return { bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff) };
}
