import { advanceAct, type ActEvent, type ActKind, type ActOwner, type ActState } from '../domain/act.ts';
import type { ActRecord, OutboxKind, StoreError } from '../services/ports.ts';
import { ok, type Result } from '../../native/model/result.ts';
import { conflict, notFound, type Database } from './database.ts';
import { readJson } from './json.ts';
import { openEntries } from './lanes.ts';

interface ActRow {
  act_id: string;
  kind: ActKind;
  subject_id: string;
  state: ActState;
  owner: ActOwner;
  created_at: number;
  updated_at: number;
  detail: string;
}

const COLUMNS = 'act_id, kind, subject_id, state, owner, created_at, updated_at, detail';
const FIND = `SELECT ${COLUMNS} FROM acts WHERE act_id = ?`;
/** The act about a case or a rating, by the row of that. */
const ACT_ABOUT = {
  case: `SELECT ${COLUMNS} FROM acts WHERE act_id = (SELECT act_id FROM cases WHERE case_id = ?)`,
  rating: `SELECT ${COLUMNS} FROM acts WHERE act_id = (SELECT act_id FROM ratings WHERE subject_id = ?)`,
} as const;
/** Steps of many acts, as the domain's table has them: `intended -send-> sent`, `sent -confirm-> confirmed`. */
const SEND = `UPDATE acts SET state = 'sent', updated_at = ?
  WHERE state = 'intended' AND act_id IN (SELECT value FROM json_each(?))`;
const CONFIRM_SENT = `WITH said AS (SELECT value ->> 0 AS act_id, value ->> 1 AS at FROM json_each(?))
  UPDATE acts SET state = 'confirmed', owner = 'kiosk', updated_at = said.at FROM said
  WHERE acts.act_id = said.act_id AND acts.state = 'sent'`;
const ACTS_OF_OPEN_CASES = openEntries('act_id')
  .map((select) => `${select} AND kind = 'case'`)
  .join(' UNION ALL ');

function toRecord(row: ActRow): ActRecord {
  return {
    actId: row.act_id,
    kind: row.kind,
    subjectId: row.subject_id,
    state: row.state,
    owner: row.owner,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    detail: readJson<ActRecord['detail']>(row.detail, { damaged: true }),
  };
}

/** What an entry of the outbox says of its act. */
export interface MessageOfAct {
  readonly kind: OutboxKind;
  readonly subject_id: string;
  readonly act_id: string | null;
}

/** An act to be written down before it is tried. */
export interface NewAct {
  readonly actId: string;
  readonly kind: ActKind;
  readonly subjectId: string;
  readonly at: number;
  readonly detail: ActRecord['detail'];
}

/** An event that moves an act on. */
export interface ActStep {
  readonly actId: string;
  readonly event: ActEvent;
  readonly at: number;
  readonly owner?: ActOwner;
  readonly detail?: ActRecord['detail'];
}

