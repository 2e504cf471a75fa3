import { canonicalJson } from '../domain/case-payload.ts';
import type { PickupContent, PickupState } from '../domain/pickup.ts';
import type { PickupEvent, PickupList, PickupRecord, StoreError } from '../services/ports.ts';
import { LEGACY_CODE_COST } from '../domain/pickup-code.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import type { Acts } from './acts.ts';
import { conflict, notFound, type Database } from './database.ts';
import { readJson } from './json.ts';
import type { KeyedRows } from './keyed-rows.ts';
import type { Outbox } from './outbox.ts';
import type { Small } from './small.ts';

interface PickupRow {
  pickup_id: string;
  cell: string;
  code_digest: string;
  holder: string;
  contents: string;
  valid_from: number;
  valid_to: number;
  withdrawn: 0 | 1;
  state: PickupState;
  opened_at: number | null;
  closed_at: number | null;
  events: number;
  guarded: Uint8Array | null;
  key_id: string | null;
}

const COLUMNS = `pickup_id, cell, code_digest, holder, contents, valid_from, valid_to, withdrawn, state, opened_at,
  closed_at, events, guarded, key_id`;

function toRecord(row: PickupRow, keyed: KeyedRows): PickupRecord {
  const guarded = row.guarded && row.key_id !== null ? keyed.read(row.pickup_id, row.key_id, row.guarded) : null;
  return {
    pickupId: row.pickup_id,
    cell: row.cell,
    codeDigest: row.code_digest,
    holder: guarded?.holder ?? row.holder,
    contents: readJson<PickupContent[]>(guarded?.contents ?? row.contents, []),
    validFrom: row.valid_from,
    validTo: row.valid_to,
    state: row.state,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
  };
}

/** Locker contents are guarded by a key that is not here: said, not worked around. */
const KEY_LOST: Result<never, StoreError> = err({ code: 'unavailable', detail: 'key-lost' });

interface Step {
  readonly pickupId: string;
  readonly actId: string;
  readonly at: number;
  readonly kioskCode: string;
}

/** Pick-ups as rows: what the platform announced and how far each got at this locker. */
export class PickupRows {
  readonly #db: Database;
  readonly #acts: Acts;
  readonly #outbox: Outbox;
  readonly #small: Small;
  readonly #keyed: KeyedRows;

  constructor(db: Database, acts: Acts, outbox: Outbox, small: Small, keyed: KeyedRows) {
    this.#db = db;
    this.#acts = acts;
    this.#outbox = outbox;
    this.#small = small;
    this.#keyed = keyed;
  }

