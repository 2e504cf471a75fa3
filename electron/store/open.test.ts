import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CURRENT_VERSION } from './migrations.ts';
import { openStore, type OpenReport } from './open.ts';
import { APPLICATION_ID } from './pragmas.ts';
import { loadSqlite, type SqliteConstructor } from './sqlite.ts';
import {
  START,
  claim,
  must,
  newCase,
  openForTest,
  pickupList,
  settle,
  testClock,
  testId,
  testRandom,
  withFolder,
} from './test-kit.ts';

const Sqlite3 = loadSqlite();
const CASES = 30;
const database = (dir: string): string => join(dir, 'kiosk.sqlite');

function open(dir: string, sqlite?: SqliteConstructor): ReturnType<typeof openStore> {
  return openStore({ dir, clock: testClock, random: testRandom, ballastBytes: 0, ...(sqlite ? { sqlite } : {}) });
}

/** A store with cases of a few kilobytes, closed. */
async function fill(dir: string): Promise<void> {
  const { store } = openForTest(dir);
  for (let number = 1; number <= CASES; number += 1) {
    const ct = Buffer.alloc(3000, number).toString('base64url');
    must(await store.submitCase(newCase(number, { envelope: { ...newCase(number).envelope, ct } })));
  }
  must(await store.announcePickups(pickupList({})));
  await store.close();
}

function salvageReport(report: OpenReport): OpenReport & { kind: 'salvaged' } {
  if (report.kind !== 'salvaged') throw new Error(`not salvaged but ${report.kind}`);
  return report;
}

/** Page of the database that holds this text. */
function pageOf(dir: string, text: string): number {
  const bytes = readFileSync(database(dir));
  const at = bytes.indexOf(text);
  if (at < 0) throw new Error('text not in the database');
  return Math.floor(at / 4096);
}

function overwrite(path: string, from: number, bytes: Uint8Array): void {
  const all = readFileSync(path);
  all.set(bytes, from);
  writeFileSync(path, all);
}

describe('opening', () => {
  it(
    'sets and reads back what durability needs',
    withFolder(async (dir) => {
      await fill(dir);
      const db = new Sqlite3(database(dir));
      expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
      expect(db.pragma('application_id', { simple: true })).toBe(APPLICATION_ID);
      expect(db.pragma('page_size', { simple: true })).toBe(4096);
      db.close();
    }),
  );

  it(
    'refuses a runtime that does not give synchronous=FULL',
    withFolder(async (dir) => {
      class Careless extends Sqlite3 {
        override pragma(source: string, options?: { simple?: boolean }): unknown {
          return super.pragma(source.replace('synchronous = FULL', 'synchronous = NORMAL'), options);
        }
      }
      expect(open(dir, Careless)).toEqual({ ok: false, error: { code: 'unsafe', detail: 'synchronous' } });
      await fill(dir);
      expect(open(dir, Careless)).toMatchObject({ error: { code: 'unsafe' } });
    }),
  );

  it(
    'refuses a newer database and does not touch it',
    withFolder(async (dir) => {
      await fill(dir);
      const db = new Sqlite3(database(dir));
      db.pragma(`user_version = ${CURRENT_VERSION + 10}`);
      db.close();
      const before = readFileSync(database(dir));
      expect(open(dir)).toMatchObject({ ok: false, error: { code: 'newer' } });
      expect(readFileSync(database(dir)).equals(before)).toBe(true);
    }),
  );

  it(
    'refuses a foreign database and does not touch it',
    withFolder((dir) => {
      const db = new Sqlite3(database(dir));
      db.exec('CREATE TABLE photos (x)');
      db.close();
      const before = readFileSync(database(dir));
      expect(open(dir)).toMatchObject({ ok: false, error: { code: 'foreign' } });
      expect(readFileSync(database(dir)).equals(before)).toBe(true);
      return Promise.resolve();
    }),
  );

  it(
    'says unavailable when the folder cannot be used',
    withFolder((dir) => {
      writeFileSync(join(dir, 'file'), '');
      expect(open(join(dir, 'file'))).toMatchObject({ ok: false, error: { code: 'unavailable' } });
      mkdirSync(database(dir));
      expect(open(dir)).toMatchObject({ ok: false, error: { code: 'unavailable' } });
      return Promise.resolve();
    }),
  );
});

