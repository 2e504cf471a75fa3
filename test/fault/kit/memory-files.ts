import { createHash } from 'node:crypto';
import { TUS_VERSION } from '../../../electron/platform-api/attachments.ts';
import type { CaseSubmission } from '../../../electron/platform-api/messages.ts';
import { attachmentOfMetadata } from '../../../electron/platform-api/uploads.ts';
import type { Answer } from './memory-platform.ts';

interface File {
  readonly size: number;
  readonly sha256: string;
  readonly caseId: string;
  /** Whether its upload was begun. */
  begun: boolean;
  kept: Buffer;
  /** Hash of what is kept, once that is all of it. */
  whole: string | null;
}

/** Under which subject the record keeps a file. */
export function fileSubject(attachmentId: string): string {
  return `file:${attachmentId}`;
}

/** Files of cases at a platform that remembers (tus 1.0.0). It tells of each that is whole, with the hash of what it holds. */
export class MemoryFiles {
  readonly #files = new Map<string, File>();
  readonly #whole: (attachmentId: string, sha256: string) => void;
  /** Bytes that were kept and forgotten again: the kiosk has to send them anew. */
  forgotten = 0;

  constructor(whole: (attachmentId: string, sha256: string) => void) {
    this.#whole = whole;
  }

  /** Bytes of all files that were announced. */
  get bytes(): number {
    return [...this.#files.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Goes on where another stands, without touching it. */
  takeOver(other: MemoryFiles): void {
    for (const [id, file] of other.#files) this.#files.set(id, { ...file });
  }

  /** A case came that names files. */
  announce({ caseId, attachments = [] }: CaseSubmission): void {
    for (const { attachmentId, size, sha256 } of attachments) {
      this.#files.set(attachmentId, { caseId, size, sha256, begun: false, kept: Buffer.alloc(0), whole: null });
    }
  }

  /** Has all of a file, of which this is the hash. */
  hold(attachmentId: string, sha256: string): void {
    const file = this.#files.get(attachmentId);
    if (!file || file.whole !== null) return;
    file.whole = sha256;
    this.#whole(attachmentId, sha256);
  }

  caseOf(attachmentId: string): string | null {
    return this.#files.get(attachmentId)?.caseId ?? null;
  }

  /** What `GET /v1/attachments/{id}` says besides the case. */
  status(
    attachmentId: string,
  ): { readonly size: number; readonly offset: number; readonly sha256: string | null } | null {
    const file = this.#files.get(attachmentId);
    if (!file) return null;
    const { size, kept, whole } = file;
    return { size, offset: whole === null ? kept.length : size, sha256: whole };
  }

  /** Keeps only `bytes` of a file that is not whole, as a server that died before its disk had the rest. */
  forget(attachmentId: string, bytes: number): void {
    const file = this.#files.get(attachmentId);
    if (!file || file.whole !== null || bytes >= file.kept.length) return;
    this.forgotten += file.kept.length - bytes;
    file.kept = file.kept.subarray(0, bytes);
  }

  /** Answers one call of an upload. `keepOnly`: of this chunk only so many bytes are kept. */
  answer(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array,
    keepOnly = Number.POSITIVE_INFINITY,
  ): Answer {
    if (method === 'POST') {
      const id = attachmentOfMetadata(headers['upload-metadata'] ?? '') ?? '';
      const file = this.#files.get(id);
      if (!file) return refused(404, 'urn:hall24:attachment-unknown');
      if (Number(headers['upload-length']) !== file.size) return refused(409, 'urn:hall24:attachment-differs');
      file.begun = true;
      return said(201, { location: `/v1/uploads/${id}` });
    }
    const id = path.slice(path.lastIndexOf('/') + 1);
    const file = this.#files.get(id);
    if (!file?.begun) return refused(404, 'urn:hall24:attachment-unknown');
    if (method === 'HEAD') {
      return said(200, { 'upload-offset': String(file.kept.length), 'upload-length': String(file.size) });
    }
    if (Number(headers['upload-offset']) !== file.kept.length) return refused(409, 'urn:hall24:offset-differs');
    if (headers['upload-checksum'] !== `sha256 ${createHash('sha256').update(body).digest('base64')}`) {
      return refused(460, 'urn:hall24:chunk-damaged');
    }
    this.#keep(id, file, body.subarray(0, keepOnly));
    return said(204, { 'upload-offset': String(file.kept.length) });
  }

  #keep(attachmentId: string, file: File, bytes: Uint8Array): void {
    file.kept = Buffer.concat([file.kept, bytes]);
    if (file.kept.length >= file.size) this.hold(attachmentId, hashOf(file.kept));
  }
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function said(status: number, headers: Readonly<Record<string, string>>): Answer {
  return { status, body: null, headers: { 'tus-resumable': TUS_VERSION, ...headers } };
}

function refused(status: number, type: string): Answer {
  return { status, body: { type, title: type, status }, headers: { 'tus-resumable': TUS_VERSION } };
}
