import { cpSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StorePort } from '../services/ports.ts';
import { verifyInUse } from './evidence-check.ts';
import { loadSqlite } from './sqlite.ts';
import { must, openForTest, START, withFolder } from './test-kit.ts';

/** More than are gone over at once. */
const MANY = 230;

async function note(store: StorePort, count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    must(await store.appendEvidence({ at: START, who: 'kiosk', what: 'tried', subject: '', detail: { number } }));
  }
}

let made = '';
beforeAll(async () => {
  made = mkdtempSync(join(tmpdir(), 'h24-chain-'));
  const { store } = openForTest(made);
  await note(store, MANY);
  await store.close();
});
afterAll(() => rmSync(made, { recursive: true, force: true }));

/** Runs a check over a chain of many records that lies in an open store. */
const withChain = (use: (store: StorePort, dir: string) => Promise<void>) =>
  withFolder(async (dir) => {
    cpSync(made, dir, { recursive: true });
    const { store } = openForTest(dir);
    try {
      await use(store, dir);
    } finally {
      await store.close();
    }
  });

/** Changes the file beside the store's own connection, as somebody with a tool of their own would. */
function tamper(dir: string, sql: string): void {
  const db = new (loadSqlite())(join(dir, 'kiosk.sqlite'));
  db.exec(`DROP TRIGGER evidence_stays; DROP TRIGGER evidence_is_final; ${sql}`);
  db.close();
}

describe('the evidence chain of a store in use', () => {
  it(
    'is gone over from end to end, and its head is the one that the store knows',
    withChain(async (store, dir) => {
      const verdict = await verifyInUse(dir);
      const head = must(await store.evidenceHead());
      expect(verdict).toMatchObject({ sound: true, faults: [], head: { seq: head?.seq, hash: head?.hash } });
      expect(verdict?.records).toBe(head?.seq);
      expect(verdict?.records).toBeGreaterThanOrEqual(MANY);
    }),
  );

  it(
    'may grow meanwhile: what is added is gone over, too, and lets others work in between',
    withChain(async (store, dir) => {
      const before = must(await store.evidenceHead())?.seq ?? 0;
      const checking = verifyInUse(dir);
      const state = { over: false };
      const watched = checking.finally(() => {
        state.over = true;
      });
      let turns = 0;
      for (; !state.over; turns += 1) {
        if (turns < 2) await note(store, 15);
        await breathe();
      }
      const verdict = await watched;
      expect(verdict?.sound).toBe(true);
      expect(verdict?.records).toBeGreaterThanOrEqual(before + 15);
      expect(turns).toBeGreaterThanOrEqual(3);
    }),
  );

  it.each([
    ['a record that was changed', 'changed', "UPDATE evidence SET what = 'other' WHERE seq = 215"],
    ['one that is gone', 'missing', 'DELETE FROM evidence WHERE seq = 215'],
    ['a tail that is gone', 'tail-missing', 'DELETE FROM evidence WHERE seq > 215'],
  ])('shows %s', (_what, kind, sql) =>
    withChain(async (_store, dir) => {
      tamper(dir, sql);
      const verdict = await verifyInUse(dir);
      expect(verdict?.sound).toBe(false);
      expect(verdict?.faults.map((fault) => fault.kind)).toContain(kind);
    })(),
  );

  it(
    'that cannot be read is said to be so, and nothing is made in its place',
    withFolder(async (dir) => {
      expect(await verifyInUse(dir)).toBeNull();
      expect(await verifyInUse(join(dir, 'not-there'))).toBeNull();
      writeFileSync(join(dir, 'kiosk.sqlite'), 'no database at all '.repeat(400));
      expect(await verifyInUse(dir)).toBeNull();
      truncateSync(join(dir, 'kiosk.sqlite'), 0);
      expect(await verifyInUse(dir)).toBeNull();
    }),
  );
});