describe('a damaged database', () => {
  it(
    'is moved aside whole, and what can be read goes on',
    withFolder(async (dir) => {
      await fill(dir);
      const damaged = pageOf(dir, newCase(20).caseId) * 4096;
      overwrite(database(dir), damaged, Buffer.alloc(4096, 0xa5));
      const before = readFileSync(database(dir));
      const { store, report } = openForTest(dir);
      const { counts, movedTo } = salvageReport(report);
      expect(readFileSync(movedTo).equals(before)).toBe(true);
      expect(movedTo).toMatch(/kiosk\.corrupt-\w+\.sqlite$/);
      expect(counts.rows.outbox_payloads).toBeGreaterThan(CASES / 2);
      expect(counts.rows.outbox).toBeGreaterThan(CASES / 2);
      // Numbers that were given out and may be lost are not given again.
      expect(must(await store.submitCase(newCase(900))).trackingNumber).toMatch(/ 0?2\d\d /);
      const later = must(await store.submitCase(newCase(901, { localDate: '2026-01-09' })));
      expect(later.trackingNumber).toContain(' 0201 ');
      expect(must(await store.auditTail(1))).toMatchObject([{ what: 'database-salvaged' }]);
      await store.close();
      expect(openForTest(dir).report).toEqual({ kind: 'opened' });
    }),
  );

  it(
    'gives everything back when only its header is gone',
    withFolder(async (dir) => {
      await fill(dir);
      overwrite(database(dir), 0, Buffer.from('not a database..'));
      const { store, report } = openForTest(dir);
      expect(salvageReport(report).counts).toMatchObject({
        rows: { cases: CASES, outbox: CASES, outbox_payloads: CASES, acts: CASES, pickups: 1, kept_values: 2 },
        damagedPayloads: 0,
        lostPayloads: 0,
        adopted: 0,
      });
      expect(must(await claim(store, START, 100))).toHaveLength(CASES);
      await store.close();
    }),
  );

  it(
    'sends messages whose state rows are lost, by what they say themselves',
    withFolder(async (dir) => {
      await fill(dir);
      const db = new Sqlite3(database(dir));
      const [first] = db.prepare('SELECT entry_id FROM outbox ORDER BY seq').pluck().all() as string[];
      db.close();
      // The leaf of the table (pages of that kind begin with 13), not of an index: it holds the idempotency keys too.
      const bytes = readFileSync(database(dir));
      const places = [...Array(bytes.length / 4096).keys()].filter((page) => {
        const text = bytes.subarray(page * 4096, page * 4096 + 4096).toString('latin1');
        return bytes[page * 4096] === 13 && text.includes(first!) && text.includes('case:');
      });
      expect(places).toHaveLength(1);
      overwrite(database(dir), places[0]! * 4096, Buffer.alloc(4096, 0xa5));
      const { store, report } = openForTest(dir);
      const { counts } = salvageReport(report);
      expect(counts.rows.outbox).toBeLessThan(CASES);
      expect(counts.rows.outbox + counts.adopted).toBe(CASES);
      const claimed = must(await claim(store, START, 100));
      expect(claimed.map(({ idempotencyKey }) => idempotencyKey).sort()).toEqual(
        Array.from({ length: CASES }, (_, index) => `case:${testId(index + 1)}:1`).sort(),
      );
      for (const { entryId } of claimed) must(await settle(store, entryId, { kind: 'acknowledged', at: START }));
      expect(must(await store.openActs())).toEqual([]);
      await store.close();
    }),
  );

  it.each([
    ['nothing but noise', (dir: string) => writeFileSync(database(dir), Buffer.alloc(9000, 0x5a))],
    ['cut off in its first page', (dir: string) => truncateSync(database(dir), 1000)],
    ['cut off in the middle', (dir: string) => truncateSync(database(dir), 20 * 4096)],
  ])('opens: %s', (_, damage) =>
    withFolder(async (dir) => {
      await fill(dir);
      damage(dir);
      const { store, report } = openForTest(dir);
      expect(existsSync(salvageReport(report).movedTo)).toBe(true);
      must(await store.submitCase(newCase(900)));
      await store.close();
    })(),
  );

  it(
    'with rotten payload bytes is not sent but parked',
    withFolder(async (dir) => {
      await fill(dir);
      // SQLite's own check does not see a payload that changed within itself; only its hash does.
      const db = new Sqlite3(database(dir));
      db.exec(
        "UPDATE outbox_payloads SET body = CAST(substr(body, 1, 500) || '#' || substr(body, 502) AS BLOB) WHERE seq = 7",
      );
      db.close();
      const { store, report } = openForTest(dir);
      expect(report).toEqual({ kind: 'opened' });
      const claimed = must(await claim(store, START, 100));
      expect(claimed).toHaveLength(CASES - 1);
      expect(must(await store.outboxCounts()).parked).toBe(1);
      expect(must(await store.findCase({ caseId: testId(7) }))).toMatchObject({
        state: 'parked',
        reason: 'payload-damaged',
      });
      await store.close();
    }),
  );

  it(
    'that was being replaced when the program died is replaced at the next start',
    withFolder(async (dir) => {
      await fill(dir);
      copyFileSync(database(dir), join(dir, 'kiosk.salvaged.sqlite'));
      // Died after the WAL had been moved, before its database was.
      writeFileSync(join(dir, 'kiosk.corrupt-20260101T000000000Z.sqlite-wal'), 'wal');
      writeFileSync(database(dir), 'damaged');
      const { store, report } = openForTest(dir);
      expect(report).toEqual({ kind: 'opened' });
      expect(must(await store.outboxCounts()).waiting).toBe(CASES);
      await store.close();
      expect(readFileSync(join(dir, 'kiosk.corrupt-20260101T000000000Z.sqlite'), 'utf8')).toBe('damaged');
    }),
  );

  it(
    'whose WAL alone is left does not spoil the new one',
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      must(await store.submitCase(newCase(1)));
      copyFileSync(`${database(dir)}-wal`, join(dir, 'kept-wal'));
      await store.close();
      renameSync(database(dir), join(dir, 'gone'));
      renameSync(join(dir, 'kept-wal'), `${database(dir)}-wal`);
      const second = openForTest(dir);
      expect(second.report).toEqual({ kind: 'new' });
      await second.store.close();
      expect(readdirSync(dir).some((name) => /^kiosk\.corrupt-.*-wal$/.test(name))).toBe(true);
    }),
  );
});

