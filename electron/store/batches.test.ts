import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandId } from './answered-commands.ts';
import { loadSqlite } from './sqlite.ts';
import {
  START,
  claim,
  must,
  newCase,
  openForTest,
  settle,
  settleAll,
  testId,
  withFolder,
  withStore,
} from './test-kit.ts';

describe('claiming', () => {
  it(
    'keeps first tries and tries again apart',
    withStore(async (store) => {
      for (const number of [1, 2, 3]) must(await store.submitCase(newCase(number)));
      const [tried] = must(await claim(store, START, 1));
      must(await settle(store, tried!.entryId, { kind: 'retry', nextTryAt: START, reason: 'no-answer' }));
      const subjects = async (lane: 'first' | 'again'): Promise<string[]> =>
        must(await claim(store, START, 9, { lane })).map(({ subjectId }) => subjectId);
      expect(await subjects('first')).toEqual([testId(2), testId(3)]);
      expect(await subjects('again')).toEqual([testId(1)]);
    }),
  );

  it(
    'stops at the bytes that fit, but takes one that is longer by itself',
    withStore(async (store) => {
      for (const number of [1, 2, 3]) must(await store.submitCase(newCase(number)));
      const [first] = must(await claim(store, START, 9, { maxBytes: 1 }));
      expect(first?.subjectId).toBe(testId(1));
      const rest = must(await claim(store, START, 9, { maxBytes: first!.body.length * 2 + 8 }));
      expect(rest.map(({ subjectId }) => subjectId)).toEqual([testId(2), testId(3)]);
    }),
  );
});

describe('settling and claiming in one turn', () => {
  it(
    'claims what stands behind an entry that it settles',
    withStore(async (store) => {
      must(await store.submitCase(newCase(1)));
      const rating = { ratingId: testId(50), subject: 'case', subjectId: testId(1), level: 5 } as const;
      const given = { channel: 'screen', at: START, actId: testId(51), kioskCode: 'CH03' } as const;
      must(await store.rate({ ...rating, ...given }));
      const [first] = must(await claim(store, START, 9));
      const answered = [{ entryId: first!.entryId, outcome: { kind: 'acknowledged', at: START } }] as const;
      const lanes = [{ requests: 1, entries: 9 }];
      const turn = must(await store.settleAndClaim(answered, { now: START, requests: 1, lanes }));
      expect(turn.failed).toEqual([]);
      expect(turn.requests.map((entries) => entries.map(({ kind }) => kind))).toEqual([['rating']]);
      expect(turn.nextDueAt).toBeNull();
    }),
  );

  it(
    'fills requests from the lanes in their order, no more than may be begun',
    withStore(async (store) => {
      for (let number = 1; number <= 9; number += 1) must(await store.submitCase(newCase(number)));
      for (const { entryId } of must(await claim(store, START, 2))) {
        must(await settle(store, entryId, { kind: 'retry', nextTryAt: START, reason: 'no-answer' }));
      }
      const lanes = [
        { lane: 'again', requests: 1, entries: 1 },
        { lane: 'first', requests: 3, entries: 3 },
      ] as const;
      const turn = must(await store.settleAndClaim([], { now: START, requests: 3, lanes }));
      expect(turn.requests.map((entries) => entries.map(({ subjectId }) => subjectId))).toEqual([
        [testId(1)],
        [testId(3), testId(4), testId(5)],
        [testId(6), testId(7), testId(8)],
      ]);
      expect(turn.nextDueAt).toBe(0);
      expect(must(await store.settleAndClaim([], { now: START, requests: 0, lanes })).requests).toEqual([]);
    }),
  );

  it(
    'goes on behind entries whose bytes are damaged',
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      for (const number of [1, 2, 3]) must(await store.submitCase(newCase(number)));
      must(await store.outboxCounts());
      await store.close();
      const db = new (loadSqlite())(join(dir, 'kiosk.sqlite'));
      db.exec(
        "UPDATE outbox_payloads SET body = CAST(replace(CAST(body AS TEXT), 'BBBB', 'BBBC') AS BLOB) WHERE seq IN (1, 2)",
      );
      db.close();
      const again = openForTest(dir).store;
      const lanes = [{ lane: 'first', requests: 1, entries: 1 }] as const;
      const turn = must(await again.settleAndClaim([], { now: START, requests: 1, lanes }));
      expect(turn.requests.flat().map(({ subjectId }) => subjectId)).toEqual([testId(3)]);
      expect(must(await again.outboxCounts())).toMatchObject({ waiting: 1, parked: 2 });
      await again.close();
    }),
  );

  it(
    'leaves alone what it would have settled when it cannot claim',
    withFolder(async (dir) => {
      const { store } = openForTest(dir);
      for (const number of [1, 2]) must(await store.submitCase(newCase(number)));
      const [first] = must(await claim(store, START, 1));
      const other = new (loadSqlite())(join(dir, 'kiosk.sqlite'));
      // The second entry's claim is refused, as by a disk that is full in the middle.
      other.exec(`CREATE TRIGGER refused BEFORE UPDATE OF attempts ON outbox WHEN new.seq = 2
        BEGIN SELECT raise(ABORT, 'refused'); END`);
      const answered = [{ entryId: first!.entryId, outcome: { kind: 'acknowledged', at: START } }] as const;
      const order = { now: START, requests: 1, lanes: [{ requests: 1, entries: 9 }] };
      expect((await store.settleAndClaim(answered, order)).ok).toBe(false);
      other.exec('DROP TRIGGER refused');
      other.close();
      expect(must(await store.findCase({ caseId: testId(1) })).state).toBe('kept');
      expect(must(await store.settleAndClaim(answered, order)).requests.flat()).toHaveLength(1);
      expect(must(await store.findCase({ caseId: testId(1) })).state).toBe('received');
      await store.close();
    }),
  );
});

