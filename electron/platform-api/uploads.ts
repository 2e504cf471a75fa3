import type { PlatformProblemType } from './messages.ts';

/** Name of a header of tus 1.0.0 that the calls of an upload use. */
export type UploadHeader =
  | 'Tus-Resumable'
  | 'Upload-Length'
  | 'Upload-Metadata'
  | 'Upload-Offset'
  | 'Upload-Checksum'
  | 'Location';

/** What each header says. */
export const UPLOAD_HEADERS: Readonly<
  Record<UploadHeader, { readonly pattern: string; readonly description: string; readonly example: string }>
> = {
  'Tus-Resumable': { pattern: '^1\\.0\\.0$', description: 'Version of the protocol.', example: '1.0.0' },
  'Upload-Length': { pattern: '^[0-9]+$', description: 'Bytes of the sealed file.', example: '812496' },
  'Upload-Metadata': {
    pattern: '^attachmentId [A-Za-z0-9+/]+=*$',
    description: '`attachmentId`, a space, and the id of the attachment in base64, as its case announced it.',
    example: 'attachmentId MDE5OWE0YzQtM2QyZi03YjYxLWE4YzctOTRlMGQxNWY2YjIz',
  },
  'Upload-Offset': {
    pattern: '^[0-9]+$',
    description: 'Bytes that are kept; the next one goes there.',
    example: '524288',
  },
  'Upload-Checksum': {
    pattern: '^sha256 [A-Za-z0-9+/]{43}=$',
    description: '`sha256`, a space, and the SHA-256 of the body in base64.',
    example: 'sha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
  },
  Location: {
    pattern: '^/v1/uploads/[0-9a-f-]{36}$',
    description: 'Always `/v1/uploads/{attachmentId}`, so that a kiosk that lost the answer knows it.',
    example: '/v1/uploads/0199a4c4-3d2f-7b61-a8c7-94e0d15f6b23',
  },
};

/** One call of an upload. Its answer has no body when it goes well. */
export interface UploadRoute {
  readonly method: 'POST' | 'HEAD' | 'PATCH';
  readonly path: string;
  readonly summary: string;
  /** Headers that the request must have. */
  readonly sends: readonly UploadHeader[];
  /** Content type of the request's body; null when it has none. */
  readonly contentType: 'application/offset+octet-stream' | null;
  readonly status: 200 | 201 | 204;
  /** Headers of the good answer. */
  readonly answers: readonly UploadHeader[];
  readonly problems: readonly PlatformProblemType[];
}

/** The calls of tus that are used: core protocol, extensions `creation` and `checksum`. */
export const UPLOAD_ROUTES = {
  createUpload: {
    method: 'POST',
    path: '/v1/uploads',
    summary:
      'Begins the upload of a file that its case announced. Beginning it again is harmless: what is kept of it stays.',
    sends: ['Tus-Resumable', 'Upload-Length', 'Upload-Metadata'],
    contentType: null,
    status: 201,
    answers: ['Tus-Resumable', 'Location'],
    problems: ['urn:hall24:attachment-unknown', 'urn:hall24:attachment-differs', 'urn:hall24:tus-version'],
  },
  uploadOffset: {
    method: 'HEAD',
    path: '/v1/uploads/{attachmentId}',
    summary: 'How much of a file is kept. 404 while its upload was not begun.',
    sends: ['Tus-Resumable'],
    contentType: null,
    status: 200,
    answers: ['Tus-Resumable', 'Upload-Offset', 'Upload-Length'],
    problems: ['urn:hall24:attachment-unknown', 'urn:hall24:tus-version'],
  },
  uploadChunk: {
    method: 'PATCH',
    path: '/v1/uploads/{attachmentId}',
    summary:
      'Adds one chunk, at most 256 KiB. It is kept as a whole or not at all. A chunk that was kept before is refused with `offset-differs`, which names the byte that is next.',
    sends: ['Tus-Resumable', 'Upload-Offset', 'Upload-Checksum'],
    contentType: 'application/offset+octet-stream',
    status: 204,
    answers: ['Tus-Resumable', 'Upload-Offset'],
    problems: [
      'urn:hall24:attachment-unknown',
      'urn:hall24:offset-differs',
      'urn:hall24:chunk-damaged',
      'urn:hall24:attachment-differs',
      'urn:hall24:tus-version',
    ],
  },
} as const satisfies Record<string, UploadRoute>;

export type UploadRouteName = keyof typeof UPLOAD_ROUTES;
/** Every upload call's name, in the order of the document. */
export const UPLOAD_ROUTE_NAMES = Object.keys(UPLOAD_ROUTES) as readonly UploadRouteName[];

/** `Upload-Metadata` of an attachment. Ids are ASCII. */
export function uploadMetadata(attachmentId: string): string {
  return `attachmentId ${btoa(attachmentId)}`;
}

/** The attachment that an `Upload-Metadata` names; null when it names none. */
export function attachmentOfMetadata(header: string): string | null {
  const value = /(?:^|,)\s*attachmentId ([A-Za-z0-9+/]+=*)\s*(?:,|$)/.exec(header)?.[1];
  if (value === undefined) return null;
  try {
    return atob(value);
  } catch {
    return null;
  }
}
