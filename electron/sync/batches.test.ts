import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogPort, StorePort, SyncPort } from '../services/ports.ts';
import { START, claim, must, newCase, openForTest, testId } from '../store/test-kit.ts';
import { FakeClock, seededRandom } from '../../test/support/fake-clock.ts';
import { Batch } from '../platform-api/messages.ts';
import { BatchSize } from './batch-size.ts';
import { startSync, type RunningSync } from './index.ts';
import { json, problem, TestPlatform } from './test-platform.ts';

let dir: string;
let store: StorePort;
let clock: FakeClock;
let platform: TestPlatform;
let sync: SyncPort & RunningSync;
let logged: { level: string; event: string; detail: unknown }[];

const log: LogPort = {
  event: (level, event, detail) => logged.push({ level, event, detail }),
  tail: () => [],
};

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hall24-batches-'));
  store = openForTest(dir).store;
  clock = new FakeClock(START);
  platform = new TestPlatform();
  platform.heartbeat = { ...platform.heartbeat, batch: { entries: 50, bytes: 1 << 20 } };
  logged = [];
  await platform.start();
});

afterEach(async () => {
  let stopped = false;
  const stopping = sync.stop().then(() => {
    stopped = true;
  });
  await passUntil(() => stopped, 60_000);
  await stopping;
  await store.close();
  await platform.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** Lets kiosk time pass in small steps, with real sockets in between, until it is so. */
async function passUntil(what: () => boolean | Promise<boolean>, limitMs: number): Promise<void> {
  for (let passed = 0; !(await what()); passed += 20) {
    if (passed > limitMs) throw new Error(`not within ${limitMs} ms: ${what.toString()}`);
    await clock.advance(20);
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Starts the sync, lets it hear of batches, then puts `count` cases into the queue at once. */
async function startWith(count: number): Promise<void> {
  sync = startSync({
    store,
    clock,
    random: seededRandom(7),
    log,
    baseUrl: platform.baseUrl,
    token: 'kiosk-token',
    kioskCode: 'CH03',
    version: '0.1.0',
    deviceReport: () => [],
    catalogueVersion: () => 1,
    onCatalogue: () => undefined,
  });
  await passUntil(() => sync.link().state === 'up' && platform.to('/v1/sealing-keys').length > 0, 5_000);
  for (let number = 1; number <= count; number += 1) must(await store.submitCase(newCase(number)));
  sync.wake();
}

const waiting = async (): Promise<number> => must(await store.outboxCounts()).waiting;
const drained = async (): Promise<boolean> => (await waiting()) === 0;
const keyOf = (number: number): string => `case:${testId(number)}:1`;
const entriesOf = (index: number): Batch['entries'] =>
  Batch.parse(JSON.parse(platform.to('/v1/batches')[index]!.body.toString('utf8'))).entries;

describe('a backlog', () => {
  it('goes in batches that grow, each message byte for byte as it is stored', async () => {
    await startWith(0);
    for (let number = 1; number <= 120; number += 1) must(await store.submitCase(newCase(number)));
    const stored = new Map(must(await claim(store, START, 200)).map((entry) => [entry.idempotencyKey, entry.body]));
    must(await store.releaseClaims());
    // Released claims were tried; a kiosk that died would send them one by one.
    for (let number = 121; number <= 300; number += 1) must(await store.submitCase(newCase(number)));
    sync.wake();
    await passUntil(drained, 20_000);
    expect(platform.taken.size).toBe(300);
    const batches = platform.to('/v1/batches').map((_, index) => entriesOf(index));
    expect(Math.max(...batches.map(({ length }) => length))).toBeGreaterThan(20);
    expect(batches.flat().every(({ key }) => !stored.has(key))).toBe(true);
    const singles = platform.to('/v1/cases');
    for (const { headers, body } of singles) {
      const known = stored.get(String(headers['idempotency-key']));
      if (known) expect(body.equals(known)).toBe(true);
    }
    for (const { subjectId } of must(await store.outbox())) expect(subjectId).toBe('nothing is left');
  });

  it('goes one by one to a platform that has no batches, also when it says that it had', async () => {
    platform.batchManners = problem('urn:hall24:not-found', 404);
    await startWith(20);
    await passUntil(drained, 5_000);
    expect(platform.taken.size).toBe(20);
    expect(platform.to('/v1/batches').length).toBeLessThanOrEqual(4);
  });

  it('is not held up by a refused message in it, which is parked with reason and owner', async () => {
    platform.refused.set(keyOf(3), 'urn:hall24:unreadable-envelope');
    await startWith(30);
    await passUntil(drained, 5_000);
    expect(platform.taken.size).toBe(29);
    expect(must(await store.outbox())).toMatchObject([
      { subjectId: testId(3), state: 'parked', reason: 'urn:hall24:unreadable-envelope', owner: 'duty-staff' },
    ]);
  });

  it.each([1, 2])('is held up by less than 1 s by %i messages that the platform hangs on', async (poison) => {
    for (let number = 1; number <= poison; number += 1) platform.hanging.add(keyOf(number * 3));
    await startWith(30);
    const begun = clock.monotonic();
    await passUntil(() => platform.taken.size === 30 - poison, 5_000);
    expect(clock.monotonic() - begun).toBeLessThan(1_000 * poison);
    platform.hanging.clear();
    await passUntil(drained, 60_000);
    expect(platform.taken.size).toBe(30);
  });

  it('arrives once each when a batch is cut off after it was taken', async () => {
    let cuts = 0;
    platform.batchManners = (response, good) => {
      const answer = good();
      cuts += 1;
      if (cuts <= 2) response.socket!.resetAndDestroy();
      else json(response, 200, answer);
    };
    await startWith(40);
    await passUntil(drained, 20_000);
    expect(platform.taken.size).toBe(40);
    for (let number = 1; number <= 40; number += 1) {
      expect(must(await store.findCase({ caseId: testId(number) })).state).toBe('approved');
    }
  });

  it('is sent again where the answer is not the one to the message', async () => {
    platform.batchManners = (response, good) => {
      const { answers } = good() as { answers: { answer: unknown; key: string }[] };
      platform.batchManners = null;
      // Two answers changed places, one is missing, one is of another shape.
      const [one, two, , four, ...rest] = answers;
      const swapped = [
        { ...one!, answer: two!.answer },
        { ...two!, answer: one!.answer },
        { ...four!, answer: 7 },
      ];
      json(response, 200, { answers: [...rest, ...swapped] });
    };
    await startWith(8);
    await passUntil(drained, 20_000);
    expect(platform.taken.size).toBe(8);
    expect(platform.to('/v1/cases').length).toBeGreaterThanOrEqual(4);
    for (let number = 1; number <= 8; number += 1) {
      const { trackingNumber, caseNumber } = must(await store.findCase({ caseId: testId(number) }));
      expect(caseNumber).toBe(`P-${trackingNumber}`);
    }
  });
});

describe('a key that the platform holds with other content', () => {
  it('is parked and raised as a fault', async () => {
    platform.refused.set(keyOf(1), 'urn:hall24:key-reused');
    await startWith(1);
    await passUntil(async () => must(await store.outboxCounts()).parked === 1, 5_000);
    expect(logged.filter(({ event }) => event === 'outbox-fault')).toMatchObject([
      { level: 'error', detail: { reason: 'urn:hall24:key-reused' } },
    ]);
  });
});

describe('a line that swallows everything', () => {
  it('is tried anew every few seconds although no try ends', async () => {
    platform.heartbeatManners = () => undefined;
    sync = startSync({
      store,
      clock,
      random: seededRandom(3),
      log,
      baseUrl: platform.baseUrl,
      token: 't',
      kioskCode: 'CH03',
      version: '0.1.0',
      deviceReport: () => [],
      catalogueVersion: () => 1,
      onCatalogue: () => undefined,
    });
    must(await store.submitCase(newCase(1)));
    platform.hanging.add(keyOf(1));
    await passUntil(() => platform.to('/v1/heartbeats').length === 2, 4_500);
    platform.heartbeatManners = null;
    platform.hanging.clear();
    await passUntil(() => sync.link().state === 'up', 4_500);
    await passUntil(drained, 20_000);
    expect(platform.taken.size).toBe(1);
  });
});

describe('the size of a batch', () => {
  it('is one until batches are offered, grows on quick answers, shrinks on slow ones and never passes the limits', () => {
    const size = new BatchSize();
    expect(size.next.entries).toBe(1);
    size.offered({ entries: 30, bytes: 1000 });
    expect(size.next.bytes).toBeLessThan(1000);
    const first = size.next.entries;
    size.answered(first, 10);
    expect(size.next.entries).toBe(first * 2);
    for (let times = 0; times < 9; times += 1) size.answered(size.next.entries, 10);
    expect(size.next.entries).toBe(30);
    // Short ones say nothing about long ones, slow ones do.
    size.answered(30, 500);
    size.answered(30, 500);
    expect(size.next.entries).toBeLessThan(15);
    for (let times = 0; times < 9; times += 1) size.failed();
    expect(size.next.entries).toBe(1);
    size.withdrawn();
    expect(size.next.entries).toBe(1);
  });
});
