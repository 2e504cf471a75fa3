import { join } from 'node:path';
import { Pool } from 'undici';
import type { QueueHost } from '../../../electron/app/queue/index.ts';
import { must } from '../../../electron/store/test-kit.ts';
import type { SuiteContext } from '../../support/suites.ts';
import { fill, option, withFolder } from '../queue/bench-kit.ts';
import { BenchPlatform, openQueue, startSyncTo } from '../queue/drain-kit.ts';
import { rounded, summary } from '../queue/figures.ts';
import { SlowLink } from '../queue/link.ts';
import { benchCase, ENVELOPE } from '../queue/samples.ts';

export const ABOUT = 'how a backlog and single cases get to a platform [--cases 10000]';

/** 10 Mbit/s in bytes. */
const SHAPED_BYTES_PER_SECOND = 1_250_000;

/** Queue process and platform process on one machine, every commit durable on both sides. */
export async function run({ args, report, say }: SuiteContext): Promise<boolean> {
  const cases = Number(option(args, 'cases', '10000'));
  const results: boolean[] = [];
  const tell = (line: Readonly<Record<string, unknown>> & { readonly reached: boolean }): void => {
    report({ suite: 'drain', ...line });
    results.push(line.reached);
  };
  say(`draining ${cases} cases over loopback`);
  const loopback = await drain(cases, null);
  const singly: number[] = [];
  for (const inFlight of [4, 16]) singly.push(await noopPerSecond(loopback.port, { cases: 8_000, inFlight, batch: 1 }));
  const noop = Math.max(...singly);
  const batched = await noopPerSecond(loopback.port, { cases: 8_000, inFlight: 4, batch: 50 });
  loopback.end();
  const share = rounded(loopback.perSecond / noop);
  tell({
    measure: `drain of ${cases} cases over loopback`,
    perSecond: rounded(loopback.perSecond),
    noopPerSecond: rounded(noop),
    noopInBatchesPerSecond: rounded(batched),
    ratio: share,
    reached: loopback.perSecond >= 3_500 && share >= 0.5,
  });
  say('draining over 10 Mbit/s');
  const shaped = await drain(Math.min(cases, 1_500), SHAPED_BYTES_PER_SECOND);
  shaped.end();
  const used = rounded(shaped.bytesPerSecond / SHAPED_BYTES_PER_SECOND);
  tell({
    measure: 'drain over 10 Mbit/s',
    perSecond: rounded(shaped.perSecond),
    shareOfLink: used,
    reached: used >= 0.9,
  });
  for (const line of await withFolder(online)) tell(line);
  return results.every(Boolean);
}

interface Drained {
  readonly perSecond: number;
  /** Bytes of case bodies that arrived a second, without what HTTP and batches add. */
  readonly bytesPerSecond: number;
  readonly port: number;
  end(): void;
}

