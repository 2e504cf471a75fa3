import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Heartbeat } from '../../electron/platform-api/messages.ts';
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
  return seen;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
