import type { ActEvent, ActKind, ActOwner, ActState } from '../domain/act.ts';
import type { CaseState } from '../domain/case.ts';
import type { EvidenceEntry, EvidenceHead } from '../domain/evidence.ts';
import type { ItemPack } from '../domain/item-pack.ts';
import type { PickupContent, PickupState } from '../domain/pickup.ts';
import type { RatingChannel, RatingLevel, RatingSubject } from '../domain/rating.ts';
import type { Language, LocalText } from '../domain/text.ts';
import type { Envelope, SealingKey } from '../platform-api/envelope.ts';
import type { CaseStatus, PickupList } from '../platform-api/messages.ts';
import type { EventSource } from '../../native/model/events.ts';
import type { Result } from '../../native/model/result.ts';
import type {
  AttachmentClaim,
  AttachmentOutcome,
  AttachmentRecord,
  AttachmentsCollected,
  NewAttachment,
} from './attachment-ports.ts';

export type * from './attachment-ports.ts';

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
 * Why the store could not do it. `full`: no space (nothing was changed); `unavailable`: the database cannot be used now;
 * `conflict`: the row is not in the state that the step needs; `not-found`.
 */
export interface StoreError {
  readonly code: 'full' | 'unavailable' | 'conflict' | 'not-found';
  readonly detail: string;
}
/** Outcome of a step of the store. */
export type Stored<T> = Promise<Result<T, StoreError>>;

/** A case as the store keeps it: metadata only, the payload is sealed. Times are milliseconds since 1970. */
export interface CaseRecord {
  readonly caseId: string;
  readonly submissionId: string;
  readonly trackingNumber: string;
  readonly itemId: string;
  readonly itemVersion: number;
  readonly itemName: LocalText;
  readonly language: Language;
  readonly state: CaseState;
  readonly keptAt: number;
  readonly receivedAt: number | null;
  readonly caseNumber: string | null;
  readonly decidedAt: number | null;
  readonly outcome: LocalText | null;
  /** Problem type of the platform when refused or parked. */
  readonly reason: string | null;
  readonly actId: string;
  /** Masked for receipts of later copies, e.g. 林*夏. */
  readonly applicantMasked: string;
}

/** A case to be kept. The envelope is what will be sent, byte for byte. */
export interface NewCase {
  readonly caseId: string;
  readonly submissionId: string;
  readonly actId: string;
  readonly kioskCode: string;
  /** Local date of the kiosk `YYYY-MM-DD`; the tracking number's sequence runs within it. */
  readonly localDate: string;
  readonly itemId: string;
  readonly itemVersion: number;
  readonly itemCode: string;
  readonly itemName: LocalText;
  readonly language: Language;
  readonly keptAt: number;
  readonly envelope: Envelope;
  readonly applicantMasked: string;
  /** Its files, complete on disk. */
  readonly attachments?: readonly NewAttachment[];
}

