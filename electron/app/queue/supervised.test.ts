import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ItemPack } from '../../domain/item-pack.ts';
import { must, newCase, START, testId } from '../../store/test-kit.ts';
import { CURRENT_VERSION, loadSqlite, openStore } from '../../store/index.ts';
import { err, type Result } from '../../../native/model/result.ts';
import { systemClock, systemRandom } from '../../../native/transport/system-clock.ts';
import type { OpenError } from '../../store/index.ts';
import { spawnNodeChild, openSupervised, type Channel, type QueueHost } from './index.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'store-process.ts');
const ITEMS = join(import.meta.dirname, '..', '..', '..', 'assets', 'catalogue', 'items');
const spawnChild = spawnNodeChild(PROGRAM);

let dir: string;
let channels: Channel[];
let host: QueueHost | null;
let events: string[];

const log = {
  event: (_level: string, event: string) => void events.push(event),
  tail: () => [],
};

/** Opens the queue in a child; `change` may tamper with its line. */
async function open(
  hangMs?: number,
  change: (channel: Channel) => Channel = (channel) => channel,
): Promise<Result<QueueHost, OpenError>> {
  const opened = await openSupervised(() => {
    const channel = spawnChild();
    channels.push(channel);
    return change(channel);
  }, hangMs)({ dir, clock: systemClock, random: systemRandom, log });
  if (opened.ok) host = opened.value;
  return opened;
}

async function opened(hangMs?: number): Promise<QueueHost> {
  const result = await open(hangMs);
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
}

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hall24-queue-'));
  channels = [];
  events = [];
  host = null;
});

afterEach(async () => {
  await host?.stop();
  for (const { kill } of channels) kill();
  rmSync(dir, { recursive: true, force: true });
});

