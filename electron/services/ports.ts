import type { ActEvent, ActKind, ActOwner } from '../domain/act.ts';
import type { EvidenceEntry, EvidenceHead } from '../domain/evidence.ts';
import type { ItemPack } from '../domain/item-pack.ts';
import type { Envelope, SealingKey } from '../platform-api/envelope.ts';
import type { CaseStatus, PickupList } from '../platform-api/messages.ts';
import type { EventSource } from '../../native/model/events.ts';
import type { Result } from '../../native/model/result.ts';
import type { AttachmentClaim, AttachmentOutcome, AttachmentRecord, AttachmentsCollected } from './attachment-ports.ts';
import type {
  Stored,
  CaseRecord,
  NewCase,
  ActRecord,
  PickupRecord,
  OutboxSummary,
  RatingRecord,
  AuditRecord,
  Delivered,
  ClaimOrder,
  Claimed,
  OutboxCounts,
  DiscardOrder,
  LocalKeys,
  KeyReport,
  StoreLoss,
  HeldByPlatform,
  CodeRule,
  HandedOver,
  HandOverCopy,
} from './store-records.ts';

export type * from './attachment-ports.ts';
export type * from './store-records.ts';

/** Messages that the store writes into the outbox, for those who may not reach into the platform's API. */
export type {
  AttachmentStatus,
  CaseSubmission,
  PickupEvent,
  PickupList,
  Rating as RatingMessage,
} from '../platform-api/messages.ts';
export type { AttachmentManifest } from '../platform-api/attachments.ts';
export type { Envelope, SealingKey } from '../platform-api/envelope.ts';

/* ------------------------------------------------------------------ store */

/**
 * The store behind an asynchronous port, so that it may live in a process of its own. Each method is one transaction:
 * it happened durably (survives a power cut in the next millisecond) or it did not happen.
 */
export interface StorePort {
  /**
   * Business row, act and outbox entry in one transaction; gives out the tracking number. The same submissionId gives
   * the stored case again.
   */
  submitCase(entry: NewCase): Stored<CaseRecord>;
  findCase(by: { readonly caseId: string } | { readonly number: string }): Stored<CaseRecord>;

  /** Writes an act as `intended`, before it is tried. */
  beginAct(act: {
    readonly actId: string;
    readonly kind: ActKind;
    readonly subjectId: string;
    readonly at: number;
    readonly detail: ActRecord['detail'];
  }): Stored<ActRecord>;
  /** Moves an act on; `conflict` when the event cannot happen in its state. */
  advanceAct(step: {
    readonly actId: string;
    readonly event: ActEvent;
    readonly at: number;
    readonly owner?: ActOwner;
    readonly detail?: ActRecord['detail'];
  }): Stored<ActRecord>;
  /** Acts of one subject, oldest first. */
  actsOf(subjectId: string): Stored<readonly ActRecord[]>;
  /** Acts that are neither confirmed nor refused, for the resume at start. */
  openActs(): Stored<readonly ActRecord[]>;

  /** Takes over the announced list; states reached here (opened, collected) are never put back. */
  announcePickups(list: PickupList): Stored<void>;
  /** Null before the first list. */
  codeRule(): Stored<CodeRule | null>;
  findPickupByDigest(codeDigest: string): Stored<PickupRecord>;
  findPickup(pickupId: string): Stored<PickupRecord>;
  /** Pick-ups whose door was seen open and not closed since, each with the act that opened it. */
  openedPickups(): Stored<readonly { readonly pickupId: string; readonly actId: string }[]>;
  /**
   * `intended` act and state `opening` in one transaction; `conflict` unless the pick-up may be opened now. Its detail is
   * `opened`, `collected`, `withdrawn`, `not-yet-valid`, `expired` or `outcome-unknown`: nobody knows whether the last act
   * opened the door, so ask the sensor and say what it said in `sensorSays`; that also settles the last act.
   */
  beginOpening(step: {
    readonly pickupId: string;
    readonly actId: string;
    readonly at: number;
    readonly sensorSays?: 'open' | 'closed';
  }): Stored<PickupRecord>;
  /** Act, pick-up state and outbox entry in one transaction. */
  settleOpening(step: {
    readonly pickupId: string;
    readonly actId: string;
    readonly outcome: 'opened' | 'refused' | 'unknown';
    readonly at: number;
    readonly kioskCode: string;
  }): Stored<PickupRecord>;
  /** The sensor saw the door closed after it was open: state `collected` and outbox entry. Idempotent. */
  settleClosing(step: {
    readonly pickupId: string;
    readonly actId: string;
    readonly at: number;
    readonly kioskCode: string;
  }): Stored<PickupRecord>;

