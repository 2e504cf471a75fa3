import { z } from 'zod';
import { Envelope, Sha256 } from './envelope.ts';

/*
 * Files of a case (pictures of documents). They travel by tus 1.0.0 with its extensions `creation` and `checksum`, a
 * published protocol with servers in every language; the IETF draft (resumable uploads for HTTP) still changes the names
 * of its headers from one version to the next.
 */

/** Version of the upload protocol, in the header `Tus-Resumable` of every request and answer of an upload. */
export const TUS_VERSION = '1.0.0';
/** Sealed bytes of one chunk: what one PATCH carries, what is checked by itself, and most that is ever sent again. */
export const SEALED_CHUNK_BYTES = 256 * 1024;
/** Bytes of the authentication tag (AES-256-GCM) at the end of each sealed chunk. */
export const CHUNK_TAG_BYTES = 16;
/** Plain bytes of one chunk; the last one of a file may be shorter. */
export const PLAIN_CHUNK_BYTES = SEALED_CHUNK_BYTES - CHUNK_TAG_BYTES;
/** Most plain bytes of one file, and most files of one case. */
export const LARGEST_ATTACHMENT = 5 * 1024 * 1024;
export const MOST_ATTACHMENTS = 20;

/** Chunks that a file of so many plain bytes is sealed in. */
export function chunksOf(plainBytes: number): number {
  return Math.ceil(plainBytes / PLAIN_CHUNK_BYTES);
}

/** Bytes of the sealed file. */
export function sealedSize(plainBytes: number): number {
  return plainBytes + chunksOf(plainBytes) * CHUNK_TAG_BYTES;
}

/**
 * Additional data of one sealed chunk: binds it to its file, its place and the number of chunks, so that chunks that were
 * left out, swapped or taken from another file do not open. The nonce is eight zero bytes and the index in four bytes, big
 * end first; every file has a key of its own.
 * @param index from 0
 */
export function chunkAad(attachmentId: string, index: number, count: number): string {
  return `hall24 attachment 1 ${attachmentId} ${index} ${count}`;
}

/** Additional data of the envelope that holds an attachment's key. */
export function attachmentAad(caseId: string, attachmentId: string): string {
  return `attachment:${caseId}:${attachmentId}`;
}

/** What kinds of file there are. */
export const ATTACHMENT_TYPES = ['image/jpeg', 'image/png', 'application/pdf'] as const;

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
