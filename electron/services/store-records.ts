import type { ActKind, ActOwner, ActState } from '../domain/act.ts';
import type { CaseState } from '../domain/case.ts';
import type { EvidenceHead } from '../domain/evidence.ts';
import type { PickupContent, PickupState } from '../domain/pickup.ts';
import type { RatingChannel, RatingLevel, RatingSubject } from '../domain/rating.ts';
import type { Language, LocalText } from '../domain/text.ts';
import type { Envelope } from '../platform-api/envelope.ts';
import type { Result } from '../../native/model/result.ts';
import type { NewAttachment } from './attachment-ports.ts';

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
