import { createHash } from 'node:crypto';
import { SEALED_CHUNK_BYTES } from '../domain/attachment.ts';
import { TUS_VERSION } from '../platform-api/attachments.ts';
import { ProblemDetails } from '../platform-api/messages.ts';
import { UPLOAD_ROUTES, uploadMetadata, type UploadRoute, type UploadRouteName } from '../platform-api/uploads.ts';
import type { AttachmentUpload, StorePort } from '../services/ports.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import { failureOf } from './outcomes.ts';
import { readRetryAfter, type CallFailure, type RawAnswer, type RawCall } from './platform-client.ts';

/** Longest wait for an answer (ms), and the slowest line that a chunk must get over besides. */
const PATIENCE_MS = 15_000;
const SLOWEST_BYTES_PER_MS = 4;
/** Answers in a row that bring a file no further, or hardly, after which it is left for later. */
const MOST_STANDSTILLS = 3;
/** A chunk of which less was kept came no further: one that is sent again for each byte of it would never end. */
const CRUMB_BYTES = 16 << 10;

/** Why an upload stopped. `file`: the bytes here are not what was written, or not there. */
export type UploadFailure = CallFailure | { readonly kind: 'file'; readonly reason: string };

export interface UploadParts {
  readonly store: Pick<StorePort, 'attachmentChunk'>;
  readonly raw: RawCall;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * What one try came to: how many bytes it moved, but for crumbs of chunks, and why it stopped; null when all of the file is
 * there.
 */
export interface Uploaded {
  readonly moved: number;
  readonly failure: UploadFailure | null;
}

/**
 * One try to bring a file to the platform (tus 1.0.0): asks how much is there and goes on from that byte, so that after any
 * cut no more than the chunk that was under way is sent again.
 */
export class Upload {
  readonly #file: AttachmentUpload;
  readonly #parts: UploadParts;

  constructor(file: AttachmentUpload, parts: UploadParts) {
    this.#file = file;
    this.#parts = parts;
  }

  async run(): Promise<Uploaded> {
    let moved = 0;
    let standstills = 0;
    let asked = await this.#offset();
    while (asked.ok && asked.value < this.#file.size) {
      const from: number = asked.value;
      const sent = await this.#send(from);
      if (sent.ok) {
        const kept = sent.value - from;
        if (kept >= CRUMB_BYTES || sent.value % SEALED_CHUNK_BYTES === 0 || sent.value === this.#file.size) {
          moved += kept;
          standstills = 0;
        } else if ((standstills += 1) > MOST_STANDSTILLS) {
          return { moved, failure: { kind: 'later', reason: 'chunk-kept-in-crumbs', retryAfterMs: null } };
        }
        asked = sent;
        continue;
      }
      // The other side may hold more, or less, than we thought: it is asked, and what it says counts.
      standstills += 1;
      const said =
        sent.error.kind === 'refused' ? sent.error.type : sent.error.kind === 'later' ? sent.error.reason : '';
      const differs = ASK_AGAIN.has(said);
      if (!differs || standstills > MOST_STANDSTILLS) return { moved, failure: sent.error };
      asked = await this.#offset();
    }
    return { moved, failure: asked.ok ? null : asked.error };
  }

  /** The byte that is next; begins the upload where it was not. */
  async #offset(): Promise<Result<number, UploadFailure>> {
    const answer = await this.#exchange('uploadOffset', {});
    if (!answer.ok) return answer;
    if (answer.value.status === UPLOAD_ROUTES.uploadOffset.status) {
      return this.#readOffset(answer.value, (offset) => offset <= this.#file.size);
    }
    if (answer.value.status !== 404) return err(failureOfStatus(answer.value, this.#parts.now()));
    const begun = await this.#exchange('createUpload', {
      'Upload-Length': String(this.#file.size),
      'Upload-Metadata': uploadMetadata(this.#file.attachmentId),
    });
    if (!begun.ok) return begun;
    return begun.value.status === UPLOAD_ROUTES.createUpload.status
      ? ok(0)
      : err(failureOfStatus(begun.value, this.#parts.now()));
  }

  /** Sends what is left of the chunk at `offset`; gives the byte that is next then. */
  async #send(offset: number): Promise<Result<number, UploadFailure>> {
    const index = Math.floor(offset / SEALED_CHUNK_BYTES);
    const chunk = await this.#parts.store.attachmentChunk(this.#file.attachmentId, index);
    if (!chunk.ok) {
      const { code, detail } = chunk.error;
      if (code === 'conflict') return err({ kind: 'file', reason: detail });
      return err({ kind: 'unreachable', reason: 'file-unreadable', retryAfterMs: null });
    }
    // A platform may have kept a part of a chunk.
    const body = chunk.value.subarray(offset - index * SEALED_CHUNK_BYTES);
    const answer = await this.#exchange(
      'uploadChunk',
      {
        'Upload-Offset': String(offset),
        'Upload-Checksum': `sha256 ${createHash('sha256').update(body).digest('base64')}`,
      },
      body,
    );
    if (!answer.ok) return answer;
    if (answer.value.status !== UPLOAD_ROUTES.uploadChunk.status) {
      return err(failureOfStatus(answer.value, this.#parts.now()));
    }
    return this.#readOffset(answer.value, (next) => next > offset && next <= offset + body.length);
  }

  #readOffset({ headers }: RawAnswer, fits: (offset: number) => boolean): Result<number, UploadFailure> {
    const text = String(headers['upload-offset'] ?? '');
    const offset = /^\d{1,15}$/.test(text) ? Number(text) : -1;
    return offset >= 0 && fits(offset) ? ok(offset) : err(strange('answer-of-another'));
  }

  async #exchange(
    name: UploadRouteName,
    headers: Readonly<Record<string, string>>,
    body?: Uint8Array,
  ): Promise<Result<RawAnswer, UploadFailure>> {
    const route: UploadRoute = UPLOAD_ROUTES[name];
    const answer = await this.#parts.raw({
      method: route.method,
      path: route.path.replace('{attachmentId}', this.#file.attachmentId),
      headers: {
        'Tus-Resumable': TUS_VERSION,
        ...(route.contentType === null ? {} : { 'content-type': route.contentType }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
      deadlineMs: PATIENCE_MS + Math.round((body?.length ?? 0) / SLOWEST_BYTES_PER_MS),
    });
    if (!answer.ok) return answer;
    // A page that a portal gives has no such header.
    return answer.value.headers['tus-resumable'] === TUS_VERSION
      ? answer
      : err(strange(`status-${answer.value.status}`));
  }
}

/**
 * Problems with a chunk after which the other side is asked where it stands. One that forgot the upload lets it be begun anew;
 * that it does not know the file is believed when it says so at the beginning, or again and again.
 */
const ASK_AGAIN: ReadonlySet<string> = new Set([
  'urn:hall24:offset-differs',
  'urn:hall24:chunk-damaged',
  'urn:hall24:attachment-unknown',
]);

function strange(reason: string): CallFailure {
  return { kind: 'unreachable', reason, retryAfterMs: null };
}

/** A refusal by its problem type; one without a problem (HEAD has no body) says nothing for good. */
function failureOfStatus({ status, headers, text }: RawAnswer, now: number): CallFailure {
  const retryAfterMs = readRetryAfter(headers['retry-after'], now);
  try {
    const problem = ProblemDetails.safeParse(JSON.parse(text));
    if (problem.success) return failureOf(problem.data.type, retryAfterMs);
  } catch {
    // See below.
  }
  return { kind: 'later', reason: `status-${status}`, retryAfterMs };
}
