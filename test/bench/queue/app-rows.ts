import type { NewCase } from '../../../electron/services/ports.ts';
import type { Sqlite, Statement } from '../../../electron/store/sqlite.ts';
import { FILLED, inChunks } from './fill.ts';
import { benchCase } from './samples.ts';

/** A job of a queue that knows no cases. */
export interface Job {
  readonly caseId: string;
  readonly trackingNumber: string;
  readonly envelope: NewCase['envelope'];
}

/**
 * What an application keeps beside a job in a queue that knows no cases: the case and its act, with the columns of the
 * product's rows, found by their ids, the submission and the tracking number; a counter gives the number. No hashes, no
 * evidence, nothing looked up before.
 */
export class AppRows {
  readonly #statements: Readonly<Record<'counter' | 'act' | 'case' | 'done' | 'confirm', Statement>>;

  constructor(db: Sqlite) {
    db.exec(`
      CREATE TABLE IF NOT EXISTS app_counters (day TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS app_acts (
        seq INTEGER PRIMARY KEY, act_id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, subject_id TEXT NOT NULL, state TEXT NOT NULL,
        owner TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, detail TEXT NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS app_cases (
        seq INTEGER PRIMARY KEY, case_id TEXT NOT NULL UNIQUE, submission_id TEXT NOT NULL UNIQUE,
        tracking_number TEXT NOT NULL UNIQUE, item_id TEXT NOT NULL, item_version INTEGER NOT NULL, item_name TEXT NOT NULL,
        language TEXT NOT NULL, state TEXT NOT NULL, kept_at INTEGER NOT NULL, received_at INTEGER, case_number TEXT,
        decided_at INTEGER, outcome TEXT, reason TEXT, act_id TEXT NOT NULL, applicant_masked TEXT NOT NULL) STRICT;
    `);
    this.#statements = {
      counter: db.prepare(
        'INSERT INTO app_counters VALUES (?, 1) ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last',
      ),
      act: db.prepare(
        `INSERT INTO app_acts (act_id, kind, subject_id, state, owner, created_at, updated_at, detail)
         VALUES (?, 'submit-case', ?, 'intended', 'kiosk', ?, ?, ?)`,
      ),
      case: db.prepare(
        `INSERT INTO app_cases (case_id, submission_id, tracking_number, item_id, item_version, item_name, language, state,
           kept_at, act_id, applicant_masked) VALUES (?, ?, ?, ?, ?, ?, ?, 'kept', ?, ?, ?)`,
      ),
      done: db.prepare(
        `UPDATE app_cases SET state = 'approved', received_at = ?, case_number = ?, decided_at = ? WHERE case_id = ?`,
      ),
      confirm: db.prepare(
        `UPDATE app_acts SET state = 'confirmed', updated_at = ?
         WHERE act_id = (SELECT act_id FROM app_cases WHERE case_id = ?)`,
      ),
    };
  }

  /** Rows for jobs made by `copyRows`, whose cases are named by `FILLED`. */
  static copies(db: Sqlite, count: number): void {
    const numbers = `WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?)`;
    const id = FILLED;
    inChunks(db, count, [
      `INSERT INTO app_acts (act_id, kind, subject_id, state, owner, created_at, updated_at, detail)
       ${numbers} SELECT 'act-' || ${id}, 'submit-case', ${id}, 'intended', 'kiosk', 1, 1, '{}' FROM n`,
      `INSERT INTO app_cases (case_id, submission_id, tracking_number, item_id, item_version, item_name, language, state,
         kept_at, act_id, applicant_masked)
       ${numbers} SELECT ${id}, 'sub-' || ${id}, 'CH03 2025-12-01 ' || n.i, 'rent-filing', 1,
         '{"zh-CN":"房屋租赁登记备案","en":"Rental registration"}', 'zh-CN', 'kept', 1, 'act-' || ${id}, '林*夏' FROM n`,
    ]);
  }

  /** Writes the rows of a case; the caller's transaction. Gives what the job must say. */
  write(one: NewCase): Job {
    const { counter, act, case: theCase } = this.#statements;
    const { last } = counter.get(one.localDate) as { readonly last: number };
    const trackingNumber = `${one.kioskCode} ${one.localDate} ${last}`;
    act.run(one.actId, one.caseId, one.keptAt, one.keptAt, JSON.stringify({ trackingNumber, itemId: one.itemId }));
    theCase.run(
      one.caseId,
      one.submissionId,
      trackingNumber,
      one.itemId,
      one.itemVersion,
      JSON.stringify(one.itemName),
      one.language,
      one.keptAt,
      one.actId,
      one.applicantMasked,
    );
    return { caseId: one.caseId, trackingNumber, envelope: one.envelope };
  }

  /** The job alone, for a measurement without these rows. */
  static jobOf(one: NewCase): Job {
    return { caseId: one.caseId, trackingNumber: `${one.kioskCode} ${one.localDate} 1`, envelope: one.envelope };
  }

  /** Writes what the platform said of a case; the caller's transaction. */
  complete(caseId: string): void {
    const now = Date.now();
    this.#statements.done.run(now, `990001-2026-${caseId.slice(-7)}`, now, caseId);
    this.#statements.confirm.run(now, caseId);
  }
}

/** Cases made ahead, a hundred at a time, as for every contender. */
export function casesAhead(): () => NewCase {
  const ready: NewCase[] = [];
  return () => {
    while (ready.length < 100) ready.unshift(benchCase());
    return ready.pop() ?? benchCase();
  };
}
