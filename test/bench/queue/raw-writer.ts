import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../electron/domain/case-payload.ts';
import { entryIdOf } from '../../../electron/store/ids.ts';
import { rowHash } from '../../../electron/store/outbox.ts';
import { formatTrackingNumber } from '../../../electron/domain/tracking-number.ts';
import type { Sqlite, Statement } from '../../../electron/store/sqlite.ts';
import { benchCase } from './samples.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * The rows of a case written by hand, statement by statement into the product's own tables: the least that a durable submit
 * can do. Nothing is looked up, checked, hashed or put together here; texts that differ from row to row are made before.
 */
export class RawWriter {
  readonly #db: Sqlite;
  #entry: number;
  #first: Message | null = null;
  readonly #statements: Readonly<
    Record<'begin' | 'commit' | 'counter' | 'act' | 'case' | 'outbox' | 'payload' | 'evidence', Statement>
  >;

  constructor(db: Sqlite) {
    this.#db = db;
    this.#entry = Number(
      db.prepare("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'outbox'").pluck().get(),
    );
    this.#statements = {
      begin: db.prepare('BEGIN IMMEDIATE'),
      commit: db.prepare('COMMIT'),
      counter: db.prepare(
        `INSERT INTO tracking_counters VALUES ('CH03', ?, ?) ON CONFLICT DO UPDATE SET last = excluded.last`,
      ),
      act: db.prepare(
        `INSERT INTO acts (act_id, kind, subject_id, state, owner, created_at, updated_at, detail)
         VALUES (?, 'submit-case', ?, 'intended', 'kiosk', ?, ?, ?)`,
      ),
      case: db.prepare(
        `INSERT INTO cases (case_id, submission_id, tracking_number, kiosk_code, local_date, day_sequence, item_id,
           item_version, item_name, language, state, kept_at, act_id, applicant_masked)
         VALUES (?, ?, ?, 'CH03', ?, ?, 'rent-filing', 1, ?, 'zh-CN', 'kept', ?, ?, ?)`,
      ),
      outbox: db.prepare(
        `INSERT INTO outbox (entry_id, kind, subject_id, sequence, idempotency_key, act_id, sha256, size, row_sha256,
           label, state, head, created_at) VALUES (?, 'case', ?, 1, ?, ?, ?, ?, ?, ?, 'ready', 1, ?)`,
      ),
      payload: db.prepare('INSERT INTO outbox_payloads (seq, sha256, body) VALUES (?, ?, ?)'),
      evidence: db.prepare(
        "INSERT INTO evidence (at, who, what, subject, detail, hash) VALUES (?, 'kiosk', 'case-kept', ?, ?, ?)",
      ),
    };
  }

  /** Makes everything that a row of this number says, ahead of writing it. */
  prepare(number: number, localDate: string, bodies: 'own' | 'same' = 'own'): Prepared {
    const sample = benchCase();
    const tracking = formatTrackingNumber({ kioskCode: 'CH03', dateISO: localDate, sequence: number });
    const key = `case:${sample.caseId}:1`;
    const { body, hash } = bodies === 'same' && this.#first ? this.#first : (this.#first = messageOf(sample, tracking));
    return {
      ...sample,
      entryId: entryIdOf((this.#entry += 1)),
      localDate,
      number,
      tracking,
      key,
      body,
      hash,
      rowHash: rowHash({ kind: 'case', subjectId: sample.caseId, sequence: 1, key, sha256: hash }),
      detail: JSON.stringify({ trackingNumber: tracking, itemId: sample.itemId }),
      name: JSON.stringify(sample.itemName),
      evidence: canonicalJson({ key, label: tracking, sha256: hash }),
    };
  }

  begin(): void {
    this.#statements.begin.run();
  }

  commit(): void {
    this.#statements.commit.run();
  }

  write(row: Prepared): void {
    const { counter, act, case: theCase, outbox, payload, evidence } = this.#statements;
    counter.run(row.localDate, row.number);
    act.run(row.actId, row.caseId, row.keptAt, row.keptAt, row.detail);
    theCase.run(
      row.caseId,
      row.submissionId,
      row.tracking,
      row.localDate,
      row.number,
      row.name,
      row.keptAt,
      row.actId,
      row.applicantMasked,
    );
    const { lastInsertRowid } = outbox.run(
      row.entryId,
      row.caseId,
      row.key,
      row.actId,
      row.hash,
      row.body.length,
      row.rowHash,
      row.tracking,
      row.keptAt,
    );
    payload.run(lastInsertRowid, row.hash, row.body);
    evidence.run(row.keptAt, row.caseId, row.evidence, row.hash);
  }

  close(): void {
    this.#db.close();
  }
}

type Prepared = ReturnType<typeof benchCase> & {
  readonly entryId: string;
  readonly number: number;
  readonly tracking: string;
  readonly key: string;
  readonly body: Buffer;
  readonly hash: string;
  readonly rowHash: string;
  readonly detail: string;
  readonly name: string;
  readonly evidence: string;
};

interface Message {
  readonly body: Buffer;
  readonly hash: string;
}

function messageOf(sample: ReturnType<typeof benchCase>, trackingNumber: string): Message {
  const { caseId, kioskCode, itemId, itemVersion, itemCode, language, keptAt, envelope } = sample;
  const message = { caseId, trackingNumber, kioskCode, itemId, itemVersion, itemCode, language, sequence: 1, envelope };
  const inner = sha256(Buffer.from(canonicalJson(envelope), 'utf8'));
  const body = Buffer.from(
    canonicalJson({ ...message, keptAt: new Date(keptAt).toISOString(), sha256: inner }),
    'utf8',
  );
  return { body, hash: sha256(body) };
}
