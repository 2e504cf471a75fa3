import { ok, type Result } from '../../native/model/result.ts';
import type { CaseRecord, NewCase, StoreError } from '../services/ports.ts';
import type { Acts } from './acts.ts';
import { conflict, type Database, type PutOff } from './database.ts';
import { readJson } from './json.ts';
import type { Outbox, Written } from './outbox.ts';
import type { Sqlite } from './sqlite.ts';
import { sha256 } from './sha256.ts';

/**
 * Cases that wait at most; the submission that fills this brings all of them into their tables, some 35 us each. Whoever
 * looks at the queue does so before: at a kiosk that is the sync, within milliseconds of a submission.
 */
const MOST = 4_096;

/** A case with everything that its rows say. */
export type KeptCase = Omit<NewCase, 'attachments' | 'envelope' | 'itemCode'> & {
  readonly trackingNumber: string;
  readonly daySequence: number;
  readonly message: Written;
};

interface IntakeRow {
  readonly seq: number;
  readonly kept: string;
  readonly sha256: string;
}

const TAKEN = `SELECT 1 FROM cases WHERE case_id = ? UNION ALL SELECT 1 FROM cases WHERE tracking_number = ?
  UNION ALL SELECT 1 FROM acts WHERE act_id = ?`;
const STILL_OPEN = "SELECT 1 FROM cases WHERE case_id = ? AND state IN ('kept', 'parked')";
const INSERT_CASE = `INSERT INTO cases (case_id, submission_id, tracking_number, kiosk_code, local_date, day_sequence, item_id,
  item_version, item_name, language, state, kept_at, act_id, applicant_masked)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'kept', ?, ?, ?)`;
const RAISE_COUNTER = `INSERT INTO tracking_counters (kiosk_code, local_date, last) VALUES (?, ?, ?)
  ON CONFLICT (kiosk_code, local_date) DO UPDATE SET last = max(last, excluded.last)`;

/**
 * Cases that were kept, in the order in which they came, and are not in their tables yet. A commit writes every page that it
 * touches: the rows of a case and their indexes are a dozen pages, what is written down here is one. Whatever else the
 * store is asked settles them first, in its own transaction, so that nobody ever sees the tables without them; after a
 * death the first transaction does.
 */
export class Intake implements PutOff {
  readonly #db: Database;
  readonly #acts: Acts;
  readonly #outbox: Outbox;
  readonly #waiting = new Waiting();
  /** Those that an earlier life left. */
  #left: ReadonlySet<KeptCase>;
  /** The transaction in which those that waited were settled. */
  #settledTurn = -1;
  /** Those of the transaction under way. */
  readonly #fresh = new Waiting();
  #turn = -1;

  constructor(db: Database, acts: Acts, outbox: Outbox) {
    this.#db = db;
    this.#acts = acts;
    this.#outbox = outbox;
    // What was damaged meanwhile was found at the opening; its message is still there.
    const left = db
      .all<IntakeRow>('SELECT seq, kept, sha256 FROM intake ORDER BY seq')
      .map((row) => caseOf(row))
      .filter((kept) => kept !== null);
    for (const kept of left) this.#waiting.add(kept);
    this.#left = new Set(left);
  }

  get waiting(): boolean {
    return this.#waiting.cases.length > 0;
  }

  get leaves(): boolean {
    return this.#parts().some(({ cases }) => cases.length > 0);
  }

  /** The case of a submission, if it waits here. */
  find(submissionId: string): KeptCase | null {
    for (const part of this.#parts()) {
      const found = part.ofSubmission(submissionId);
      if (found) return found;
    }
    return null;
  }

  /** The last number of that day that waits here; null when none does. */
  lastOf(kioskCode: string, localDate: string): number | null {
    return this.#parts().reduce<number | null>((last, part) => part.lastOf(kioskCode, localDate) ?? last, null);
  }

  /** Keeps a case, within the transaction under way. Gives `conflict` when its tables would refuse it later. */
  keep(kept: KeptCase): Result<void, StoreError> {
    if (this.#isTaken(kept)) return conflict('case');
    const text = JSON.stringify(kept);
    this.#db.run('INSERT INTO intake (seq, kept, sha256) VALUES (?, ?, ?)', kept.message.seq, text, sha256(text));
    this.#ofTurn().add(kept);
    this.#db.afterCommit(() => this.#waiting.add(kept));
    if (this.#parts().reduce((sum, { cases }) => sum + cases.length, 0) >= MOST) this.settle();
    return ok(undefined);
  }

  /** Brings all that wait into their tables, within the transaction under way. */
  settle(): void {
    const all = this.#parts().flatMap(({ cases }) => cases);
    if (all.length === 0) return;
    for (const kept of all) this.#enter(kept, this.#left.has(kept));
    this.#raiseCounters(all);
    this.#db.wipe('DELETE FROM intake');
    this.#fresh.clear();
    this.#settledTurn = this.#db.turn;
    this.#db.afterCommit(() => {
      this.#waiting.clear();
      this.#left = new Set();
    });
  }