  /** Rating, act and outbox entry in one transaction; `conflict` when the subject was rated. */
  rate(entry: RatingRecord & { readonly actId: string; readonly kioskCode: string }): Stored<RatingRecord>;
  /** The rating that counts for a subject; null while there is none. */
  ratingOf(subjectId: string): Stored<RatingRecord | null>;

  /* outbox, used by the sync worker */
  /**
   * Settles what was answered, then claims what may go next, the oldest of each subject only, which becomes `sending`; nothing
   * without an order. One transaction, as a commit is the dearest part of both: an error means that nothing was done.
   */
  settleAndClaim(answered: readonly Delivered[], order: ClaimOrder | null): Stored<Claimed>;
  /** Entries left `sending` by a process that died become ready again (their key makes the repeat harmless). */
  releaseClaims(): Stored<number>;
  /** Makes all waiting entries due now. */
  wakeAll(now: number): Stored<void>;
  outbox(): Stored<readonly OutboxSummary[]>;
  outboxCounts(): Stored<OutboxCounts>;
  resend(entryId: string, now: number): Stored<void>;
  /** Gives a parked entry up, on record; its bytes go, its hash and key stay. `conflict` unless it is parked. */
  discard(order: DiscardOrder): Stored<void>;

  /* files of cases */
  /** Up to `limit` files whose case the platform has and that are due at `now` (ms), or all at once with `wake`. */
  claimAttachments(now: number, limit: number, wake: boolean): Stored<AttachmentClaim>;
  /**
   * One sealed chunk, checked against its hash; `conflict` with `file-lost` or `file-damaged`, `unavailable` when it cannot
   * be read now.
   */
  attachmentChunk(attachmentId: string, index: number): Stored<Uint8Array>;
  /** Only an acknowledgement that names the hash we sent lets the file go. */
  settleAttachment(attachmentId: string, outcome: AttachmentOutcome): Stored<void>;
  attachmentsOf(caseId: string): Stored<readonly AttachmentRecord[]>;
  /** At the start, when no visit is: takes away files that no row names and parks rows whose file is gone. */
  collectAttachments(): Stored<AttachmentsCollected>;

  /* small things */
  saveCatalogue(version: number, items: readonly ItemPack[]): Stored<void>;
  loadCatalogue(): Stored<{ readonly version: number; readonly items: readonly ItemPack[] } | null>;
  saveSealingKey(key: SealingKey): Stored<void>;
  sealingKey(): Stored<SealingKey | null>;
  audit(record: AuditRecord): Stored<void>;
  auditTail(limit: number): Stored<readonly AuditRecord[]>;
  /** Wrong PINs since the last right one and when the last was. */
  pinFailures(): Stored<{ readonly count: number; readonly lastAt: number }>;
  recordPin(right: boolean, at: number): Stored<void>;
  /** When the last wrong pick-up codes were, oldest first, in milliseconds since 1970 on the kiosk's own clock. */
  wrongCodes(): Stored<readonly number[]>;
  saveWrongCodes(at: readonly number[]): Stored<void>;

