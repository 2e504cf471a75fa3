import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVIDENCE_ROOT, evidenceText, type EvidenceRecord } from '../domain/evidence.ts';
import type { StorePort } from '../services/ports.ts';
import { evidenceLine, evidenceOf, verifyDatabase, verifyLines } from './evidence.ts';
import { loadSqlite, type Sqlite } from './sqlite.ts';
import { START, claim, must, newCase, openForTest, pickupList, settle, testId, withFolder } from './test-kit.ts';
import { evidenceTool } from './tool.ts';

const Sqlite3 = loadSqlite();
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A few things that happen at a kiosk. */
async function live(store: StorePort): Promise<void> {
  for (const number of [1, 2, 3]) must(await store.submitCase(newCase(number)));
  const claimed = must(await claim(store, START, 10));
  const [first, second] = claimed;
  if (!first || !second) throw new Error('two entries are wanted');
  must(await settle(store, first.entryId, { kind: 'acknowledged', at: START + 1_000 }));
  must(await settle(store, second.entryId, { kind: 'parked', reason: 'urn:hall24:malformed' }));
  must(
    await store.discard({
      entryId: second.entryId,
      at: START,
      people: ['technician', 'second person'],
      reason: 'test',
    }),
  );
  must(await store.announcePickups(pickupList({})));
  const { pickupId } = must(await store.findPickupByDigest('digest-0'));
  const actId = testId(77);
  must(await store.beginOpening({ pickupId, actId, at: START }));
  must(await store.advanceAct({ actId, event: 'send', at: START }));
  must(await store.settleOpening({ pickupId, actId, outcome: 'opened', at: START, kioskCode: 'CH03' }));
  must(await store.audit({ at: START, who: 'technician', what: 'unlock', detail: '' }));
}

/** A closed database with a life behind it. */
const withChain = (use: (path: string, records: EvidenceRecord[], dir: string) => Promise<void> | void) =>
  withFolder(async (dir) => {
    const { store } = openForTest(join(dir, 'store'));
    await live(store);
    await store.close();
    const path = join(dir, 'store', 'kiosk.sqlite');
    const db = new Sqlite3(path);
    const records = [...evidenceOf(db)];
    db.close();
    await use(path, records, dir);
  });

/** Runs SQL on the file as somebody with a tool of their own would. */
function tamper(path: string, sql: string): void {
  const db = new Sqlite3(path);
  db.exec(`DROP TRIGGER evidence_stays; DROP TRIGGER evidence_is_final; ${sql}`);
  db.close();
}

function verify(path: string, known: { seq: number; hash: string }[] = []): ReturnType<typeof verifyDatabase> {
  const db: Sqlite = new Sqlite3(path, { readonly: true });
  try {
    return verifyDatabase(db, known);
  } finally {
    db.close();
  }
}

