import type { Sqlite } from '../../../electron/store/sqlite.ts';
import { RawWriter } from './raw-writer.ts';

/** Rows of one transaction while filling. */
const CHUNK = 2_000;
/** A kiosk gives at most 999,999 numbers a day. */
const A_DAY = 900_000;

/** Puts cases that wait into a database of the product without waiting for the disk, then closes it. */
export function fillDatabase(db: Sqlite, count: number): void {
  db.pragma('synchronous = OFF');
  db.pragma('wal_autocheckpoint = 4000');
  const writer = new RawWriter(db);
  for (let done = 0; done < count;) {
    writer.begin();
    for (const end = Math.min(count, done + CHUNK); done < end; done += 1) {
      writer.write(
        writer.prepare(1 + (done % A_DAY), `2025-12-${String(1 + Math.floor(done / A_DAY)).padStart(2, '0')}`),
      );
    }
    writer.commit();
  }
  db.pragma('wal_checkpoint(TRUNCATE)');
  writer.close();
}

/**
 * Copies the first row of a rival's table `count` times, which keeps the fill quick and its rows what the rival wrote.
 * @param own values of columns that must differ, as SQL over the row's number `n.i`
 */
export function copyRows(db: Sqlite, table: string, count: number, own: Readonly<Record<string, string>>): void {
  const columns = (db.pragma(`table_info(${table})`) as { name: string; pk: number }[])
    .map(({ name }) => name)
    .filter((name) => own[name] !== '');
  const values = columns.map((name) => own[name] ?? `t.${name}`);
  const before = db.pragma('synchronous', { simple: true });
  db.pragma('synchronous = OFF');
  const insert = db.prepare(
    `INSERT INTO ${table} (${columns.join(', ')})
     WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?)
     SELECT ${values.join(', ')} FROM n CROSS JOIN (SELECT * FROM ${table} ORDER BY rowid LIMIT 1) AS t`,
  );
  for (let from = 1; from <= count; from += CHUNK) insert.run(from, Math.min(count, from + CHUNK - 1));
  db.pragma(`synchronous = ${Number(before)}`);
}