describe('a database that was written anew', () => {
  it(
    'by VACUUM is sound, and one that is damaged besides gives its rows',
    withFolder(async (dir) => {
      await fill(dir);
      const db = new Sqlite3(database(dir));
      db.exec('VACUUM');
      db.close();
      const opened = openForTest(dir);
      expect(opened.report).toEqual({ kind: 'opened' });
      must(await claim(opened.store, START, 1));
      await opened.store.close();
      const look = new Sqlite3(database(dir));
      const leaves = look.prepare("SELECT pageno FROM dbstat WHERE name = 'cases' AND pagetype = 'leaf'").all();
      look.close();
      const { pageno } = leaves[1] as { pageno: number };
      overwrite(database(dir), (pageno - 1) * 4096, Buffer.alloc(4096, 0x5a));
      const again = openForTest(dir);
      const { rows } = salvageReport(again.report).counts;
      expect(rows).toMatchObject({ acts: CASES, outbox: CASES, outbox_payloads: CASES, pickups: 1 });
      expect(rows.cases).toBeGreaterThan(0);
      expect(rows.cases).toBeLessThan(CASES);
      await again.store.close();
    }),
  );
});

describe('acts of messages that a damage took away', () => {
  it(
    'end with the duty staff, none is left that nobody will end',
    withFolder(async (dir) => {
      await fill(dir);
      const db = new Sqlite3(database(dir));
      db.pragma('foreign_keys = OFF');
      db.exec('DELETE FROM outbox_payloads; DELETE FROM outbox;');
      db.close();
      const bytes = readFileSync(database(dir));
      bytes.fill(0xff, pageOf(dir, 'digest-0') * 4096, (pageOf(dir, 'digest-0') + 1) * 4096);
      writeFileSync(database(dir), bytes);
      const { store, report } = openForTest(dir);
      salvageReport(report);
      const sendable = new Set(
        must(await store.outbox())
          .filter(({ state }) => state === 'ready')
          .map(({ subjectId }) => subjectId),
      );
      const limbo = must(await store.openActs()).filter(
        ({ owner, subjectId }) => owner === 'kiosk' && !sendable.has(subjectId),
      );
      expect(limbo).toEqual([]);
      await store.close();
    }),
  );
});

describe('damage that was met while the database was open', () => {
  it(
    'is salvaged at the next start, although a check of the file finds nothing',
    withFolder(async (dir) => {
      await fill(dir);
      writeFileSync(join(dir, 'kiosk.suspect'), '');
      const { store, report } = openForTest(dir);
      expect(salvageReport(report).counts.rows.cases).toBe(CASES);
      expect(must(await store.outboxCounts()).waiting).toBe(CASES);
      await store.close();
      const again = openForTest(dir);
      expect(again.report).toEqual({ kind: 'opened' });
      await again.store.close();
    }),
  );
});
