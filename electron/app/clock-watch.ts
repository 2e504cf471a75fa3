import type { LogPort, StorePort } from '../services/ports.ts';
import type { Clock } from '../../native/model/clock.ts';

/** How often the wall clock is held against the steady one, and by how much they may part meanwhile, in milliseconds. */
const LOOK_MS = 5_000;
const JUMP_MS = 1_000;
/** A start whose clock is this far before the last record (ms) has a clock that was set back or a dead battery. */
const BEHIND_MS = 60_000;

/**
 * Notices that the kiosk's clock was set or jumped and puts it on record for the technician. Nothing depends on it: order is by
 * sequence, waits and leases run on the steady clock, stamps are corrected by the platform's time.
 */
export class ClockWatch {
  readonly #clock: Clock;
  readonly #store: StorePort;
  readonly #log: LogPort;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;

  constructor(options: { readonly clock: Clock; readonly store: StorePort; readonly log: LogPort }) {
    this.#clock = options.clock;
    this.#store = options.store;
    this.#log = options.log;
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const clock = this.#clock;
    let shift = clock.now() - clock.monotonic();
    const head = await this.#store.evidenceHead();
    const behind = head.ok && head.value ? head.value.at - clock.now() : 0;
    if (behind > BEHIND_MS) await this.#tell('clock-behind', behind);
    while (!signal.aborted) {
      await clock.sleep(LOOK_MS, signal);
      const now = clock.now() - clock.monotonic();
      const jump = Math.round(now - shift);
      shift = now;
      // The last look is made at the stop too: a jump just before it is on record.
      if (Math.abs(jump) >= JUMP_MS) await this.#tell('clock-jumped', jump);
    }
  }

  async #tell(what: 'clock-jumped' | 'clock-behind', ms: number): Promise<void> {
    this.#log.event('warn', what, { ms });
    const at = this.#clock.now();
    const written = await this.#store.appendEvidence({ at, who: 'kiosk', what, subject: '', detail: { ms } });
    if (!written.ok) this.#log.event('error', 'evidence-not-written', { code: written.error.code });
  }
}
