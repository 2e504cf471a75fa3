import {
  EVIDENCE_ROOT,
  EvidenceVerifier,
  evidenceDetail,
  evidenceText,
  type EvidenceEntry,
  type EvidenceHead,
  type EvidenceRecord,
  type EvidenceVerdict,
} from '../domain/evidence.ts';
import type { Database } from './database.ts';
import type { Sqlite } from './sqlite.ts';
import { sha256 } from './sha256.ts';

/** The append-only chain of what happened. Each record is written in the transaction of what it tells. */
export class Evidence {
  readonly #db: Database;
  /** The record that was added last within this turn of the database. */
  #last: EvidenceHead | null = null;
  #turn = -1;

  constructor(db: Database) {
    this.#db = db;
  }

  append(entry: EvidenceEntry): void {
    const last = this.#turn === this.#db.turn ? this.#last : this.head();
    const record = {
      ...entry,
      seq: (last?.seq ?? 0) + 1,
      detail: evidenceDetail(entry.detail),
    };
    const hash = sha256(evidenceText(last?.hash ?? EVIDENCE_ROOT, record));
    this.#db.run(
      'INSERT INTO evidence (seq, at, who, what, subject, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?)',
      record.seq,
      record.at,
      record.who,
      record.what,
      record.subject,
      record.detail,
      hash,
    );
    this.#last = { seq: record.seq, hash };
    this.#turn = this.#db.turn;
    this.#db.noteHead(this.#last);
  }

  /** Hash of the record with that number; null when there is none. */
  hashAt(seq: number): string | null {
    return this.#db.get<{ hash: string }>('SELECT hash FROM evidence WHERE seq = ?', seq)?.hash ?? null;
  }

  /** The last record; null while there is none. */
  head(): (EvidenceHead & { readonly at: number }) | null {
    return (
      this.#db.get<EvidenceHead & { readonly at: number }>(
        'SELECT seq, hash, at FROM evidence ORDER BY seq DESC LIMIT 1',
      ) ?? null
    );
  }
}

/** All records of a database, in order of their number. */
export function* evidenceOf(db: Sqlite): Generator<EvidenceRecord> {
  const rows = db.prepare('SELECT seq, at, who, what, subject, detail, hash FROM evidence ORDER BY seq').iterate();
  for (const row of rows) yield row as EvidenceRecord;
}

/** Goes over the chain of a database. @param known heads that others hold */
export function verifyDatabase(db: Sqlite, known: readonly EvidenceHead[] = []): EvidenceVerdict {
  const verifier = new EvidenceVerifier(sha256, known);
  for (const record of evidenceOf(db)) verifier.add(record);
  // SQLite's own count of the numbers given out does not go back when rows are deleted.
  const given = db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'evidence'").get() as
    | { readonly seq: number }
    | undefined;
  return verifier.end(given?.seq ?? 0);
}

/** Goes over an export: one record a line. Lines that are no records count as changed. */
export function verifyLines(lines: Iterable<string>, known: readonly EvidenceHead[] = []): EvidenceVerdict {
  const verifier = new EvidenceVerifier(sha256, known);
  let place = 0;
  for (const line of lines) {
    if (line.trim() === '') continue;
    place += 1;
    verifier.add(recordOf(line) ?? { seq: place, at: 0, who: '', what: '', subject: '', detail: '', hash: '' });
  }
  return verifier.end();
}

/** A record as a line of an export. */
export function evidenceLine(record: EvidenceRecord): string {
  const { seq, at, who, what, subject, detail, hash } = record;
  return JSON.stringify({ seq, at, who, what, subject, detail, hash });
}

function recordOf(line: string): EvidenceRecord | null {
  try {
    const value = JSON.parse(line) as Record<keyof EvidenceRecord, unknown>;
    const numbers = [value.seq, value.at].every((one) => Number.isSafeInteger(one));
    const texts = [value.who, value.what, value.subject, value.detail, value.hash].every(
      (one) => typeof one === 'string',
    );
    return numbers && texts ? (value as EvidenceRecord) : null;
  } catch {
    return null;
  }
}
