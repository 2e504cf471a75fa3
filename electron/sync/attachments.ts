import type { AttachmentOutcome, AttachmentUpload, LogPort, StorePort } from '../services/ports.ts';
import type { Clock, Random } from '../../native/model/clock.ts';
import { Upload, type UploadFailure } from './attachment-upload.ts';
import { backoffMs, steadyTime } from './backoff.ts';
import type { Link } from './link.ts';
import { Nudge } from './nudge.ts';
import type { Call, CallFailure, RawCall } from './platform-client.ts';
import { STORE_PAUSE_MS, untilStored } from './until-stored.ts';

export interface AttachmentWorkerOptions {
  readonly store: StorePort;
  readonly call: Call;
  readonly raw: RawCall;
  readonly link: Link;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: LogPort;
  /** Platform time minus kiosk time in milliseconds. */
  readonly clockOffset: () => number;
  /** Files under way at once; 2 unless told. Each holds one chunk in memory. */
  readonly inFlight?: number;
}

/** Longest sleep without looking, and the wait before a store that failed is tried again, in milliseconds. */
const LONGEST_SLEEP_MS = 60_000;
/** Reasons that only a bug, a bad disk or somebody's hand explains. */
const FAULTS: ReadonlySet<string> = new Set([
  'file-lost',
  'file-damaged',
  'hash-differs',
  'urn:hall24:attachment-unknown',
  'urn:hall24:attachment-differs',
]);

/** Why files wait for staff at a platform that takes none. */
const NOT_TAKEN = 'attachments-not-taken';
/** Answers of a platform that has no such address, and how many tries in a row it takes to believe them. */
const NO_ADDRESS: ReadonlySet<string> = new Set(['status-404', 'status-405', 'status-501']);
const NO_ADDRESS_TRIES = 3;

/**
 * Brings files to the platform once it has their case. While the link is down nothing is tried: the heartbeat finds the
 * platform again. A file goes on at the byte where the platform says that it stopped.
 */
export class AttachmentWorker {
  readonly #options: AttachmentWorkerOptions;
  readonly #steady: () => number;
  readonly #nudge = new Nudge();
  readonly #underWay = new Set<Promise<void>>();
  /** Everything that waits is to be made due: at the start, and when the link comes up. */
  #wakeWanted = true;
  /** The platform asked for a pause until then (steady time). */
  #holdUntil = 0;
  #stopping = false;
  /** Whether the platform takes files, by its own words; undefined while it has not said. */
  #taken: boolean | undefined;
  #loop: Promise<void> = Promise.resolve();

  constructor(options: AttachmentWorkerOptions) {
    this.#options = options;
    this.#steady = steadyTime(options.clock);
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** What the platform said of files; undefined when it says nothing of them. */
  told(taken: boolean | undefined): void {
    this.#taken = taken;
  }

  get taken(): boolean | undefined {
    return this.#taken;
  }

  /** A case was delivered, whose files may follow, or somebody wants them tried now. */
  wake(): void {
    this.#nudge.now();
  }

  /** Lets the files under way end (close the client first to cut them short) and leaves none claimed. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#nudge.now();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { clock, link } = this.#options;
    const unsubscribe = link.changes.subscribe((state) => {
      if (state !== 'up') return;
      // As for messages: whoever asked for a pause was before the trouble that is over.
      this.#holdUntil = 0;
      this.#wakeWanted = true;
      this.#nudge.now();
    });
    while (!this.#stopping) await this.#nudge.wait(clock, await this.#claimSome());
    unsubscribe();
    await Promise.all(this.#underWay);
  }

  /** Begins what may be sent now. Returns how long to sleep, in milliseconds. */
  async #claimSome(): Promise<number> {
    const { store, link, log } = this.#options;
    const now = this.#steady();
    const free = (this.#options.inFlight ?? 2) - this.#underWay.size;
    if (free <= 0 || link.state === 'down') return LONGEST_SLEEP_MS;
    if (now < this.#holdUntil) return this.#holdUntil - now;
    const wake = this.#wakeWanted;
    this.#wakeWanted = false;
    const claimed = await store.claimAttachments(now, free, wake);
    if (!claimed.ok) {
      this.#wakeWanted ||= wake;
      log.event('error', 'attachment-claim-failed', { code: claimed.error.code });
      return STORE_PAUSE_MS;
    }
    for (const upload of claimed.value.uploads) this.#begin(upload);
    const { nextDueAt } = claimed.value;
    if (nextDueAt === null || claimed.value.uploads.length >= free) return LONGEST_SLEEP_MS;
    return Math.min(Math.max(1, nextDueAt - this.#steady()), LONGEST_SLEEP_MS);
  }

  #begin(upload: AttachmentUpload): void {
    const running = this.#deliver(upload).finally(() => {
      this.#underWay.delete(running);
      this.#nudge.now();
    });
    this.#underWay.add(running);
  }

  async #deliver(upload: AttachmentUpload): Promise<void> {
    const { store, raw, clock } = this.#options;
    if (this.#taken === false) {
      const outcome = { kind: 'parked', reason: NOT_TAKEN } as const;
      this.#tell(upload, 0, outcome);
      return this.#untilStored(() => store.settleAttachment(upload.attachmentId, outcome));
    }
    const { moved, failure } = await new Upload(upload, { store, raw, now: () => clock.now() }).run();
    const outcome = failure === null ? await this.#confirm(upload) : this.#undone(upload, moved, failure);
    this.#tell(upload, moved, outcome);
    await this.#untilStored(() => store.settleAttachment(upload.attachmentId, outcome));
  }

