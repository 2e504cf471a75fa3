import { SEALED_CHUNK_BYTES } from '../domain/attachment.ts';
import type {
  AttachmentRecord,
  AttachmentUpload,
  AttachmentsCollected,
  NewCase,
  OutboxSummary,
  StoreError,
} from '../services/ports.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import type { Acts } from './acts.ts';
import { collectFiles, fileSize, readChunk, removeFile } from './attachment-files.ts';
import { conflict, notFound, type Database } from './database.ts';
import type { Evidence } from './evidence.ts';
import { readJson } from './json.ts';
import { standingOf } from './standing.ts';
import { sha256 } from './sha256.ts';

/** A file with what only the store needs to know of it. */
export interface AttachmentRow {
  seq: number;
  attachment_id: string;
  case_id: string;
  place: number;
  slot: string;
  size: number;
  sha256: string;
  chunks: string;
  row_sha256: string;
  label: string;
  act_id: string;
  state: AttachmentRecord['state'];
  attempts: number;
  next_try_at: number;
  reason: string | null;
  created_at: number;
}

const COLUMNS = `seq, attachment_id, case_id, place, slot, size, sha256, chunks, row_sha256, label, act_id, state, attempts,
  next_try_at, reason, created_at`;
/** Written like the condition of the index `attachments_open`. */
const OPEN = "state IN ('held', 'ready', 'sending', 'parked')";
/** Rows that a listing shows at most. */
const LISTED = 500;

/** Reasons of files that are not what was written. They are never sent. */
export const FILE_LOST = 'file-lost';
export const FILE_DAMAGED = 'file-damaged';

/** Files of cases as rows; their bytes lie beside the database. */
export class AttachmentRows {
  readonly #db: Database;
  readonly #acts: Acts;
  readonly #evidence: Evidence;
  /** Entries left `sending` by a process that died are taken back once. */
  #released = false;
  #counted: { open: number; parked: number } | null = null;

  constructor(db: Database, acts: Acts, evidence: Evidence) {
    this.#db = db;
    this.#acts = acts;
    this.#evidence = evidence;
  }

