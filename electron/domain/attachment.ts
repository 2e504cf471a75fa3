/** Sealed bytes of one chunk of a file: what one request carries, what is checked by itself, most that is sent again. */
export const SEALED_CHUNK_BYTES = 256 * 1024;
/** Bytes of the authentication tag (AES-256-GCM) at the end of each sealed chunk. */
export const CHUNK_TAG_BYTES = 16;
/** Plain bytes of one chunk; the last one of a file may be shorter. */
export const PLAIN_CHUNK_BYTES = SEALED_CHUNK_BYTES - CHUNK_TAG_BYTES;
/** Most plain bytes of one file, and most files of one case. */
export const LARGEST_ATTACHMENT = 5 * 1024 * 1024;
export const MOST_ATTACHMENTS = 20;

/** What kinds of file there are. */
export const ATTACHMENT_TYPES = ['image/jpeg', 'image/png', 'application/pdf'] as const;
export type AttachmentType = (typeof ATTACHMENT_TYPES)[number];

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
