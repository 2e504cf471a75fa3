import { advanceAct, type ActEvent, type ActKind, type ActOwner, type ActState } from '../domain/act.ts';
import type { ActRecord, StoreError } from '../services/ports.ts';
import { ok, type Result } from '../../native/model/result.ts';
import { conflict, notFound, type Database } from './database.ts';
import { readJson } from './json.ts';

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
    const row = this.#db.get<ActRow>(`SELECT ${COLUMNS} FROM acts WHERE act_id = ?`, actId);
    return row ? toRecord(row) : null;
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

  ofSubject(subjectId: string): ActRecord[] {
    return this.#db
      .all<ActRow>(`SELECT ${COLUMNS} FROM acts WHERE subject_id = ? ORDER BY seq`, subjectId)
      .map(toRecord);
  }

  /** The newest act of one kind on a subject. */
  lastOf(subjectId: string, kind: ActKind): ActRecord | null {
    const row = this.#db.get<ActRow>(
      `SELECT ${COLUMNS} FROM acts WHERE subject_id = ? AND kind = ? ORDER BY seq DESC LIMIT 1`,
      subjectId,
      kind,
    );
    return row ? toRecord(row) : null;
  }

  open(): ActRecord[] {
    return this.#db
      .all<ActRow>(`SELECT ${COLUMNS} FROM acts WHERE state IN ('intended', 'sent', 'unknown') ORDER BY seq`)
      .map(toRecord);
  }
}
