import type { Batch, HeartbeatAnswer } from '../platform-api/messages.ts';
import { ROUTE_OF_KIND } from '../platform-api/routes.ts';
import type { ClaimOptions, Delivered, DeliveryOutcome, LogPort, OutboxEntry, StorePort } from '../services/ports.ts';
import type { Clock, Random } from '../../native/model/clock.ts';
import { backoffMs, steadyTime } from './backoff.ts';
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
  /** Cases were delivered and that is stored: what hangs on them may follow. */
  readonly onCase?: () => void;
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
 * Delivers the outbox: one loop that claims due entries and sends them, a few requests at once, one entry a subject.
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
      await this.#nudge.wait(clock, await this.#claimSome());
    }
    unsubscribe();
    await Promise.all(this.#underWay);
  }

  /** Claims what may be sent now. Returns how long to sleep, in milliseconds. */
  async #claimSome(): Promise<number> {
    const { store } = this.#options;
    const now = this.#steady();
    const free = (this.#brake.pulled ? 1 : this.#slots) - this.#underWay.size;
    if (free <= 0) return LONGEST_SLEEP_MS;
    const pause = this.#brake.pause(now);
    if (pause > 0) return pause;
    const claimed = this.#brake.pulled ? await this.#claim(1, {}) : await this.#claimLanes(free);
    if (!claimed) return STORE_PAUSE_MS;
    if (this.#underWay.size >= this.#slots) return LONGEST_SLEEP_MS;
    const counts = await store.outboxCounts();
    if (!counts.ok) return STORE_PAUSE_MS;
    const { nextDueAt } = counts.value;
    // What is due although a slot is free waits for a try of its kind to end.
    if (nextDueAt === null || nextDueAt <= now) return LONGEST_SLEEP_MS;
    return Math.min(Math.max(1, nextDueAt - this.#steady()), LONGEST_SLEEP_MS);
  }

  get #slots(): number {
    return this.#options.inFlight ?? 4;
  }

  /**
   * Tries again go one by one and never take all places: one that hangs or breaks every connection holds up nobody.
   * First tries fill the rest, in batches where the platform takes them. Gives false when the store failed.
   */
  async #claimLanes(free: number): Promise<boolean> {
    const places = Math.min(free, Math.ceil(this.#slots / 2) - this.#again);
    if (places > 0 && !(await this.#claim(places, { lane: 'again' }))) return false;
    while (this.#underWay.size < this.#slots) {
      const { entries, bytes } = this.#size.next;
      const before = this.#underWay.size;
      // One by one they can be claimed together.
      const limit = entries === 1 ? this.#slots - before : entries;
      if (!(await this.#claim(limit, { lane: 'first', maxBytes: bytes }))) return false;
      if (this.#underWay.size === before) break;
    }
    return true;
  }

  async #claim(limit: number, options: ClaimOptions): Promise<boolean> {
    const claimed = await this.#options.store.claim(this.#steady(), limit, options);
    if (!claimed.ok) {
      this.#options.log.event('error', 'outbox-claim-failed', { code: claimed.error.code });
      return false;
    }
    const alone = options.lane !== 'first' || this.#size.next.entries === 1 || claimed.value.length === 1;
    if (!alone && claimed.value.length > 0) this.#begin(() => this.#deliverBatch(claimed.value), false);
    else for (const entry of claimed.value) this.#begin(() => this.#deliver(entry), entry.attempts > 1);
    return true;
  }

  #begin(delivery: () => Promise<void>, again: boolean): void {
    if (again) this.#again += 1;
    const running = delivery().finally(() => {
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
    await this.#untilStored(() => this.#options.store.settleDelivery(entryId, outcome));
    if (kind === 'case' && outcome.kind === 'acknowledged') this.#options.onCase?.();
  }

  async #deliverBatch(entries: readonly OutboxEntry[]): Promise<void> {
    const { store, log } = this.#options;
    const delivered = await this.#sendBatch(entries);
    let acknowledged = 0;
    for (const [index, { outcome }] of delivered.entries()) {
      const entry = entries[index];
      if (outcome.kind === 'acknowledged') acknowledged += 1;
      else if (entry) this.#tell(entry, outcome);
    }
    log.event('info', 'outbox-batch', { entries: entries.length, acknowledged });
    await this.#untilStored(async () => {
      const settled = await store.settleDeliveries(delivered);
      if (settled.ok) for (const { code } of settled.value) log.event('error', 'outbox-step-failed', { code });
      return settled;
    });
    if (acknowledged > 0 && entries.some(({ kind }) => kind === 'case')) this.#options.onCase?.();
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
    const text = new TextDecoder();
    const message: Batch = {
      entries: entries.map(({ kind, idempotencyKey, body }) => ({
        kind,
        key: idempotencyKey,
        body: text.decode(body),
      })),
    };
    const body = JSON.stringify(message);
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
