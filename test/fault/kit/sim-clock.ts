import type { Clock } from '../../../native/model/clock.ts';

interface Sleeper {
  due: number;
  /** When it began, and how long it meant to sleep. */
  readonly begun: number;
  readonly ms: number;
  readonly order: number;
  readonly life: SimLife | null;
  readonly wake: () => void;
}

/** One life of the kiosk's processes: what sleeps in it never wakes once it is over. */
export class SimLife {
  #over = false;
  #end: () => void = () => undefined;
  /** Resolves when it is over. */
  readonly ended: Promise<void> = new Promise((resolve) => {
    this.#end = resolve;
  });

  get over(): boolean {
    return this.#over;
  }

  end(): void {
    this.#over = true;
    this.#end();
  }
}

/** Turns of the event loop after which nothing goes on by itself any more: nothing here waits for another thread. */
const TURNS = 2;

/** How long the looks of a loop may be left out while nothing happens, by the loop's pause; both in milliseconds. */
export type Idle = (pauseMs: number) => number;

/**
 * Time of a simulation: it stands still while anything can go on and then jumps to the next moment that somebody waits
 * for. No other thread may have a part in it (`sim-files.ts`), so that the same seed takes the same way.
 *
 * Loops that only look whether something has changed are let sleep on (`Idle`) until something does change: then each
 * wakes at the moment at which its next look was due anyway.
 */
export class SimTime {
  #now = 0;
  #order = 0;
  #wall: number;
  #sleepers: Sleeper[] = [];
  /** Calls and starts under way: then every look is taken. */
  busy = 0;
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
  clock(life: SimLife | null, error: () => number = () => 0, idle: Idle = () => 0): Clock {
    return {
      now: () => this.world + error(),
      monotonic: () => this.#now,
      sleep: (ms, signal) => this.#sleep(ms, signal, life, this.busy > 0 ? 0 : idle(ms)),
    };
  }

  /** Something has changed: nobody's look is left out any longer. */
  disturb(): void {
    let moved = false;
    for (const sleeper of this.#sleepers) {
      const { begun, ms } = sleeper;
      if (sleeper.due - begun <= ms) continue;
      sleeper.due = begun + ms * Math.max(1, Math.ceil((this.#now - begun) / ms));
      moved = true;
    }
    if (moved) this.#sleepers.sort((a, b) => a.due - b.due || a.order - b.order);
  }

  /** Lets time pass until `done`, or until nobody waits for anything: then something hangs. */
  async run(done: () => boolean, limitMs: number): Promise<void> {
    const end = this.#now + limitMs;
    await settle();
    while (!done()) {
      const next = this.#next();
      if (!next) throw new Error('everything hangs: nobody waits for time');
      if (next.due > end) throw new Error(`not done within ${limitMs} ms of simulated time`);
      this.#now = Math.max(this.#now, next.due);
      this.steps += 1;
      next.wake();
      await settle();
    }
  }

  #sleep(ms: number, signal: AbortSignal | undefined, life: SimLife | null, idleMs: number): Promise<void> {
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
      const begun = this.#now;
      // Left out are whole looks: the next one comes when one of them was due.
      const looks = ms > 0 ? Math.max(1, Math.floor(idleMs / ms)) : 1;
      const sleeper: Sleeper = { due: begun + Math.max(0, ms) * looks, begun, ms, order: this.#order, life, wake };
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
}

/** Lets promises go on until none can. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
