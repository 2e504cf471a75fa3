import type {
  ClaimLane,
  OutboxCounts,
  OutboxEntry,
  OutboxKind,
  OutboxState,
  OutboxSummary,
} from '../services/ports.ts';
import type { Clock } from '../../native/model/clock.ts';
import type { Database } from './database.ts';
import type { Evidence } from './evidence.ts';
import { ENTRY_ID, entryIdOf, seqOfEntryId } from './ids.ts';
import { DUE_LANES, OPEN_LANES, openEntries } from './lanes.ts';
import { Scratch } from './scratch.ts';
import { standingOf } from './standing.ts';
import { sha256 } from './sha256.ts';

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
/** What is neither done nor given up; see `OPEN_LANES` for its indexes. */
const OPEN = "state IN ('ready', 'sending', 'parked')";
const FIND_BY_SEQ = `SELECT ${COLUMNS} FROM outbox WHERE seq = ?`;
const FIND_BY_ID = `SELECT ${COLUMNS} FROM outbox WHERE entry_id = ? AND substr(entry_id, 1, 24) <> '${ENTRY_ID}'`;
/**
 * What a new entry must know: the last number of its subject, whether one is open, the last row of all, whose bytes may be
 * there before it is.
 */
const BEFORE = `SELECT max(sequence) AS sequence, coalesce(max(${OPEN}), 0) AS open,
  max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'outbox'), 0),
    coalesce((SELECT max(seq) FROM outbox_payloads), 0)) AS last FROM outbox WHERE subject_id = ?`;
const INSERT = `INSERT INTO outbox (seq, entry_id, kind, subject_id, sequence, idempotency_key, act_id, sha256, size, row_sha256,
  label, state, head, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'ready', ?, ?)`;
/** Due entries of a lane with their bytes. */
const DUE = Object.fromEntries(
  DUE_LANES.map(([index, condition]) => [
    index,
    `SELECT o.seq, o.entry_id, o.kind, o.subject_id, o.sequence, o.idempotency_key, o.act_id, o.sha256, o.size, o.row_sha256,
       o.label, o.state, o.head, o.attempts, o.next_try_at, o.reason, o.created_at, p.body
     FROM outbox AS o INDEXED BY ${index} LEFT JOIN outbox_payloads AS p ON p.seq = o.seq
     WHERE o.state = 'ready' AND o.head = 1 AND o.${condition} AND o.next_try_at <= ? ORDER BY o.next_try_at, o.seq LIMIT ?`,
  ]),
) as Record<(typeof DUE_LANES)[number][0], string>;
const TAKE = `UPDATE outbox SET state = 'sending', attempts = attempts + 1
  WHERE seq IN (SELECT value FROM json_each(?))`;
/** First answers to cases whose acts are under way: nothing about them needs to be thought over. */
const SETTLE_SENT = `WITH said AS (SELECT value ->> 0 AS seq, value ->> 1 AS entry_id, value ->> 2 AS at FROM json_each(?))
  UPDATE outbox SET state = 'acknowledged', head = 0, reason = NULL, settled_at = said.at FROM said
  WHERE outbox.seq = said.seq AND outbox.entry_id = said.entry_id AND outbox.state = 'sending' AND outbox.kind = 'case'
    AND (SELECT state FROM acts WHERE act_id = outbox.act_id) = 'sent'
  RETURNING outbox.seq, outbox.entry_id, outbox.kind, outbox.subject_id, outbox.idempotency_key, outbox.act_id, outbox.sha256,
    outbox.state, outbox.reason`;
const DROP_PAYLOADS = 'DELETE FROM outbox_payloads WHERE seq IN (SELECT value FROM json_each(?))';
const BEHIND = "SELECT 1 FROM outbox INDEXED BY outbox_behind WHERE state = 'ready' AND head = 0 LIMIT 1";
const NEXT_OF_SUBJECT = `UPDATE outbox SET head = 1 WHERE seq =
  (SELECT seq FROM outbox WHERE subject_id = ? AND ${OPEN} ORDER BY sequence LIMIT 1)`;
const COUNT = `SELECT sum(n) AS open, sum(n) FILTER (WHERE parked) AS parked FROM (${OPEN_LANES.map(
  ([index, condition]) =>
    `SELECT count(*) AS n, ${index === 'outbox_parked' ? 1 : 0} AS parked FROM outbox INDEXED BY ${index} WHERE ${condition}`,
).join(' UNION ALL ')})`;
/** Rows of each sort that a listing shows at most; the counts always tell the whole. */
const LISTED = 500;

/** Reason of an entry whose stored bytes, key or subject are not those that were written (bit rot). It is never sent. */
export const PAYLOAD_DAMAGED = 'payload-damaged';

/** What the end of an entry needs to know of it. */
type Ended = Pick<
  OutboxRow,
  'seq' | 'entry_id' | 'kind' | 'subject_id' | 'idempotency_key' | 'act_id' | 'sha256' | 'state' | 'reason'
>;

