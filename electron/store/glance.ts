import { closeSync, existsSync, fsyncSync, openSync, rmSync } from 'node:fs';
import type { Sqlite } from './sqlite.ts';

/** Rows read at each end of a table or an index. */
const ENDS = 3;

/**
 * Reads both ends of every table and every index: what a start can afford on a database of any size. It finds a file that
 * was cut off, overwritten at its ends or mixed with another one; the rest is found by the check in the background, by the
 * hashes before anything is sent, and by SQLite whenever it meets a damaged page. Throws what SQLite throws.
 */
export function glance(db: Sqlite): void {
  const objects = db
    .prepare(
      "SELECT type, name, tbl_name AS tbl FROM sqlite_schema WHERE type IN ('table', 'index') AND name NOT LIKE 'sqlite_%'",
    )
    .all() as { type: 'table' | 'index'; name: string; tbl: string }[];
  for (const { type, name, tbl } of objects) {
    if (type === 'table') {
      for (const order of ['ASC', 'DESC']) {
        db.prepare(`SELECT * FROM ${name} NOT INDEXED ORDER BY rowid ${order} LIMIT ${ENDS}`).all();
      }
      continue;
    }
    const columns = (db.pragma(`index_info(${name})`) as { name: string }[]).map((column) => column.name);
    const condition = conditionOf(db, name);
    for (const order of ['ASC', 'DESC']) {
      const by = columns.map((column) => `${column} ${order}`).join(', ');
      db.prepare(`SELECT * FROM ${tbl} INDEXED BY ${name} ${condition} ORDER BY ${by} LIMIT ${ENDS}`).all();
    }
  }
}

/** The WHERE of a partial index, without which SQLite does not use it. */
function conditionOf(db: Sqlite, index: string): string {
  const { sql } = db.prepare("SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?").get(index) as {
    sql: string;
  };
  const at = sql.indexOf(' WHERE ');
  return at === -1 ? '' : sql.slice(at);
}

/** Leaves a mark that the database must be checked whole at the next start. A disk that refuses even that is said elsewhere. */
export function markSuspect(path: string): void {
  try {
    const file = openSync(path, 'w', 0o600);
    fsyncSync(file);
    closeSync(file);
  } catch {
    // The start after this one glances, and damage is met again.
  }
}

/** Whether such a mark was left. */
export function isSuspect(path: string): boolean {
  return existsSync(path);
}

/** Takes the mark away. */
export function clearSuspect(path: string): void {
  rmSync(path, { force: true });
}
