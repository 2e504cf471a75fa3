import { createHash } from 'node:crypto';
import { attachmentAad, chunkAad, SEALED_CHUNK_BYTES, sealedSize } from '../../electron/domain/attachment.ts';
import {
  AttachmentSecret,
  type AttachmentManifest,
  type HeldAttachment,
} from '../../electron/platform-api/attachments.ts';
import type { AttachmentStatus, CaseStatus, CaseSubmission } from '../../electron/platform-api/messages.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import type { Database, Queries } from './database.ts';
import { refusal, type Refusal } from './problem.ts';
import type { SealKey } from './seal-key.ts';

interface AttachmentRow {
  readonly attachment_id: string;
  readonly case_id: string;
  readonly slot: string;
  readonly size: number;
  readonly sha256: string;
  readonly envelope: AttachmentManifest['envelope'];
  readonly begun: boolean;
  readonly received: number;
  readonly held_sha256: string | null;
}

/** A file as held. The plain bytes are opened for a test's comparison only; null when they cannot be. */
export interface HeldFile {
  readonly attachmentId: string;
  readonly caseId: string;
  readonly slot: string;
  readonly size: number;
  readonly offset: number;
  readonly sha256: string | null;
  readonly type: string | null;
  readonly plain: Uint8Array | null;
}

/** One chunk as it came. */
export interface ArrivedChunk {
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** Lower-case hex SHA-256 that the kiosk gave for it. */
  readonly sha256: string;
}

const COLUMNS = 'attachment_id, case_id, slot, size, sha256, envelope, begun, received, held_sha256';
const unknown = refusal('urn:hall24:attachment-unknown', 'no case of this kiosk announced this file');

/** Files of cases: what was announced, what has come, and when a case has all of its own. */
export class AttachmentDesk {
  readonly #database: Database;
  readonly #sealKey: SealKey;
  /** Said once a case has all its files; runs within the transaction of the last chunk. */
  readonly #complete: (queries: Queries, caseId: string) => Promise<void>;
  readonly #statusOf: (queries: Queries, caseId: string) => Promise<CaseStatus>;

  constructor(parts: {
    readonly database: Database;
    readonly sealKey: SealKey;
    readonly complete: (queries: Queries, caseId: string) => Promise<void>;
    readonly statusOf: (queries: Queries, caseId: string) => Promise<CaseStatus>;
  }) {
    this.#database = parts.database;
    this.#sealKey = parts.sealKey;
    this.#complete = parts.complete;
    this.#statusOf = parts.statusOf;
  }

