import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OutboxEntry, StorePort } from '../services/ports.ts';
import { verifyDatabase } from './evidence.ts';
import { openStore } from './open.ts';
import { loadSqlite } from './sqlite.ts';
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
import { queueTool } from './tool.ts';

const Sqlite3 = loadSqlite();
const CASES = 25;
const KEYS = { current: { id: 'a', bytes: new Uint8Array(32).fill(7) }, older: [] };
const ORDER = { id: 'h1', at: START };

/** A machine with cases waiting, some sent, one parked, and one under way. */
async function fill(store: StorePort): Promise<Map<string, OutboxEntry>> {
  for (let number = 1; number <= CASES; number += 1) must(await store.submitCase(newCase(number)));
  must(await store.announcePickups(pickupList({ holder: '测试甲乙丙公司' })));
  const [sent, poison, ...rest] = must(await claim(store, START, CASES));
  if (!sent || !poison) throw new Error('entries are wanted');
  must(await settle(store, sent.entryId, { kind: 'acknowledged', at: START }));
  must(await settle(store, poison.entryId, { kind: 'parked', reason: 'urn:hall24:malformed' }));
  // The rest stays under way, as when the power goes.
  return new Map(rest.map((entry) => [entry.idempotencyKey, entry]));
}

function open(dir: string): StorePort {
  const opened = openStore({
    dir,
    clock: testClock,
    random: testRandom,
    ballastBytes: 0,
    freeBytesWanted: 0,
    keys: KEYS,
  });
  if (!opened.ok) throw new Error(opened.error.code);
  return opened.value.store;
}

async function tool(...args: string[]): Promise<{ code: number; said: { ok: boolean; error?: { code: string } } }> {
  const lines: string[] = [];
  const code = await queueTool([...args, '--json'], {
    clock: testClock,
    random: testRandom,
    say: (line) => void lines.push(line),
  });
  return { code, said: JSON.parse(lines[0] ?? '{}') as { ok: boolean } };
}

