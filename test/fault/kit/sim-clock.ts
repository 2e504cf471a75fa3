import { randomFill } from 'node:crypto';
import type { Clock } from '../../../native/model/clock.ts';

interface Sleeper {
  readonly due: number;
  readonly order: number;
  readonly life: SimLife | null;
  readonly wake: () => void;
}

/** One life of the kiosk's processes: what sleeps in it never wakes once it is over. */
export class SimLife {
  over = false;
}

/** Rounds without a file being read or written after which nothing goes on by itself any more. */
const QUIET_ROUNDS = 3;
/** The same while the kiosk starts: what reads, unpacks and checks files is not always seen. */
const QUIET_AT_START = 400;
/** Rounds after which something goes round in circles. */
const MOST_ROUNDS = 100_000;

/**
 * Time of a simulation: it stands still while anything can go on and then jumps to the next moment that somebody waits
 * for. The process must have one thread for file system and cryptography (`UV_THREADPOOL_SIZE=1`): what it was given
 * first is done first, so that the same seed takes the same way.
 */
export class SimTime {
  #now = 0;
  #order = 0;
  #wall: number;
  #sleepers: Sleeper[] = [];
  /** Starts under way. */
  starting = 0;
  /** Calls under way: only they and starts give work to the thread for files and ciphers. */
  calls = 0;
  steps = 0;

  /** @param wall wall time at the start, milliseconds since 1970 */
  constructor(wall: number) {
    this.#wall = wall;
  }

  /** Milliseconds of simulated time since the beginning. */
  get now(): number {
    return this.#now;
  }

  /** True wall time: what the world's clocks say. */
  get world(): number {
    return this.#wall + Math.round(this.#now);
  }

  /** A clock for one life of the kiosk, or for the world (`life` null), with its own error of the wall clock. */
  clock(life: SimLife | null, error: () => number = () => 0): Clock {
    return {
      now: () => this.world + error(),
      monotonic: () => this.#now,
      sleep: (ms, signal) => this.#sleep(ms, signal, life),
    };
  }

  /** Lets time pass until `done`, or until nobody waits for anything: then something hangs. */
  async run(done: () => boolean, limitMs: number): Promise<void> {
    const end = this.#now + limitMs;
    await this.#settle(done);
    while (!done()) {
      const next = this.#next();
      if (!next) throw new Error('everything hangs: nobody waits for time');
      if (next.due > end) throw new Error(`not done within ${limitMs} ms of simulated time`);
      this.#now = Math.max(this.#now, next.due);
      this.steps += 1;
      next.wake();
      await this.#settle(done);
    }
  }

  #sleep(ms: number, signal: AbortSignal | undefined, life: SimLife | null): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const wake = (): void => {
        const at = this.#sleepers.indexOf(sleeper);
        if (at >= 0) this.#sleepers.splice(at, 1);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { due: this.#now + Math.max(0, ms), order: this.#order, life, wake };
      this.#order += 1;
      // Kept in the order in which they are due.
      let at = this.#sleepers.length;
      while (at > 0 && (this.#sleepers[at - 1]?.due ?? 0) > sleeper.due) at -= 1;
      this.#sleepers.splice(at, 0, sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  #next(): Sleeper | null {
    for (let first = this.#sleepers[0]; first; first = this.#sleepers[0]) {
      if (!first.life?.over) return first;
      this.#sleepers.shift();
    }
    return null;
  }

  /**
   * Lets promises, files and ciphers go on until none does. The last in the queue of the one thread is ours, so that all
   * before it is done.
   */
  async #settle(done: () => boolean): Promise<void> {
    let quiet = 0;
    const wanted = (): number => (this.starting > 0 ? QUIET_AT_START : QUIET_ROUNDS);
    for (let round = 0; round < MOST_ROUNDS && quiet < wanted() && !done(); round += 1) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (this.starting + this.calls === 0) {
        quiet += 1;
        continue;
      }
      await new Promise<void>((resolve) => randomFill(new Uint8Array(1), () => resolve()));
      quiet = process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq')) ? 0 : quiet + 1;
    }
  }
}
