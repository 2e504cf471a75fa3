import type { HeartbeatAnswer } from '../platform-api/messages.ts';
import { ROUTE_OF_KIND } from '../platform-api/routes.ts';
import type {
  ClaimLane,
  ClaimOrder,
  Delivered,
  DeliveryOutcome,
  LogPort,
  OutboxEntry,
  StorePort,
} from '../services/ports.ts';
import type { Clock, Random } from '../../native/model/clock.ts';
import { backoffMs, steadyTime } from './backoff.ts';
import { batchBody } from './batch-body.ts';
import { BatchSize } from './batch-size.ts';
import { Brake } from './brake.ts';
import type { Link } from './link.ts';
import { Nudge } from './nudge.ts';
import { readAnswer, readBatchEntry, type Read } from './outcomes.ts';
import type { Call, CallFailure } from './platform-client.ts';
import { STORE_PAUSE_MS, untilStored } from './until-stored.ts';

export interface OutboxWorkerOptions {
  readonly store: StorePort;
  readonly call: Call;
  readonly link: Link;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: LogPort;
  /** Platform time minus kiosk time in milliseconds. */
  readonly clockOffset: () => number;
  /** Messages were delivered and that is stored: what hangs on them may follow. */
  readonly onDelivered?: () => void;
  /** Requests under way at once; 4 unless told. */
  readonly inFlight?: number;
}

/** Longest sleep without looking at the queue, in milliseconds. */
const LONGEST_SLEEP_MS = 60_000;
/** Longest wait for the answer to one message (ms), and the slowest line it must get over besides. */
const FULL_PATIENCE_MS = 15_000;
const SLOWEST_BYTES_PER_MS = 4;
/** Reasons that only a bug or somebody's hand in the data explains. */
const FAULTS: ReadonlySet<string> = new Set(['urn:hall24:key-reused', 'hash-differs', 'message-malformed']);

