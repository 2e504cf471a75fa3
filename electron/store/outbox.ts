import { createHash } from 'node:crypto';
import { canonicalJson, type JsonValue } from '../domain/case-payload.ts';
import type {
  ClaimOptions,
  OutboxCounts,
  OutboxEntry,
  OutboxKind,
  OutboxState,
  OutboxSummary,
} from '../services/ports.ts';
import type { Clock, Random } from '../../native/model/clock.ts';
import type { Database } from './database.ts';
import type { Evidence } from './evidence.ts';
import { uuidV7 } from './ids.ts';
import { standingOf } from './standing.ts';

/** An entry with what only the store needs to know of it. */
export interface OutboxRow {
  seq: number;
  entry_id: string;
  kind: OutboxKind;
  subject_id: string;
  sequence: number;
  idempotency_key: string;
  act_id: string | null;
  sha256: string;
  size: number;
  row_sha256: string;
  label: string;
  state: OutboxState | 'acknowledged' | 'discarded';
  head: 0 | 1;
  attempts: number;
  next_try_at: number;
  reason: string | null;
  created_at: number;
}

const COLUMNS = `seq, entry_id, kind, subject_id, sequence, idempotency_key, act_id, sha256, size, row_sha256, label, state, head, attempts,
  next_try_at, reason, created_at`;
/** What is neither done nor given up; written like the condition of the index `outbox_open`. */
const OPEN = "state IN ('ready', 'sending', 'parked')";
/** Indexes of what is due: first tries and tries again, each with the condition of its rows. */
const LANES = [
  ['outbox_due', 'attempts = 0'],
  ['outbox_again', 'attempts > 0'],
] as const;
/** Rows of each sort that a listing shows at most; the counts always tell the whole. */
const LISTED = 500;

/** Reason of an entry whose stored bytes, key or subject are not those that were written (bit rot). It is never sent. */
export const PAYLOAD_DAMAGED = 'payload-damaged';

/** A message to be queued. */
export interface NewEntry {
  readonly kind: OutboxKind;
  readonly subjectId: string;
  /** The idempotency key, given the entry's number within its subject. */
  readonly key: (sequence: number) => string;
  /** The act that ends with the delivery, if one does. */
  readonly actId: string | null;
  readonly label: string;
  readonly at: number;
  /** What is sent, given the entry's number within its subject: a value, or its canonical JSON. */
  readonly message: (sequence: number) => Exclude<JsonValue, string> | string;
}

/**
 * Outbox rows. `head` marks the oldest unfinished entry of each subject: only heads may be claimed, so that a later
 * entry waits while an earlier one is ready, sending or parked, and a claim reads one short index however long the queue.
 */
export class Outbox {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #evidence: Evidence;
  /** Kept along with every commit; null while they have to be counted. */
  #counted: { open: number; parked: number } | null = null;

  constructor(db: Database, clock: Clock, random: Random, evidence: Evidence) {
    this.#db = db;
    this.#evidence = evidence;
    this.#clock = clock;
    this.#random = random;
  }

