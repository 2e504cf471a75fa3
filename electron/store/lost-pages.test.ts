import * as fs from 'node:fs';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { migrate } from './migrations.ts';
import { PAGE_SIZE } from './pragmas.ts';
import { salvage, type SalvageCounts } from './salvage.ts';
import { loadSqlite } from './sqlite.ts';
import { START, claim, must, newCase, openForTest, pickupList, settle, testId, withFolder } from './test-kit.ts';

/** Bytes of a file that the disk does not give any more, as a system says it. */
const bad = vi.hoisted(() => ({ path: '', at: -1, length: 0, file: -1 }));

vi.mock(import('node:fs'), async (original) => {
  const real = await original();
  const refuse = (): never => {
    throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
  };
  return {
    ...real,
    copyFileSync: (from, to, mode) => (from === bad.path ? refuse() : real.copyFileSync(from, to, mode)),
    openSync: (path, flags, mode) => {
      const file = real.openSync(path, flags, mode);
      if (path === bad.path) bad.file = file;
      else if (file === bad.file) bad.file = -1;
      return file;
    },
    readSync: ((file: number, buffer: NodeJS.ArrayBufferView, offset: number, length: number, position: number) => {
      const meets = file === bad.file && position < bad.at + bad.length && position + length > bad.at;
      return meets ? refuse() : real.readSync(file, buffer, offset, length, position);
    }) as typeof real.readSync,
  };
});

const Sqlite3 = loadSqlite();
const CASES = 90;
const database = (dir: string): string => join(dir, 'kiosk.sqlite');

/** A store with more than a page of most things, some of them delivered, closed. */
async function fill(dir: string): Promise<void> {
  const { store } = openForTest(dir);
  for (let number = 1; number <= CASES; number += 1) {
    const ct = Buffer.alloc(number % 9 === 0 ? 5_000 : 300, number).toString('base64url');
    must(await store.submitCase(newCase(number, { envelope: { ...newCase(number).envelope, ct } })));
  }
  must(await store.announcePickups(pickupList({})));
  for (const { entryId } of must(await claim(store, START, 20))) {
    must(await settle(store, entryId, { kind: 'acknowledged', at: START }));
  }
  must(await store.releaseClaims());
  await store.close();
}

/** Salvages the database of a folder into a fresh one; gives the counts. */
function salvaged(dir: string, name: string): SalvageCounts {
  const path = join(dir, `fresh-${name}.sqlite`);
  const fresh = new Sqlite3(path);
  try {
    fresh.pragma('synchronous = OFF');
    fresh.pragma('journal_mode = MEMORY');
    migrate(fresh);
    return salvage(Sqlite3, database(dir), fresh, join(dir, 'scratch.sqlite'));
  } finally {
    fresh.close();
    fs.rmSync(path);
  }
}

const sum = ({ rows }: SalvageCounts): number => Object.values(rows).reduce((all, one) => all + one, 0);

afterEach(() => Object.assign(bad, { path: '', at: -1, length: 0, file: -1 }));

describe('an index of some rows that names others', () => {
  it(
    'is found at the start, and nothing that ended is called open',
    withFolder(async (dir) => {
      await fill(dir);
      // What another page in its place does, too: SQLite's own check finds nothing wrong.
      const change = (sql: string): void => {
        const db = new Sqlite3(database(dir));
        db.unsafeMode(true);
        db.pragma('writable_schema = ON');
        db.exec(sql);
        db.close();
      };
      const rename = (from: string, to: string): string =>
        `UPDATE sqlite_schema SET sql = replace(sql, '${from}', '${to}') WHERE name = 'acts_untraced'`;
      change(rename("= ''unknown''", "= ''confirmed''"));
      change('REINDEX acts_untraced');
      change(rename("= ''confirmed''", "= ''unknown''"));
      const db = new Sqlite3(database(dir), { readonly: true });
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
      db.close();
      const { store, report } = openForTest(dir);
      expect(report).toMatchObject({ kind: 'salvaged', detail: 'strange entries in acts_untraced' });
      expect(must(await store.openActs())).toHaveLength(CASES - 20);
      await store.close();
    }),
  );
});