  /** Whether the files of a new case lie there as they are said to; `not-found` names the first that does not. */
  check(entry: NewCase): Result<void, StoreError> {
    for (const { attachmentId, sha256, size, chunks } of entry.attachments ?? []) {
      const there = fileSize(this.#db.dir, sha256);
      if (there !== size || chunks.length !== Math.ceil(size / SEALED_CHUNK_BYTES)) {
        return notFound(`attachment ${attachmentId}`);
      }
    }
    return ok(undefined);
  }

  /** Keeps the files of a new case with an act each; they are held back until the platform has the case. */
  add(entry: NewCase, trackingNumber: string): void {
    const files = entry.attachments ?? [];
    for (const [index, file] of files.entries()) {
      const { attachmentId, actId, slot, size, sha256 } = file;
      const chunks = JSON.stringify(file.chunks);
      this.#acts.begin({
        actId,
        kind: 'upload-attachment',
        subjectId: attachmentId,
        at: entry.keptAt,
        detail: { caseId: entry.caseId, slot, size },
      });
      this.#db.run(
        `INSERT INTO attachments (attachment_id, case_id, place, slot, size, sha256, chunks, row_sha256, label, act_id,
           state, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'held', ?)`,
        attachmentId,
        entry.caseId,
        index + 1,
        slot,
        size,
        sha256,
        chunks,
        rowHash({ attachment_id: attachmentId, case_id: entry.caseId, slot, size, sha256, chunks }),
        `${trackingNumber} ${index + 1}/${files.length}`,
        actId,
        entry.keptAt,
      );
      this.#tell(attachmentId, 'kept', entry.keptAt, { caseId: entry.caseId, sha256, size });
    }
    if (files.length > 0) this.#changed();
  }

  find(attachmentId: string): AttachmentRow | null {
    return (
      this.#db.get<AttachmentRow>(`SELECT ${COLUMNS} FROM attachments WHERE attachment_id = ?`, attachmentId) ?? null
    );
  }

  ofCase(caseId: string): AttachmentRecord[] {
    return this.#ofCase(caseId).map((row) => ({
      attachmentId: row.attachment_id,
      caseId: row.case_id,
      slot: row.slot,
      size: row.size,
      sha256: row.sha256,
      state: row.state,
      attempts: row.attempts,
      reason: row.reason,
    }));
  }

  /** Files of a case that the platform does not have yet. */
  openOf(caseId: string): number {
    // What was counted holds until a change; most kiosks have no files at most times.
    if (this.#counted?.open === 0) return 0;
    return (
      this.#db.get<{ n: number }>(`SELECT count(*) AS n FROM attachments WHERE case_id = ? AND ${OPEN}`, caseId)?.n ?? 0
    );
  }

  /** The platform has the case: its files may follow. Gives whether any is open. */
  release(caseId: string): boolean {
    const moved = this.#db.run("UPDATE attachments SET state = 'ready' WHERE case_id = ? AND state = 'held'", caseId);
    if (moved > 0) this.#changed();
    return this.openOf(caseId) > 0;
  }

  wake(): void {
    this.#db.run("UPDATE attachments SET next_try_at = 0 WHERE state = 'ready' AND next_try_at > 0");
  }

  /** Files that are due at `now`, longest due first; they become `sending`. Damaged rows are parked. */
  claim(now: number, limit: number, park: (row: AttachmentRow, reason: string) => void): AttachmentUpload[] {
    if (!this.#released) {
      this.#db.run("UPDATE attachments SET state = 'ready', next_try_at = 0 WHERE state = 'sending'");
      this.#db.afterCommit(() => (this.#released = true));
    }
    const rows = this.#db.all<AttachmentRow>(
      `SELECT ${COLUMNS} FROM attachments INDEXED BY attachments_due
       WHERE state = 'ready' AND next_try_at <= ? ORDER BY next_try_at, seq LIMIT ?`,
      now,
      limit,
    );
    const uploads: AttachmentUpload[] = [];
    for (const row of rows) {
      if (rowHash(row) !== row.row_sha256) {
        park(row, FILE_DAMAGED);
        continue;
      }
      this.#db.run("UPDATE attachments SET state = 'sending', attempts = attempts + 1 WHERE seq = ?", row.seq);
      if (this.#acts.find(row.act_id)?.state === 'intended') {
        this.#acts.advance({ actId: row.act_id, event: 'send', at: now });
      }
      uploads.push({
        attachmentId: row.attachment_id,
        caseId: row.case_id,
        sha256: row.sha256,
        size: row.size,
        chunks: readJson<string[]>(row.chunks, []),
        attempts: row.attempts + 1,
      });
    }
    return uploads;
  }

  /** When the next ready file may be tried; null when there is none. */
  nextDueAt(): number | null {
    return (
      this.#db.get<{ next: number | null }>(
        "SELECT min(next_try_at) AS next FROM attachments INDEXED BY attachments_due WHERE state = 'ready'",
      )?.next ?? null
    );
  }

  chunk(attachmentId: string, index: number): Result<Uint8Array, StoreError> {
    const row = this.find(attachmentId);
    if (!row) return notFound('attachment');
    const hash = readJson<string[]>(row.chunks, [])[index];
    if (hash === undefined) return notFound('chunk');
    let bytes: Uint8Array | null;
    try {
      bytes = readChunk(this.#db.dir, row.sha256, index);
    } catch (thrown) {
      // A disk that cannot read now may be able to later.
      return err({ code: 'unavailable', detail: thrown instanceof Error ? thrown.message : 'read' });
    }
    if (bytes === null) return conflict(FILE_LOST);
    return sha256(bytes) === hash ? ok(bytes) : conflict(FILE_DAMAGED);
  }

  retry(row: AttachmentRow, nextTryAt: number, reason: string | null): void {
    this.#db.run(
      "UPDATE attachments SET state = 'ready', next_try_at = ?, reason = ? WHERE seq = ?",
      nextTryAt,
      reason,
      row.seq,
    );
    this.#changed();
  }

  park(row: AttachmentRow, reason: string, at: number): void {
    this.#db.run("UPDATE attachments SET state = 'parked', reason = ? WHERE seq = ?", reason, row.seq);
    this.#acts.advance({ actId: row.act_id, event: 'lose-track', at, owner: 'duty-staff', detail: { reason } });
    this.#tell(row.attachment_id, 'parked', at, { caseId: row.case_id, sha256: row.sha256, reason });
    this.#changed();
  }

  /** The platform has it, or people gave it up: the file goes after the commit, the row stays as evidence. */
  end(row: AttachmentRow, state: 'acknowledged' | 'discarded', at: number): void {
    this.#db.run('UPDATE attachments SET state = ?, settled_at = ? WHERE seq = ?', state, at, row.seq);
    this.#acts.conclude({
      actId: row.act_id,
      event: state === 'acknowledged' ? 'confirm' : 'refuse',
      at,
      owner: state === 'acknowledged' ? 'kiosk' : 'duty-staff',
    });
    this.#tell(row.attachment_id, state, at, { caseId: row.case_id, sha256: row.sha256 });
    this.#db.afterCommit(() => removeFile(this.#db.dir, row.sha256));
    this.#changed();
  }

  discardAll(caseId: string, at: number): void {
    for (const row of this.#ofCase(caseId)) {
      if (row.state !== 'acknowledged' && row.state !== 'discarded') this.end(row, 'discarded', at);
    }
  }

  /**
   * Looks for files that no open row names and for rows whose file is gone.
   * @param salvaged rows were lost in a damaged database: complete files are set aside instead
   */
  collect(salvaged: boolean, park: (row: AttachmentRow, reason: string) => void): AttachmentsCollected {
    const rows = this.#db.all<AttachmentRow>(`SELECT ${COLUMNS} FROM attachments WHERE ${OPEN}`);
    let lost = 0;
    for (const row of rows) {
      if (fileSize(this.#db.dir, row.sha256) === row.size) continue;
      lost += 1;
      if (row.state !== 'parked') park(row, FILE_LOST);
    }
    return { ...collectFiles(this.#db.dir, new Set(rows.map(({ sha256 }) => sha256)), salvaged), lost };
  }

  /** Open files, oldest first. */
  list(): OutboxSummary[] {
    return this.#db
      .all<AttachmentRow>(`SELECT ${COLUMNS} FROM attachments WHERE ${OPEN} ORDER BY seq LIMIT ${LISTED}`)
      .map((row) => ({
        entryId: row.attachment_id,
        kind: 'attachment',
        subjectId: row.case_id,
        sequence: row.place,
        idempotencyKey: `attachment:${row.attachment_id}`,
        sha256: row.sha256,
        createdAt: row.created_at,
        attempts: row.attempts,
        ...standingOf(row),
        label: row.label,
        reason: row.reason,
      }));
  }

  /** Open ones, and those of them that are parked; counted anew after a change. */
  counts(): { readonly open: number; readonly parked: number } {
    this.#counted ??= this.#db.get<{ open: number; parked: number }>(
      `SELECT count(*) AS open, coalesce(sum(state = 'parked'), 0) AS parked
       FROM attachments INDEXED BY attachments_open WHERE ${OPEN}`,
    ) ?? { open: 0, parked: 0 };
    return this.#counted;
  }

  #ofCase(caseId: string): AttachmentRow[] {
    return this.#db.all<AttachmentRow>(`SELECT ${COLUMNS} FROM attachments WHERE case_id = ? ORDER BY place`, caseId);
  }

  #tell(subject: string, what: string, at: number, detail: Readonly<Record<string, string | number>>): void {
    this.#evidence.append({ at, who: 'kiosk', what: `attachment-${what}`, subject, detail });
  }

  #changed(): void {
    this.#counted = null;
    this.#db.afterCommit(() => (this.#counted = null));
    this.#db.changed({ type: 'outbox' });
  }
}

/** Hash over what says which file it is and where it belongs. */
function rowHash(
  row: Pick<AttachmentRow, 'attachment_id' | 'case_id' | 'slot' | 'size' | 'sha256' | 'chunks'>,
): string {
  return sha256([row.attachment_id, row.case_id, row.slot, row.size, row.sha256, row.chunks].join('\n'));
}