describe('the evidence chain', () => {
  it(
    'tells what happened, in order, with hashes, and nothing personal',
    withChain((path, records) => {
      expect(records.map(({ what }) => what)).toEqual([
        'case-kept',
        'case-kept',
        'case-kept',
        'case-acknowledged',
        'case-parked',
        'case-discarded',
        'outbox-discard',
        'outbox-discard',
        'pickup-kept',
        'unlock',
      ]);
      expect(records.map(({ seq }) => seq)).toEqual(records.map((_, index) => index + 1));
      const [kept] = records;
      expect(JSON.parse(kept?.detail ?? '')).toMatchObject({
        key: `case:${testId(1)}:1`,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      expect(records.map((record) => record.detail).join('')).not.toContain('林');
      expect(verify(path)).toMatchObject({ sound: true, records: 10, head: { seq: 10 } });
    }),
  );

  it(
    'cannot be changed or shortened through SQL by accident',
    withChain((path) => {
      const db = new Sqlite3(path);
      expect(() => db.exec("UPDATE evidence SET who = 'x' WHERE seq = 1")).toThrow(/only added to/);
      expect(() => db.exec('DELETE FROM evidence WHERE seq = 10')).toThrow(/only added to/);
      db.close();
      expect(verify(path).sound).toBe(true);
    }),
  );

  it.each([
    ['a changed word', "UPDATE evidence SET who = 'nobody' WHERE seq = 4", 4, 'changed'],
    ['a changed time', 'UPDATE evidence SET at = at + 1 WHERE seq = 10', 10, 'changed'],
    [
      'a changed hash',
      "UPDATE evidence SET hash = replace(hash, substr(hash, 1, 8), '00000000') WHERE seq = 3",
      3,
      'changed',
    ],
    ['a record taken out', 'DELETE FROM evidence WHERE seq = 5', 6, 'missing'],
    ['the first ones taken out', 'DELETE FROM evidence WHERE seq < 4', 4, 'missing'],
    ['the tail cut off', 'DELETE FROM evidence WHERE seq > 8', 9, 'tail-missing'],
    ['all of it taken out', 'DELETE FROM evidence', 1, 'tail-missing'],
    [
      'two records changed about',
      'UPDATE evidence SET seq = 99 WHERE seq = 2; UPDATE evidence SET seq = 2 WHERE seq = 3; UPDATE evidence SET seq = 3 WHERE seq = 99',
      2,
      'changed',
    ],
  ])('shows %s', (_what, sql, seq, kind) =>
    withChain((path) => {
      tamper(path, sql);
      const verdict = verify(path);
      expect(verdict.sound).toBe(false);
      expect(verdict.faults[0]).toEqual({ seq, kind });
    })(),
  );

  it(
    'shows a tail that was cut off together with its count, and a chain written anew, to whoever knows a head',
    withChain((path, records) => {
      const head = { seq: 10, hash: records[9]?.hash ?? '' };
      tamper(path, "DELETE FROM evidence WHERE seq > 8; UPDATE sqlite_sequence SET seq = 8 WHERE name = 'evidence'");
      expect(verify(path).sound).toBe(true);
      expect(verify(path, [head])).toMatchObject({ sound: false, faults: [{ seq: 9, kind: 'tail-missing' }] });
      // All hashes made anew after a change: sound in itself, and not the chain that the platform heard of.
      let previous = EVIDENCE_ROOT;
      const sql = records.map((record) => {
        const forged = { ...record, who: record.seq === 2 ? 'nobody' : record.who };
        previous = sha256(evidenceText(previous, forged));
        return `REPLACE INTO evidence VALUES (${record.seq}, ${record.at}, '${forged.who}', '${record.what}', '${record.subject}', '${record.detail}', '${previous}');`;
      });
      const db = new Sqlite3(path);
      db.exec(sql.join(''));
      db.close();
      expect(verify(path).sound).toBe(true);
      expect(verify(path, [head]).faults).toEqual([{ seq: 10, kind: 'head-differs' }]);
    }),
  );

  it(
    'shows any single change of an export',
    withChain((_path, records) => {
      const lines = records.map(evidenceLine);
      expect(verifyLines(lines).sound).toBe(true);
      const head = [{ seq: 10, hash: records[9]?.hash ?? '' }];
      fc.assert(
        fc.property(fc.nat(9), fc.nat(9), fc.constantFrom('drop', 'double', 'swap', 'flip'), (from, to, how) => {
          const changed = [...lines];
          if (how === 'drop') changed.splice(from, 1);
          else if (how === 'double') changed.splice(to, 0, lines[from] ?? '');
          else if (how === 'swap') [changed[from], changed[to]] = [lines[to] ?? '', lines[from] ?? ''];
          else
            changed[from] = (lines[from] ?? '').replace(
              /"at":(\d)/,
              (_all, digit: string) => `"at":${9 - Number(digit)}`,
            );
          const same = changed.join('\n') === lines.join('\n');
          expect(verifyLines(changed, head).sound).toBe(same);
        }),
        { numRuns: 300 },
      );
    }),
  );

  it(
    'is verified and exported by the command, in words and as JSON',
    withChain(async (path, records, dir) => {
      const said: string[] = [];
      const tool = (...args: string[]): Promise<number> => {
        said.length = 0;
        return evidenceTool(args, { say: (line) => void said.push(line) });
      };
      expect(await tool('verify', dir)).toBe(0);
      expect(said[0]).toContain('The chain is whole.');
      const file = join(dir, 'chain.jsonl');
      expect(await tool('export', dir, file)).toBe(0);
      expect(await tool('verify', file, '--json')).toBe(0);
      expect(JSON.parse(said[0] ?? '')).toMatchObject({ sound: true, records: 10 });
      writeFileSync(file, readFileSync(file, 'utf8').split('\n').slice(0, 7).join('\n'));
      expect(await tool('verify', file)).toBe(0);
      expect(await tool('verify', file, '--head', `10:${records[9]?.hash}`)).toBe(1);
      expect(said[0]).toContain('what followed it is gone');
      const other = join(dir, 'other');
      mkdirSync(other);
      copyFileSync(path, join(other, 'kiosk.sqlite'));
      tamper(join(other, 'kiosk.sqlite'), "UPDATE evidence SET what = 'x' WHERE seq = 1");
      expect(await tool('verify', other)).toBe(1);
      expect(await tool('verify', join(dir, 'nothing'))).toBe(2);
      expect(await tool('verify', dir, '--head', 'nonsense')).toBe(2);
      expect(await tool('--help')).toBe(0);
    }),
  );

  it(
    'goes on after a salvage, and says that records are gone',
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      for (let number = 1; number <= 60; number += 1) must(await store.submitCase(newCase(number)));
      await store.close();
      const path = join(dir, 'kiosk.sqlite');
      const db = new Sqlite3(path);
      const leaves = db.prepare("SELECT pageno FROM dbstat WHERE name = 'evidence' AND pagetype = 'leaf'").all();
      db.close();
      const { pageno } = leaves[1] as { pageno: number };
      const bytes = readFileSync(path);
      bytes.fill(0x5a, (pageno - 1) * 4096, pageno * 4096);
      writeFileSync(path, bytes);
      const again = openForTest(dir);
      expect(again.report.kind).toBe('salvaged');
      must(await again.store.audit({ at: START, who: 'technician', what: 'unlock', detail: '' }));
      const head = must(await again.store.evidenceHead());
      await again.store.close();
      expect(head?.seq).toBe(62);
      const verdict = verify(path);
      expect(verdict).toMatchObject({ sound: false, head: { seq: 62 } });
      expect(verdict.faults.map(({ kind }) => kind)).toEqual(['missing']);
    }),
  );
});