  add(entry: NewEntry): void {
    const last = this.#db.get<{ sequence: number | null }>(
      'SELECT max(sequence) AS sequence FROM outbox WHERE subject_id = ?',
      entry.subjectId,
    );
    const sequence = (last?.sequence ?? 0) + 1;
    const message = entry.message(sequence);
    const body = Buffer.from(typeof message === 'string' ? message : canonicalJson(message), 'utf8');
    const hash = sha256(body);
    const key = entry.key(sequence);
    this.#db.run(
      `INSERT INTO outbox (entry_id, kind, subject_id, sequence, idempotency_key, act_id, sha256, size, row_sha256,
         label, state, head, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'ready',
         NOT EXISTS (SELECT 1 FROM outbox WHERE subject_id = ? AND ${OPEN}), ?)`,
      uuidV7(this.#clock, this.#random),
      entry.kind,
      entry.subjectId,
      sequence,
      key,
      entry.actId,
      hash,
      body.length,
      rowHash({ kind: entry.kind, subjectId: entry.subjectId, sequence, key, sha256: hash }),
      entry.label,
      entry.subjectId,
      entry.at,
    );
    this.#db.run('INSERT INTO outbox_payloads (seq, sha256, body) VALUES (last_insert_rowid(), ?, ?)', hash, body);
    this.#evidence.append({
      at: entry.at,
      who: 'kiosk',
      what: `${entry.kind}-kept`,
      subject: entry.subjectId,
      detail: { key, sha256: hash, label: entry.label },
    });
    this.#count(1, 0);
    this.#db.changed({ type: 'outbox' });
  }

  find(entryId: string): OutboxRow | null {
    return this.#db.get<OutboxRow>(`SELECT ${COLUMNS} FROM outbox WHERE entry_id = ?`, entryId) ?? null;
  }

  /** Heads that are due at `now`, longest due first; not changed yet. */
  due(now: number, limit: number, { lane, maxBytes }: ClaimOptions = {}): OutboxRow[] {
    const first = lane === 'again' ? [] : this.#dueOf('outbox_due', 'attempts = 0', now, limit);
    const again = lane === 'first' ? [] : this.#dueOf('outbox_again', 'attempts > 0', now, limit);
    const rows =
      first.length > 0 && again.length > 0
        ? [...first, ...again].sort((a, b) => a.next_try_at - b.next_try_at || a.seq - b.seq).slice(0, limit)
        : [...first, ...again];
    if (maxBytes === undefined) return rows;
    let bytes = 0;
    // One that is too long by itself still goes, alone.
    const over = rows.findIndex((row, index) => (bytes += row.size) > maxBytes && index > 0);
    return over === -1 ? rows : rows.slice(0, over);
  }

  #dueOf(index: string, condition: string, now: number, limit: number): OutboxRow[] {
    return this.#db.all<OutboxRow>(
      `SELECT ${COLUMNS} FROM outbox INDEXED BY ${index}
       WHERE state = 'ready' AND head = 1 AND ${condition} AND next_try_at <= ? ORDER BY next_try_at, seq LIMIT ?`,
      now,
      limit,
    );
  }

  /**
   * Rows above `after` in order of their number, each as it is, with what is wrong with it: `payload` is not what was
   * written, `index` does not lead to it although it is due some time.
   */
  inspect(after: number, limit: number): { readonly row: OutboxRow; readonly wrong: 'payload' | 'index' | null }[] {
    const rows = this.#db.all<OutboxRow>(
      `SELECT ${COLUMNS} FROM outbox NOT INDEXED WHERE seq > ? ORDER BY seq LIMIT ?`,
      after,
      limit,
    );
    return rows.map((row) => ({ row, wrong: this.#wrongWith(row) }));
  }

  #wrongWith(row: OutboxRow): 'payload' | 'index' | null {
    if (row.state !== 'ready' && row.state !== 'sending') return null;
    const payload = this.#db.get<{ body: Buffer }>('SELECT body FROM outbox_payloads WHERE seq = ?', row.seq);
    if (!payload || sha256(payload.body) !== row.sha256 || !isWhole(row)) return 'payload';
    if (row.state !== 'ready' || row.head !== 1) return null;
    const [index, condition] = LANES[row.attempts > 0 ? 1 : 0];
    const found = this.#db.get(
      `SELECT 1 FROM outbox INDEXED BY ${index}
       WHERE state = 'ready' AND head = 1 AND ${condition} AND next_try_at = ? AND seq = ?`,
      row.next_try_at,
      row.seq,
    );
    return found ? null : 'index';
  }

  /** Marks a due entry as being sent and gives its bytes; null when they are not what was written. */
  take(row: OutboxRow): OutboxEntry | null {
    const payload = this.#db.get<{ body: Buffer }>('SELECT body FROM outbox_payloads WHERE seq = ?', row.seq);
    if (!payload || sha256(payload.body) !== row.sha256 || !isWhole(row)) return null;
    this.#db.run("UPDATE outbox SET state = 'sending', attempts = attempts + 1 WHERE seq = ?", row.seq);
    return {
      entryId: row.entry_id,
      kind: row.kind,
      subjectId: row.subject_id,
      sequence: row.sequence,
      idempotencyKey: row.idempotency_key,
      body: new Uint8Array(payload.body),
      sha256: row.sha256,
      createdAt: row.created_at,
      attempts: row.attempts + 1,
    };
  }

  /** Done: the payload goes, the evidence stays, the next entry of the subject may be sent. */
  acknowledge(row: OutboxRow, at: number): void {
    this.#end(row, 'acknowledged', null, at);
  }

  /** Given up by people: it ends like one that is done, with the reason it was parked for. */
  discard(row: OutboxRow, at: number): void {
    this.#end(row, 'discarded', row.reason, at);
  }

  #end(row: OutboxRow, state: 'acknowledged' | 'discarded', reason: string | null, at: number): void {
    this.#db.run(
      'UPDATE outbox SET state = ?, head = 0, reason = ?, settled_at = ? WHERE seq = ?',
      state,
      reason,
      at,
      row.seq,
    );
    this.#db.run('DELETE FROM outbox_payloads WHERE seq = ?', row.seq);
    this.#tell(row, state, at);
    this.#db.run(
      `UPDATE outbox SET head = 1 WHERE seq =
         (SELECT seq FROM outbox WHERE subject_id = ? AND ${OPEN} ORDER BY sequence LIMIT 1)`,
      row.subject_id,
    );
    this.#count(-1, row.state === 'parked' ? -1 : 0);
    this.#db.changed({ type: 'outbox' });
  }

  retry(row: OutboxRow, nextTryAt: number, reason: string | null): void {
    this.#db.run(
      "UPDATE outbox SET state = 'ready', next_try_at = ?, reason = ? WHERE seq = ?",
      nextTryAt,
      reason,
      row.seq,
    );
    if (row.state === 'parked') this.#count(0, -1);
    this.#db.changed({ type: 'outbox' });
  }

  park(row: OutboxRow, reason: string): void {
    this.#tell({ ...row, reason }, 'parked', this.#clock.now());
    this.#db.run("UPDATE outbox SET state = 'parked', reason = ? WHERE seq = ?", reason, row.seq);
    if (row.state !== 'parked') this.#count(0, 1);
    this.#db.changed({ type: 'outbox' });
  }

  release(): number {
    const released = this.#db.run("UPDATE outbox SET state = 'ready', next_try_at = 0 WHERE state = 'sending'");
    if (released > 0) this.#db.changed({ type: 'outbox' });
    return released;
  }

  wakeAll(): void {
    for (const [index, condition] of LANES) {
      this.#db.run(
        `UPDATE outbox INDEXED BY ${index} SET next_try_at = 0
         WHERE state = 'ready' AND head = 1 AND ${condition} AND next_try_at > 0`,
      );
    }
  }

  /** Parked entries and waiting ones, oldest first, at most 500 of each. */
  list(): OutboxSummary[] {
    const parked = this.#db.all<OutboxRow>(
      `SELECT ${COLUMNS} FROM outbox WHERE state = 'parked' ORDER BY seq LIMIT ${LISTED}`,
    );
    const waiting = this.#db.all<OutboxRow>(
      `SELECT ${COLUMNS} FROM outbox INDEXED BY outbox_open
       WHERE ${OPEN} AND state IN ('ready', 'sending') ORDER BY seq LIMIT ${LISTED}`,
    );
    return [...parked, ...waiting].sort((a, b) => a.seq - b.seq).map(toSummary);
  }

  counts(): OutboxCounts {
    this.#counted ??= this.#db.get<{ open: number; parked: number }>(
      `SELECT (SELECT count(*) FROM outbox WHERE ${OPEN}) AS open,
              (SELECT count(*) FROM outbox WHERE state = 'parked') AS parked`,
    ) ?? { open: 0, parked: 0 };
    const due = LANES.map(
      ([index, condition]) =>
        this.#db.get<{ next: number | null }>(
          `SELECT min(next_try_at) AS next FROM outbox INDEXED BY ${index}
           WHERE state = 'ready' AND head = 1 AND ${condition}`,
        )?.next ?? null,
    ).filter((next) => next !== null);
    const { open, parked } = this.#counted;
    return { waiting: open - parked, parked, nextDueAt: due.length === 0 ? null : Math.min(...due) };
  }

  #tell(row: OutboxRow, end: 'acknowledged' | 'discarded' | 'parked', at: number): void {
    const { kind, subject_id: subject, idempotency_key: key, sha256: hash, reason } = row;
    const detail = { key, sha256: hash, ...(end === 'acknowledged' ? {} : { reason }) };
    this.#evidence.append({ at, who: 'kiosk', what: `${kind}-${end}`, subject, detail });
  }

  /** Counting a million rows takes a while, and the counts are wanted with every change. */
  #count(open: number, parked: number): void {
    this.#db.afterCommit(() => {
      if (this.#counted === null) return;
      this.#counted.open += open;
      this.#counted.parked += parked;
    });
  }
}

function toSummary(row: OutboxRow): OutboxSummary {
  return {
    entryId: row.entry_id,
    kind: row.kind,
    subjectId: row.subject_id,
    sequence: row.sequence,
    idempotencyKey: row.idempotency_key,
    sha256: row.sha256,
    createdAt: row.created_at,
    attempts: row.attempts,
    ...standingOf(row),
    label: row.label,
    reason: row.reason,
  };
}

/** Hash over what says where a message belongs, so that a changed key or subject is noticed as a changed body is. */
export function rowHash(row: {
  readonly kind: OutboxKind;
  readonly subjectId: string;
  readonly sequence: number;
  readonly key: string;
  readonly sha256: string;
}): string {
  return sha256(Buffer.from([row.kind, row.subjectId, row.sequence, row.key, row.sha256].join('\n'), 'utf8'));
}

function isWhole(row: OutboxRow): boolean {
  const { kind, subject_id: subjectId, sequence, idempotency_key: key, sha256: hash } = row;
  return rowHash({ kind, subjectId, sequence, key, sha256: hash }) === row.row_sha256;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