/**
 * Delivers the outbox: one loop that settles what was answered, claims due entries and sends them, a few requests at once,
 * one entry a subject. An answer waits for the loop's next turn, which is at once: a turn is one commit, whatever came in
 * and goes out with it.
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
  readonly #size = new BatchSize();
  /** What came of requests and is not stored yet. */
  #answered: Delivered[] = [];
  /** Requests under way that are tries again. */
  #again = 0;
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

  /** What the platform said of batches. */
  offered(batch: HeartbeatAnswer['batch']): void {
    this.#size.offered(batch);
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
      await this.#nudge.wait(clock, await this.#turn());
    }
    unsubscribe();
    await Promise.all(this.#underWay);
    await this.#exchange(null);
  }

  /** Settles what was answered and sends what may be sent now. Returns how long to sleep, in milliseconds. */
  async #turn(): Promise<number> {
    const now = this.#steady();
    const pause = this.#brake.pause(now);
    const order = pause > 0 ? null : this.#order(now);
    if (order === null && this.#answered.length === 0) return pause > 0 ? pause : LONGEST_SLEEP_MS;
    const nextDueAt = await this.#exchange(order);
    if (nextDueAt === 'failed') return STORE_PAUSE_MS;
    if (pause > 0) return pause;
    // What is due although a slot is free waits for a try of its kind to end.
    if (this.#underWay.size >= this.#slots || nextDueAt === null || nextDueAt <= now) return LONGEST_SLEEP_MS;
    return Math.min(Math.max(1, nextDueAt - this.#steady()), LONGEST_SLEEP_MS);
  }

  get #slots(): number {
    return this.#options.inFlight ?? 4;
  }

  /**
   * What may be claimed; null while all places are taken. Tries again go one by one and never take all places: one that
   * hangs or breaks every connection holds up nobody. First tries fill the rest, in batches where the platform takes them.
   */
  #order(now: number): ClaimOrder | null {
    const requests = (this.#brake.pulled ? 1 : this.#slots) - this.#underWay.size;
    if (requests <= 0) return null;
    const { entries, bytes } = this.#size.next;
    const again = Math.max(0, Math.ceil(this.#slots / 2) - this.#again);
    const lanes: readonly ClaimLane[] = this.#brake.pulled
      ? [{ requests, entries: 1 }]
      : [
          { lane: 'again', requests: again, entries: 1 },
          { lane: 'first', requests, entries, maxBytes: bytes },
        ];
    return { now, requests, lanes };
  }

  /** One turn at the store. Gives when the next entry is due; `failed` when the store did nothing of it. */
  async #exchange(order: ClaimOrder | null): Promise<number | null | 'failed'> {
    const { store, log, onDelivered } = this.#options;
    const answered = this.#answered;
    if (order === null && answered.length === 0) return null;
    this.#answered = [];
    const done = await store.settleAndClaim(answered, order);
    if (!done.ok) {
      const { code } = done.error;
      log.event('error', 'outbox-turn-failed', { code });
      // What the store will never take is given up: the next start releases what is still claimed.
      if (code !== 'conflict' && code !== 'not-found') this.#answered = [...answered, ...this.#answered];
      return 'failed';
    }
    for (const { code } of done.value.failed) log.event('error', 'outbox-step-failed', { code });
    if (answered.some(({ outcome }) => outcome.kind === 'acknowledged')) onDelivered?.();
    for (const entries of done.value.requests) this.#begin(entries);
    return done.value.nextDueAt;
  }

  /** Sends the entries of one request. */
  #begin(entries: readonly OutboxEntry[]): void {
    const [only] = entries;
    const alone = only !== undefined && entries.length === 1;
    const again = alone && only.attempts > 1;
    if (again) this.#again += 1;
    const running = (alone ? this.#deliver(only) : this.#deliverBatch(entries)).finally(() => {
      if (again) this.#again -= 1;
      this.#underWay.delete(running);
      this.#nudge.now();
    });
    this.#underWay.add(running);
  }

  async #deliver(entry: OutboxEntry): Promise<void> {
    const begun = this.#options.clock.monotonic();
    const { outcome, answered } = await this.#send(entry);
    if (answered) this.#size.answered(1, this.#options.clock.monotonic() - begun);
    const { entryId, kind, attempts } = entry;
    if (outcome.kind === 'acknowledged')
      this.#options.log.event('info', 'outbox-delivered', { entryId, kind, attempts });
    else this.#tell(entry, outcome);
    this.#answered.push({ entryId, outcome });
  }

  async #deliverBatch(entries: readonly OutboxEntry[]): Promise<void> {
    const delivered = await this.#sendBatch(entries);
    let acknowledged = 0;
    for (const [index, { outcome }] of delivered.entries()) {
      const entry = entries[index];
      if (outcome.kind === 'acknowledged') acknowledged += 1;
      else if (entry) this.#tell(entry, outcome);
    }
    this.#options.log.event('info', 'outbox-batch', { entries: entries.length, acknowledged });
    this.#answered.push(...delivered);
  }

  #tell({ entryId, kind, attempts }: OutboxEntry, outcome: Exclude<DeliveryOutcome, { kind: 'acknowledged' }>): void {
    const { log } = this.#options;
    const { reason } = outcome;
    if (outcome.kind === 'retry') log.event('debug', 'outbox-retry', { entryId, kind, attempts, reason });
    // Ours and the platform's idea of one key differ: that never happens while both are sound.
    else if (FAULTS.has(reason)) log.event('error', 'outbox-fault', { entryId, kind, reason });
    else log.event('warn', 'outbox-parked', { entryId, kind, reason });
  }

  async #send(entry: OutboxEntry): Promise<{ readonly outcome: DeliveryOutcome; readonly answered: boolean }> {
    const route = ROUTE_OF_KIND[entry.kind];
    // A second try is cut short, so that one that hangs is soon back among those that wait for longer; later ones are not.
    const patience = entry.attempts === 2 ? this.#size.patienceMs(1) : FULL_PATIENCE_MS;
    const answer = await this.#options.call(route, {
      body: entry.body,
      idempotencyKey: entry.idempotencyKey,
      deadlineMs: Math.round(patience + entry.body.length / SLOWEST_BYTES_PER_MS),
    });
    if (!answer.ok) return { outcome: this.#undelivered(entry, answer.error), answered: false };
    return { outcome: this.#outcomeOf(entry, readAnswer(entry, answer.value, this.#now())), answered: true };
  }

  /** One request for many. What comes to nothing as a whole is tried again one by one, at once. */
  async #sendBatch(entries: readonly OutboxEntry[]): Promise<Delivered[]> {
    const { call, clock } = this.#options;
    const body = batchBody(entries);
    const begun = clock.monotonic();
    const answer = await call('submitBatch', { body, deadlineMs: this.#size.patienceMs(entries.length) });
    if (!answer.ok) {
      const failure = answer.error;
      if (failure.kind === 'refused' && failure.type === 'urn:hall24:not-found') this.#size.withdrawn();
      else this.#size.failed();
      if (failure.kind !== 'refused') this.#brake.failed(failure, this.#steady());
      const reason = failure.kind === 'refused' ? failure.type : failure.reason;
      const busy = failure.kind === 'later';
      return entries.map((entry) => ({
        entryId: entry.entryId,
        outcome: busy
          ? this.#later(entry, reason, failure.retryAfterMs)
          : { kind: 'retry', nextTryAt: this.#steady(), reason },
      }));
    }
    this.#size.answered(entries.length, clock.monotonic() - begun);
    const parts = new Map(answer.value.answers.map((part) => [part.key, part]));
    return entries.map((entry) => {
      const part = parts.get(entry.idempotencyKey);
      const read = part === undefined ? 'foreign' : readBatchEntry(entry, part, this.#now());
      const outcome =
        typeof read === 'object' && (read.kind === 'later' || read.kind === 'refused' || read.kind === 'unreachable')
          ? this.#undelivered(entry, read)
          : this.#outcomeOf(entry, read);
      return { entryId: entry.entryId, outcome };
    });
  }

  #outcomeOf(entry: OutboxEntry, read: Read): DeliveryOutcome {
    if (read === 'foreign') return this.#later(entry, 'answer-of-another', null);
    if (read.kind === 'acknowledged') this.#worked();
    return read;
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
    return Math.round(this.#options.clock.now() + this.#options.clockOffset());
  }

  #untilStored(step: Parameters<typeof untilStored>[0]): Promise<void> {
    const { clock, log } = this.#options;
    return untilStored(step, { clock, log, stopping: () => this.#stopping }, 'outbox-step-failed');
  }
}
