import { randomInt, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { v7 as uuidv7 } from 'uuid';
import { CODE_COST, makePickupCode } from '../../electron/domain/pickup-code.ts';
import type { PickupContent } from '../../electron/domain/pickup.ts';
import type { PickupEvent, PickupList } from '../../electron/platform-api/messages.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import type { Database, Queries } from './database.ts';
import { kioskByCode, type KioskRow } from './kiosks.ts';
import { refusal, type Refusal } from './problem.ts';

const scryptAsync = promisify<string, string, number, { N: number; r: number; p: number }, Buffer>(scrypt);

/** Something that lies in a cell for somebody. Moments in milliseconds since 1970. */
export interface NewPickup {
  readonly kioskCode: string;
  readonly cell: string;
  readonly contents: readonly PickupContent[];
  /** Masked, e.g. 山月****店. */
  readonly holder: string;
  readonly validFrom: number;
  readonly validTo: number;
  /** Eight digits with their check digit; made up when left out. */
  readonly code?: string;
  /** The case that it came out of. */
  readonly caseId?: string;
}

/** Why nothing was announced. */
export type AnnounceError = 'kiosk-unknown' | 'cell-unknown' | 'cell-taken' | 'code-taken';

export interface PickupRow {
  readonly pickup_id: string;
  readonly kiosk_code: string;
  readonly cell: string;
  readonly code_digest: string;
  readonly holder: string;
  readonly contents: readonly PickupContent[];
  readonly valid_from: number;
  readonly valid_to: number;
  readonly case_id: string | null;
  readonly withdrawn_at: number | null;
  readonly opened_at: number | null;
  readonly closed_at: number | null;
}

/** How often a made-up code is made again when it is in use. */
const CODE_TRIES = 5;
/** How long a pick-up that is over stays in the list. */
const KEPT_IN_LIST_MS = 30 * 24 * 3_600_000;

/** Digest of a code under a kiosk's salt, as the document says. */
export async function pickupCodeDigest(code: string, salt: string, cost: number = CODE_COST): Promise<string> {
  return (await scryptAsync(code, salt, 32, { N: cost, r: 8, p: 1 })).toString('base64url');
}

/** Locker contents and what the kiosks report of them. */
export class PickupDesk {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Announces a content to its kiosk. The code is given back once and not kept. */
  async announce(
    pickup: NewPickup,
    now: number,
  ): Promise<Result<{ readonly pickupId: string; readonly code: string }, AnnounceError>> {
    const kiosk = await kioskByCode(this.#database, pickup.kioskCode);
    if (kiosk === null) return err('kiosk-unknown');
    if (!kiosk.cells.includes(pickup.cell)) return err('cell-unknown');
    const tries = pickup.code === undefined ? CODE_TRIES : 1;
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const code = pickup.code ?? makePickupCode(String(randomInt(10_000_000)).padStart(7, '0'));
      const digest = await pickupCodeDigest(code, kiosk.code_salt);
      const pickupId = uuidv7();
      const stored = await this.#database.transaction((queries) =>
        insert(queries, { ...pickup, pickupId, digest }, now),
      );
      if (stored.ok) return ok({ pickupId, code });
      if (stored.error === 'cell-taken') return stored;
    }
    return err('code-taken');
  }

  /** Takes a content back; false when there is no such one or it was collected or taken back before. */
  async withdraw(pickupId: string, now: number): Promise<boolean> {
    const result = await this.#database.transaction(async (queries): Promise<Result<boolean, never>> => {
      const [row] = await queries.query<{ kiosk_code: string }>(
        `UPDATE pickup SET withdrawn_at = $2
         WHERE pickup_id = $1 AND withdrawn_at IS NULL AND closed_at IS NULL RETURNING kiosk_code`,
        [pickupId, now],
      );
      if (row !== undefined) await countUp(queries, row.kiosk_code);
      return ok(row !== undefined);
    });
    return result.ok && result.value;
  }

  /** The list for one kiosk. */
  async list(kiosk: KioskRow, now: number): Promise<PickupList> {
    const rows = await this.#database.query<PickupRow>(
      `SELECT * FROM pickup WHERE kiosk_code = $1
       AND COALESCE(withdrawn_at, closed_at, $2) >= $3 ORDER BY announced_at, pickup_id`,
      [kiosk.code, now, now - KEPT_IN_LIST_MS],
    );
    return {
      version: kiosk.pickups_version,
      codeSalt: kiosk.code_salt,
      codeCost: CODE_COST,
      pickups: rows.map((row) => ({
        pickupId: row.pickup_id,
        cell: row.cell,
        codeDigest: row.code_digest,
        holder: row.holder,
        contents: [...row.contents],
        validFrom: new Date(row.valid_from).toISOString(),
        validTo: new Date(row.valid_to).toISOString(),
        withdrawn: row.withdrawn_at !== null || row.opened_at !== null || row.closed_at !== null,
        openedAt: row.opened_at === null ? null : new Date(row.opened_at).toISOString(),
      })),
    };
  }

  /** A cell of the kiosk that nothing lies in, or null. */
  async freeCell(kioskCode: string): Promise<string | null> {
    const kiosk = await kioskByCode(this.#database, kioskCode);
    const taken = await this.#database.query<{ cell: string }>(
      'SELECT cell FROM pickup WHERE kiosk_code = $1 AND withdrawn_at IS NULL AND closed_at IS NULL',
      [kioskCode],
    );
    const cells = new Set(taken.map((row) => row.cell));
    return kiosk?.cells.find((cell) => !cells.has(cell)) ?? null;
  }

  /** Keeps an event; runs within the transaction of its request. */
  async report(queries: Queries, event: PickupEvent, now: number): Promise<Result<void, Refusal>> {
    const [pickup] = await queries.query<PickupRow>('SELECT * FROM pickup WHERE pickup_id = $1 AND kiosk_code = $2', [
      event.pickupId,
      event.kioskCode,
    ]);
    if (pickup === undefined) return err(refusal('urn:hall24:pickup-unknown', `pick-up ${event.pickupId}`));
    const [last] = await queries.query<{ last: number | null }>(
      'SELECT max(sequence) AS last FROM pickup_event WHERE pickup_id = $1',
      [event.pickupId],
    );
    const expected = (last?.last ?? 0) + 1;
    if (event.sequence !== expected) {
      return err({
        ...refusal('urn:hall24:sequence-gap', `entry ${event.sequence} came, entry ${expected} is next`),
        more: { expectedSequence: expected },
      });
    }
    await queries.query(
      'INSERT INTO pickup_event (pickup_id, sequence, event, body, received_at) VALUES ($1, $2, $3, $4, $5)',
      [event.pickupId, event.sequence, event.event, JSON.stringify(event), now],
    );
    const at = Date.parse(event.at);
    if (event.event === 'opened') {
      await queries.query('UPDATE pickup SET opened_at = COALESCE(opened_at, $2) WHERE pickup_id = $1', [
        event.pickupId,
        at,
      ]);
    } else if (event.event === 'closed') {
      await queries.query('UPDATE pickup SET closed_at = COALESCE(closed_at, $2) WHERE pickup_id = $1', [
        event.pickupId,
        at,
      ]);
    }
    await countUp(queries, event.kioskCode);
    return ok(undefined);
  }
}