/** From the start of the sync until the platform has everything and the queue knows it. */
async function drain(cases: number, bytesPerSecond: number | null): Promise<Drained> {
  return withFolder(async (dir) => {
    await fill('ours', dir, '', cases);
    const platform = await BenchPlatform.start(dir);
    const link = new SlowLink(platform.port, bytesPerSecond);
    if (bytesPerSecond !== null) await link.up();
    const queue = await openQueue(join(dir, 'ours'));
    const begun = performance.now();
    const sync = startSyncTo(queue, bytesPerSecond === null ? platform.port : link.port);
    await platform.until(cases, 300_000);
    while (must(await queue.store.outboxCounts()).waiting > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const seconds = (performance.now() - begun) / 1000;
    await sync.stop();
    await queue.stop();
    await link.down();
    return {
      perSecond: cases / seconds,
      bytesPerSecond: (cases * bodyBytes()) / seconds,
      port: platform.port,
      end: () => platform.stop(),
    };
  });
}

function bodyBytes(): number {
  const { caseId, kioskCode, itemId, itemCode } = benchCase();
  const words = { caseId, kioskCode, itemId, itemVersion: 1, itemCode, language: 'zh-CN', sequence: 1 };
  return JSON.stringify({
    ...words,
    keptAt: new Date(0),
    trackingNumber: 'CH03 251201 0001 1',
    sha256: 'f'.repeat(64),
    envelope: ENVELOPE,
  }).length;
}

/** What HTTP alone can do here: requests whose body is parsed and thrown away. */
async function noopPerSecond(
  port: number,
  options: { cases: number; inFlight: number; batch: number },
): Promise<number> {
  const { cases, inFlight, batch } = options;
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: inFlight });
  const text = JSON.stringify(benchCase());
  const entries = Array.from({ length: batch }, (_, index) => ({ kind: 'case', key: `k${index}`, body: text }));
  const body = batch === 1 ? text : JSON.stringify({ entries });
  const begun = performance.now();
  let left = cases / batch;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (left > 0) {
        left -= 1;
        const answer = await pool.request({ method: 'POST', path: '/noop', body });
        await answer.body.text();
      }
    }),
  );
  const perSecond = cases / ((performance.now() - begun) / 1000);
  await pool.destroy();
  return perSecond;
}

type Line = Readonly<Record<string, unknown>> & { readonly reached: boolean };

/** What a person notices: single cases while the line is up, beside a poisonous one, and after it was down. */
async function online(dir: string): Promise<Line[]> {
  const platform = await BenchPlatform.start(dir);
  const link = new SlowLink(platform.port, null);
  await link.up();
  const queue = await openQueue(join(dir, 'ours'));
  const sync = startSyncTo(queue, link.port);
  await until(() => sync.link().state === 'up');
  const single = await latencies(queue, sync, platform, 200);
  const idle = summary(single, single.length, 1);
  // One that the platform hangs on, in front of the others.
  const poison = benchCase();
  platform.hang(`case:${poison.caseId}:1`);
  must(await queue.store.submitCase(poison));
  sync.wake();
  const beside = await latencies(queue, sync, platform, 50);
  const before = platform.kept;
  const backlog = [poison, ...Array.from({ length: 300 }, () => benchCase())];
  const begun = performance.now();
  for (const one of backlog) must(await queue.store.submitCase(one));
  sync.wake();
  const all = (await platform.until(before + 300, 60_000)) - begun;
  platform.hang(null);
  await link.down();
  must(await queue.store.submitCase(benchCase()));
  await until(() => sync.link().state === 'down', 60_000);
  await new Promise((resolve) => setTimeout(resolve, 20_000));
  const kept = platform.kept;
  const upAt = performance.now();
  await link.up();
  const firstMs = (await platform.until(kept + 1, 60_000)) - upAt;
  await sync.stop();
  await queue.stop();
  await link.down();
  platform.stop();
  return [
    { measure: 'at the platform after "done", online and idle', ms: idle, reached: idle.p99 <= 2_000 },
    {
      measure: 'beside a poisonous case',
      besideMs: summary(beside, beside.length, 1),
      backlogOf300Ms: rounded(all),
      reached: Math.max(...beside) - idle.p50 <= 1_000,
    },
    { measure: 'first case after the line is back', ms: rounded(firstMs), reached: firstMs <= 5_000 },
  ];
}

/** Milliseconds from "kept" to "kept by the platform", one case after the other. */
async function latencies(
  queue: QueueHost,
  sync: { wake(): void },
  platform: BenchPlatform,
  count: number,
): Promise<number[]> {
  const seen: number[] = [];
  for (let number = 0; number < count; number += 1) {
    const kept = platform.kept;
    must(await queue.store.submitCase(benchCase()));
    const at = performance.now();
    sync.wake();
    seen.push((await platform.until(kept + 1, 30_000)) - at);
  }
  return seen;
}

async function until(what: () => boolean, limitMs = 20_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!what()) {
    if (performance.now() > end) throw new Error(`never came: ${what.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
