import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AttachmentFolder } from './attachment-files.ts';
import { verifyDatabase } from './evidence.ts';
import { loadSqlite, type Sqlite } from './sqlite.ts';
import { START, claim, must, newCase, openForTest, settle, testId, withFolder } from './test-kit.ts';

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
      const claimed = must(await claim(store, START, 10));
      expect(claimed.map(({ subjectId }) => subjectId)).toEqual([1, 2, 3, 4, 5, 6].map((number) => testId(number)));
      await store.close();
      expect(beside(dir, (db) => verifyDatabase(db))).toMatchObject({ sound: true });
    }),
  );

  it(
    'come into their tables by themselves when there are many',
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      await submit(store, 1, 4_100);
      expect([rowsOf(dir, 'intake'), rowsOf(dir, 'cases')]).toEqual([4, 4_096]);
      const counted = must(await store.outboxCounts());
      expect(counted.waiting).toBe(4_100);
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
      expect(must(await claim(store, START, 10))).toHaveLength(6);
      await store.close();
      expect(beside(dir, (db) => verifyDatabase(db))).toMatchObject({ sound: true });
    }),
  );

  it.each([31, 32, 33])('are counted like any commit: a death behind %i of them is no loss', (number) =>
    withFolder(async (dir) => {
      const dead = openForTest(dir);
      await submit(dead.store, 1, number);
      const { store, report, loss } = openForTest(dir);
      expect([report.kind, loss]).toEqual(['opened', null]);
      expect(must(await claim(store, START, 100))).toHaveLength(number);
      await store.close();
    })(),
  );

  it(
    'make no difference to a case with files, however many wait',
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      await submit(store, 1, 31);
      const begun = await new AttachmentFolder(dir).begin(testId(0x60_0001));
      if (!begun.ok) throw new Error(begun.error.detail);
      must(await begun.value.append(Buffer.alloc(9, 1)));
      const file = must(await begun.value.finish());
      const sealed = { attachmentId: testId(0x60_0001), actId: testId(0x60_0002), slot: 'contract' };
      const attachments = [{ ...sealed, envelope: newCase(1).envelope, ...file }];
      must(await store.submitCase(newCase(32, { attachments })));
      expect(must(await store.outboxCounts()).waiting).toBe(33);
      expect(must(await claim(store, START, 100))).toHaveLength(32);
      await store.close();
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
      expect(must(await claim(store, START, 20))).toHaveLength(20);
      await store.close();
      const text = readFileSync(join(dir, 'kiosk.sqlite'), 'utf8');
      // Once in the row of the case, which keeps it for a day.
      for (let number = 1; number <= 20; number += 1) expect(text.split(masked(number))).toHaveLength(2);
    }),
  );

  it.each([undefined, 0])(
    'that are damaged there are taken up by what their messages say, whatever else is checked (%s bytes)',
    (wholeCheckBytes) =>
      withFolder(async (dir) => {
        const dead = openForTest(dir);
        await submit(dead.store, 1, 3);
        beside(dir, (db) =>
          db.prepare("UPDATE intake SET kept = replace(kept, 'rent-filing', 'rent-filinG') WHERE seq = 2").run(),
        );
        const { store, report } = openForTest(dir, wholeCheckBytes === undefined ? {} : { wholeCheckBytes });
        expect(report).toMatchObject({ kind: 'salvaged', counts: { adopted: 1 } });
        const claimed = must(await claim(store, START, 10));
        expect(claimed.map(({ subjectId }) => subjectId).sort()).toEqual([testId(1), testId(2), testId(3)]);
        await store.close();
      })(),
  );

  it.each([
    ['nothing', ''],
    ['the act', "DELETE FROM acts WHERE kind = 'submit-case' AND seq = 1"],
    ['the case', 'DELETE FROM cases WHERE seq = 1'],
    ['the entry', 'DELETE FROM outbox WHERE seq = 1'],
    ['case and entry', 'DELETE FROM cases WHERE seq = 1; DELETE FROM outbox WHERE seq = 1'],
  ])('are completed and never doubled when a salvage finds them in both places without %s', (_what, lost) =>
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      await submit(store, 1, 2);
      const row = beside(dir, (db) => db.prepare('SELECT kept, sha256 FROM intake WHERE seq = 1').get()) as {
        readonly kept: string;
        readonly sha256: string;
      };
      await store.close();
      beside(dir, (db) => {
        db.prepare('INSERT INTO intake VALUES (1, ?, ?)').run(row.kept, row.sha256);
        db.exec(lost);
      });
      const again = openForTest(dir);
      expect(must(await again.store.outboxCounts())).toMatchObject({ waiting: 2, parked: 0 });
      const claimed = must(await claim(again.store, START, 10));
      expect(claimed.map(({ subjectId }) => subjectId)).toEqual([testId(1), testId(2)]);
      for (const { entryId } of claimed) must(await settle(again.store, entryId, { kind: 'acknowledged', at: START }));
      expect(must(await again.store.findCase({ caseId: testId(1) })).state).toBe('received');
      expect(must(await again.store.openActs())).toEqual([]);
      await again.store.close();
    })(),
  );

  it(
    'that were delivered long ago are not sent again when an old row of them comes back',
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      await submit(store, 1, 1);
      const row = beside(dir, (db) => db.prepare('SELECT kept, sha256 FROM intake').get()) as Record<string, string>;
      const [entry] = must(await claim(store, START, 1));
      must(await settle(store, entry!.entryId, { kind: 'acknowledged', at: START }));
      await store.close();
      for (const lost of ['', 'DELETE FROM outbox']) {
        beside(dir, (db) => {
          db.prepare('INSERT INTO intake VALUES (1, ?, ?)').run(String(row['kept']), String(row['sha256']));
          db.exec(lost);
        });
        const again = openForTest(dir);
        expect(must(await claim(again.store, START, 10))).toEqual([]);
        expect(must(await again.store.findCase({ caseId: testId(1) })).state).toBe('received');
        await again.store.close();
      }
    }),
  );

  it(
    'have an owner when the bytes of their message are gone',
    withFolder(async (dir) => {
      const dead = openForTest(dir);
      await submit(dead.store, 1, 2);
      beside(dir, (db) => db.exec('DELETE FROM outbox_payloads WHERE seq = 1'));
      const { store } = openForTest(dir);
      expect(must(await claim(store, START, 10)).map(({ subjectId }) => subjectId)).toEqual([testId(2)]);
      expect(must(await store.findCase({ caseId: testId(1) })).state).toBe('parked');
      expect(must(await store.outbox())).toMatchObject([{ subjectId: testId(1), owner: 'duty-staff' }, {}]);
      await store.close();
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