describe('a page of the database that is lost', () => {
  it(
    'costs the rows that were on it and no other, whichever page it is',
    withFolder(async (dir) => {
      await fill(dir);
      const whole = readFileSync(database(dir));
      const before = sum(salvaged(dir, 'whole'));
      const pages = whole.length / PAGE_SIZE;
      const kinds = { branches: 0, leaves: 0, others: 0 };
      for (let page = 0; page < pages; page += 1) {
        const kind = whole[page * PAGE_SIZE + (page === 0 ? 100 : 0)];
        // Of what is there many times over, some will do.
        if (page > 0 && kind !== 5 && page % 5 !== 0) continue;
        const bytes = Buffer.from(whole);
        bytes.fill(0, page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
        writeFileSync(database(dir), bytes);
        const kept = salvaged(dir, String(page));
        // A leaf says how many rows it has; any other page may hold the end of one long row.
        const rows = kind === 13 ? whole.readUInt16BE(page * PAGE_SIZE + 3) : 1;
        const most = kind === 5 || page === 0 ? 0 : rows;
        expect({ page, kind, lost: before - sum(kept) <= most }).toEqual({ page, kind, lost: true });
        kinds[kind === 5 ? 'branches' : kind === 13 ? 'leaves' : 'others'] += 1;
      }
      expect(kinds.branches).toBeGreaterThan(3);
      expect(kinds.leaves).toBeGreaterThan(5);
      expect(kinds.others).toBeGreaterThan(3);
    }),
  );

  it(
    'costs no more when it is one of the WAL: what was written behind it is taken over',
    withFolder(async (dir) => {
      const working = join(dir, 'working');
      const crashed = join(dir, 'crashed');
      await fill(working);
      const { store } = openForTest(working);
      for (let number = CASES + 1; number <= CASES + 30; number += 1) {
        must(await store.submitCase(newCase(number)));
        // Brings the case into its tables.
        must(await store.outboxCounts());
      }
      fs.cpSync(working, crashed, { recursive: true, filter: (path) => !path.endsWith('-shm') });
      await store.close();
      const wal = `${database(crashed)}-wal`;
      const whole = readFileSync(wal);
      const pieces = Math.ceil(whole.length / PAGE_SIZE);
      expect(pieces).toBeGreaterThan(100);
      const main = readFileSync(database(crashed));
      const all = salvaged(crashed, 'whole');
      expect(all.rows).toMatchObject({ cases: CASES + 30, outbox: CASES + 30 });
      for (const piece of [0, 1, 2, 3, 50, 51, pieces >> 1, pieces - 2, pieces - 1]) {
        const bytes = Buffer.from(whole);
        bytes.fill(0, piece * PAGE_SIZE, Math.min(bytes.length, (piece + 1) * PAGE_SIZE));
        writeFileSync(wal, bytes);
        const { rows } = salvaged(crashed, String(piece));
        // Two frames are lost with it. A page that was just begun may be had only as it was before: without its rows.
        const [cases, outbox] = [CASES + 30 - rows.cases, CASES + 30 - rows.outbox];
        expect(Math.max(cases, outbox), `piece ${piece}: ${cases} cases, ${outbox} entries`).toBeLessThan(24);
        expect(rows.outbox_payloads).toBeGreaterThanOrEqual(all.rows.outbox_payloads - 24);
      }
      expect(readFileSync(database(crashed)).equals(main)).toBe(true);
    }),
  );

  it(
    'to a disk that never gives it again: the rest goes on, and how much is lost is said',
    withFolder(async (dir) => {
      await fill(dir);
      const bytes = readFileSync(database(dir));
      // The page of a case that waits. SQLite takes a read that is refused for a malformed page.
      const page = Math.floor(bytes.indexOf(`case:${testId(50)}:1`) / PAGE_SIZE);
      bytes.fill(0xa5, page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
      writeFileSync(database(dir), bytes);
      Object.assign(bad, { path: database(dir), at: page * PAGE_SIZE + 512, length: 512 });
      const { store, report } = openForTest(dir);
      if (report.kind !== 'salvaged') throw new Error(report.kind);
      expect(report.counts).toMatchObject({ unreadable: 1, rows: { cases: CASES, acts: CASES } });
      const claimed = must(await claim(store, START, 500));
      expect(claimed.length).toBeGreaterThan(CASES - 20 - 20);
      expect(must(await store.auditTail(1))).toMatchObject([
        { what: 'database-salvaged', detail: expect.stringContaining('1 x 4 KB cannot be read') as string },
      ]);
      expect(must(await store.submitCase(newCase(900))).trackingNumber).toMatch(/\d/);
      await store.close();
      expect(openForTest(dir).report).toEqual({ kind: 'opened' });
    }),
  );
});