describe('settling a batch', () => {
  it(
    'settles each by itself: one that cannot be settled undoes none of the others',
    withStore(async (store) => {
      for (const number of [1, 2, 3]) must(await store.submitCase(newCase(number)));
      const [one, two, three] = must(await claim(store, START, 3));
      must(await settle(store, two!.entryId, { kind: 'parked', reason: 'urn:hall24:malformed' }));
      const failed = must(
        await settleAll(store, [
          { entryId: one!.entryId, outcome: { kind: 'acknowledged', at: START } },
          { entryId: two!.entryId, outcome: { kind: 'retry', nextTryAt: START, reason: 'no-answer' } },
          { entryId: testId(99), outcome: { kind: 'acknowledged', at: START } },
          { entryId: three!.entryId, outcome: { kind: 'acknowledged', at: START } },
        ]),
      );
      expect(failed.map(({ code }) => code)).toEqual(['conflict', 'not-found']);
      expect(must(await store.outboxCounts())).toMatchObject({ waiting: 0, parked: 1 });
      expect(must(await store.findCase({ caseId: testId(3) })).state).toBe('received');
      expect(must(await store.findCase({ caseId: testId(2) })).state).toBe('parked');
    }),
  );

  it(
    'tells of the queue once a batch',
    withStore(async (store) => {
      for (const number of [1, 2, 3]) must(await store.submitCase(newCase(number)));
      const claimed = must(await claim(store, START, 3));
      const seen: string[] = [];
      store.changes.subscribe(({ type }) => seen.push(type));
      must(
        await settleAll(
          store,
          claimed.map(({ entryId }) => ({ entryId, outcome: { kind: 'acknowledged', at: START } })),
        ),
      );
      expect(seen.filter((type) => type === 'outbox')).toHaveLength(1);
      expect(seen.filter((type) => type === 'case')).toHaveLength(3);
    }),
  );
});