  #isTaken({ caseId, actId, trackingNumber }: KeptCase): boolean {
    const waits = this.#parts().some((part) => [caseId, actId, trackingNumber].some((id) => part.names(id)));
    return waits || this.#db.get(TAKEN, caseId, trackingNumber, actId) !== undefined;
  }

  /** @param mended an earlier life left it: a salvage may have found the row and some or all of those that were made of it */
  #enter(kept: KeptCase, mended: boolean): void {
    const { caseId, actId, trackingNumber, itemId, keptAt: at } = kept;
    const missing = (sql: string, id: string | number): boolean => !mended || this.#db.get(sql, id) === undefined;
    if (missing('SELECT 1 FROM acts WHERE act_id = ?', actId)) {
      this.#acts.begin({ actId, kind: 'submit-case', subjectId: caseId, at, detail: { trackingNumber, itemId } });
    }
    if (missing('SELECT 1 FROM cases WHERE case_id = ?', caseId)) this.#insert(kept);
    // What the platform answered is over. An entry whose bytes are gone is parked when it is claimed, and people see it.
    const open = !mended || this.#db.get(STILL_OPEN, caseId) !== undefined;
    if (open && missing('SELECT 1 FROM outbox WHERE seq = ?', kept.message.seq)) {
      this.#outbox.enter({ kind: 'case', subjectId: caseId, actId, label: trackingNumber, at }, kept.message);
    }
  }

  #insert(kept: KeptCase): void {
    this.#db.run(
      INSERT_CASE,
      kept.caseId,
      kept.submissionId,
      kept.trackingNumber,
      kept.kioskCode,
      kept.localDate,
      kept.daySequence,
      kept.itemId,
      kept.itemVersion,
      JSON.stringify(kept.itemName),
      kept.language,
      kept.keptAt,
      kept.actId,
      kept.applicantMasked,
    );
  }

  #raiseCounters(cases: readonly KeptCase[]): void {
    // Numbers rise with the order of the cases: the last of each day is the highest.
    const days = new Map(cases.map((kept) => [dayOf(kept.kioskCode, kept.localDate), kept]));
    for (const { kioskCode, localDate, daySequence } of days.values()) {
      this.#db.run(RAISE_COUNTER, kioskCode, localDate, daySequence);
    }
  }

  /** Those of committed transactions and those of this one, in their order. */
  #parts(): readonly Waiting[] {
    const fresh = this.#ofTurn();
    return this.#settledTurn === this.#db.turn ? [fresh] : [this.#waiting, fresh];
  }

  #ofTurn(): Waiting {
    if (this.#turn !== this.#db.turn) this.#fresh.clear();
    this.#turn = this.#db.turn;
    return this.#fresh;
  }
}

/** Cases in the order in which they came, found by what must be theirs alone. */
class Waiting {
  readonly cases: KeptCase[] = [];
  readonly #bySubmission = new Map<string, KeptCase>();
  readonly #ids = new Set<string>();
  readonly #lastOfDay = new Map<string, number>();

  add(kept: KeptCase): void {
    this.cases.push(kept);
    this.#bySubmission.set(kept.submissionId, kept);
    this.#ids.add(kept.caseId).add(kept.actId).add(kept.trackingNumber);
    this.#lastOfDay.set(dayOf(kept.kioskCode, kept.localDate), kept.daySequence);
  }

  ofSubmission(submissionId: string): KeptCase | undefined {
    return this.#bySubmission.get(submissionId);
  }

  /** Whether it is the id of a case or its act, or a tracking number: none of them can be taken for one of another sort. */
  names(id: string): boolean {
    return this.#ids.has(id);
  }

  lastOf(kioskCode: string, localDate: string): number | undefined {
    return this.#lastOfDay.get(dayOf(kioskCode, localDate));
  }

  clear(): void {
    if (this.cases.length === 0) return;
    this.cases.length = 0;
    this.#bySubmission.clear();
    this.#ids.clear();
    this.#lastOfDay.clear();
  }
}

const dayOf = (kioskCode: string, localDate: string): string => `${kioskCode} ${localDate}`;

/** A case as it reads right after it was kept. */
export function keptRecord(kept: KeptCase): CaseRecord {
  const { caseId, submissionId, trackingNumber, itemId, itemVersion, itemName, language, keptAt, actId } = kept;
  return {
    caseId,
    submissionId,
    trackingNumber,
    itemId,
    itemVersion,
    itemName,
    language,
    state: 'kept',
    keptAt,
    receivedAt: null,
    caseNumber: null,
    decidedAt: null,
    outcome: null,
    reason: null,
    actId,
    applicantMasked: kept.applicantMasked,
  };
}

/** Rows that are not what was written: what their messages say of themselves is all there is of these cases. */
export function damagedIntake(db: Sqlite): number[] {
  const rows = db.prepare('SELECT seq, kept, sha256 FROM intake ORDER BY seq').all() as IntakeRow[];
  return rows.filter((row) => caseOf(row) === null).map(({ seq }) => seq);
}

function caseOf({ seq, kept, sha256: hash }: IntakeRow): KeptCase | null {
  if (sha256(kept) !== hash) return null;
  const read = readJson<KeptCase | null>(kept, null);
  return read?.message.seq === seq ? read : null;
}
