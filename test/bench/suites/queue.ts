import { statSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../../electron/store/index.ts';
import { systemClock, systemRandom } from '../../../native/transport/system-clock.ts';
import type { SuiteContext } from '../../support/suites.ts';
import { fill, inRounds, measure, option, withFolder, type Run } from '../queue/bench-kit.ts';
import { rounded } from '../queue/figures.ts';
import { installRivals } from '../queue/rivals.ts';
import { slowDisk } from '../queue/slow-disk.ts';

export const ABOUT =
  'the local queue against a hand-written loop and other queues [--depth 0,10000] [--rivals none|all|NAME,NAME] [--submits 1000] [--rounds 3] [--raw no] [--alone]';

/** What each does for one submit and one completion; all with WAL and synchronous=FULL, 10 KB sealed. */
const DOES = {
  ours: 'one commit: number, case, act, outbox entry, message, evidence, with all hashes and look-ups; 50 are settled and the next 50 claimed in one commit, as the sync does',
  raw: "the same rows of the product's tables by prepared statements, one commit; texts and hashes made before; claim 50 and complete 50 are a commit each",
  plainjob:
    'job with case, act and number in one commit; claims one by one; completion with case and act in one commit',
  'better-queue-sqlite':
    'case, act and number in one commit, the job in its own; takes 50 in one commit, completes them with cases and acts in one',
  liteque: 'job with case, act and number in one commit; claims one by one; completion with case and act in one commit',
  sidequest:
    'case, act and number in one commit, the job in its own; claims 50, completes one by one, cases and acts of 50 in one commit',
} as const;
const RIVALS = ['plainjob', 'better-queue-sqlite', 'liteque', 'sidequest'] as const;
type Rival = (typeof RIVALS)[number];
const BATCH = 50;
/** Time for one round of a pair, in milliseconds: some rivals need seconds a job. */
const LIMIT_MS = 12_000;

type Line = Readonly<Record<string, unknown>> & { readonly reached: boolean | null };
interface Plan {
  readonly submits: number;
  readonly rounds: number;
  readonly tell: (line: Line) => void;
  readonly say: (text: string) => void;
}

/** Ours and each other contender take turns call by call, on databases of the same depth, in several rounds. */
export async function run({ args, report, say }: SuiteContext): Promise<boolean> {
  const depths = option(args, 'depth', '0,10000').split(',').map(Number);
  const named = option(args, 'rivals', 'none');
  const rivals =
    named === 'none' ? [] : named === 'all' ? RIVALS : RIVALS.filter((one) => named.split(',').includes(one));
  const results: boolean[] = [];
  const plan: Plan = {
    submits: Number(option(args, 'submits', '1000')),
    rounds: Number(option(args, 'rounds', '3')),
    say,
    tell: (line) => {
      report({ suite: 'queue', ...line, load: rounded(loadavg()[0] ?? 0) });
      if (line.reached !== null) results.push(line.reached);
    },
  };
  const empty = await atZero(plan);
  for (const depth of depths) {
    await withFolder(async (dir) => {
      say(`depth ${depth}: filling`);
      await fill('ours', dir, '', depth, 'same');
      if (option(args, 'raw', 'yes') !== 'no') await againstRaw(dir, depth, empty, plan);
      await againstRivals(dir, depth, rivals, args.includes('--alone'), plan);
    });
  }
  return results.every(Boolean);
}

interface AtZero {
  readonly rssMb: number;
  readonly claimP99: number;
  readonly slowP99: number | null;
}

/** What memory and claims of deeper queues are compared with. */
async function atZero({ submits }: Plan): Promise<AtZero> {
  return withFolder(async (dir) => {
    const { ours } = await measure('ours', dir, '', { submits, claims: submits, batch: BATCH, limitMs: LIMIT_MS });
    const slow = await slowRun(dir, 0);
    if (!ours) throw new Error('the runner left a contender out');
    return { rssMb: ours.rssMb, claimP99: ours.claimComplete.p99, slowP99: slow?.claimComplete.p99 ?? null };
  });
}

/** @param dir has our filled queue; a copy of it is removed in the end */
async function againstRaw(dir: string, depth: number, empty: AtZero, { submits, rounds, tell }: Plan): Promise<void> {
  if (depth > 0) await cp(join(dir, 'ours'), join(dir, 'raw'), { recursive: true });
  if (depth > 0) tell(await opening(join(dir, 'ours'), depth));
  const plan = { submits, claims: submits, batch: BATCH, limitMs: LIMIT_MS };
  const pair = await inRounds('raw', dir, '', plan, rounds);
  await rm(join(dir, 'raw'), { recursive: true, force: true });
  const { submit, claimComplete } = pair;
  const does = { ours: DOES.ours, raw: DOES.raw };
  tell({
    measure: 'durable submit of 10 KB',
    depth,
    ...told(submit, 'raw'),
    does,
    reached: submit.ratio >= 0.8 && submit.p99Ratio <= 2,
  });
  const p99ToDepth0 = rounded(claimComplete.ours.p99 / empty.claimP99);
  tell({
    measure: 'claim+complete in batches of 50',
    depth,
    ...told(claimComplete, 'raw'),
    p99ToDepth0,
    does,
    reached: p99ToDepth0 <= 2,
  });
  const { ours: alone } = await measure('ours', dir, '', plan);
  const rssMb = alone?.rssMb ?? 0;
  const growthMb = rounded(rssMb - empty.rssMb);
  tell({ measure: 'memory', depth, rssMb, growthMb, reached: growthMb <= 50 });
  const slow = await slowRun(dir, depth);
  if (!slow || empty.slowP99 === null) {
    tell({ measure: 'fsync +5 ms', depth, skipped: 'Linux on x86-64 only', reached: null });
    return;
  }
  const slowToDepth0 = rounded(slow.claimComplete.p99 / empty.slowP99);
  tell({
    measure: 'claim+complete in batches of 50, fsync +5 ms',
    depth,
    ours: slow.claimComplete,
    submit: slow.submit,
    p99ToDepth0: slowToDepth0,
    reached: slow.claimComplete.perSecond >= 2_000 && slowToDepth0 <= 2,
  });
}

function told(
  { ours, other, ratio, ratioWithQuiet, p99Ratio, rounds }: Awaited<ReturnType<typeof inRounds>>['submit'],
  name: string,
): Readonly<Record<string, unknown>> {
  return { ours, [name]: other, ratio, ratioWithQuiet, p99Ratio, rounds };
}

/** Opens as after a death: what the last process had in the WAL is folded in by SQLite. */
async function opening(dir: string, depth: number): Promise<Line> {
  const begun = performance.now();
  const opened = openStore({ dir, clock: systemClock, random: systemRandom });
  if (!opened.ok) throw new Error(opened.error.detail);
  const { store } = opened.value;
  await store.releaseClaims();
  await store.wakeAll(0);
  const counts = await store.outboxCounts();
  const ms = rounded(performance.now() - begun);
  await store.close();
  const megabytes = Math.round(statSync(join(dir, 'kiosk.sqlite')).size / 1e6);
  const waiting = counts.ok ? counts.value.waiting : 0;
  return { measure: 'open and recover', depth, waiting, megabytes, ms, reached: ms <= 1_000 };
}

/** Ours with every fsync 5 ms longer; null where that cannot be done. */
async function slowRun(dir: string, depth: number): Promise<Run | null> {
  const environment = await slowDisk(dir, 5);
  if (!environment) return null;
  if (depth === 0) await fill('ours', dir, '', 2_000, 'same');
  const plan = { submits: 50, claims: 2_000, batch: BATCH, limitMs: LIMIT_MS };
  const { ours } = await measure('ours', dir, '', plan, environment);
  return ours ?? null;
}

/** Each rival with the rows of an application beside its jobs, and with `alone` its jobs alone. */
async function againstRivals(
  dir: string,
  depth: number,
  rivals: readonly Rival[],
  alone: boolean,
  { submits, rounds, tell, say }: Plan,
): Promise<void> {
  if (rivals.length === 0) return;
  const installed = await installRivals();
  if (installed.folder === null) {
    tell({ measure: 'rivals', skipped: `not to be had from the registry: ${installed.reason}`, reached: null });
    return;
  }
  const { folder } = installed;
  const plan = { batch: BATCH, limitMs: LIMIT_MS };
  for (const rival of rivals) {
    for (const name of alone ? [`${rival}+rows`, rival] : [`${rival}+rows`]) {
      say(`${name} at ${depth}: filling`);
      await fill(name, dir, folder, depth, 'same');
      const submit = (await inRounds(name, dir, folder, { ...plan, submits, claims: 0 }, rounds)).submit;
      const claims = await inRounds(name, dir, folder, { ...plan, submits: 0, claims: submits }, rounds);
      await rm(join(dir, name), { recursive: true, force: true });
      for (const [what, found] of [
        ['submit', submit],
        ['claim+complete', claims.claimComplete],
      ] as const) {
        const withRows = name !== rival;
        const does = withRows ? DOES[rival] : 'its job alone: no case, no act, no number';
        tell({
          measure: `${what} against ${rival}${withRows ? '' : ', its jobs alone'}`,
          depth,
          ...told(found, 'rival'),
          does: { ours: DOES.ours, rival: does },
          reached: withRows ? found.ratio > 1 : null,
        });
      }
    }
  }
}