  /** Takes the announcements of a case; runs within the transaction of the case. */
  async announce(queries: Queries, submission: CaseSubmission): Promise<Result<void, Refusal>> {
    for (const [place, file] of (submission.attachments ?? []).entries()) {
      const secret = await openSecret(this.#sealKey, submission.caseId, file);
      if (secret === null || sealedSize(secret.size) !== file.size) {
        return err(refusal('urn:hall24:unreadable-envelope', `envelope of attachment ${file.attachmentId}`));
      }
      const [taken] = await queries.query('SELECT 1 FROM attachment WHERE attachment_id = $1', [file.attachmentId]);
      if (taken !== undefined) return err(refusal('urn:hall24:malformed', 'an attachment is announced once'));
      await queries.query(
        `INSERT INTO attachment (attachment_id, case_id, kiosk_code, place, slot, size, sha256, envelope)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          file.attachmentId,
          submission.caseId,
          submission.kioskCode,
          place,
          file.slot,
          file.size,
          file.sha256,
          JSON.stringify(file.envelope),
        ],
      );
    }
    return ok(undefined);
  }

  /** Begins an upload; one that was begun before goes on. */
  async begin(attachmentId: string, kioskCode: string, length: number): Promise<Result<void, Refusal>> {
    return this.#database.transaction(async (queries): Promise<Result<void, Refusal>> => {
      const row = await rowOf(queries, attachmentId, kioskCode);
      if (row === null) return err(unknown);
      if (row.size !== length) return err(refusal('urn:hall24:attachment-differs', `announced with ${row.size} bytes`));
      await queries.query('UPDATE attachment SET begun = true WHERE attachment_id = $1', [attachmentId]);
      return ok(undefined);
    });
  }

  async offset(
    attachmentId: string,
    kioskCode: string,
  ): Promise<Result<{ readonly offset: number; readonly size: number }, Refusal>> {
    const row = await rowOf(this.#database, attachmentId, kioskCode);
    return row?.begun === true ? ok({ offset: row.received, size: row.size }) : err(unknown);
  }

  /** Keeps one chunk, as a whole or not at all, and gives the byte that is next. */
  async append(attachmentId: string, kioskCode: string, chunk: ArrivedChunk): Promise<Result<number, Refusal>> {
    const { bytes } = chunk;
    if (bytes.length === 0 || bytes.length > SEALED_CHUNK_BYTES) {
      return err(refusal('urn:hall24:malformed', `a chunk of ${bytes.length} bytes`));
    }
    if (createHash('sha256').update(bytes).digest('hex') !== chunk.sha256) {
      return err(refusal('urn:hall24:chunk-damaged', 'the checksum is of other bytes'));
    }
    return this.#database.transaction(async (queries): Promise<Result<number, Refusal>> => {
      const row = await rowOf(queries, attachmentId, kioskCode, 'FOR UPDATE');
      if (row?.begun !== true) return err(unknown);
      if (row.received !== chunk.offset) {
        return err({
          ...refusal('urn:hall24:offset-differs', `byte ${row.received} is next`),
          more: { expectedOffset: row.received },
        });
      }
      const received = row.received + bytes.length;
      if (received > row.size) return err(refusal('urn:hall24:attachment-differs', 'longer than announced'));
      await queries.query('INSERT INTO attachment_chunk (attachment_id, start, bytes) VALUES ($1, $2, $3)', [
        attachmentId,
        chunk.offset,
        bytes,
      ]);
      await queries.query('UPDATE attachment SET received = $2 WHERE attachment_id = $1', [attachmentId, received]);
      return received === row.size ? this.#finish(queries, row) : ok(received);
    });
  }

  async #finish(queries: Queries, row: AttachmentRow): Promise<Result<number, Refusal>> {
    const hash = createHash('sha256');
    for (const bytes of await chunksOf(queries, row.attachment_id)) hash.update(bytes);
    const held = hash.digest('hex');
    if (held !== row.sha256) return err(refusal('urn:hall24:attachment-differs', `its hash is ${held}`));
    await queries.query('UPDATE attachment SET held_sha256 = $2 WHERE attachment_id = $1', [row.attachment_id, held]);
    // Two last chunks of two files may come at the same time: one of them must see the other.
    await queries.query('SELECT 1 FROM service_case WHERE case_id = $1 FOR UPDATE', [row.case_id]);
    const [open] = await queries.query('SELECT 1 FROM attachment WHERE case_id = $1 AND held_sha256 IS NULL LIMIT 1', [
      row.case_id,
    ]);
    if (open === undefined) await this.#complete(queries, row.case_id);
    return ok(row.size);
  }

  async status(attachmentId: string, kioskCode: string): Promise<Result<AttachmentStatus, Refusal>> {
    const row = await rowOf(this.#database, attachmentId, kioskCode);
    if (row === null) return err(unknown);
    return ok({
      attachmentId,
      size: row.size,
      offset: row.received,
      sha256: row.held_sha256,
      case: await this.#statusOf(this.#database, row.case_id),
    });
  }

  /** Every file with its plain bytes, in the order of their cases. */
  async held(): Promise<readonly HeldFile[]> {
    const rows = await this.#database.query<AttachmentRow>(`SELECT ${COLUMNS} FROM attachment ORDER BY case_id, place`);
    const files: HeldFile[] = [];
    for (const row of rows) {
      const { attachment_id: attachmentId, case_id: caseId, slot, size, received: offset, held_sha256: sha256 } = row;
      const secret = await openSecret(this.#sealKey, caseId, { attachmentId, envelope: row.envelope });
      const sealed = Buffer.concat(await chunksOf(this.#database, attachmentId));
      const plain = secret === null || sha256 === null ? null : await openFile(secret, sealed);
      files.push({ attachmentId, caseId, slot, size, offset, sha256, type: secret?.type ?? null, plain });
    }
    return files;
  }
}

/** What the platform holds of the files of a case, in the order of its announcement. */
export async function heldOf(queries: Queries, caseId: string): Promise<readonly HeldAttachment[]> {
  return queries.query<HeldAttachment>(
    'SELECT attachment_id AS "attachmentId", held_sha256 AS sha256 FROM attachment WHERE case_id = $1 ORDER BY place',
    [caseId],
  );
}

async function rowOf(
  queries: Queries,
  attachmentId: string,
  kioskCode: string,
  lock: '' | 'FOR UPDATE' = '',
): Promise<AttachmentRow | null> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(attachmentId)) return null;
  const [row] = await queries.query<AttachmentRow>(
    `SELECT ${COLUMNS} FROM attachment WHERE attachment_id = $1 AND kiosk_code = $2 ${lock}`,
    [attachmentId, kioskCode],
  );
  return row ?? null;
}

async function chunksOf(queries: Queries, attachmentId: string): Promise<readonly Uint8Array[]> {
  const rows = await queries.query<{ bytes: Uint8Array }>(
    'SELECT bytes FROM attachment_chunk WHERE attachment_id = $1 ORDER BY start',
    [attachmentId],
  );
  return rows.map(({ bytes }) => bytes);
}

async function openSecret(
  sealKey: SealKey,
  caseId: string,
  file: Pick<AttachmentManifest, 'attachmentId' | 'envelope'>,
): Promise<AttachmentSecret | null> {
  const plain = await sealKey.open(file.envelope, attachmentAad(caseId, file.attachmentId));
  if (plain === null) return null;
  try {
    const secret = AttachmentSecret.safeParse(JSON.parse(new TextDecoder().decode(plain)));
    return secret.success && secret.data.attachmentId === file.attachmentId ? secret.data : null;
  } catch {
    return null;
  }
}

/** Opens a sealed file as the document says; null when a chunk is not what it should be. */
async function openFile(secret: AttachmentSecret, sealed: Uint8Array): Promise<Uint8Array | null> {
  const key = await crypto.subtle.importKey('raw', Buffer.from(secret.key, 'base64url'), 'AES-GCM', false, ['decrypt']);
  const count = Math.ceil(sealed.length / SEALED_CHUNK_BYTES);
  const parts: Uint8Array[] = [];
  for (let index = 0; index < count; index += 1) {
    const iv = new Uint8Array(12);
    new DataView(iv.buffer).setUint32(8, index);
    const additionalData = new TextEncoder().encode(chunkAad(secret.attachmentId, index, count));
    const chunk = new Uint8Array(sealed.subarray(index * SEALED_CHUNK_BYTES, (index + 1) * SEALED_CHUNK_BYTES));
    try {
      parts.push(new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, chunk)));
    } catch {
      return null;
    }
  }
  const plain = Buffer.concat(parts);
  const hash = createHash('sha256').update(plain).digest('hex');
  return plain.length === secret.size && hash === secret.sha256 ? plain : null;
}
