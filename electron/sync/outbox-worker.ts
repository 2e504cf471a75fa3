import { CaseSubmission } from '../platform-api/messages.ts';
import type { DeliveryOutcome, LogPort, OutboxEntry, StorePort } from '../services/ports.ts';
import type { Clock, Random } from '../../native/model/clock.ts';
import { backoffMs, steadyTime } from './backoff.ts';
import { Brake } from './brake.ts';
import type { Link } from './link.ts';
import { Nudge } from './nudge.ts';
import type { Call, CallFailure } from './platform-client.ts';

export interface OutboxWorkerOptions {
  readonly store: StorePort;
  readonly call: Call;
  readonly link: Link;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: LogPort;
  /** Platform time minus kiosk time in milliseconds. */
  readonly clockOffset: () => number;
  /** Messages under way at once; 4 unless told. */
  readonly inFlight?: number;
}

/** Longest sleep without looking at the queue, in milliseconds. */
const LONGEST_SLEEP_MS = 60_000;
/** Wait before a store that failed is tried again, in milliseconds. */
const STORE_PAUSE_MS = 1_000;

/**
 * Delivers the outbox: one loop that claims due entries and sends them, a few at once, one a subject.
 *
 * A try whose outcome is not known (sent, no answer) is simply made again with the same idempotency key: the platform
 * answers a key that it knows with its first answer. While nothing gets through one entry at a time is tried, ever more
 * seldom (`Brake`); when the link comes up, or the platform takes messages again, all are due at once.
 */
export class OutboxWorker {
  readonly #options: OutboxWorkerOptions;
  readonly #steady: () => number;
  readonly #nudge = new Nudge();
  readonly #underWay = new Set<Promise<void>>();
  readonly #brake: Brake;
  /** Everything that waits is to be made due: at the start, and after trouble. */
  #wakeWanted = true;
  #stopping = false;
  #loop: Promise<void> = Promise.resolve();