/** An entry that is due, with its bytes; null when they are gone. */
export interface DueRow extends OutboxRow {
  body: Buffer | null;
}

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
  /** Writes what is sent, in canonical JSON, given the entry's number within its subject. */
  readonly message: (sequence: number, into: Scratch) => void;
}

/** A message whose bytes are written, with what its entry says of it. */
export interface Written {
  readonly seq: number;
  readonly sequence: number;
  readonly key: string;
  readonly sha256: string;
  /** Bytes of the message. */
  readonly size: number;
  readonly rowSha256: string;
  readonly head: 0 | 1;
}

/**
 * Outbox rows. `head` marks the oldest unfinished entry of each subject: only heads may be claimed, so that a later
 * entry waits while an earlier one is ready, sending or parked, and a claim reads one short index however long the queue.
 */
export class Outbox {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #evidence: Evidence;
  readonly #scratch = new Scratch();
  /** Kept along with every commit; null while they have to be counted. */
  #counted: { open: number; parked: number } | null = null;

  constructor(db: Database, clock: Clock, evidence: Evidence) {
    this.#db = db;
    this.#evidence = evidence;
    this.#clock = clock;
  }

  add(entry: NewEntry): void {
    this.enter(entry, this.write(entry));
  }

  /** Writes the bytes of a message down under the number of its entry, which is entered then or later. */
  write(entry: NewEntry): Written {
    const { kind, subjectId } = entry;
    const before = this.#db.get<{ sequence: number | null; open: 0 | 1; last: number }>(BEFORE, subjectId);
    const sequence = (before?.sequence ?? 0) + 1;
    const seq = (before?.last ?? 0) + 1;
    this.#scratch.clear();
    entry.message(sequence, this.#scratch);
    const body = this.#scratch.since(0);
    const hash = sha256(body);
    const key = entry.key(sequence);
    this.#db.run('INSERT INTO outbox_payloads (seq, sha256, body) VALUES (?, ?, ?)', seq, hash, body);
    this.#count(1, 0);
    this.#db.changed({ type: 'outbox' });
    return {
      seq,
      sequence,
      key,
      sha256: hash,
      size: body.length,
      rowSha256: rowHash({ kind, subjectId, sequence, key, sha256: hash }),
      head: before?.open === 1 ? 0 : 1,
    };
  }

  /** Enters a message whose bytes were written. */
  enter(entry: Omit<NewEntry, 'key' | 'message'>, written: Written): void {
    const { kind, subjectId, actId, label, at } = entry;
    const { seq, sequence, key, sha256: hash, size, rowSha256, head } = written;
    const id = entryIdOf(seq);
    this.#db.run(INSERT, seq, id, kind, subjectId, sequence, key, actId, hash, size, rowSha256, label, head, at);
    this.#evidence.append({
      at,
      who: 'kiosk',
      what: `${kind}-kept`,
      subject: subjectId,
      detail: { key, sha256: hash, label },
    });
  }

  find(entryId: string): OutboxRow | null {
    const seq = seqOfEntryId(entryId);
    const row =
      seq === null
        ? this.#db.get<OutboxRow>(FIND_BY_ID, entryId)
        : this.#named(this.#db.get<OutboxRow>(FIND_BY_SEQ, seq));
    return row?.entry_id === entryId ? row : null;
  }

  /**
   * The row under an id by which it is found again: its own unless that is damaged, else the one that says the row. No
   * hash guards the id, and an entry that nobody finds would never end.
   */
  #named<Row extends OutboxRow>(row: Row): Row;
  #named<Row extends OutboxRow>(row: Row | undefined): Row | undefined;
  #named<Row extends OutboxRow>(row: Row | undefined): Row | undefined {
    if (row === undefined) return row;
    const byRow = entryIdOf(row.seq);
    if (row.entry_id === byRow || this.#db.get<OutboxRow>(FIND_BY_ID, row.entry_id)?.seq === row.seq) return row;
    return { ...row, entry_id: byRow };
  }

  /** Heads that are due at `now` with their bytes, longest due first; not changed yet. */
  due(now: number, { lane, entries: limit, maxBytes }: ClaimLane): DueRow[] {
    const first = lane === 'again' ? [] : this.#db.all<DueRow>(DUE.outbox_due, now, limit);
    const again = lane === 'first' ? [] : this.#db.all<DueRow>(DUE.outbox_again, now, limit);
    const rows =
      first.length > 0 && again.length > 0
        ? [...first, ...again].sort((a, b) => a.next_try_at - b.next_try_at || a.seq - b.seq).slice(0, limit)
        : [...first, ...again];
    const named = rows.map((row) => this.#named(row));
    if (maxBytes === undefined) return named;
    let bytes = 0;
    // One that is too long by itself still goes, alone.
    const over = named.findIndex((row, index) => (bytes += row.size) > maxBytes && index > 0);
    return over === -1 ? named : named.slice(0, over);
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
    const [index, condition] = DUE_LANES[row.attempts > 0 ? 1 : 0];
    const found = this.#db.get(
      `SELECT 1 FROM outbox INDEXED BY ${index}
       WHERE state = 'ready' AND head = 1 AND ${condition} AND next_try_at = ? AND seq = ?`,
      row.next_try_at,
      row.seq,
    );
    return found ? null : 'index';
  }

  /** Marks due entries as being sent. */
  take(rows: readonly OutboxRow[]): void {
    if (rows.length > 0) this.#db.run(TAKE, JSON.stringify(rows.map(({ seq }) => seq)));
  }

  /**
   * The quick way for what nearly every answer is: the platform has a case that was being sent, with its act under way.
   * Gives those entries as they are now, in the order in which they were said; nothing has changed about any other.
   */
  settleSent(said: readonly { readonly entryId: string; readonly at: number }[]): readonly Ended[] {
    const places = new Map(said.map((one, place) => [one.entryId, { ...one, place }]));
    const named = [...places.values()].map(({ entryId, at }) => [
      seqOfEntryId(entryId) ?? this.find(entryId)?.seq ?? 0,
      entryId,
      at,
    ]);
    if (named.length === 0) return [];
    const place = ({ entry_id: entryId }: Ended): number => places.get(entryId)?.place ?? 0;
    const rows = this.#db.all<Ended>(SETTLE_SENT, JSON.stringify(named)).sort((a, b) => place(a) - place(b));
    this.#ended(rows, 'acknowledged', (row) => places.get(row.entry_id)?.at ?? 0);
    return rows;
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
    this.#ended([row], state, () => at);
  }

  #ended(rows: readonly Ended[], state: 'acknowledged' | 'discarded', at: (row: Ended) => number): void {
    if (rows.length === 0) return;
    this.#db.run(DROP_PAYLOADS, JSON.stringify(rows.map(({ seq }) => seq)));
    for (const row of rows) this.#tell(row, state, at(row));
    if (this.#db.get(BEHIND)) for (const row of rows) this.#db.run(NEXT_OF_SUBJECT, row.subject_id);
    this.#count(-rows.length, -rows.filter((row) => row.state === 'parked').length);
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
    for (const [index, condition] of DUE_LANES) {
      this.#db.run(
        `UPDATE outbox INDEXED BY ${index} SET next_try_at = 0
         WHERE state = 'ready' AND head = 1 AND ${condition} AND next_try_at > 0`,
      );
    }
  }

  /** Parked entries and waiting ones, oldest first, at most 500 of each. */
  list(): OutboxSummary[] {
    const lanes = openEntries(COLUMNS).map((select, index) => {
      const due = index < DUE_LANES.length ? 'next_try_at, ' : '';
      return this.#db.all<OutboxRow>(`${select} ORDER BY ${due}seq LIMIT ${LISTED}`);
    });
    const all = lanes.flat().sort((a, b) => a.seq - b.seq);
    const parked = all.filter(({ state }) => state === 'parked');
    const waiting = all.filter(({ state }) => state !== 'parked').slice(0, LISTED);
    return [...parked, ...waiting].sort((a, b) => a.seq - b.seq).map((row) => toSummary(this.#named(row)));
  }

  counts(): OutboxCounts {
    this.#counted ??= this.#db.get<{ open: number; parked: number }>(COUNT) ?? { open: 0, parked: 0 };
    const { open, parked } = this.#counted;
    return { waiting: open - parked, parked, nextDueAt: this.nextDueAt() };
  }

  /** When the next entry that waits may be tried (ms); null when none waits. */
  nextDueAt(): number | null {
    const due = DUE_LANES.map(
      ([index, condition]) =>
        this.#db.get<{ next: number | null }>(
          `SELECT min(next_try_at) AS next FROM outbox INDEXED BY ${index}
           WHERE state = 'ready' AND head = 1 AND ${condition}`,
        )?.next ?? null,
    ).filter((next) => next !== null);
    return due.length === 0 ? null : Math.min(...due);
  }

  #tell(row: Ended, end: 'acknowledged' | 'discarded' | 'parked', at: number): void {
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
  return sha256([row.kind, row.subjectId, row.sequence, row.key, row.sha256].join('\n'));
}

/** A due entry as it is sent; null when its bytes, key or subject are not what was written. */
export function entryOf(row: DueRow): OutboxEntry | null {
  if (row.body === null || sha256(row.body) !== row.sha256 || !isWhole(row)) return null;
  return {
    entryId: row.entry_id,
    kind: row.kind,
    subjectId: row.subject_id,
    sequence: row.sequence,
    idempotencyKey: row.idempotency_key,
    body: new Uint8Array(row.body.buffer, row.body.byteOffset, row.body.byteLength),
    sha256: row.sha256,
    createdAt: row.created_at,
    attempts: row.attempts + 1,
  };
}

function isWhole(row: OutboxRow): boolean {
  const { kind, subject_id: subjectId, sequence, idempotency_key: key, sha256: hash } = row;
  return rowHash({ kind, subjectId, sequence, key, sha256: hash }) === row.row_sha256;
}
