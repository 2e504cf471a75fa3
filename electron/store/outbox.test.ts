import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OutboxEntry, StorePort } from '../services/ports.ts';
import { START, claim, must, newCase, openForTest, settle, testId, withFolder, withStore } from './test-kit.ts';

const DAY = 86_400_000;

describe('outbox', () => {
  it(
    'waits for its time, and all wait no longer when woken',
    withStore(async (store) => {
      must(await store.submitCase(newCase(1)));
      const [entry] = must(await claim(store, START, 4));
      must(await settle(store, entry!.entryId, { kind: 'retry', nextTryAt: START + DAY, reason: 'no-answer' }));
      expect(must(await claim(store, START, 4))).toEqual([]);
      expect(must(await store.outboxCounts()).nextDueAt).toBe(START + DAY);
      expect(must(await store.outbox())).toMatchObject([
        { state: 'ready', nextTryAt: START + DAY, reason: 'no-answer' },
      ]);
      must(await store.wakeAll(START));
      expect(must(await claim(store, START, 4))).toHaveLength(1);
    }),
  );

  it(
    'serves new messages before those that failed',
    withStore(async (store) => {
      must(await store.submitCase(newCase(1)));
      const [poison] = must(await claim(store, START, 1));
      must(await settle(store, poison!.entryId, { kind: 'retry', nextTryAt: START + 1, reason: 'x' }));
      must(await store.submitCase(newCase(2)));
      const claimed = must(await claim(store, START + 9, 1));
      expect(claimed.map(({ subjectId }) => subjectId)).toEqual([testId(2)]);
    }),
  );
});

/** What the store must agree with: entries of each subject in order, nothing lost, nothing twice. */
interface ModelEntry {
  readonly key: string;
  readonly subject: number;
  state: 'ready' | 'sending' | 'parked' | 'done';
  dueAt: number;
}

type Step =
  | { readonly do: 'add'; readonly subject: number }
  | { readonly do: 'claim'; readonly limit: number }
  | { readonly do: 'settle'; readonly pick: number; readonly outcome: 'acknowledged' | 'retry' | 'parked' }
  | { readonly do: 'resend'; readonly pick: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'wake' | 'crash' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('add' as const), subject: fc.nat(3) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('claim' as const), limit: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      pick: fc.nat(20),
      outcome: fc.constantFrom('acknowledged' as const, 'acknowledged' as const, 'retry' as const, 'parked' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('resend' as const), pick: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.nat(200) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('wake' as const, 'crash' as const) }) },
);

/** Runs steps against the store and the model side by side. */
class SideBySide {
  readonly #dir: string;
  #store: StorePort;
  #now = START;
  #ids = 0;
  readonly #model: ModelEntry[] = [];
  readonly #claimed = new Map<string, OutboxEntry>();
  readonly #entryIds = new Map<string, string>();

  constructor(dir: string) {
    this.#dir = dir;
    this.#store = openForTest(dir).store;
  }

