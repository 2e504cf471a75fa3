import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TUS_VERSION } from '../../electron/platform-api/attachments.ts';
import {
  attachmentOfMetadata,
  UPLOAD_ROUTE_NAMES,
  UPLOAD_ROUTES,
  type UploadRoute,
  type UploadRouteName,
} from '../../electron/platform-api/uploads.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import type { AttachmentDesk } from './attachments.ts';
import type { Database } from './database.ts';
import { kioskOfHeader } from './kiosks.ts';
import { problemOf, refusal, type Refusal } from './problem.ts';
import { RunningCalls } from './running-calls.ts';

interface Parts {
  readonly database: Database;
  readonly attachments: AttachmentDesk;
  /** Something was kept that may concern the locker. */
  readonly onKept: () => void;
}

/** A good answer to a call of an upload: headers only. */
export interface UploadReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The problem when it went wrong. */
  readonly problem: string | null;
}

/** Answers the calls of tus 1.0.0 (creation, checksum). */
export class Uploads {
  readonly #parts: Parts;
  readonly #running = new RunningCalls();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  answer(name: UploadRouteName, request: FastifyRequest): Promise<UploadReply> {
    return this.#running.track(this.#answer(name, request));
  }

  /** Waits for the calls that are being answered. */
  idle(): Promise<void> {
    return this.#running.idle();
  }

  async #answer(name: UploadRouteName, request: FastifyRequest): Promise<UploadReply> {
    const route: UploadRoute = UPLOAD_ROUTES[name];
    const done = await this.#dispatch(name, request);
    const common = { 'Tus-Resumable': TUS_VERSION, 'Cache-Control': 'no-store' };
    if (done.ok) return { status: route.status, headers: { ...common, ...done.value }, problem: null };
    const body = problemOf(done.error);
    return {
      status: body.status,
      headers: { ...common, ...(done.error.type === 'urn:hall24:tus-version' ? { 'Tus-Version': TUS_VERSION } : {}) },
      problem: JSON.stringify(body),
    };
  }

  async #dispatch(
    name: UploadRouteName,
    request: FastifyRequest,
  ): Promise<Result<Readonly<Record<string, string>>, Refusal>> {
    const { attachments, database } = this.#parts;
    const kiosk = await kioskOfHeader(database, request.headers.authorization);
    if (kiosk === null) return err(refusal('urn:hall24:unauthorised', 'no kiosk has this token'));
    const header = (wanted: string): string => String(request.headers[wanted.toLowerCase()] ?? '');
    if (header('Tus-Resumable') !== TUS_VERSION) return err(refusal('urn:hall24:tus-version', `not ${TUS_VERSION}`));
    const attachmentId = (request.params as { attachmentId?: string }).attachmentId ?? '';
    if (name === 'uploadOffset') {
      const found = await attachments.offset(attachmentId, kiosk.code);
      if (!found.ok) return found;
      return ok({ 'Upload-Offset': String(found.value.offset), 'Upload-Length': String(found.value.size) });
    }
    const wrong = (what: string): { readonly ok: false; readonly error: Refusal } =>
      err(refusal('urn:hall24:malformed', what));
    if (name === 'createUpload') {
      const id = attachmentOfMetadata(header('Upload-Metadata'));
      if (id === null || !/^\d+$/.test(header('Upload-Length'))) return wrong('Upload-Metadata or Upload-Length');
      const begun = await attachments.begin(id, kiosk.code, Number(header('Upload-Length')));
      return begun.ok ? ok({ Location: `/v1/uploads/${id}` }) : begun;
    }
    const checksum = /^sha256 ([A-Za-z0-9+/]{43}=)$/.exec(header('Upload-Checksum'))?.[1];
    if (checksum === undefined || !/^\d+$/.test(header('Upload-Offset')))
      return wrong('Upload-Checksum or Upload-Offset');
    if (!(request.body instanceof Uint8Array)) return wrong('the body is missing');
    const kept = await attachments.append(attachmentId, kiosk.code, {
      offset: Number(header('Upload-Offset')),
      bytes: request.body,
      sha256: Buffer.from(checksum, 'base64').toString('hex'),
    });
    if (!kept.ok) return kept;
    this.#parts.onKept();
    return ok({ 'Upload-Offset': String(kept.value) });
  }
}

/** Adds the routes of uploads to a server; `handle` meets the faults that are switched on. */
export function addUploadRoutes(
  app: FastifyInstance,
  handle: (name: UploadRouteName, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>,
): void {
  app.addContentTypeParser('application/offset+octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  for (const name of UPLOAD_ROUTE_NAMES) {
    const route: UploadRoute = UPLOAD_ROUTES[name];
    app.route({
      method: route.method,
      url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      handler: (request, reply) => handle(name, request, reply),
    });
  }
}
