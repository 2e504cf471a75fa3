import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyDatabase } from './evidence.ts';
import { loadSqlite, type Sqlite } from './sqlite.ts';
import { must, newCase, openForTest, START, testId, withFolder } from './test-kit.ts';

const Sqlite3 = loadSqlite();

/** Looks at the file beside the open store. */
function beside<T>(dir: string, look: (db: Sqlite) => T): T {
  const db = new Sqlite3(join(dir, 'kiosk.sqlite'));
  try {
    return look(db);
  } finally {
    db.close();
  }
}

const rowsOf = (dir: string, table: string): number =>
  beside(dir, (db) => Number(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get()));

async function submit(store: ReturnType<typeof openForTest>['store'], from: number, to: number): Promise<void> {
  for (let number = from; number <= to; number += 1) must(await store.submitCase(newCase(number)));
}

describe('cases that are kept and not in their tables yet', () => {
  it(
    'are in all of them for whoever looks',
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      await submit(store, 1, 3);
      expect([rowsOf(dir, 'intake'), rowsOf(dir, 'cases'), rowsOf(dir, 'outbox')]).toEqual([3, 0, 0]);
      expect(must(await store.outboxCounts())).toMatchObject({ waiting: 3, parked: 0, nextDueAt: 0 });
      expect([rowsOf(dir, 'intake'), rowsOf(dir, 'cases'), rowsOf(dir, 'outbox')]).toEqual([0, 3, 3]);
      await submit(store, 4, 5);
      expect(must(await store.actsOf(testId(5)))).toMatchObject([{ kind: 'submit-case', state: 'intended' }]);
      await submit(store, 6, 6);
      const claimed = must(await store.claim(START, 10));
      expect(claimed.map(({ subjectId }) => subjectId)).toEqual([1, 2, 3, 4, 5, 6].map((number) => testId(number)));
      await store.close();
      expect(beside(dir, (db) => verifyDatabase(db))).toMatchObject({ sound: true });
    }),
  );

  it(
    'come into their tables by themselves when there are many',
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      await submit(store, 1, 40);
      const waiting = rowsOf(dir, 'intake');
      expect(waiting).toBeLessThan(32);
      expect(rowsOf(dir, 'cases')).toBe(40 - waiting);
      await store.close();
    }),
  );

  it(
    'are there after a death, with their numbers, and the chain of evidence is whole',
    withFolder(async (dir) => {
      const dead = openForTest(dir);
      await submit(dead.store, 1, 5);
      // The connection is left as a death leaves it: nothing is settled or closed.
      const { store, report, loss } = openForTest(dir);
      expect([report.kind, loss]).toEqual(['opened', null]);
      const again = must(await store.submitCase(newCase(5)));
      expect(again.trackingNumber.replaceAll(' ', '')).toMatch(/0005.$/);
      const next = must(await store.submitCase(newCase(6)));
      expect(next.trackingNumber.replaceAll(' ', '')).toMatch(/0006.$/);
      expect(must(await store.claim(START, 10))).toHaveLength(6);
      await store.close();
      expect(beside(dir, (db) => verifyDatabase(db))).toMatchObject({ sound: true });
    }),
  );

  it(
    'leave no masked name in the file once they are gone from there',
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      const masked = (number: number): string => `测*${String(number).padStart(2, '0')}号`;
      for (let number = 1; number <= 20; number += 1) {
        must(await store.submitCase(newCase(number, { applicantMasked: masked(number) })));
      }
      expect(must(await store.claim(START, 20))).toHaveLength(20);
      await store.close();
      const text = readFileSync(join(dir, 'kiosk.sqlite'), 'utf8');
      // Once in the row of the case, which keeps it for a day.
      for (let number = 1; number <= 20; number += 1) expect(text.split(masked(number))).toHaveLength(2);
    }),
  );

  it(
    'that are damaged there are taken up by what their messages say',
    withFolder(async (dir) => {
      const dead = openForTest(dir);
      await submit(dead.store, 1, 3);
      beside(dir, (db) =>
        db.prepare("UPDATE intake SET kept = replace(kept, 'rent-filing', 'rent-filinG') WHERE seq = 2").run(),
      );
      const { store, report } = openForTest(dir);
      expect(report).toMatchObject({ kind: 'salvaged', counts: { adopted: 1 } });
      const claimed = must(await store.claim(START, 10));
      expect(claimed.map(({ subjectId }) => subjectId).sort()).toEqual([testId(1), testId(2), testId(3)]);
      await store.close();
    }),
  );

  it(
    'are not entered twice when a salvage finds them in both places',
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      await submit(store, 1, 2);
      const row = beside(dir, (db) => db.prepare('SELECT * FROM intake WHERE seq = 1').get()) as Record<
        string,
        unknown
      >;
      await store.close();
      beside(dir, (db) =>
        db.prepare('INSERT INTO intake VALUES (?, ?, ?)').run(1, String(row['kept']), String(row['sha256'])),
      );
      const again = openForTest(dir);
      expect(must(await again.store.outboxCounts())).toMatchObject({ waiting: 2, parked: 0 });
      expect(must(await again.store.claim(START, 10))).toHaveLength(2);
      await again.store.close();
    }),
  );

  it(
    'refuse what their tables would refuse later',
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      await submit(store, 1, 1);
      for (const clash of [{ caseId: testId(1) }, { actId: newCase(1).actId }]) {
        expect(await store.submitCase(newCase(2, clash))).toMatchObject({ ok: false, error: { code: 'conflict' } });
      }
      must(await store.outboxCounts());
      expect(await store.submitCase(newCase(2, { actId: newCase(1).actId }))).toMatchObject({ ok: false });
      await submit(store, 2, 2);
      expect(must(await store.outboxCounts()).waiting).toBe(2);
      await store.close();
    }),
  );
});
