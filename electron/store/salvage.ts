import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { removeDatabase } from './files.ts';
import { damagedIntake } from './intake.ts';
import { findTables, mendBranches, mendSchemaPages, type TableRoot } from './lost-branches.ts';
import { mergeWal } from './merge-wal.ts';
import { CURRENT_VERSION, migrate } from './migrations.ts';
import { adoptOrphans } from './orphan-payloads.ts';
import { APPLICATION_ID, PAGE_SIZE } from './pragmas.ts';
import { copyReadable } from './readable-copy.ts';
import { schemaOf, schemaOfVersion, schemaText, type SchemaObject } from './schema.ts';
import { troubleOf, type Sqlite, type SqliteConstructor, type Statement } from './sqlite.ts';

/** Rows by table, in an order in which no row names one that is not there yet. */
const TABLES = [
  'acts',
  'cases',
  'intake',
  'tracking_counters',
  'outbox',
  'outbox_payloads',
  'pickups',
  'ratings',
  'kept_values',
  'audit',
  'answered_commands',
  'attachments',
  'evidence',
] as const;
type Table = (typeof TABLES)[number];

/**
 * What could be taken over. `damagedPayloads` are kept and parked, never sent; `lostPayloads` are entries without their
 * bytes, parked too; `adopted` are messages whose state row was lost and made anew; `unreadable` pieces of 4 KB were not to
 * be had from the disk.
 */
export interface SalvageCounts {
  readonly rows: Readonly<Record<Table, number>>;
  readonly damagedPayloads: number;
  readonly lostPayloads: number;
  readonly adopted: number;
  readonly unreadable: number;
}

/** Local tracking numbers that are skipped after a salvage: some that were given out may have been lost. */
const SEQUENCE_GAP = 200;
/** Rows that are stepped over at most to get past a damaged page: 1, 2, 4 ... */
const LARGEST_STEP = 1 << 24;
/** Rows at each end of what was stepped over that are asked for one by one. */
const ONE_BY_ONE = 1 << 10;

/**
 * Copies whatever can be read of a damaged database into a fresh one of the current schema.
 * @param from the damaged database; it is not changed (a copy is read)
 * @param into an open, migrated, empty database
 * @param scratch path for the copy; removed afterwards
 */
export function salvage(Constructor: SqliteConstructor, from: string, into: Sqlite, scratch: string): SalvageCounts {
  const rows = Object.fromEntries(TABLES.map((table) => [table, 0])) as Record<Table, number>;
  removeDatabase(scratch);
  let unreadable = 0;
  try {
    unreadable += copyReadable(from, scratch);
    if (existsSync(`${from}-wal`)) unreadable += copyReadable(`${from}-wal`, `${scratch}-wal`);
    mergeWal(scratch);
    mendSchemaPages(scratch);
    mendHeader(scratch);
    mendSchema(Constructor, scratch);
    nameLostTables(Constructor, scratch);
    mendBranches(scratch, tablesOf(Constructor, scratch));
    const source = new Constructor(scratch);
    try {
      source.unsafeMode(true);
      source.pragma('writable_schema = ON');
      into.exec('BEGIN IMMEDIATE');
      for (const table of TABLES) rows[table] = copyTable(source, into, table);
      const payloads = mendReferences(into);
      into.exec('COMMIT');
      return { rows, ...payloads, unreadable };
    } finally {
      if (into.inTransaction) into.exec('ROLLBACK');
      source.close();
    }
  } catch (thrown) {
    // Nothing at all can be read of it.
    if (troubleOf(thrown) !== 'corrupt') throw thrown;
    return { rows, damagedPayloads: 0, lostPayloads: 0, adopted: 0, unreadable };
  } finally {
    removeDatabase(scratch);
  }
}

/** Writes anew the parts of the file's header that are the same in every database of ours. */
function mendHeader(path: string): void {
  const header = Buffer.alloc(24);
  header.write('SQLite format 3\0', 'latin1');
  header.writeUInt16BE(PAGE_SIZE, 16);
  header.set([2, 2, 0, 64, 32, 32], 18);
  const later = Buffer.alloc(4);
  const file = openSync(path, 'r+');
  try {
    writeSync(file, header, 0, header.length, 0);
    for (const [at, value] of [
      [44, 4],
      [56, 1],
      [60, CURRENT_VERSION],
      [68, APPLICATION_ID],
    ] as const) {
      later.writeUInt32BE(value);
      writeSync(file, later, 0, 4, at);
    }
  } finally {
    closeSync(file);
  }
}