  /**
   * Takes the announced list as the whole truth about what may be collected: a pick-up that is not on it any more may
   * not be opened. What this kiosk saw with its own sensor (opening, opened, collected) stays.
   */
  announce(list: PickupList): Result<void, StoreError> {
    if (this.#keyed.report().state === 'lost') return KEY_LOST;
    this.#db.run('UPDATE pickups SET withdrawn = 1 WHERE withdrawn = 0');
    for (const pickup of list.pickups) {
      const openedAt = pickup.openedAt ? Date.parse(pickup.openedAt) : null;
      const kept = this.#keyed.write(pickup.pickupId, {
        holder: pickup.holder,
        contents: JSON.stringify(pickup.contents),
        digest: pickup.codeDigest,
      });
      this.#db.run(
        `INSERT INTO pickups (pickup_id, cell, code_digest, holder, contents, guarded, key_id, valid_from, valid_to,
           withdrawn, state, opened_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (pickup_id) DO UPDATE SET cell = excluded.cell, code_digest = excluded.code_digest,
           holder = excluded.holder, contents = excluded.contents, guarded = excluded.guarded, key_id = excluded.key_id,
           valid_from = excluded.valid_from, valid_to = excluded.valid_to, withdrawn = excluded.withdrawn`,
        pickup.pickupId,
        pickup.cell,
        kept.code_digest,
        kept.holder,
        kept.contents,
        kept.guarded,
        kept.key_id,
        Date.parse(pickup.validFrom),
        Date.parse(pickup.validTo),
        pickup.withdrawn ? 1 : 0,
        // Used before this database was made: a code that was used is not a code that was taken back.
        openedAt === null ? 'ready' : 'collected',
        openedAt,
      );
    }
    this.#db.run(
      "UPDATE pickups SET state = iif(withdrawn = 1, 'withdrawn', 'ready') WHERE state IN ('ready', 'withdrawn')",
    );
    this.#small.put('code-rule', { salt: list.codeSalt, cost: list.codeCost ?? LEGACY_CODE_COST });
    this.#small.drop('code-salt');
    this.#db.changed({ type: 'pickups' });
    return ok(undefined);
  }

  find(pickupId: string): PickupRecord | null {
    const row = this.#row(pickupId);
    return row ? toRecord(row, this.#keyed) : null;
  }

  /** The one that can still be opened, else the latest with this digest. */
  findByDigest(codeDigest: string): Result<PickupRecord, StoreError> {
    if (this.#keyed.report().state === 'lost') return KEY_LOST;
    const row = this.#db.get<PickupRow>(
      `SELECT ${COLUMNS} FROM pickups WHERE code_digest = ?
       ORDER BY state IN ('ready', 'opening') DESC, valid_to DESC, seq DESC LIMIT 1`,
      this.#keyed.lookup(codeDigest),
    );
    return row ? ok(toRecord(row, this.#keyed)) : notFound('pickup');
  }

  beginOpening(step: {
    readonly pickupId: string;
    readonly actId: string;
    readonly at: number;
    readonly sensorSays?: 'open' | 'closed';
  }): Result<PickupRecord, StoreError> {
    const row = this.#row(step.pickupId);
    if (!row) return notFound('pickup');
    if (row.state === 'opened' || row.state === 'collected') return conflict(row.state);
    if (row.withdrawn === 1 || row.state === 'withdrawn') return conflict('withdrawn');
    if (step.at < row.valid_from) return conflict('not-yet-valid');
    if (step.at > row.valid_to) return conflict('expired');
    const settled = this.#settleLastAct(step);
    if (!settled.ok) return settled;
    this.#acts.begin({
      actId: step.actId,
      kind: 'open-door',
      subjectId: step.pickupId,
      at: step.at,
      detail: { cell: row.cell },
    });
    return ok(this.#setState(row, { state: 'opening' }));
  }

  settleOpening(step: Step & { readonly outcome: 'opened' | 'refused' | 'unknown' }): Result<PickupRecord, StoreError> {
    const row = this.#row(step.pickupId);
    if (!row) return notFound('pickup');
    const before = this.#acts.find(step.actId);
    if (before?.subjectId !== step.pickupId) return notFound('act');
    const event = ({ opened: 'confirm', refused: 'refuse', unknown: 'lose-track' } as const)[step.outcome];
    const after = this.#acts.conclude({ actId: step.actId, event, at: step.at });
    if (!after.ok) return after;
    // Told before, or a door that was seen open since: nothing new for the platform.
    if (before.detail['told'] === step.outcome || row.state === 'opened' || row.state === 'collected') {
      return ok(toRecord(row, this.#keyed));
    }
    this.#markTold(step.actId, step.outcome);
    this.#report(row, step, step.outcome);
    if (step.outcome === 'opened') return ok(this.#setState(row, { state: 'opened', opened_at: step.at }));
    if (step.outcome === 'unknown') return ok(this.#setState(row, { state: 'opening' }));
    return ok(this.#setState(row, { state: row.withdrawn === 1 ? 'withdrawn' : 'ready' }));
  }

  settleClosing(step: Step): Result<PickupRecord, StoreError> {
    const row = this.#row(step.pickupId);
    if (!row) return notFound('pickup');
    if (row.state === 'collected') return ok(toRecord(row, this.#keyed));
    if (row.state !== 'opened') return conflict(`pickup-${row.state}`);
    this.#report(row, step, 'closed');
    return ok(this.#setState(row, { state: 'collected', closed_at: step.at }));
  }

  /** A door whose last act has no known outcome is not opened again before the sensor was asked. */
  #settleLastAct(step: {
    readonly pickupId: string;
    readonly at: number;
    readonly sensorSays?: 'open' | 'closed';
  }): Result<void, StoreError> {
    const last = this.#acts.lastOf(step.pickupId, 'open-door');
    if (!last || last.state === 'refused') return ok(undefined);
    if (last.state === 'confirmed') return conflict('opened');
    // Never sent: no pulse went out, whatever the door does.
    const neverSent = last.state === 'intended';
    if (!neverSent && step.sensorSays === undefined) return conflict('outcome-unknown');
    const settled = this.#acts.conclude({
      actId: last.actId,
      event: !neverSent && step.sensorSays === 'open' ? 'confirm' : 'refuse',
      at: step.at,
      detail: { settledBy: neverSent ? 'never-sent' : `sensor-${step.sensorSays ?? 'asked'}` },
    });
    return settled.ok ? ok(undefined) : settled;
  }

  #row(pickupId: string): PickupRow | undefined {
    return this.#db.get<PickupRow>(`SELECT ${COLUMNS} FROM pickups WHERE pickup_id = ?`, pickupId);
  }

  #setState(row: PickupRow, change: Partial<Pick<PickupRow, 'state' | 'opened_at' | 'closed_at'>>): PickupRecord {
    const next = { ...row, ...change };
    this.#db.run(
      'UPDATE pickups SET state = ?, opened_at = ?, closed_at = ? WHERE pickup_id = ?',
      next.state,
      next.opened_at,
      next.closed_at,
      next.pickup_id,
    );
    this.#db.changed({ type: 'pickups' });
    return toRecord(next, this.#keyed);
  }

  #markTold(actId: string, outcome: string): void {
    this.#db.run("UPDATE acts SET detail = json_set(detail, '$.told', ?) WHERE act_id = ?", outcome, actId);
  }

  /** Wire numbers count pick-up events only: a rating of the same subject may stand between them in the outbox. */
  #report(row: PickupRow, step: Step, event: PickupEvent['event']): void {
    const sequence = row.events + 1;
    this.#db.run('UPDATE pickups SET events = ? WHERE pickup_id = ?', sequence, row.pickup_id);
    const message: PickupEvent = {
      pickupId: row.pickup_id,
      kioskCode: step.kioskCode,
      sequence,
      event,
      cell: row.cell,
      at: new Date(step.at).toISOString(),
      actId: step.actId,
    };
    this.#outbox.add({
      kind: 'pickup',
      subjectId: row.pickup_id,
      key: () => `pickup:${row.pickup_id}:${sequence}`,
      actId: null,
      label: `${row.cell} ${event}`,
      at: step.at,
      message: (_sequence, into) => into.write(canonicalJson(message)),
    });
  }
}
