import type { Sqlite } from '../../../electron/store/sqlite.ts';
import { RawWriter } from './raw-writer.ts';

/** Rows of one transaction while filling. */
const CHUNK = 2_000;
/** A kiosk gives at most 999,999 numbers a day. */
const A_DAY = 900_000;

/**
 * Puts cases that wait into a database of the product without waiting for the disk, then closes it.
 * @param bodies whether each case has a message of its own, or all that of the first: quicker, and of no matter while nothing is sent
 */
export function fillDatabase(db: Sqlite, count: number, bodies: 'own' | 'same' = 'own'): void {
  db.pragma('synchronous = OFF');
  db.pragma('journal_mode = OFF');
  const writer = new RawWriter(db);
  for (let done = 0; done < count;) {
    writer.begin();
    for (const end = Math.min(count, done + CHUNK); done < end; done += 1) {
      const day = `2025-12-${String(1 + Math.floor(done / A_DAY)).padStart(2, '0')}`;
      writer.write(writer.prepare(1 + (done % A_DAY), day, bodies));
    }
    writer.commit();
  }
  db.pragma('journal_mode = WAL');
  writer.close();
}

/** Id of the case of a copied job, as SQL over the row's number `n.i`. */
export const FILLED = "printf('filled-%012d', n.i)";
/** What stands for that id in the text of the job that is copied. */
export const PATTERN_ID = 'the-case-of-the-pattern';

/**
 * Copies the first row of a rival's table `count` times, which keeps the fill quick and its rows what the rival wrote.
 * @param own values of columns that must differ, as SQL over the row's number `n.i`; '' leaves the column out
 * @param text the column that holds the job: each copy names a case of its own
 */
export function copyRows(
  db: Sqlite,
  table: string,
  count: number,
  own: Readonly<Record<string, string>>,
  text: string,
): void {
  const columns = (db.pragma(`table_info(${table})`) as { name: string; pk: number }[])
    .map(({ name }) => name)
    .filter((name) => own[name] !== '');
  const values = columns.map((name) =>
    name === text ? `replace(t.${name}, '${PATTERN_ID}', ${FILLED})` : (own[name] ?? `t.${name}`),
  );
  inChunks(db, count, [
    `INSERT INTO ${table} (${columns.join(', ')})
     WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?)
     SELECT ${values.join(', ')} FROM n CROSS JOIN (SELECT * FROM ${table} ORDER BY rowid LIMIT 1) AS t`,
  ]);
}

/** Runs statements over row numbers from 1 to `count`, a slice at a time, without waiting for the disk. */
export function inChunks(db: Sqlite, count: number, statements: readonly string[]): void {
  const before = db.pragma('synchronous', { simple: true });
  db.pragma('synchronous = OFF');
  const prepared = statements.map((sql) => db.prepare(sql));
  for (let from = 1; from <= count; from += CHUNK) {
    for (const one of prepared) one.run(from, Math.min(count, from + CHUNK - 1));
  }
  db.pragma(`synchronous = ${Number(before)}`);
}