describe('the queue that is handed over', () => {
  it(
    'is sent by the new machine with the same keys and bytes, and by the old one no more',
    withFolder(async (dir) => {
      const [old, fresh, file] = [join(dir, 'old'), join(dir, 'new'), join(dir, 'copy.sqlite')];
      const store = open(join(old, 'store'));
      const underWay = await fill(store);
      const copy = must(await store.handOver({ ...ORDER, path: file }));
      expect(copy).toMatchObject({ id: 'h1', entries: CASES - 1, copied: true });
      // The old machine is fenced, also after a restart; what was under way may still be settled.
      expect(must(await claim(store, START, 9))).toEqual([]);
      expect(await store.submitCase(newCase(99))).toMatchObject({ ok: false, error: { detail: 'handed-over' } });
      const [first] = underWay.values();
      must(await settle(store, first?.entryId ?? '', { kind: 'acknowledged', at: START }));
      await store.close();
      const later = open(join(old, 'store'));
      must(await later.releaseClaims());
      expect(must(await claim(later, START, 9))).toEqual([]);
      expect(must(await later.handedOver())).toMatchObject({ id: 'h1', copied: true });
      expect(await later.takeBack(START)).toMatchObject({ ok: false, error: { detail: 'copied' } });
      await later.close();

      mkdirSync(fresh);
      expect((await tool('check', file)).code).toBe(0);
      expect((await tool('restore', file, fresh)).said).toMatchObject({ ok: true, value: { entries: CASES - 1 } });
      const next = open(join(fresh, 'store'));
      const claimed = must(await claim(next, START, 99));
      expect(new Map(claimed.map((entry) => [entry.idempotencyKey, entry.sha256]))).toEqual(
        new Map([...underWay].map(([key, { sha256 }]) => [key, sha256])),
      );
      for (const entry of claimed) expect(entry.body).toEqual(underWay.get(entry.idempotencyKey)?.body);
      expect(must(await next.outboxCounts())).toMatchObject({ parked: 1 });
      expect(must(await next.handedOver())).toBeNull();
      // Numbers go on where the old machine stopped.
      expect(must(await next.submitCase(newCase(100))).trackingNumber).toContain('0026');
      expect(must(await next.keyReport()).state).toBe('held');
      await next.close();
      const db = new Sqlite3(join(fresh, 'store', 'kiosk.sqlite'), { readonly: true });
      expect(verifyDatabase(db).sound).toBe(true);
      db.close();
    }),
  );

  it(
    'goes along without what the old machine guards',
    withFolder(async (dir) => {
      const file = join(dir, 'copy.sqlite');
      const store = open(join(dir, 'old'));
      await fill(store);
      must(await store.handOver({ ...ORDER, path: file }));
      await store.close();
      const bytes = readFileSync(file);
      expect(bytes.includes('测试甲乙丙公司')).toBe(false);
      expect(bytes.includes('digest-0')).toBe(false);
      expect(existsSync(`${file}-wal`)).toBe(false);
      const db = new Sqlite3(file, { readonly: true });
      expect(db.prepare('SELECT guarded, key_id, holder FROM pickups').get()).toEqual({
        guarded: null,
        key_id: null,
        holder: '',
      });
      expect(db.prepare("SELECT name FROM kept_values WHERE name = 'local-key'").get()).toBeUndefined();
      db.close();
    }),
  );

  it(
    'stays handed over when the copy fails, until it is copied again or taken back',
    withFolder(async (dir) => {
      const store = open(join(dir, 'old'));
      await fill(store);
      expect(await store.handOver({ ...ORDER, path: join(dir, 'no', 'such', 'folder', 'x.sqlite') })).toMatchObject({
        ok: false,
      });
      expect(must(await store.handedOver())).toMatchObject({ id: 'h1', copied: false });
      expect(must(await claim(store, START, 9))).toEqual([]);
      must(await store.takeBack(START));
      must(await store.releaseClaims());
      expect(must(await claim(store, START, 9))).toHaveLength(9);
      must(await store.handOver({ id: 'h2', at: START, path: join(dir, 'copy.sqlite') }));
      // The same order again makes another copy of the same hand-over.
      const again = must(await store.handOver({ id: 'h3', at: START, path: join(dir, 'copy2.sqlite') }));
      expect(again.id).toBe('h2');
      await store.close();
    }),
  );

  it(
    'is not taken over damaged, twice, by a machine with cases of its own, or while the kiosk runs',
    withFolder(async (dir) => {
      const [file, fresh] = [join(dir, 'copy.sqlite'), join(dir, 'new')];
      const store = open(join(dir, 'old'));
      await fill(store);
      must(await store.handOver({ ...ORDER, path: file }));
      await store.close();

      const refusal = async (path: string, target: string): Promise<string | undefined> => {
        const { code, said } = await tool('restore', path, target);
        expect(code).toBe(said.ok ? 0 : 1);
        return said.error?.code;
      };
      const bytes = readFileSync(file);
      const rotten = join(dir, 'rotten.sqlite');
      const at = bytes.indexOf('BBBB12');
      const changed = Buffer.from(bytes);
      changed.write('BBBX', at);
      writeFileSync(rotten, changed);
      expect(await refusal(rotten, fresh)).toBe('damaged');
      writeFileSync(rotten, bytes.subarray(0, bytes.length / 2));
      expect(await refusal(rotten, fresh)).toBe('damaged');
      writeFileSync(rotten, 'nothing of the kind');
      expect(await refusal(rotten, fresh)).toBe('damaged');
      // Any other database of a kiosk is no copy: nobody was fenced for it.
      const plain = openForTest(join(dir, 'plain'));
      must(await plain.store.submitCase(newCase(1)));
      await plain.store.close();
      copyFileSync(join(dir, 'plain', 'kiosk.sqlite'), rotten);
      expect(await refusal(rotten, fresh)).toBe('foreign');
      expect(await refusal(file, join(dir, 'plain'))).toBe('not-empty');

      mkdirSync(join(dir, 'runs'));
      const running = openForTest(join(dir, 'runs', 'store'));
      expect(await refusal(file, join(dir, 'runs'))).toBe('in-use');
      expect(must(await running.store.outboxCounts()).waiting).toBe(0);
      await running.store.close();
      expect(await refusal(file, join(dir, 'runs'))).toBeUndefined();
      expect(await refusal(file, join(dir, 'runs'))).toBe('not-empty');
    }),
  );

  it(
    'is made by the command on a machine whose kiosk does not run',
    withFolder(async (dir) => {
      const store = open(join(dir, 'old', 'store'));
      await fill(store);
      const file = join(dir, 'copy.sqlite');
      expect((await tool('backup', join(dir, 'old'), file)).said).toMatchObject({ error: { code: 'in-use' } });
      expect(must(await store.handedOver())).toBeNull();
      await store.close();
      expect((await tool('backup', join(dir, 'old'), file)).said).toMatchObject({ value: { entries: CASES - 1 } });
      expect((await tool('backup', join(dir, 'old'), file)).code).toBe(1);
      expect((await tool('restore', file, join(dir, 'new'))).code).toBe(0);
    }),
  );
});

describe('forgetting', () => {
  it(
    'takes away what is personal once the platform has had it for long enough; no file says it any more',
    withFolder(async (dir) => {
      const store = open(dir);
      for (const number of [1, 2, 3]) {
        must(await store.submitCase(newCase(number, { applicantMasked: `隐*${number}` })));
      }
      const claimed = must(await claim(store, START, 2));
      for (const { entryId } of claimed) must(await settle(store, entryId, { kind: 'acknowledged', at: START }));
      must(await store.announcePickups(pickupList({ validTo: new Date(START - 1).toISOString() }, {})));
      expect(must(await store.forget(START))).toBe(1);
      expect(must(await store.forget(START + 1))).toBe(2);
      expect(must(await store.findCase({ caseId: testId(1) })).applicantMasked).toBe('');
      // Not sent yet: it may be needed.
      expect(must(await store.findCase({ caseId: testId(3) })).applicantMasked).toBe('隐*3');
      const files = ['kiosk.sqlite', 'kiosk.sqlite-wal'].map((name) => readFileSync(join(dir, name)));
      for (const name of ['隐*1', '隐*2']) expect(Buffer.concat(files).includes(name), name).toBe(false);
      expect(Buffer.concat(files).includes('隐*3')).toBe(true);
      // Bytes of what was sent are gone from the file too, not only their rows.
      const [gone, kept] = [1, 3].map((number) => newCase(number).envelope.ct);
      expect(Buffer.concat(files).includes(`"ct":"${gone}"`)).toBe(false);
      expect(Buffer.concat(files).includes(`"ct":"${kept}"`)).toBe(true);
      await store.close();
    }),
  );
});