describe('the queue in a process of its own', () => {
  it('keeps cases, tells of changes, says how it was opened and how much room there is', async () => {
    const { store, report, health } = await opened();
    expect(report).toEqual({ kind: 'new' });
    expect(host!.health().freeBytes).toBeGreaterThan(0);
    expect(health).toBeDefined();
    const told: string[] = [];
    store.changes.subscribe((change) => told.push(change.type === 'case' ? change.caseId : change.type));
    const kept = must(await store.submitCase(newCase(1)));
    expect(must(await store.findCase({ caseId: testId(1) }))).toEqual(kept);
    expect(told).toContain(testId(1));
    expect(told).toContain('outbox');
    expect(await store.findCase({ number: 'nobody' })).toEqual(err({ code: 'not-found', detail: 'case' }));
    must(await store.audit({ at: START, who: 'technician', what: 'x', detail: '' }));
    expect(must(await store.auditTail(5))).toHaveLength(1);
  });

  it('throws at one call: that one fails, and the next process is not asked it again', async () => {
    const { store } = await opened();
    must(await store.submitCase(newCase(1)));
    // No tracking number can be given for this day.
    expect(await store.submitCase(newCase(2, { localDate: '1999-12-31' }))).toEqual(
      err({ code: 'unavailable', detail: 'threw' }),
    );
    must(await store.submitCase(newCase(3)));
    expect(must(await store.findCase({ caseId: testId(1) })).state).toBe('kept');
    expect(await store.findCase({ caseId: testId(2) })).toEqual(err({ code: 'not-found', detail: 'case' }));
    expect(channels.length).toBeLessThanOrEqual(2);
    expect(events).toContain('queue-call-threw');
  });

  it('leaves a closed database and no process behind', async () => {
    const { store } = await opened();
    must(await store.submitCase(newCase(1)));
    await host!.stop();
    expect(existsSync(join(dir, 'kiosk.sqlite-wal'))).toBe(false);
    expect(await store.outboxCounts()).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    expect(() => process.kill(channels[0]!.pid!, 0)).toThrow(/ESRCH/);
  });

  it('is killed again and again: every call is answered, every case is there once, every command was done once', async () => {
    const { store } = await opened();
    const calls: Promise<unknown>[] = [];
    let wrongPins = 0;
    for (let round = 0; round < 4; round += 1) {
      for (let number = 0; number < 20; number += 1) {
        const id = round * 100 + number;
        calls.push(store.submitCase(newCase(id)).then(must));
        calls.push(store.recordPin(false, START).then(must));
        calls.push(
          store
            .beginAct({ actId: `act-${id}`, kind: 'print-receipt', subjectId: `subject-${id}`, at: START, detail: {} })
            .then(must),
        );
        wrongPins += 1;
      }
      // Some of them are done, some are under way, some are not heard yet.
      await Promise.race(calls.slice(-30 + round * 4));
      channels.at(-1)!.kill();
    }
    await Promise.all(calls);
    expect(must(await store.pinFailures()).count).toBe(wrongPins);
    expect(must(await store.outboxCounts()).waiting).toBe(80);
    expect(must(await store.openActs())).toHaveLength(160);
    const numbers = new Set<string>();
    for (let round = 0; round < 4; round += 1) {
      for (let number = 0; number < 20; number += 1) {
        numbers.add(must(await store.findCase({ caseId: testId(round * 100 + number) })).trackingNumber);
      }
    }
    expect(numbers.size).toBe(80);
    expect(channels.length).toBeGreaterThan(3);
  });

  it('is ended and started anew when it hangs', async () => {
    const { store } = await opened(400);
    process.kill(channels[0]!.pid!, 'SIGSTOP');
    must(await store.submitCase(newCase(1)));
    expect(events).toContain('queue-process-hangs');
    expect(channels).toHaveLength(2);
  });

  it('hands a large catalogue over in pieces, and whole though it is killed amid them', async () => {
    const pack = JSON.parse(readFileSync(join(ITEMS, 'rent-filing.json'), 'utf8')) as ItemPack;
    const items = Array.from({ length: 120 }, (_, index) => ({ ...pack, id: `item-${String(index)}` }));
    const platform = createServer((request, response) => {
      const beat = { now: new Date().toISOString(), catalogueVersion: 7, pickupsVersion: 0 };
      const body = request.url?.includes('heartbeats') === true ? beat : { version: 7, items, pickups: [] };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    });
    platform.listen(0, '127.0.0.1');
    await once(platform, 'listening');
    try {
      const pieces: number[] = [];
      // The first piece is the last that is heard of the first process.
      const result = await open(undefined, (channel) => ({
        ...channel,
        onMessage: (listener) => {
          let cut = false;
          channel.onMessage((message) => {
            if (cut) return;
            listener(message);
            const { t, items: some } = message as { t: string; items: readonly unknown[] };
            cut = t === 'catalogue' && pieces.push(some.length) === 1;
            if (cut) channel.kill();
          });
        },
      }));
      if (!result.ok) throw new Error(result.error.detail);
      const queue = result.value;
      const whole = await new Promise<readonly ItemPack[]>((resolve) => {
        queue.startSync({
          baseUrl: `http://127.0.0.1:${String((platform.address() as AddressInfo).port)}`,
          token: 'test-token',
          kioskCode: 'CH03',
          version: '0',
          deviceReport: () => [],
          catalogueVersion: () => 1,
          onCatalogue: (_version, all) => resolve(all),
        });
      });
      expect(pieces).toEqual([50, 50, 50, 20]);
      expect(channels).toHaveLength(2);
      expect(whole).toEqual(items);
    } finally {
      platform.closeAllConnections();
      platform.close();
    }
  });

  it('says in words that a database of a later program is not touched', async () => {
    const first = openStore({ dir, clock: systemClock, random: systemRandom });
    if (first.ok) await first.value.store.close();
    const db = new (loadSqlite())(join(dir, 'kiosk.sqlite'));
    db.pragma(`user_version = ${CURRENT_VERSION + 10}`);
    db.close();
    expect(await open()).toMatchObject({ ok: false, error: { code: 'newer' } });
  });

  it('is not worked with when it speaks another protocol', async () => {
    const result = await open(undefined, (channel) => ({
      ...channel,
      onMessage: (listener) => channel.onMessage((message) => listener({ ...(message as object), protocol: 99 })),
    }));
    expect(result).toMatchObject({ ok: false, error: { code: 'unavailable', detail: 'protocol 99' } });
  });

  it('refuses calls that are not as described, and goes on', async () => {
    const { store } = await opened();
    const strange = { ...newCase(1), envelope: 'plain text' };
    expect(await store.submitCase(strange as never)).toMatchObject({ ok: false, error: { detail: 'malformed-call' } });
    must(await store.submitCase(newCase(2)));
  });

  it('finds the file damaged while it works, is started anew, and what can be read is there', async () => {
    const first = openStore({ dir, clock: systemClock, random: systemRandom });
    if (!first.ok) throw new Error(first.error.detail);
    for (let number = 1; number <= 50; number += 1) must(await first.value.store.submitCase(newCase(number)));
    await first.value.store.close();
    const { store } = await opened();
    must(await store.submitCase(newCase(60)));
    // As a process that met damage leaves it.
    writeFileSync(join(dir, 'kiosk.suspect'), '');
    channels.at(-1)!.kill();
    must(await store.submitCase(newCase(61)));
    expect(must(await store.outboxCounts()).waiting).toBe(52);
    expect(existsSync(join(dir, 'kiosk.suspect'))).toBe(false);
  });
});