describe('a command', () => {
  it(
    'that is asked again gives its first answer, also after a restart',
    withFolder(async (dir) => {
      const act = { actId: 'a1', kind: 'print-receipt', subjectId: testId(1), at: START, detail: {} } as const;
      const first = openForTest(dir).store;
      const begun = must(await first.asCommand(commandId('s', 1), () => first.beginAct(act)));
      must(await first.asCommand(commandId('s', 2), () => first.recordPin(false, START)));
      await first.close();
      const second = openForTest(dir).store;
      expect(must(await second.asCommand(commandId('s', 1), () => second.beginAct(act)))).toEqual(begun);
      must(await second.asCommand(commandId('s', 2), () => second.recordPin(false, START)));
      expect(must(await second.pinFailures()).count).toBe(1);
      // Another command of the same words is another one.
      must(await second.asCommand(commandId('s', 3), () => second.recordPin(false, START)));
      must(await second.asCommand(commandId('t', 2), () => second.recordPin(false, START)));
      expect(must(await second.pinFailures()).count).toBe(3);
      expect((await second.asCommand(commandId('s', 4), () => second.beginAct(act))).ok).toBe(false);
      await second.close();
    }),
  );

  it(
    'that was refused is tried again when it is asked again',
    withStore(async (port, dir) => {
      await port.close();
      const { store } = openForTest(dir);
      const step = { actId: 'a1', event: 'send', at: START } as const;
      expect((await store.asCommand(commandId('s', 1), () => store.advanceAct(step))).ok).toBe(false);
      must(await store.beginAct({ actId: 'a1', kind: 'rate', subjectId: 'x', at: START, detail: {} }));
      expect((await store.asCommand(commandId('s', 1), () => store.advanceAct(step))).ok).toBe(true);
      await store.close();
    }),
  );
});

describe('discarding', () => {
  it(
    'ends a parked entry, names both people, keeps hash and key, and lets the next of the subject go',
    withStore(async (store, dir) => {
      must(await store.submitCase(newCase(1)));
      const rating = {
        ratingId: testId(50),
        subject: 'case',
        subjectId: testId(1),
        level: 5,
        channel: 'screen',
      } as const;
      must(await store.rate({ ...rating, at: START, actId: testId(51), kioskCode: 'CH03' }));
      const [entry] = must(await claim(store, START, 9));
      const order = { entryId: entry!.entryId, at: START, people: ['first', 'second'], reason: 'paper' } as const;
      expect(await store.discard(order)).toMatchObject({ ok: false, error: { code: 'conflict' } });
      must(await settle(store, entry!.entryId, { kind: 'parked', reason: 'urn:hall24:malformed' }));
      expect(must(await store.outbox())[0]).toMatchObject({ owner: 'duty-staff', reason: 'urn:hall24:malformed' });
      must(await store.discard(order));
      expect(must(await store.outboxCounts())).toMatchObject({ waiting: 1, parked: 0 });
      expect(must(await store.auditTail(2)).map(({ who }) => who)).toEqual(['first', 'second']);
      expect(must(await store.auditTail(1))[0]!.detail).toContain(entry!.sha256);
      expect(must(await store.actsOf(testId(1)))[0]).toMatchObject({ state: 'refused', detail: { discarded: true } });
      expect(must(await claim(store, START, 9)).map(({ kind }) => kind)).toEqual(['rating']);
      expect((await store.resend(entry!.entryId, START)).ok).toBe(false);
      const db = new (loadSqlite())(join(dir, 'kiosk.sqlite'), { readonly: true });
      expect(db.prepare("SELECT idempotency_key AS k FROM outbox WHERE state = 'discarded'").get()).toEqual({
        k: entry!.idempotencyKey,
      });
      expect(db.prepare('SELECT count(*) AS n FROM outbox_payloads').get()).toEqual({ n: 1 });
      db.close();
    }),
  );
});