  async run(next: Step): Promise<void> {
    switch (next.do) {
      case 'add':
        return this.#add(next.subject);
      case 'claim':
        return this.#claim(next.limit);
      case 'settle':
        return this.#settle(next.pick, next.outcome);
      case 'resend':
        return this.#resend(next.pick);
      case 'pass':
        this.#now += next.ms;
        return;
      case 'wake':
        must(await this.#store.wakeAll(this.#now));
        for (const entry of this.#heads()) if (entry.state === 'ready') entry.dueAt = 0;
        return;
      case 'crash':
        return this.#crash();
    }
  }

  /** The counts are kept along; they must be what the rows say. */
  async checkCounts(): Promise<void> {
    const counts = must(await this.#store.outboxCounts());
    const open = this.#model.filter(({ state }) => state !== 'done');
    const parked = open.filter(({ state }) => state === 'parked').length;
    expect(counts).toMatchObject({ waiting: open.length - parked, parked });
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  /** Ends every entry and compares what was delivered with what was added. */
  async drain(): Promise<void> {
    const delivered: string[] = [];
    const parked = must(await this.#store.outbox()).filter(({ state }) => state === 'parked');
    for (const { entryId } of parked) must(await this.#store.resend(entryId, this.#now));
    must(await this.#store.releaseClaims());
    must(await this.#store.wakeAll(this.#now));
    // Entries that were not heads when all were woken keep their time.
    for (;;) {
      const claimed = must(await claim(this.#store, Number.MAX_SAFE_INTEGER, 3));
      if (claimed.length === 0) break;
      for (const entry of claimed) {
        delivered.push(entry.idempotencyKey);
        must(await settle(this.#store, entry.entryId, { kind: 'acknowledged', at: this.#now }));
      }
    }
    const open = this.#model.filter(({ state }) => state !== 'done');
    expect([...delivered].sort()).toEqual(open.map(({ key }) => key).sort());
    for (const subject of [0, 1, 2, 3]) {
      const ofSubject = open.filter((entry) => entry.subject === subject).map(({ key }) => key);
      expect(delivered.filter((key) => ofSubject.includes(key))).toEqual(ofSubject);
    }
    expect(must(await this.#store.outboxCounts())).toEqual({ waiting: 0, parked: 0, nextDueAt: null });
  }

  /** Pick-up events make any number of messages of one subject: refused openings, over and over. */
  async #add(subject: number): Promise<void> {
    const pickupId = testId(0x30_0000 + subject);
    if (this.#model.length === 0) await this.#announce();
    this.#ids += 1;
    const actId = testId(0x50_0000 + this.#ids);
    must(await this.#store.beginOpening({ pickupId, actId, at: START }));
    must(await this.#store.settleOpening({ pickupId, actId, at: START, kioskCode: 'CH03', outcome: 'refused' }));
    const number = this.#model.filter((entry) => entry.subject === subject).length + 1;
    this.#model.push({ key: `pickup:${pickupId}:${number}`, subject, state: 'ready', dueAt: 0 });
  }

  async #announce(): Promise<void> {
    const pickups = [0, 1, 2, 3].map((index) => ({
      pickupId: testId(0x30_0000 + index),
      cell: '01',
      codeDigest: `d${index}`,
      holder: '测试**公司',
      contents: [],
      validFrom: new Date(START - DAY).toISOString(),
      validTo: new Date(START + DAY).toISOString(),
      withdrawn: false,
    }));
    must(await this.#store.announcePickups({ version: 1, codeSalt: 's', pickups }));
  }

  async #claim(limit: number): Promise<void> {
    const due = this.#heads()
      .filter(({ state, dueAt }) => state === 'ready' && dueAt <= this.#now)
      .sort((a, b) => a.dueAt - b.dueAt || this.#model.indexOf(a) - this.#model.indexOf(b))
      .slice(0, limit);
    const claimed = must(await claim(this.#store, this.#now, limit));
    expect(claimed.map(({ idempotencyKey }) => idempotencyKey)).toEqual(due.map(({ key }) => key));
    for (const entry of due) entry.state = 'sending';
    for (const entry of claimed) {
      this.#claimed.set(entry.idempotencyKey, entry);
      this.#entryIds.set(entry.idempotencyKey, entry.entryId);
    }
  }

  async #settle(pick: number, outcome: 'acknowledged' | 'retry' | 'parked'): Promise<void> {
    const sending = this.#model.filter(({ state }) => state === 'sending');
    const entry = sending[pick % Math.max(1, sending.length)];
    if (!entry) return;
    const { entryId } = this.#claimed.get(entry.key)!;
    const dueAt = this.#now + pick * 10;
    const outcomes = {
      acknowledged: { kind: 'acknowledged', at: this.#now },
      retry: { kind: 'retry', nextTryAt: dueAt, reason: 'later' },
      parked: { kind: 'parked', reason: 'urn:hall24:malformed' },
    } as const;
    must(await settle(this.#store, entryId, outcomes[outcome]));
    entry.state = ({ acknowledged: 'done', retry: 'ready', parked: 'parked' } as const)[outcome];
    entry.dueAt = outcome === 'retry' ? dueAt : entry.dueAt;
  }

  async #resend(pick: number): Promise<void> {
    const known = this.#model.filter(({ key, state }) => this.#entryIds.has(key) && state !== 'done');
    const entry = known[pick % Math.max(1, known.length)];
    if (!entry) return;
    must(await this.#store.resend(this.#entryIds.get(entry.key)!, this.#now));
    if (entry.state === 'sending') return;
    entry.state = 'ready';
    entry.dueAt = 0;
  }

  async #crash(): Promise<void> {
    await this.#store.close();
    this.#store = openForTest(this.#dir).store;
    const released = must(await this.#store.releaseClaims());
    const sending = this.#model.filter(({ state }) => state === 'sending');
    expect(released).toBe(sending.length);
    for (const entry of sending) Object.assign(entry, { state: 'ready', dueAt: 0 });
  }

  #heads(): ModelEntry[] {
    const heads = new Map<number, ModelEntry>();
    for (const entry of this.#model) {
      if (entry.state !== 'done' && !heads.has(entry.subject)) heads.set(entry.subject, entry);
    }
    return [...heads.values()];
  }
}

describe('outbox against a plain model', () => {
  it('claims the same, in the same order, and loses and doubles nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        await withFolder(async (dir) => {
          const both = new SideBySide(dir);
          try {
            for (const next of steps) {
              await both.run(next);
              await both.checkCounts();
            }
            await both.drain();
          } finally {
            await both.close();
          }
        })();
      }),
      { numRuns: 40 },
    );
  });
});