  /* evidence and keys */
  /** Adds to the evidence chain what no other method of the store does by itself. */
  appendEvidence(entry: EvidenceEntry): Stored<void>;
  /** The last record of the chain; `at` as it was stamped. */
  evidenceHead(): Stored<(EvidenceHead & { readonly at: number }) | null>;
  /** A loss that nobody took note of yet; null when there is none. */
  storeLoss(): Stored<StoreLoss | null>;
  /** Holds what the platform has against what is here. A loss that shows is kept; null when none does. */
  compareHeld(kioskCode: string, held: HeldByPlatform): Stored<StoreLoss | null>;
  /** A technician has seen that something was lost; on record. `not-found` when nothing was. */
  noteLoss(at: number): Stored<void>;
  keyReport(): Stored<KeyReport>;
  /**
   * Guards everything by `keys.current` from now on; rows of older keys are guarded anew. With `abandon`, which people must
   * have asked for, rows of a lost key lose their contents; how far each pick-up got stays. `conflict` (`key-lost`)
   * without it.
   */
  rekey(keys: LocalKeys, abandon: boolean): Stored<KeyReport>;
  /** Null while this machine has its queue. */
  handedOver(): Stored<HandedOver | null>;
  /**
   * Fences this machine for good (nothing is claimed or taken on any more), then writes a complete copy to `path`. Again
   * after a failure: the same hand-over, another copy. `unavailable` when the file cannot be written.
   */
  handOver(order: { readonly id: string; readonly at: number; readonly path: string }): Stored<HandOverCopy>;
  /** Takes a hand-over back of which no complete copy was ever made; `conflict` otherwise. */
  takeBack(at: number): Stored<void>;
  /**
   * Takes away what is personal and no longer needed: masked names of cases that the platform has had since before
   * `before`, contents of pick-ups that were over by then. Gives how many rows.
   */
  forget(before: number): Stored<number>;

  /** Cases, counts and acts changed by delivery: for screens that show them live. */
  readonly changes: EventSource<StoreChange>;
  close(): Promise<void>;
}

/** What a commit changed. */
export type StoreChange =
  | { readonly type: 'case'; readonly caseId: string }
  | { readonly type: 'outbox' }
  | { readonly type: 'pickups' };

/* --------------------------------------------------------------- platform */

/** Whether the platform can be reached. */
export type LinkState = 'up' | 'down';

/** The sync side as the services see it. */
export interface SyncPort {
  link(): { readonly state: LinkState; readonly since: number };
  readonly linkChanges: EventSource<LinkState>;
  /** Something new is in the outbox: try at once. */
  wake(): void;
  /** The same, and the next sign of life goes out now. */
  kick?(): void;
  /** Platform time minus kiosk time in milliseconds, from the last heartbeat; 0 before the first. */
  clockOffset(): number;
  /** False while the platform is known to take no files of cases; true while nothing speaks against it. */
  takesFiles?(): boolean;
  /** Takes the announced pick-ups now, within a few seconds or not at all: a code may be younger than the last look. */
  refreshPickups(): Promise<void>;
  /** Asks the platform for a case by tracking or case number; null when it does not know it. */
  askCase(number: string): Promise<Result<CaseStatus | null, 'unreachable'>>;
}

/** Seals a payload for the platform. */
export interface Sealer {
  /** @param aad the idempotency key as additional data */
  seal(key: SealingKey, plaintext: Uint8Array, aad: string): Promise<Envelope>;
}

/* ---------------------------------------------------------------- journal */

/** Log of events as data; no personal data ever. */
export interface LogPort {
  event(level: 'debug' | 'info' | 'warn' | 'error', event: string, detail?: Readonly<Record<string, unknown>>): void;
  tail(limit: number): readonly {
    readonly at: number;
    readonly level: 'debug' | 'info' | 'warn' | 'error';
    readonly event: string;
    readonly detail: string;
  }[];
}