/** Writes the texts of the schema anew; where its tables begin is left as it is. What cannot be written stays. */
function mendSchema(Constructor: SqliteConstructor, path: string): void {
  const wanted = schemaOfVersion(Constructor, CURRENT_VERSION);
  const db = new Constructor(path);
  try {
    db.unsafeMode(true);
    db.pragma('writable_schema = ON');
    const mend = db.prepare('UPDATE sqlite_schema SET type = ?, name = ?, tbl_name = ?, sql = ? WHERE rowid = ?');
    const sound = soundObjects(db, wanted);
    for (const object of wanted) {
      const { row, type, name, tbl_name: table, sql } = object;
      // One that is there as it should be stays where it is, which is not its usual place in a file written anew.
      if (!sound.names.has(name) && !sound.rows.has(row)) mend.run(type, name, table, sql, row);
    }
  } catch (thrown) {
    if (troubleOf(thrown) !== 'corrupt') throw thrown;
  } finally {
    db.close();
  }
}

/** Names and places of the objects that can be read and are as they should be; none when the schema itself cannot be read. */
function soundObjects(
  db: Sqlite,
  wanted: readonly SchemaObject[],
): { readonly names: ReadonlySet<string>; readonly rows: ReadonlySet<number> } {
  const texts = new Map(wanted.map((object) => [object.name, schemaText([object])]));
  try {
    const sound = schemaOf(db).filter((object) => texts.get(object.name) === schemaText([object]));
    return { names: new Set(sound.map(({ name }) => name)), rows: new Set(sound.map(({ row }) => row)) };
  } catch (thrown) {
    if (troubleOf(thrown) !== 'corrupt') throw thrown;
    return { names: new Set(), rows: new Set() };
  }
}

/** A table by its name. */
interface NamedRoot extends TableRoot {
  readonly name: string;
}

/** Where the tables begin, as far as that can be read. */
function tablesOf(Constructor: SqliteConstructor, path: string): NamedRoot[] {
  const db = new Constructor(path);
  try {
    db.unsafeMode(true);
    db.pragma('writable_schema = ON');
    return rootsIn(db);
  } catch (thrown) {
    if (troubleOf(thrown) !== 'corrupt') throw thrown;
    return [];
  } finally {
    db.close();
  }
}

function rootsIn(db: Sqlite): NamedRoot[] {
  const tables = db
    .prepare("SELECT name, rootpage AS page FROM sqlite_schema WHERE type = 'table' AND rootpage > 0")
    .all() as { readonly name: string; readonly page: number }[];
  return tables.map(({ name, page }) => ({ name, page, columns: columnsOf(db, name).length }));
}

/** Puts tables on the list again that it has lost, where they can be found. */
function nameLostTables(Constructor: SqliteConstructor, path: string): void {
  const known = tablesOf(Constructor, path);
  const fresh = new Constructor(':memory:');
  try {
    migrate(fresh);
    const lost = rootsIn(fresh).filter(({ name }) => !known.some((table) => table.name === name));
    if (known.length === 0 || lost.length === 0) return;
    const places = findTables(
      path,
      known,
      lost.map(({ page, ...table }) => ({ ...table, usual: page })),
    );
    const texts = new Map(schemaOfVersion(Constructor, CURRENT_VERSION).map(({ name, sql }) => [name, sql]));
    const db = new Constructor(path);
    try {
      db.unsafeMode(true);
      db.pragma('writable_schema = ON');
      const add = db.prepare(
        "INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) VALUES ('table', ?, ?, ?, ?)",
      );
      for (const [name, page] of places) add.run(name, name, page, texts.get(name) ?? null);
    } catch (thrown) {
      if (troubleOf(thrown) !== 'corrupt') throw thrown;
    } finally {
      db.close();
    }
  } finally {
    fresh.close();
  }
}

type Row = Record<string, string | number | null | Uint8Array>;

