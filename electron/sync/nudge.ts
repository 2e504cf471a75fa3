import type { Clock } from '../../native/model/clock.ts';

/** A wait that others may end. A nudge that comes while nobody waits ends the next wait. */
export class Nudge {
  #controller = new AbortController();

  /** Ends the wait under way, or the next one. */
  now(): void {
    this.#controller.abort();
  }

  /** Waits `ms` milliseconds, or until the next nudge. */
  async wait(clock: Clock, ms: number): Promise<void> {
    await clock.sleep(ms, this.#controller.signal);
    if (this.#controller.signal.aborted) this.#controller = new AbortController();
  }
}