/** Acts as rows. The rules of their life are the domain's. */
export class Acts {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  begin(act: NewAct): ActRecord {
    this.#db.run(
      `INSERT INTO acts (act_id, kind, subject_id, state, owner, created_at, updated_at, detail)
       VALUES (?, ?, ?, 'intended', 'kiosk', ?, ?, ?)`,
      act.actId,
      act.kind,
      act.subjectId,
      act.at,
      act.at,
      JSON.stringify(act.detail),
    );
    const { actId, kind, subjectId, at, detail } = act;
    return { actId, kind, subjectId, state: 'intended', owner: 'kiosk', createdAt: at, updatedAt: at, detail };
  }

  find(actId: string): ActRecord | null {
    const row = this.#db.get<ActRow>(FIND, actId);
    return row ? toRecord(row) : null;
  }

  /**
   * The act that ends with a message. Nothing guards the id of it there, so it is also looked for by what the message is
   * about; null when none ends with it, or when it is lost.
   */
  ofMessage({ kind, subject_id: subjectId, act_id: actId }: MessageOfAct): ActRecord | null {
    const named = actId === null ? null : this.find(actId);
    if (named || kind === 'pickup') return named;
    const found = this.#db.get<ActRow>(ACT_ABOUT[kind], subjectId);
    return found ? toRecord(found) : null;
  }

  /** Moves an act on. Details are added to those it has. */
  advance(step: ActStep): Result<ActRecord, StoreError> {
    const act = this.find(step.actId);
    if (!act) return notFound('act');
    const state = advanceAct(act.state, step.event);
    if (state === null) return conflict(`${act.state}-cannot-${step.event}`);
    const owner = step.owner ?? act.owner;
    const detail = { ...act.detail, ...step.detail };
    this.#db.run(
      'UPDATE acts SET state = ?, owner = ?, updated_at = ?, detail = ? WHERE act_id = ?',
      state,
      owner,
      step.at,
      JSON.stringify(detail),
      step.actId,
    );
    return ok({ ...act, state, owner, updatedAt: step.at, detail });
  }

  /**
   * Brings an act to its end when an outcome is known, by way of `sent` if it never got there. An act that already
   * ended that way stays as it is; one that ended otherwise is a conflict.
   */
  conclude(step: ActStep & { readonly event: 'confirm' | 'refuse' | 'lose-track' }): Result<ActRecord, StoreError> {
    const act = this.find(step.actId);
    if (!act) return notFound('act');
    const goal: ActState = { confirm: 'confirmed', refuse: 'refused', 'lose-track': 'unknown' }[step.event] as ActState;
    if (act.state === goal && goal !== 'unknown') return ok(act);
    if (act.state === 'intended' && step.event === 'confirm') {
      const sent = this.advance({ actId: step.actId, event: 'send', at: step.at });
      if (!sent.ok) return sent;
    }
    return this.advance(step);
  }

  /** Marks acts that are intended as sent; those that are further on stay as they are. */
  send(actIds: readonly string[], at: number): void {
    if (actIds.length > 0) this.#db.run(SEND, at, JSON.stringify(actIds));
  }

  /** Confirms acts that are sent, for the kiosk; does nothing to those in any other state. */
  confirmSent(acts: readonly { readonly actId: string; readonly at: number }[]): void {
    if (acts.length > 0) this.#db.run(CONFIRM_SENT, JSON.stringify(acts.map(({ actId, at }) => [actId, at])));
  }

  /** Acts of cases are found by their case: the index of subjects holds the others. */
  ofSubject(subjectId: string): ActRecord[] {
    return this.#db
      .all<ActRow>(
        `SELECT ${COLUMNS}, seq FROM acts WHERE subject_id = ? AND kind <> 'submit-case'
         UNION ALL
         SELECT ${COLUMNS}, seq FROM acts WHERE act_id = (SELECT act_id FROM cases WHERE case_id = ?)
         ORDER BY seq`,
        subjectId,
        subjectId,
      )
      .map(toRecord);
  }

  /** The newest act of one kind on a subject. */
  lastOf(subjectId: string, kind: Exclude<ActKind, 'submit-case'>): ActRecord | null {
    const row = this.#db.get<ActRow>(
      `SELECT ${COLUMNS} FROM acts WHERE subject_id = ? AND kind = ? AND kind <> 'submit-case' ORDER BY seq DESC LIMIT 1`,
      subjectId,
      kind,
    );
    return row ? toRecord(row) : null;
  }

  /** Acts of cases that are under way are found by their entries in the outbox; the other open ones have indexes. */
  open(): ActRecord[] {
    return this.#db
      .all<ActRow>(
        `SELECT ${COLUMNS}, seq FROM acts INDEXED BY acts_open
         WHERE state IN ('intended', 'sent', 'unknown') AND kind <> 'submit-case'
         UNION ALL
         SELECT ${COLUMNS}, seq FROM acts INDEXED BY acts_untraced WHERE state = 'unknown' AND kind = 'submit-case'
         UNION ALL
         SELECT ${COLUMNS}, seq FROM acts WHERE state IN ('intended', 'sent') AND act_id IN (${ACTS_OF_OPEN_CASES})
         ORDER BY seq`,
      )
      .map(toRecord);
  }
}