async function insert(
  queries: Queries,
  pickup: NewPickup & { readonly pickupId: string; readonly digest: string },
  now: number,
): Promise<Result<void, 'cell-taken' | 'code-taken'>> {
  await queries.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 2))', [pickup.kioskCode]);
  const clashes = await queries.query<{ cell_taken: boolean }>(
    `SELECT cell = $2 AND withdrawn_at IS NULL AND closed_at IS NULL AS cell_taken FROM pickup
     WHERE kiosk_code = $1 AND (code_digest = $3 OR (cell = $2 AND withdrawn_at IS NULL AND closed_at IS NULL))`,
    [pickup.kioskCode, pickup.cell, pickup.digest],
  );
  if (clashes.length > 0) return err(clashes.some((clash) => clash.cell_taken) ? 'cell-taken' : 'code-taken');
  await queries.query(
    `INSERT INTO pickup (pickup_id, kiosk_code, cell, code_digest, holder, contents, valid_from, valid_to, case_id, announced_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      pickup.pickupId,
      pickup.kioskCode,
      pickup.cell,
      pickup.digest,
      pickup.holder,
      JSON.stringify(pickup.contents),
      pickup.validFrom,
      pickup.validTo,
      pickup.caseId ?? null,
      now,
    ],
  );
  await countUp(queries, pickup.kioskCode);
  return ok(undefined);
}

async function countUp(queries: Queries, kioskCode: string): Promise<void> {
  await queries.query('UPDATE kiosk SET pickups_version = pickups_version + 1 WHERE code = $1', [kioskCode]);
}
