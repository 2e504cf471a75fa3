import { loadavg } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { v7 } from 'uuid';
import type { QueueHost } from '../../../electron/app/queue/index.ts';
import { loadSqlite } from '../../../electron/store/index.ts';
import { must } from '../../../electron/store/test-kit.ts';
import type { SuiteContext } from '../../support/suites.ts';
import { fill, option, withFolder } from '../queue/bench-kit.ts';
import { BenchPlatform, openQueue, startSyncTo } from '../queue/drain-kit.ts';
import { rounded, summary } from '../queue/figures.ts';
import { SlowLink } from '../queue/link.ts';
import { benchCase } from '../queue/samples.ts';

export const ABOUT =
  'how a backlog and single cases get to a platform [--cases 10000] [--rounds 3] [--only drain|shaped|online]';

/** 10 Mbit/s in bytes. */
const SHAPED_BYTES_PER_SECOND = 1_250_000;

/** Queue process and platform process on one machine, every commit of the queue durable. */
export async function run({ args, report, say }: SuiteContext): Promise<boolean> {
  const cases = Number(option(args, 'cases', '10000'));
  const only = option(args, 'only', 'all');
  const results: boolean[] = [];
  const tell = (line: Readonly<Record<string, unknown>> & { readonly reached: boolean }): void => {
    report({ suite: 'drain', ...line, load: rounded(loadavg()[0] ?? 0) });
    results.push(line.reached);
  };
  if (only === 'all' || only === 'drain') {
    for (const keeps of ['memory', 'disk'] as const) {
      const rounds: Round[] = [];
      for (let round = Number(option(args, 'rounds', '3')); round > 0; round -= 1) {
        say(
          `draining ${cases} cases over loopback to a platform that keeps them in ${keeps}, beside requests that do nothing`,
        );
        rounds.push(await oneRound(cases, keeps));
      }
      tell(lineOf(cases, keeps, rounds));
    }
  }
  if (only === 'all' || only === 'shaped') {
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
  }
  if (only === 'all' || only === 'online') for (const line of await withFolder(online)) tell(line);
  return results.every(Boolean);
}

interface Round {
  readonly perSecond: number;
  /** Cases a second of loops that do nothing with what they carry. */
  readonly singly: number;
  readonly inBatches: number;
}

/** A drain between two halves of each no-op loop, on the same server. */
async function oneRound(cases: number, keeps: 'disk' | 'memory'): Promise<Round> {
  const { bodies, ...drained } = await drain(cases, null, keeps);
  const singly = await noopPerSecond(drained.port, bodies, { cases: 6_000, inFlight: 16, batch: 1 });
  const inBatches = await noopPerSecond(drained.port, bodies, { cases: 12_000, inFlight: 4, batch: 50 });
  drained.end();
  return { perSecond: drained.perSecond, singly, inBatches };
}

/** The middle round by its ratio to the loop of single requests. */
function lineOf(cases: number, keeps: 'disk' | 'memory', rounds: readonly Round[]): Line {
  const ratios = rounds.map(({ perSecond, singly }) => perSecond / singly).toSorted((a, b) => a - b);
  const middle = ratios[Math.floor((ratios.length - 1) / 2)] ?? 0;
  const { perSecond, singly, inBatches } = rounds.find((one) => one.perSecond / one.singly === middle) ?? {
    perSecond: 0,
    singly: 0,
    inBatches: 0,
  };
  return {
    measure: `drain of ${cases} cases over loopback`,
    platformKeepsIn: keeps,
    perSecond: rounded(perSecond),
    noop: {
      'one POST a case, 16 in flight': rounded(singly),
      'the same batches of 50, 4 in flight': rounded(inBatches),
    },
    ratio: rounded(middle),
    ratioToBatches: rounded(perSecond / inBatches),
    rounds: ratios.map(rounded),
    // A disk that both write to is no part of what the kiosk can do, nor of a loop that does nothing.
    reached: perSecond >= 3_500 && (keeps === 'disk' || middle >= 0.5),
  };
}

interface Drained {
  readonly perSecond: number;
  /** Bytes of case bodies that arrived a second, without what HTTP and batches add. */
  readonly bytesPerSecond: number;
  /** Some of the messages, as they were sent. */
  readonly bodies: readonly string[];
  readonly port: number;
  end(): void;
}

/** From the first request at the platform until it has everything and the queue knows it. */
async function drain(
  cases: number,
  bytesPerSecond: number | null,
  keeps: 'disk' | 'memory' = 'disk',
): Promise<Drained> {
  return withFolder(async (dir) => {
    await fill('ours', dir, '', cases);
    const bodies = messagesIn(join(dir, 'ours'));
    const platform = await BenchPlatform.start(dir, keeps);
    const link = new SlowLink(platform.port, bytesPerSecond);
    if (bytesPerSecond !== null) await link.up();
    const queue = await openQueue(join(dir, 'ours'));
    const sync = startSyncTo(queue, bytesPerSecond === null ? platform.port : link.port);
    await platform.until(cases, 300_000);
    while (must(await queue.store.outboxCounts()).waiting > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const seconds = (performance.now() - platform.askedAt) / 1000;
    await sync.stop();
    await queue.stop();
    await link.down();
    return {
      perSecond: cases / seconds,
      bytesPerSecond: (cases * (bodies[0]?.length ?? 0)) / seconds,
      bodies,
      port: platform.port,
      end: () => platform.stop(),
    };
  });
}

/** A hundred of the messages that wait. */
function messagesIn(dir: string): string[] {
  const db = new (loadSqlite())(join(dir, 'kiosk.sqlite'), { readonly: true });
  const rows = db.prepare('SELECT body FROM outbox_payloads ORDER BY seq LIMIT 100').pluck().all() as Buffer[];
  db.close();
  return rows.map((body) => body.toString());
}

/**
 * What HTTP alone can do here: the messages of the drain with the same client, one a request to a case's own route or as
 * many together as the drain sends, to a server that reads and parses the body, keeps nothing, and answers as many bytes
 * as it would. Nothing is claimed, hashed, compared or settled on either side.
 */
async function noopPerSecond(
  port: number,
  bodies: readonly string[],
  options: { cases: number; inFlight: number; batch: number },
): Promise<number> {
  const { cases, inFlight, batch } = options;
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: inFlight });
  const entries = Array.from({ length: batch }, (_, index) => ({
    kind: 'case',
    key: `case:${v7()}:1`,
    body: bodies[index % bodies.length] ?? '',
  }));
  const requests = batch === 1 ? bodies : [JSON.stringify({ entries })];
  const path = `/noop?answers=${batch}`;
  const begun = performance.now();
  let left = cases / batch;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (left > 0) {
        left -= 1;
        const body = requests[left % requests.length] ?? '';
        const answer = await pool.request({
          method: 'POST',
          path,
          headers: { 'content-type': 'application/json' },
          body,
        });
        JSON.parse(await answer.body.text());
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
  const platform = await BenchPlatform.start(dir, 'disk');
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