/** Copies the rows of one table that can be read and that fit the schema. */
function copyTable(source: Sqlite, into: Sqlite, table: Table): number {
  const known = columnsOf(source, table);
  const columns = columnsOf(into, table).filter((column) => known.includes(column));
  if (columns.length === 0) return 0;
  const insert = into.prepare(
    `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  into.pragma('defer_foreign_keys = ON');
  let copied = 0;
  for (const row of readableRows(source, table, columns)) {
    try {
      copied += insert.run(...columns.map((column) => row[column] ?? null)).changes;
    } catch (thrown) {
      // A row that the schema refuses was damaged; the others go on.
      if (troubleOf(thrown) !== 'constraint') throw thrown;
    }
  }
  return copied;
}

function columnsOf(db: Sqlite, table: string, tries = 2): string[] {
  try {
    return (db.pragma(`table_info(${table})`) as { name: string }[]).map((column) => column.name);
  } catch (thrown) {
    if (troubleOf(thrown) !== 'corrupt') throw thrown;
    return tries > 1 ? columnsOf(db, table, tries - 1) : [];
  }
}

/** The statements by which the rows of one table are read, by their number. */
interface RowReader {
  readonly source: Sqlite;
  readonly from: string;
  readonly first: string;
  readonly one: string;
}

/** All rows that can be read, those between places that cannot be read too. */
function* readableRows(source: Sqlite, table: Table, columns: readonly string[]): Generator<Row> {
  const rows = `SELECT rowid AS row_number, ${columns.join(', ')} FROM ${table} NOT INDEXED WHERE rowid`;
  const from = `${rows} >= ? ORDER BY rowid`;
  const reader: RowReader = { source, from, first: `${from} LIMIT 1`, one: `${rows} = ?` };
  for (let place: number | null = 0; place !== null;) {
    const gap: number | null = yield* rowsFrom(reader, place);
    if (gap === null) return;
    place = firstBehind(reader, gap);
    yield* rowsOneByOne(reader, gap, place);
  }
}

/**
 * Rows in order of their number. Numbers that do not rise are damage as well: pages that point at each other would
 * otherwise be read round and round.
 * @returns from where on nothing could be read; null at the end of the table
 */
function* rowsFrom({ source, from }: RowReader, begin: number): Generator<Row, number | null> {
  let place = begin;
  // A disk that could not be read at that moment says the same as a damaged page: each place is tried twice.
  let triedAt = -1;
  for (;;) {
    try {
      for (const row of source.prepare(from).iterate(place) as IterableIterator<Row>) {
        if (!isSound(row, place)) return place;
        place = Number(row['row_number']) + 1;
        yield row;
      }
      return null;
    } catch (thrown) {
      if (troubleOf(thrown) !== 'corrupt') throw thrown;
      if (triedAt === place) return place;
      triedAt = place;
    }
  }
}

const isSound = (row: Row, from: number): boolean => {
  const number = Number(row['row_number']);
  return number >= from && number < Number.MAX_SAFE_INTEGER;
};

/** Where rows can be read again behind a place where they cannot; null when that is nowhere. */
function firstBehind(reader: RowReader, gap: number): number | null {
  let bad = gap;
  for (let step = 1; step <= LARGEST_STEP; step *= 2) {
    let good = bad + step;
    if (!isReadable(reader, good)) {
      bad = good;
      continue;
    }
    // The step may have been too long.
    while (good - bad > 1) {
      const middle = Math.floor((bad + good) / 2);
      if (isReadable(reader, middle)) good = middle;
      else bad = middle;
    }
    return good;
  }
  return null;
}

function isReadable(reader: RowReader, from: number, tries = 2): boolean {
  try {
    const row = reader.source.prepare(reader.first).get(from) as Row | undefined;
    return row === undefined || isSound(row, from);
  } catch (thrown) {
    if (troubleOf(thrown) !== 'corrupt') throw thrown;
    return tries > 1 && isReadable(reader, from, tries - 1);
  }
}

/**
 * Rows from `begin` to before `end`, each asked for by its number: a page that can be read may lie between two that cannot.
 * Of a long stretch only both ends are asked for.
 * @param end null when nothing behind can be read
 */
function* rowsOneByOne({ source, one }: RowReader, begin: number, end: number | null): Generator<Row> {
  const near = Math.min(end ?? Infinity, begin + ONE_BY_ONE);
  const far = end === null ? near : Math.max(near, end - ONE_BY_ONE);
  for (const [from, to] of [
    [begin, near],
    [far, end ?? far],
  ] as const) {
    let statement: Statement | null = null;
    for (let number = from; number < to; number += 1) {
      try {
        statement ??= source.prepare(one);
        const row = statement.get(number) as Row | undefined;
        if (row) yield row;
      } catch (thrown) {
        if (troubleOf(thrown) !== 'corrupt') throw thrown;
      }
    }
  }
}

/**
 * Makes the salvaged rows fit together again and takes damaged payloads out of the way. An act whose message can no longer
 * go out ends with the duty staff: nobody else will end it.
 */
function mendReferences(into: Sqlite): Omit<SalvageCounts, 'rows' | 'unreadable'> {
  const drop = into.prepare('DELETE FROM intake WHERE seq = ?');
  for (const seq of damagedIntake(into)) drop.run(seq);
  const adopted = adoptOrphans(into);
  into.exec(`
    DELETE FROM outbox_payloads WHERE seq NOT IN (SELECT seq FROM outbox WHERE state IN ('ready', 'sending', 'parked'))
      AND seq NOT IN (SELECT seq FROM intake);
    INSERT INTO acts (act_id, kind, subject_id, state, owner, created_at, updated_at, detail)
      SELECT act_id, 'submit-case', case_id, 'unknown', 'duty-staff', kept_at, kept_at, '{"salvaged":true}' FROM cases
      WHERE act_id NOT IN (SELECT act_id FROM acts);
    INSERT INTO acts (act_id, kind, subject_id, state, owner, created_at, updated_at, detail)
      SELECT act_id, 'rate', subject_id, 'unknown', 'duty-staff', at, at, '{"salvaged":true}' FROM ratings
      WHERE act_id NOT IN (SELECT act_id FROM acts);
    UPDATE outbox SET act_id = NULL WHERE act_id NOT IN (SELECT act_id FROM acts);
    INSERT INTO tracking_counters (kiosk_code, local_date, last)
      SELECT kiosk_code, local_date, max(day_sequence) FROM cases WHERE true GROUP BY kiosk_code, local_date
      ON CONFLICT (kiosk_code, local_date) DO UPDATE SET last = max(last, excluded.last);
    UPDATE tracking_counters SET last = last + ${SEQUENCE_GAP};
    INSERT INTO kept_values (name, value) VALUES ('sequence-floor', '${SEQUENCE_GAP}')
      ON CONFLICT (name) DO UPDATE SET value = (value ->> '$') + ${SEQUENCE_GAP};
    UPDATE outbox SET state = 'ready', next_try_at = 0 WHERE state = 'sending';
    UPDATE attachments SET state = 'ready', next_try_at = 0 WHERE state = 'sending' OR (state = 'held' AND case_id NOT IN
      (SELECT subject_id FROM outbox WHERE kind = 'case' AND state IN ('ready', 'sending', 'parked')));
  `);
  const park = into.prepare("UPDATE outbox SET state = 'parked', reason = ? WHERE seq = ?");
  const parkCase = into.prepare(
    "UPDATE cases SET state = 'parked', reason = ? WHERE state = 'kept' AND case_id = (SELECT subject_id FROM outbox WHERE seq = ? AND kind = 'case')",
  );
  let damagedPayloads = 0;
  let lostPayloads = 0;
  const entries = into
    .prepare("SELECT seq, sha256 FROM outbox WHERE state IN ('ready', 'sending', 'parked')")
    .all() as {
    seq: number;
    sha256: string;
  }[];
  const payload = into.prepare('SELECT body FROM outbox_payloads WHERE seq = ?');
  for (const { seq, sha256 } of entries) {
    const found = payload.get(seq) as { body: Uint8Array } | undefined;
    if (found && createHash('sha256').update(found.body).digest('hex') === sha256) continue;
    if (found) damagedPayloads += 1;
    else lostPayloads += 1;
    const reason = found ? 'payload-damaged' : 'payload-lost';
    park.run(reason, seq);
    parkCase.run(reason, seq);
  }
  into.exec(`
    UPDATE acts SET state = 'confirmed'
      WHERE kind = 'submit-case' AND state IN ('intended', 'sent', 'unknown')
        AND act_id IN (SELECT act_id FROM cases WHERE received_at IS NOT NULL);
    UPDATE acts SET state = 'unknown', owner = 'duty-staff', detail = json_set(detail, '$.salvaged', json('true'))
      WHERE kind IN ('submit-case', 'rate') AND state IN ('intended', 'sent', 'unknown')
        AND act_id NOT IN (SELECT act_id FROM outbox WHERE act_id IS NOT NULL AND state = 'ready');
    UPDATE cases SET state = 'parked', reason = 'payload-lost'
      WHERE state = 'kept' AND case_id NOT IN (SELECT subject_id FROM outbox WHERE kind = 'case');
    UPDATE outbox SET head = 0;
    UPDATE outbox SET head = 1 WHERE seq IN (
      SELECT seq FROM outbox AS o WHERE state IN ('ready', 'sending', 'parked') AND NOT EXISTS (
        SELECT 1 FROM outbox AS e WHERE e.subject_id = o.subject_id AND e.state IN ('ready', 'sending', 'parked') AND e.sequence < o.sequence));
  `);
  return { damagedPayloads, lostPayloads, adopted };
}
