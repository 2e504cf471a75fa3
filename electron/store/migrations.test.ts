import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CURRENT_VERSION, migrate, MIGRATIONS } from './migrations.ts';
import { rowHash } from './outbox.ts';
import { APPLICATION_ID, applyPragmas, PAGE_SIZE } from './pragmas.ts';
import { schemaOf } from './schema.ts';
import { loadSqlite, type Sqlite } from './sqlite.ts';
import { START, claim, must, openForTest, testId, withFolder } from './test-kit.ts';

const Sqlite3 = loadSqlite();

const SHA256_OF_A = 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb';

/** A database as the program of that version left it, with a case waiting. */
function oldDatabase(dir: string, version: number): void {
  const db = new Sqlite3(join(dir, 'kiosk.sqlite'));
  db.pragma(`page_size = ${PAGE_SIZE}`);
  expect(applyPragmas(db)).toEqual([]);
  db.pragma(`application_id = ${APPLICATION_ID}`);
  migrate(db, version);
  const rowSha256 = rowHash({ kind: 'case', subjectId: testId(1), sequence: 1, key: 'case:1:1', sha256: SHA256_OF_A });
  db.exec(`
    INSERT INTO acts VALUES (1, 'a1', 'submit-case', '${testId(1)}', 'intended', 'kiosk', 1, 1, '{}');
    INSERT INTO cases (case_id, submission_id, tracking_number, kiosk_code, local_date, day_sequence, item_id,
      item_version, item_name, language, state, kept_at, act_id, applicant_masked)
    VALUES ('${testId(1)}', 's1', 'CH03 260105 0001 8', 'CH03', '2026-01-05', 1, 'rent-filing', 1, '{}', 'en', 'kept', 1, 'a1', 'x');
    INSERT INTO tracking_counters VALUES ('CH03', '2026-01-05', 1);
    INSERT INTO outbox (entry_id, kind, subject_id, sequence, idempotency_key, act_id, sha256, size, row_sha256, label,
      state, head, created_at)
    VALUES ('e1', 'case', '${testId(1)}', 1, 'case:1:1', 'a1', '${SHA256_OF_A}', 1, '${rowSha256}', 'CH03', 'ready', 1, 1);
    INSERT INTO outbox_payloads VALUES (1, '${SHA256_OF_A}', x'61');
  `);
  db.close();
}

const OLDER = MIGRATIONS.map(({ version }) => version).filter((version) => version < CURRENT_VERSION);

describe('migrations', () => {
  it('rise, with gaps', () => {
    const versions = MIGRATIONS.map(({ version }) => version);
    expect(versions.every((version) => version % 10 === 0)).toBe(true);
    expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
  });

  it.each(OLDER)('from version %i keep what waits, after a backup', (version) =>
    withFolder(async (dir) => {
      oldDatabase(dir, version);
      const { store, report } = openForTest(dir);
      expect(report).toMatchObject({ kind: 'migrated', from: version, to: CURRENT_VERSION });
      const [entry] = must(await claim(store, START, 1));
      expect(entry).toMatchObject({ entryId: 'e1', body: Uint8Array.of(0x61) });
      expect(must(await store.findCase({ number: 'CH03 260105 0001 8' })).state).toBe('kept');
      await store.close();
      const backup = new Sqlite3(report.kind === 'migrated' ? (report.backup ?? '') : '', { readonly: true });
      expect(backup.pragma('user_version', { simple: true })).toBe(version);
      expect(backup.prepare('SELECT count(*) AS n FROM outbox').get()).toEqual({ n: 1 });
      backup.close();
      const second = openForTest(dir);
      expect(second.report).toEqual({ kind: 'opened' });
      await second.store.close();
    })(),
  );

  it(
    'that fail leave the version before',
    withFolder((dir) => {
      oldDatabase(dir, 10);
      const db = new Sqlite3(join(dir, 'kiosk.sqlite'));
      // A name that the next step wants to give: it must fail as a whole.
      db.exec('CREATE TABLE ratings (x)');
      expect(() => migrate(db)).toThrow(/already exists/);
      expect(db.pragma('user_version', { simple: true })).toBe(10);
      expect(db.inTransaction).toBe(false);
      expect(db.prepare("SELECT name FROM sqlite_schema WHERE name = 'pickups'").get()).toBeUndefined();
      db.close();
      return Promise.resolve();
    }),
  );

  it(
    'are not run on a new database with a backup',
    withFolder(async (dir) => {
      const { store, report } = openForTest(dir);
      expect(report).toEqual({ kind: 'new' });
      await store.close();
      expect(readdirSync(dir).filter((name) => name.includes('before'))).toEqual([]);
      expect(existsSync(join(dir, 'kiosk.sqlite'))).toBe(true);
    }),
  );
});

describe('schema', () => {
  const withSchema =
    (look: (db: Sqlite) => void): (() => void) =>
    () => {
      const db = new Sqlite3(':memory:');
      try {
        migrate(db);
        look(db);
      } finally {
        db.close();
      }
    };
  const tables = (db: Sqlite): { name: string; strict: number }[] =>
    (db.pragma('table_list') as { name: string; strict: number; schema: string }[]).filter(
      ({ name, schema }) => schema === 'main' && !name.startsWith('sqlite_'),
    );

  it(
    'has only STRICT tables',
    withSchema((db) => {
      expect(tables(db).length).toBeGreaterThan(8);
      expect(tables(db).filter(({ strict }) => strict !== 1)).toEqual([]);
    }),
  );

  it(
    'has an index for every reference',
    withSchema((db) => {
      const missing = tables(db).flatMap(({ name }) => {
        const leading = (db.pragma(`index_list(${name})`) as { name: string }[]).map(
          (index) => (db.pragma(`index_info(${index.name})`) as { name: string }[])[0]?.name,
        );
        const primary = (db.pragma(`table_info(${name})`) as { name: string; pk: number }[])
          .filter(({ pk }) => pk === 1)
          .map((column) => column.name);
        return (db.pragma(`foreign_key_list(${name})`) as { from: string }[])
          .filter(({ from }) => ![...leading, ...primary].includes(from))
          .map(({ from }) => `${name}.${from}`);
      });
      expect(missing).toEqual([]);
    }),
  );

  it.each([
    ['outbox_due', 'attempts = 0'],
    ['outbox_again', 'attempts > 0'],
  ])('finds due entries by the index %s of ready heads alone', (index, lane) =>
    withSchema((db) => {
      const plan = db
        .prepare(
          `EXPLAIN QUERY PLAN SELECT entry_id FROM outbox INDEXED BY ${index}
           WHERE state = 'ready' AND head = 1 AND ${lane} AND next_try_at <= 5 ORDER BY next_try_at, seq LIMIT 4`,
        )
        .all() as { detail: string }[];
      expect(plan.map(({ detail }) => detail)).toEqual([`SEARCH outbox USING INDEX ${index} (next_try_at<?)`]);
    })(),
  );

  it(
    'is the same whether it was made at once or step by step',
    withSchema((db) => {
      const stepwise = new Sqlite3(':memory:');
      for (const { version } of MIGRATIONS) migrate(stepwise, version);
      expect(schemaOf(stepwise)).toEqual(schemaOf(db));
      stepwise.close();
    }),
  );
});
