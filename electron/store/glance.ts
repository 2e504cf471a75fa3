import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { readWholeFile } from './files.ts';
import type { Sqlite } from './sqlite.ts';

/** Rows read at each end of a table or an index. */
const ENDS = 3;

/**
 * Reads both ends of every table and every index: what a start can afford on a database of any size. It finds a file that
 * was cut off, overwritten at its ends or mixed with another one; the rest is found by the check in the background, by the
 * hashes before anything is sent, and by SQLite whenever it meets a damaged page. Throws what SQLite throws.
 * @param ends rows read at each end; -1 for all of them
 */
export function glance(db: Sqlite, ends = ENDS): void {
  const objects = db
    .prepare(
      "SELECT type, name, tbl_name AS tbl FROM sqlite_schema WHERE type IN ('table', 'index') AND name NOT LIKE 'sqlite_%'",
    )
    .all() as { type: 'table' | 'index'; name: string; tbl: string }[];
  for (const { type, name, tbl } of objects) {
    if (type === 'table') {
      for (const order of ['ASC', 'DESC']) {
        read(db, `SELECT * FROM ${name} NOT INDEXED ORDER BY rowid ${order} LIMIT ${ends}`);
      }
      continue;
    }
    const columns = (db.pragma(`index_info(${name})`) as { name: string }[]).map((column) => column.name);
    const condition = conditionOf(db, name);
    for (const order of ['ASC', 'DESC']) {
      const by = columns.map((column) => `${column} ${order}`).join(', ');
      read(db, `SELECT * FROM ${tbl} INDEXED BY ${name} ${condition} ORDER BY ${by} LIMIT ${ends}`);
    }
  }
}

/**
 * SQLite's check looks whether every row is in its indexes, not whether an index of some rows has others besides: a page of
 * another one in its place would be believed. Gives its name. Throws what SQLite throws.
 */
export function indexWithStrangeEntries(db: Sqlite): string | null {
  const partial = db
    .prepare("SELECT name, tbl_name AS tbl FROM sqlite_schema WHERE type = 'index' AND sql LIKE '% WHERE %'")
    .all() as { name: string; tbl: string }[];
  for (const { name, tbl } of partial) {
    const condition = conditionOf(db, name);
    const count = (how: string): unknown => db.prepare(`SELECT count(*) FROM ${tbl} ${how} ${condition}`).pluck().get();
    if (count(`INDEXED BY ${name}`) !== count('NOT INDEXED')) return name;
  }
  return null;
}

/** Reads rows one by one and keeps none. */
function read(db: Sqlite, sql: string): void {
  const rows = db.prepare(sql).iterate();
  while (rows.next().done !== true);
}

/** The WHERE of a partial index, without which SQLite does not use it. */
function conditionOf(db: Sqlite, index: string): string {
  const { sql } = db.prepare("SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?").get(index) as {
    sql: string;
  };
  const at = sql.indexOf(' WHERE ');
  return at === -1 ? '' : sql.slice(at);
}

/**
 * What the mark beside the database says of its last life. `once`: damage was met, which may have been a disk that could not
 * be read at that moment; `checked`: since then a start read everything and found it whole; `again`: damage for certain.
 */
export type Suspicion = 'none' | 'once' | 'checked' | 'again';

/** Leaves the mark for the next start. A disk that refuses even that is said elsewhere. */
export function markSuspect(path: string, suspicion: Exclude<Suspicion, 'none'>): void {
  try {
    const file = openSync(path, 'w', 0o600);
    try {
      writeSync(file, suspicion);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch {
    // The start after this one glances, and damage is met again.
  }
}

/** Marks damage that was met at work: met again after a start that found nothing, it is certain. */
export function noteDamageMet(path: string): void {
  const before = suspicionOf(path);
  markSuspect(path, before === 'checked' || before === 'again' ? 'again' : 'once');
}

/** What the mark says. One that cannot be read, or was cut off, says that it is certain. */
export function suspicionOf(path: string): Suspicion {
  try {
    const said = readWholeFile(path).toString('latin1');
    return said === 'once' || said === 'checked' ? said : 'again';
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ENOENT' ? 'none' : 'again';
  }
}

/** Takes the mark away. */
export function clearSuspect(path: string): void {
  rmSync(path, { force: true });
}
