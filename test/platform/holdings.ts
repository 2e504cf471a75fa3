import type { CasePayload } from '../../electron/domain/case.ts';
import type { CaseStatus, Heartbeat, PickupEvent, Rating } from '../../electron/platform-api/messages.ts';
import { heldOf, type HeldFile } from './attachments.ts';
import { statusOf, type CaseDesk, type CaseRow } from './cases.ts';
import type { Database } from './database.ts';
import type { EvidenceAlarm } from './kiosks.ts';
import type { PickupRow } from './pickups.ts';

/** A case as held. The payload is opened for a test's comparison only; null when it cannot be. */
export interface HeldCase extends CaseStatus {
  readonly kioskCode: string;
  readonly itemVersion: number;
  readonly sequence: number;
  readonly keptAt: string;
  readonly payload: CasePayload | null;
}

export interface HeldPickup {
  readonly pickupId: string;
  readonly kioskCode: string;
  readonly cell: string;
  readonly holder: string;
  readonly caseId: string | null;
  readonly state: 'announced' | 'opened' | 'collected' | 'withdrawn';
  readonly events: readonly PickupEvent[];
}

export interface HeldKey {
  readonly key: string;
  /** Requests with this key that reached the platform since it started. */
  readonly seen: number;
  /** 1 when an answer is kept for it, else 0: more cannot be. */
  readonly stored: number;
}

/** Everything that the platform holds, oldest first. */
export interface Holdings {
  readonly cases: readonly HeldCase[];
  /** Files of cases, with their plain bytes once all of one is here. */
  readonly attachments: readonly HeldFile[];
  readonly pickups: readonly HeldPickup[];
  readonly ratings: readonly Rating[];
  readonly heartbeats: readonly {
    readonly kioskCode: string;
    readonly count: number;
    readonly last: Heartbeat | null;
    /** Furthest record of its evidence chain, and what was said against it. */
    readonly evidence: Heartbeat['evidence'] | null;
    readonly evidenceAlarms: readonly EvidenceAlarm[];
  }[];
  readonly keys: readonly HeldKey[];
}

/** Reads everything. @param seen requests seen by key */
export async function readHoldings(
  database: Database,
  desk: CaseDesk,
  seen: ReadonlyMap<string, number>,
): Promise<Holdings> {
  const cases = await database.query<CaseRow>('SELECT * FROM service_case ORDER BY received_at, case_number');
  const ratings = await database.query<{ body: Rating }>('SELECT body FROM rating ORDER BY received_at, rating_id');
  const heartbeats = await database.query<Holdings['heartbeats'][number]>(
    `SELECT code AS "kioskCode", heartbeats AS count, last_heartbeat AS last, evidence,
       evidence_alarms AS "evidenceAlarms" FROM kiosk ORDER BY code`,
  );
  const stored = await database.query<{ key: string }>('SELECT key FROM request ORDER BY stored_at, key');
  const storedKeys = new Set(stored.map((row) => row.key));
  return {
    cases: await Promise.all(cases.map((row) => heldCase(database, row, desk))),
    attachments: await desk.attachments.held(),
    pickups: await heldPickups(database),
    ratings: ratings.map((row) => row.body),
    heartbeats,
    keys: [...new Set([...storedKeys, ...seen.keys()])].map((key) => ({
      key,
      seen: seen.get(key) ?? 0,
      stored: storedKeys.has(key) ? 1 : 0,
    })),
  };
}

async function heldCase(database: Database, row: CaseRow, desk: CaseDesk): Promise<HeldCase> {
  const payload = await desk.open({ caseId: row.case_id, sequence: row.sequence, envelope: row.envelope });
  return {
    ...statusOf(row, await heldOf(database, row.case_id)),
    kioskCode: row.kiosk_code,
    itemVersion: row.item_version,
    sequence: row.sequence,
    keptAt: new Date(row.kept_at).toISOString(),
    payload,
  };
}

async function heldPickups(database: Database): Promise<readonly HeldPickup[]> {
  const rows = await database.query<PickupRow>('SELECT * FROM pickup ORDER BY announced_at, pickup_id');
  const events = await database.query<{ pickup_id: string; body: PickupEvent }>(
    'SELECT pickup_id, body FROM pickup_event ORDER BY pickup_id, sequence',
  );
  return rows.map((row) => ({
    pickupId: row.pickup_id,
    kioskCode: row.kiosk_code,
    cell: row.cell,
    holder: row.holder,
    caseId: row.case_id,
    state: pickupState(row),
    events: events.filter((event) => event.pickup_id === row.pickup_id).map((event) => event.body),
  }));
}

function pickupState(row: PickupRow): HeldPickup['state'] {
  if (row.closed_at !== null) return 'collected';
  if (row.withdrawn_at !== null) return 'withdrawn';
  return row.opened_at === null ? 'announced' : 'opened';
}
