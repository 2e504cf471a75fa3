import type { LogPort, StorePort } from '../services/ports.ts';
import type { Clock } from '../../native/model/clock.ts';

/** How often it is looked for what may go, and how long a masked name stays after the platform has the case (ms). */
const ROUND_MS = 60 * 60_000;
const KEPT_MS = 24 * 60 * 60_000;
/** Not in the first minute of a start: the first person comes first. */
const FIRST_MS = 60_000;

/** Lets the store forget what is personal and no longer needed, every hour. */
export class Forgetting {
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;

  /** @param now the corrected time, in milliseconds since 1970 */
  constructor(options: {
    readonly clock: Clock;
    readonly store: StorePort;
    readonly log: LogPort;
    readonly now: () => number;
  }) {
    this.#running = this.#run(options);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run({
    clock,
    store,
    log,
    now,
  }: {
    readonly clock: Clock;
    readonly store: StorePort;
    readonly log: LogPort;
    readonly now: () => number;
  }): Promise<void> {
    const { signal } = this.#stopping;
    await clock.sleep(FIRST_MS, signal);
    while (!signal.aborted) {
      const forgotten = await store.forget(Math.round(now() - KEPT_MS));
      if (!forgotten.ok) log.event('error', 'not-forgotten', { code: forgotten.error.code });
      else if (forgotten.value > 0) log.event('info', 'forgotten', { rows: forgotten.value });
      await clock.sleep(ROUND_MS, signal);
    }
  }
}