/** An act as stored. `detail` is small JSON for the technician, nothing personal. */
export interface ActRecord {
  readonly actId: string;
  readonly kind: ActKind;
  readonly subjectId: string;
  readonly state: ActState;
  readonly owner: ActOwner;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

/** A locker content as the store keeps it. Times are milliseconds since 1970. */
export interface PickupRecord {
  readonly pickupId: string;
  readonly cell: string;
  readonly codeDigest: string;
  readonly holder: string;
  readonly contents: readonly PickupContent[];
  readonly validFrom: number;
  readonly validTo: number;
  readonly state: PickupState;
  readonly openedAt: number | null;
  readonly closedAt: number | null;
}

/** What a message to the platform is about. */
export type OutboxKind = 'case' | 'pickup' | 'rating';
/** `ready` waits for its time, `sending` is under way, `parked` waits for staff. */
export type OutboxState = 'ready' | 'sending' | 'parked';

/** One message to the platform. Order is kept within a subject; the body is what is sent, byte for byte. */
export interface OutboxEntry {
  readonly entryId: string;
  readonly kind: OutboxKind;
  readonly subjectId: string;
  readonly sequence: number;
  readonly idempotencyKey: string;
  readonly body: Uint8Array;
  readonly sha256: string;
  readonly createdAt: number;
  readonly attempts: number;
}

/** An entry without its body, for the technician. */
export interface OutboxSummary extends Omit<OutboxEntry, 'body' | 'kind'> {
  readonly kind: OutboxKind | 'attachment';
  readonly state: OutboxState;
  /** Who sees to it: the kiosk by itself, or staff once it is parked. */
  readonly owner: ActOwner;
  readonly label: string;
  /** Milliseconds since 1970, or null when it waits for nothing. */
  readonly nextTryAt: number | null;
  readonly reason: string | null;
}

/** A rating as the store keeps it. `at` in milliseconds since 1970. */
export interface RatingRecord {
  readonly ratingId: string;
  readonly subject: RatingSubject;
  readonly subjectId: string;
  readonly level: RatingLevel;
  readonly channel: RatingChannel;
  readonly at: number;
}

/** One step of maintenance, on record. `at` in milliseconds since 1970. */
export interface AuditRecord {
  readonly at: number;
  readonly who: string;
  readonly what: string;
  readonly detail: string;
}

/** What a delivery came to; `receivedAt` and so on are set for cases. */
export type DeliveryOutcome =
  | {
      readonly kind: 'acknowledged';
      readonly at: number;
      readonly case?: {
        readonly state: 'received' | 'approved' | 'refused';
        readonly caseNumber: string;
        readonly receivedAt: number;
        readonly decidedAt: number | null;
        readonly outcome: LocalText | null;
      };
    }
  | { readonly kind: 'retry'; readonly nextTryAt: number; readonly reason: string }
  | { readonly kind: 'parked'; readonly reason: string };

/** One delivery to be settled. */
export interface Delivered {
  readonly entryId: string;
  readonly outcome: DeliveryOutcome;
}

/**
 * Due entries that may be claimed, as at most `requests` that carry them. `first`: never tried before; `again`: tried before, so
 * perhaps poison; both unless told.
 */
export interface ClaimLane {
  readonly lane?: 'first' | 'again';
  readonly requests: number;
  /** Entries of one request at most; no two of one subject are ever under way. */
  readonly entries: number;
  /** Bytes of one request's bodies at most; an entry that is longer by itself goes alone. */
  readonly maxBytes?: number;
}

/** What may go out at `now` (ms): at most `requests` in all, from the lanes in their order. */
export interface ClaimOrder {
  readonly now: number;
  readonly requests: number;
  readonly lanes: readonly ClaimLane[];
}

/** What came of answers and orders. */
export interface Claimed {
  /** Failures of those answers that could not be settled. */
  readonly failed: readonly StoreError[];
  /** Entries of each request, longest due first. */
  readonly requests: readonly (readonly OutboxEntry[])[];
  /** When the next waiting entry may be tried (ms); null when none waits. */
  readonly nextDueAt: number | null;
}

/** The queue in numbers; `nextDueAt` (ms) is when the next waiting entry may be tried. */
export interface OutboxCounts {
  readonly waiting: number;
  readonly parked: number;
  readonly nextDueAt: number | null;
}

/** A parked entry given up by two people; each is named on record. */
export interface DiscardOrder {
  readonly entryId: string;
  readonly at: number;
  readonly people: readonly [string, string];
  readonly reason: string;
}

/** A local data key: 32 bytes under a name of their own. */
export interface LocalKey {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** The key that is written with, and those that older rows may still need. */
export interface LocalKeys {
  readonly current: LocalKey;
  readonly older: readonly LocalKey[];
}

/**
 * How it stands with the local data key. `none`: nothing is guarded yet; `held`; `lost`: rows are guarded by a key that is
 * not here, so that locker contents cannot be read. Then nothing is begun afresh unless people say so (`rekey`).
 */
export interface KeyReport {
  readonly state: 'none' | 'held' | 'lost';
  /** Id of the key that the rows are guarded by. */
  readonly keyId: string | null;
}

/**
 * What was lost of the store. `rolled-back`: the database is an earlier state of itself, or another one; `database-gone`:
 * there was none any more; `witness-lost`: what says how far the database had got is gone itself, so that nobody can tell;
 * `platform-newer`: the platform holds more of this kiosk than the store knows of.
 */
export type StoreLossKind = 'rolled-back' | 'database-gone' | 'witness-lost' | 'platform-newer';

/** A loss that was noticed; it stands until a technician took note of it. */
export interface StoreLoss {
  readonly kind: StoreLossKind;
  /** When it was noticed, in milliseconds since 1970. */
  readonly at: number;
  /** Last evidence record that is known to have been there, as others tell; null when nobody can. */
  readonly had: EvidenceHead | null;
  /** Last evidence record that is there. */
  readonly has: EvidenceHead | null;
}

/** What the platform says that it holds of this kiosk. */
export interface HeldByPlatform {
  /** Furthest record of the evidence chain that it was told of. */
  readonly evidence?: EvidenceHead | undefined;
  /** Highest local tracking number of the last days. */
  readonly numbers?: readonly { readonly localDate: string; readonly last: number }[] | undefined;
}

/** How a scanned or typed code is made comparable: scrypt with this salt and cost (N; r = 8, p = 1). */
export interface CodeRule {
  readonly salt: string;
  readonly cost: number;
}

/** The queue was handed over to another machine: this one sends nothing and takes nothing on any more. */
export interface HandedOver {
  readonly id: string;
  readonly at: number;
  /** Entries that went along unsent. */
  readonly entries: number;
  /** Whether a complete copy was made; until then it can be taken back. */
  readonly copied: boolean;
}

/** A finished copy of the queue for the machine that takes over. */
export interface HandOverCopy extends HandedOver {
  readonly bytes: number;
  readonly sha256: string;
}

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