  constructor(options: OutboxWorkerOptions) {
    this.#options = options;
    this.#steady = steadyTime(options.clock);
    this.#brake = new Brake(options.random, () => options.link.state === 'down');
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** Something new is in the outbox, or somebody wants it tried now. */
  wake(): void {
    this.#brake.loosen();
    this.#nudge.now();
  }

  /** Lets the calls under way end (close the client first to cut them short) and leaves no entry claimed. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#nudge.now();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { store, clock, link } = this.#options;
    const unsubscribe = link.changes.subscribe((state) => {
      if (state === 'up') this.#troubleOver();
    });
    await this.#untilStored(() => store.releaseClaims());
    while (!this.#stopping) {
      if (this.#wakeWanted) {
        // At the start too: waits of an earlier process count on a clock that may have been wrong since.
        this.#wakeWanted = false;
        await this.#untilStored(() => store.wakeAll(this.#steady()));
      }
      await this.#nudge.wait(clock, await this.#claimSome());
    }
    unsubscribe();
    await Promise.all(this.#underWay);
  }

  /** Claims what may be sent now. Returns how long to sleep, in milliseconds. */
  async #claimSome(): Promise<number> {
    const { store } = this.#options;
    const now = this.#steady();
    const slots = this.#brake.pulled ? 1 : (this.#options.inFlight ?? 4);
    const free = slots - this.#underWay.size;
    if (free <= 0) return LONGEST_SLEEP_MS;
    const pause = this.#brake.pause(now);
    if (pause > 0) return pause;
    const claimed = await store.claim(now, free);
    if (!claimed.ok) {
      this.#options.log.event('error', 'outbox-claim-failed', { code: claimed.error.code });
      return STORE_PAUSE_MS;
    }
    for (const entry of claimed.value) this.#begin(entry);
    if (claimed.value.length === free) return LONGEST_SLEEP_MS;
    const counts = await store.outboxCounts();
    if (!counts.ok) return STORE_PAUSE_MS;
    const { nextDueAt } = counts.value;
    return nextDueAt === null ? LONGEST_SLEEP_MS : Math.min(Math.max(1, nextDueAt - this.#steady()), LONGEST_SLEEP_MS);
  }

  #begin(entry: OutboxEntry): void {
    const running = this.#deliver(entry).finally(() => {
      this.#underWay.delete(running);
      this.#nudge.now();
    });
    this.#underWay.add(running);
  }

  async #deliver(entry: OutboxEntry): Promise<void> {
    const outcome = await this.#send(entry);
    const { log } = this.#options;
    const { entryId, kind, attempts } = entry;
    if (outcome.kind === 'parked') log.event('warn', 'outbox-parked', { entryId, kind, reason: outcome.reason });
    else if (outcome.kind === 'acknowledged') log.event('info', 'outbox-delivered', { entryId, kind, attempts });
    else log.event('debug', 'outbox-retry', { entryId, kind, attempts, reason: outcome.reason });
    await this.#untilStored(() => this.#options.store.settleDelivery(entryId, outcome));
  }

  async #send(entry: OutboxEntry): Promise<DeliveryOutcome> {
    const { call } = this.#options;
    const input = { body: entry.body, idempotencyKey: entry.idempotencyKey };
    if (entry.kind === 'case') {
      const answer = await call('submitCase', input);
      if (!answer.ok) return this.#undelivered(entry, answer.error);
      const sent = CaseSubmission.safeParse(JSON.parse(new TextDecoder().decode(entry.body)));
      const status = answer.value;
      if (!sent.success) return { kind: 'parked', reason: 'message-malformed' };
      if (status.caseId !== sent.data.caseId || status.trackingNumber !== sent.data.trackingNumber) {
        return this.#later(entry, 'answer-of-another', null);
      }
      // The platform holds something else under our key: sending again would not change that.
      if (status.sha256 !== sent.data.sha256) return { kind: 'parked', reason: 'hash-differs' };
      this.#worked();
      const { state, caseNumber, outcome } = status;
      return {
        kind: 'acknowledged',
        at: this.#now(),
        case: {
          state,
          caseNumber,
          receivedAt: Date.parse(status.receivedAt),
          decidedAt: status.decidedAt === null ? null : Date.parse(status.decidedAt),
          outcome,
        },
      };
    }
    const answer = await call(entry.kind === 'pickup' ? 'reportPickup' : 'rate', input);
    if (!answer.ok) return this.#undelivered(entry, answer.error);
    if (answer.value.key !== entry.idempotencyKey) return this.#later(entry, 'answer-of-another', null);
    this.#worked();
    return { kind: 'acknowledged', at: this.#now() };
  }

  #undelivered(entry: OutboxEntry, failure: CallFailure): DeliveryOutcome {
    this.#brake.failed(failure, this.#steady());
    if (failure.kind !== 'refused') return this.#later(entry, failure.reason, failure.retryAfterMs);
    this.#worked();
    return { kind: 'parked', reason: failure.type };
  }

  /** The platform dealt with a message. */
  #worked(): void {
    if (this.#brake.worked()) this.#troubleOver();
  }

  #troubleOver(): void {
    this.#brake.worked();
    this.#wakeWanted = true;
    this.#nudge.now();
  }

  #later(entry: OutboxEntry, reason: string, askedMs: number | null): DeliveryOutcome {
    const wait = backoffMs(this.#options.random, entry.attempts, askedMs);
    return { kind: 'retry', nextTryAt: this.#steady() + wait, reason };
  }

  /** Milliseconds since 1970 on the platform's clock. */
  #now(): number {
    return this.#options.clock.now() + this.#options.clockOffset();
  }

  /**
   * Repeats a step until the store has taken it, so that no entry is left half done while the disk has trouble. At stop
   * it is given up: the next start releases what is still claimed.
   */
  async #untilStored(
    step: () => Promise<{ readonly ok: true } | { readonly ok: false; readonly error: { readonly code: string } }>,
  ): Promise<void> {
    for (;;) {
      const done = await step();
      if (done.ok) return;
      const { code } = done.error;
      this.#options.log.event('error', 'outbox-step-failed', { code });
      if (code === 'conflict' || code === 'not-found' || this.#stopping) return;
      await this.#options.clock.sleep(STORE_PAUSE_MS);
    }
  }
}
