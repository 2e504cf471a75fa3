import type { Envelope } from '../platform-api/envelope.ts';
import type { Result } from '../../native/model/result.ts';
import type { DeliveryOutcome } from './ports.ts';

/** A sealed file on disk that belongs to a case. */
export interface NewAttachment extends WrittenAttachment {
  readonly attachmentId: string;
  readonly actId: string;
  /** Which of the item's attachments it is. */
  readonly slot: string;
  /** Its key, sealed for the platform. */
  readonly envelope: Envelope;
}

/** A complete sealed file: the SHA-256 of its bytes, which is its name, their number, and the SHA-256 of each chunk (hex). */
export interface WrittenAttachment {
  readonly sha256: string;
  readonly size: number;
  readonly chunks: readonly string[];
}

/**
 * A file of a case as the store keeps it. `held` waits until the platform has its case, `ready` for its time, `sending` is
 * under way, `parked` waits for staff.
 */
export interface AttachmentRecord {
  readonly attachmentId: string;
  readonly caseId: string;
  readonly slot: string;
  readonly size: number;
  readonly sha256: string;
  readonly state: 'held' | 'ready' | 'sending' | 'parked' | 'acknowledged' | 'discarded';
  readonly attempts: number;
  readonly reason: string | null;
}

/** A file to be sent now. `chunks` is the SHA-256 of each in hex. */
export interface AttachmentUpload extends WrittenAttachment {
  readonly attachmentId: string;
  readonly caseId: string;
  readonly attempts: number;
}

/** What was claimed, and when the next waiting file may be tried (ms since 1970); null when none waits. */
export interface AttachmentClaim {
  readonly uploads: readonly AttachmentUpload[];
  readonly nextDueAt: number | null;
}

/**
 * What a try came to. `acknowledged`: the platform named the hash that it holds; `case` is what it says of the case now.
 */
export type AttachmentOutcome =
  | {
      readonly kind: 'acknowledged';
      readonly at: number;
      readonly sha256: string;
      readonly case: NonNullable<(DeliveryOutcome & { readonly kind: 'acknowledged' })['case']>;
    }
  | Exclude<DeliveryOutcome, { readonly kind: 'acknowledged' }>;

/** What the look at the start found: files that no row names (removed, or set aside after a salvage), rows without a file. */
export interface AttachmentsCollected {
  readonly removed: number;
  readonly aside: number;
  readonly lost: number;
}

/** Why a file could not be written. */
export interface AttachmentFileError {
  readonly code: 'full' | 'unavailable';
  readonly detail: string;
}

/** Writes one sealed file. After `finish` or `abandon` it is used no more. */
export interface AttachmentWriter {
  append(sealed: Uint8Array): Promise<Result<void, AttachmentFileError>>;
  /** The file is complete and durable under its hash when this has returned. */
  finish(): Promise<Result<WrittenAttachment, AttachmentFileError>>;
  /** Takes away what was written. */
  abandon(): Promise<void>;
}

/** Where sealed files lie. */
export interface AttachmentFiles {
  begin(attachmentId: string): Promise<Result<AttachmentWriter, AttachmentFileError>>;
  /** Takes away a complete file that no case names. */
  remove(sha256: string): Promise<void>;
}
