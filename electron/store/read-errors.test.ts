import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore, type OpenedStore } from './open.ts';
import { loadSqlite, type Sqlite } from './sqlite.ts';
import { START, claim, must, newCase, openForTest, testClock, testId, testRandom, withFolder } from './test-kit.ts';

const Sqlite3 = loadSqlite();
/** Calls that contain `text` fail `times` times, as they do on a disk that says EIO: SQLite calls that a malformed image. */
const disk = { text: '', times: 0 };

function readThe(text: string): void {
  if (disk.times === 0 || !text.includes(disk.text)) return;
  disk.times -= 1;
  throw Object.assign(new Error('database disk image is malformed'), { code: 'SQLITE_CORRUPT' });
}

/** A connection to a disk that cannot be read now and then. */
class OnBadDisk extends Sqlite3 {
  override prepare = ((sql: string) => {
    readThe(sql);
    return super.prepare(sql);
  }) as Sqlite['prepare'];

  override pragma(source: string, options?: { simple?: boolean }): unknown {
    readThe(source);
    return super.pragma(source, options);
  }
}

function open(dir: string): OpenedStore {
  const opened = openStore({
    dir,
    clock: testClock,
    random: testRandom,
    ballastBytes: 0,
    freeBytesWanted: 0,
    sqlite: OnBadDisk,
  });
  if (!opened.ok) throw new Error(`${opened.error.code}: ${opened.error.detail}`);
  return opened.value;
}

const marked = (dir: string): boolean => existsSync(join(dir, 'kiosk.suspect'));
const movedAside = (dir: string): number =>
  readdirSync(dir).filter((name) => /^kiosk\.corrupt-\w+\.sqlite$/u.test(name)).length;

/** Looks for a case while the disk cannot be read `times` times. Gives whether damage was said. */
async function lookUp({ store, onDamage }: OpenedStore, times: number): Promise<{ found: boolean; said: boolean }> {
  let said = false;
  onDamage(() => (said = true));
  Object.assign(disk, { text: 'FROM cases WHERE case_id', times });
  const looked = await store.findCase({ caseId: testId(1) });
  disk.times = 0;
  return { found: looked.ok, said };
}

async function fill(dir: string): Promise<void> {
  const { store } = openForTest(dir);
  must(await store.submitCase(newCase(1)));
  await store.close();
}

describe('a disk that cannot be read at some moment', () => {
  it(
    'is read again by the work that met it, and no damage is said',
    withFolder(async (dir) => {
      await fill(dir);
      const opened = open(dir);
      expect(await lookUp(opened, 1)).toEqual({ found: true, said: false });
      expect(marked(dir)).toBe(false);
      await opened.store.close();
    }),
  );

  it.each(['integrity_check', 'sqlite_schema', 'journal_mode', 'sqlite_sequence', 'FROM evidence'])(
    'is read again by an opening: %s',
    (text) =>
      withFolder(async (dir) => {
        await fill(dir);
        Object.assign(disk, { text, times: 1 });
        const { store, report } = open(dir);
        expect(disk.times).toBe(0);
        expect(report).toEqual({ kind: 'opened' });
        expect(marked(dir)).toBe(false);
        expect(must(await claim(store, START, 9))).toHaveLength(1);
        await store.close();
      })(),
  );

  it(
    'for longer is checked whole by the next opening, not salvaged, and forgotten by the one after',
    withFolder(async (dir) => {
      await fill(dir);
      const first = open(dir);
      expect(await lookUp(first, 2)).toEqual({ found: false, said: true });
      await first.store.close();
      for (const suspicion of [true, false]) {
        const { store, report } = open(dir);
        expect(report).toEqual({ kind: 'opened' });
        expect(marked(dir)).toBe(suspicion);
        expect(must(await store.submitCase(newCase(2))).trackingNumber).toContain(' 0002 ');
        await store.close();
      }
      expect(movedAside(dir)).toBe(0);
    }),
  );

  it(
    'and again after that check is damage, and salvaged',
    withFolder(async (dir) => {
      await fill(dir);
      for (let start = 0; start < 2; start += 1) {
        const opened = open(dir);
        expect(opened.report).toEqual({ kind: 'opened' });
        expect(await lookUp(opened, 2)).toEqual({ found: false, said: true });
        await opened.store.close();
      }
      const { store, report } = open(dir);
      expect(report.kind).toBe('salvaged');
      expect(marked(dir)).toBe(false);
      expect(movedAside(dir)).toBe(1);
      expect(must(await claim(store, START, 9))).toHaveLength(1);
      await store.close();
    }),
  );

  it.each(['table_info(outbox)', 'FROM outbox NOT INDEXED WHERE rowid >='])('costs a salvage no row: %s', (text) =>
    withFolder(async (dir) => {
      await fill(dir);
      for (let start = 0; start < 2; start += 1) {
        const opened = open(dir);
        await lookUp(opened, 2);
        await opened.store.close();
      }
      Object.assign(disk, { text, times: 1 });
      const { store, report } = open(dir);
      expect(report).toMatchObject({ kind: 'salvaged', counts: { rows: { cases: 1, outbox: 1, outbox_payloads: 1 } } });
      expect(disk.times).toBe(0);
      await store.close();
    })(),
  );
});