  /** The platform has every byte; only what it says of the hash counts. */
  async #confirm(upload: AttachmentUpload): Promise<AttachmentOutcome> {
    const { call, clock, clockOffset } = this.#options;
    const { attachmentId } = upload;
    const answer = await call('getAttachment', { parameters: { attachmentId } });
    // Every byte went well: what failed is only the question.
    if (!answer.ok) return this.#undone(upload, 1, answer.error);
    const { sha256, case: said } = answer.value;
    if (answer.value.attachmentId !== attachmentId || said.caseId !== upload.caseId || sha256 === null) {
      return this.#later(upload, 0, 'answer-of-another', null);
    }
    return {
      kind: 'acknowledged',
      at: Math.round(clock.now() + clockOffset()),
      sha256,
      case: {
        state: said.state,
        caseNumber: said.caseNumber,
        receivedAt: Date.parse(said.receivedAt),
        decidedAt: said.decidedAt === null ? null : Date.parse(said.decidedAt),
        outcome: said.outcome,
      },
    };
  }

  #undone(upload: AttachmentUpload, moved: number, failure: UploadFailure | CallFailure): AttachmentOutcome {
    if (failure.kind === 'refused') return { kind: 'parked', reason: failure.type };
    // A platform that answers everything else, says nothing of files and has no address for them will not get one overnight.
    const noAddress = this.#taken === undefined && NO_ADDRESS.has(failure.reason);
    if (noAddress && upload.attempts >= NO_ADDRESS_TRIES) return { kind: 'parked', reason: NOT_TAKEN };
    if (failure.kind === 'file') return { kind: 'parked', reason: failure.reason };
    if (failure.kind === 'later' && failure.retryAfterMs !== null) {
      this.#holdUntil = Math.max(
        this.#holdUntil,
        this.#steady() + backoffMs(this.#options.random, 1, failure.retryAfterMs),
      );
    }
    return this.#later(upload, moved, failure.reason, failure.retryAfterMs);
  }

  /** A try that got the file further counts as the first one: its wait is short. */
  #later(upload: AttachmentUpload, moved: number, reason: string, askedMs: number | null): AttachmentOutcome {
    const wait = backoffMs(this.#options.random, moved > 0 ? 1 : upload.attempts, askedMs);
    return { kind: 'retry', nextTryAt: this.#steady() + wait, reason };
  }

  #tell({ attachmentId, attempts, size }: AttachmentUpload, moved: number, outcome: AttachmentOutcome): void {
    const { log } = this.#options;
    const common = { attachmentId, attempts, moved };
    if (outcome.kind === 'acknowledged') log.event('info', 'attachment-delivered', { ...common, size });
    else if (outcome.kind === 'retry') log.event('debug', 'attachment-retry', { ...common, reason: outcome.reason });
    else if (FAULTS.has(outcome.reason)) log.event('error', 'attachment-fault', { ...common, reason: outcome.reason });
    else log.event('warn', 'attachment-parked', { ...common, reason: outcome.reason });
  }

  #untilStored(step: Parameters<typeof untilStored>[0]): Promise<void> {
    const { clock, log } = this.#options;
    return untilStored(step, { clock, log, stopping: () => this.#stopping }, 'attachment-step-failed');
  }
}
