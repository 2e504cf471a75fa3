import { cpSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mergeWal } from './merge-wal.ts';
import { loadSqlite } from './sqlite.ts';
import { START, claim, must, newCase, openForTest, testId, withFolder } from './test-kit.ts';
import { WAL_ROOM_BYTES } from './wal-room.ts';

const Sqlite3 = loadSqlite();
const wal = (dir: string): string => join(dir, 'kiosk.sqlite-wal');

describe('the room of the WAL', () => {
  it(
    'is laid as zeros when the store forgets, and commits write into it',
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      for (let number = 1; number <= 20; number += 1) must(await store.submitCase(newCase(number)));
      must(await store.forget(START));
      const laid = readFileSync(wal(dir));
      expect(laid.length).toBe(WAL_ROOM_BYTES);
      expect(laid.every((byte) => byte === 0)).toBe(true);
      for (let number = 21; number <= 60; number += 1) must(await store.submitCase(newCase(number)));
      expect(statSync(wal(dir)).size).toBe(WAL_ROOM_BYTES);
      expect(
        readFileSync(wal(dir))
          .subarray(-4_096)
          .every((byte) => byte === 0),
      ).toBe(true);
      await store.close();
    }),
  );

  it(
    'is not laid again where nothing was written since',
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      must(await store.submitCase(newCase(1)));
      must(await store.forget(START));
      const before = statSync(wal(dir)).mtimeMs;
      must(await store.forget(START));
      expect(statSync(wal(dir)).mtimeMs).toBe(before);
      await store.close();
    }),
  );

  it(
    'is laid at the next forgetting where somebody read the WAL during this one',
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      must(await store.submitCase(newCase(1)));
      const reader = new Sqlite3(join(dir, 'kiosk.sqlite'), { readonly: true });
      const rows = reader.prepare('SELECT seq FROM outbox_payloads').iterate();
      rows.next();
      must(await store.forget(START));
      expect(
        readFileSync(wal(dir))
          .subarray(0, 32)
          .every((byte) => byte === 0),
      ).toBe(false);
      rows.return?.();
      reader.close();
      must(await store.forget(START));
      expect(readFileSync(wal(dir)).every((byte) => byte === 0)).toBe(true);
      await store.close();
    }),
  );

  it(
    'ends a WAL for who opens it after a death, and for who puts it together by hand',
    withFolder(async (dir) => {
      const { store } = openForTest(join(dir, 'living'));
      must(await store.forget(START));
      for (let number = 1; number <= 30; number += 1) must(await store.submitCase(newCase(number)));
      cpSync(join(dir, 'living'), join(dir, 'dead'), { recursive: true });
      cpSync(join(dir, 'living'), join(dir, 'merged'), { recursive: true });
      await store.close();

      const { store: again, report } = openForTest(join(dir, 'dead'));
      expect(report.kind).toBe('opened');
      const claimed = must(await claim(again, START, 50));
      expect(claimed.map(({ subjectId }) => subjectId)).toEqual(Array.from({ length: 30 }, (_, i) => testId(i + 1)));
      await again.close();

      mergeWal(join(dir, 'merged', 'kiosk.sqlite'));
      expect(existsSync(wal(join(dir, 'merged')))).toBe(false);
      const db = new Sqlite3(join(dir, 'merged', 'kiosk.sqlite'));
      expect(db.prepare('SELECT count(*) FROM intake').pluck().get()).toBe(30);
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
      db.close();
    }),
  );

  it(
    'that holds nothing but zeros is an empty WAL',
    withFolder(async (dir) => {
      const { store } = openForTest(join(dir, 'living'));
      must(await store.submitCase(newCase(1)));
      must(await store.forget(START));
      cpSync(join(dir, 'living'), join(dir, 'dead'), { recursive: true });
      await store.close();
      const { store: again, report } = openForTest(join(dir, 'dead'));
      expect(report.kind).toBe('opened');
      expect(must(await again.outboxCounts()).waiting).toBe(1);
      await again.close();
    }),
  );
});
