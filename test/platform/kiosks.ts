import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { parseTrackingNumber } from '../../electron/domain/tracking-number.ts';
import type { Heartbeat, HeartbeatAnswer } from '../../electron/platform-api/messages.ts';
import type { Database, Queries } from './database.ts';

/** A kiosk that the platform knows. */
export interface KnownKiosk {
  readonly code: string;
  /** Bearer token, 8 to 200 characters. */
  readonly token: string;
  /** Cells of its locker in the order in which they are filled; `01` to `24` when left out. */
  readonly cells?: readonly string[];
}

/** A kiosk as stored. */
export interface KioskRow {
  readonly code: string;
  readonly token_sha256: string;
  readonly code_salt: string;
  readonly cells: readonly string[];
  readonly pickups_version: number;
}

const DEFAULT_CELLS = Array.from({ length: 24 }, (_, index) => String(index + 1).padStart(2, '0'));
const COLUMNS = 'code, token_sha256, code_salt, cells, pickups_version';

/** Registers kiosks; a known one keeps its salt, so that digests given out stay right. */
export async function registerKiosks(database: Database, kiosks: readonly KnownKiosk[]): Promise<void> {
  for (const { code, token, cells } of kiosks) {
    await database.query(
      `INSERT INTO kiosk (code, token_sha256, code_salt, cells) VALUES ($1, $2, $3, $4)
       ON CONFLICT (code) DO UPDATE SET token_sha256 = excluded.token_sha256, cells = excluded.cells`,
      [code, sha256(token), randomBytes(16).toString('base64url'), JSON.stringify(cells ?? DEFAULT_CELLS)],
    );
  }
}

/** The kiosk that an `Authorization` header belongs to. */
export async function kioskOfHeader(queries: Queries, header: string | undefined): Promise<KioskRow | null> {
  const token = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
  if (token === undefined) return null;
  const wanted = Buffer.from(sha256(token));
  const rows = await queries.query<KioskRow>(`SELECT ${COLUMNS} FROM kiosk`);
  return rows.find((row) => timingSafeEqual(Buffer.from(row.token_sha256), wanted)) ?? null;
}

/** A kiosk by its code. */
export async function kioskByCode(queries: Queries, code: string): Promise<KioskRow | null> {
  const [row] = await queries.query<KioskRow>(`SELECT ${COLUMNS} FROM kiosk WHERE code = $1`, [code]);
  return row ?? null;
}

/**
 * Counts a heartbeat, keeps the last one, and hands requests for help to the duty roster, each once.
 * @returns ids of the requests that the roster has
 */
export async function keepHeartbeat(queries: Queries, heartbeat: Heartbeat, now: number): Promise<string[]> {
  const seen: string[] = [];
  for (const request of heartbeat.help ?? []) {
    const text = JSON.stringify(request);
    await queries.query(
      `INSERT INTO request (key, kiosk_code, body_sha256, status, answer, stored_at)
       VALUES ($1, $2, $3, 200, $4, $5) ON CONFLICT (key) DO NOTHING`,
      [`help:${request.requestId}`, heartbeat.kioskCode, sha256(text), text, now],
    );
    seen.push(request.requestId);
  }
  await queries.query('UPDATE kiosk SET heartbeats = heartbeats + 1, last_heartbeat = $2 WHERE code = $1', [
    heartbeat.kioskCode,
    JSON.stringify(heartbeat),
  ]);
  if (heartbeat.evidence) await keepHead(queries, heartbeat.kioskCode, heartbeat.evidence, now);
  return seen;
}

/** Days of a kiosk whose highest tracking number is told. */
const DAYS_TOLD = 3;

/** How far a kiosk had got: what its heartbeats and its cases say. Sent back with every heartbeat. */
export async function heldOf(queries: Queries, code: string): Promise<NonNullable<HeartbeatAnswer['held']>> {
  const [row] = await queries.query<{ evidence: NonNullable<Heartbeat['evidence']> | null }>(
    'SELECT evidence FROM kiosk WHERE code = $1',
    [code],
  );
  const days = await queries.query<{ number: string }>(
    `SELECT max(tracking_number) AS number FROM service_case
     WHERE kiosk_code = $1 AND tracking_number ~ '^[A-Z]{2}[0-9]{2} [0-9]{6} [0-9]{4,6} [0-9]$'
     GROUP BY substr(tracking_number, 1, 11), length(tracking_number)
     ORDER BY substr(max(tracking_number), 1, 11) DESC, length(max(tracking_number)) DESC LIMIT $2`,
    [code, 2 * DAYS_TOLD],
  );
  const last = new Map<string, number>();
  for (const { number } of days) {
    const parts = parseTrackingNumber(number);
    // The longer one of a day comes first.
    if (parts.ok && !last.has(parts.value.dateISO)) last.set(parts.value.dateISO, parts.value.sequence);
  }
  const numbers = [...last].slice(0, DAYS_TOLD).map(([localDate, highest]) => ({ localDate, last: highest }));
  return {
    ...(row?.evidence ? { evidence: { seq: row.evidence.seq, hash: row.evidence.hash } } : {}),
    ...(numbers.length === 0 ? {} : { numbers }),
  };
}

/** What a kiosk said of its evidence chain that cannot be of one that is only added to. */
export interface EvidenceAlarm {
  readonly at: number;
  readonly known: NonNullable<Heartbeat['evidence']>;
  readonly said: NonNullable<Heartbeat['evidence']>;
}

/** Alarms that are kept a kiosk; one that goes on says the same with every heartbeat. */
const MOST_ALARMS = 20;

/** Remembers the furthest record, and raises an alarm when a chain became shorter or another one. */
async function keepHead(
  queries: Queries,
  code: string,
  said: NonNullable<Heartbeat['evidence']>,
  now: number,
): Promise<void> {
  const [row] = await queries.query<{
    evidence: NonNullable<Heartbeat['evidence']> | null;
    evidence_alarms: readonly EvidenceAlarm[];
  }>('SELECT evidence, evidence_alarms FROM kiosk WHERE code = $1', [code]);
  const known = row?.evidence ?? null;
  const wrong = known !== null && (said.seq < known.seq || (said.seq === known.seq && said.hash !== known.hash));
  if (!wrong) {
    await queries.query('UPDATE kiosk SET evidence = $2 WHERE code = $1', [code, JSON.stringify(said)]);
    return;
  }
  const alarms = [...(row?.evidence_alarms ?? []), { at: now, known, said }].slice(0, MOST_ALARMS);
  await queries.query('UPDATE kiosk SET evidence_alarms = $2 WHERE code = $1', [code, JSON.stringify(alarms)]);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
