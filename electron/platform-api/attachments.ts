import { z } from 'zod';
import { ATTACHMENT_TYPES, CHUNK_TAG_BYTES, LARGEST_ATTACHMENT } from '../domain/attachment.ts';
import { Envelope, Sha256 } from './envelope.ts';

/*
 * Files of a case (pictures of documents). They travel by tus 1.0.0 with its extensions `creation` and `checksum`, a
 * published protocol with servers in every language; the IETF draft (resumable uploads for HTTP) still changes the names
 * of its headers from one version to the next. How a file is cut and sealed stands in `domain/attachment.ts`.
 */

/** Version of the upload protocol, in the header `Tus-Resumable` of every request and answer of an upload. */
export const TUS_VERSION = '1.0.0';
/** What an attachment's envelope holds: JSON in UTF-8. Only the platform can read it. */
export const AttachmentSecret = z.object({
  schema: z.literal('hall24.attachment/1'),
  attachmentId: z.uuid(),
  /** Key of the file's chunks, 32 bytes, base64url. */
  key: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  type: z.enum(ATTACHMENT_TYPES),
  /** Plain bytes, and their hash. */
  size: z.number().int().min(1).max(LARGEST_ATTACHMENT),
  sha256: Sha256,
});
export type AttachmentSecret = z.infer<typeof AttachmentSecret>;

/** A file that belongs to a case, told together with the case; its bytes follow. */
export const AttachmentManifest = z.object({
  attachmentId: z.uuid(),
  /** Which of the item's attachments it is. */
  slot: z.string().min(1).max(64),
  /** Bytes of the sealed file, and their SHA-256: what is sent, and what the platform names when it has all of it. */
  size: z
    .number()
    .int()
    .min(CHUNK_TAG_BYTES + 1),
  sha256: Sha256,
  /** `AttachmentSecret`, sealed; the additional data is `attachment:<caseId>:<attachmentId>`. */
  envelope: Envelope,
});
export type AttachmentManifest = z.infer<typeof AttachmentManifest>;

/** Where an attachment stands in what the platform says of its case. */
export const HeldAttachment = z.object({
  attachmentId: z.uuid(),
  /** Hash of the sealed bytes that the platform holds; null while it does not have all of them. */
  sha256: Sha256.nullable(),
});
export type HeldAttachment = z.infer<typeof HeldAttachment>;
