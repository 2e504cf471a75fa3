import { statSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore } from '../../../electron/store/index.ts';
import { systemClock, systemRandom } from '../../../native/transport/system-clock.ts';
import type { SuiteContext } from '../../support/suites.ts';
import { fill, measure, option, withFolder, type Run } from '../queue/bench-kit.ts';
import { rounded } from '../queue/figures.ts';
import { installRivals } from '../queue/rivals.ts';
import { slowDisk } from '../queue/slow-disk.ts';

export const ABOUT =
  'the local queue against a hand-written loop and other queues [--depths 0,10000,100000,1000000] [--rival-depths 100000,1000000] [--submits 2000]';

const RIVALS = ['plainjob', 'better-queue-sqlite', 'liteque', 'sidequest'] as const;
const BATCH = 50;
/** Time for one measurement of one contender, in milliseconds: some rivals need seconds a job. */
const LIMIT_MS = 20_000;

/**
 * All with WAL (or what the rival can) and synchronous=FULL, one commit a submit, 10 KB. Ours and the raw loop take turns
 * call by call, on databases of the same content.
 */
export async function run({ args, report, say }: SuiteContext): Promise<boolean> {
  const depths = numbersOf(option(args, 'depths', '0,10000,100000,1000000'));
  const rivalDepths = numbersOf(option(args, 'rival-depths', '100000,1000000'));
  const submits = Number(option(args, 'submits', '2000'));
  const results: boolean[] = [];
  const tell = (line: Readonly<Record<string, unknown>> & { readonly reached: boolean | null }): void => {
    report({ suite: 'queue', ...line });
    if (line.reached !== null) results.push(line.reached);
  };
  const atZero: { rssMb: number | null; claimP99: number | null; slowP99: number | null } = {
    rssMb: null,
    claimP99: null,
    slowP99: null,
  };
  const ours = new Map<number, Run>();
  for (const depth of depths) {
    await withFolder(async (dir) => {
      say(`depth ${depth}: filling`);
      await fill('ours', dir, '', depth);
      if (depth > 0) await cp(join(dir, 'ours'), join(dir, 'raw'), { recursive: true });
      if (depth > 0) tell(await opening(join(dir, 'ours'), depth));
      const plan = { submits, claims: Math.min(submits, depth + submits), batch: BATCH, limitMs: LIMIT_MS };
      const { ours: mine, raw } = await measure('ours,raw', dir, '', plan);
      if (!mine || !raw) throw new Error('the runner left a contender out');
      ours.set(depth, mine);
      tell(submitLine(depth, mine, raw));
      atZero.claimP99 ??= mine.claimComplete.p99;
      tell({
        measure: 'claim+complete in batches of 50',
        depth,
        ours: mine.claimComplete,
        raw: raw.claimComplete,
        ratio: rounded(mine.claimComplete.perSecond / raw.claimComplete.perSecond),
        p99ToDepth0: rounded(mine.claimComplete.p99 / atZero.claimP99),
        reached: mine.claimComplete.p99 <= 2 * atZero.claimP99,
      });
      const { ours: alone } = await measure('ours', dir, '', { ...plan, submits: 500, claims: 500 });
      atZero.rssMb ??= alone?.rssMb ?? 0;
      const growthMb = rounded((alone?.rssMb ?? 0) - atZero.rssMb);
      tell({ measure: 'memory', depth, rssMb: alone?.rssMb ?? 0, growthMb, reached: growthMb <= 50 });
      tell(await slow(dir, depth, atZero));
    });
  }
  await againstRivals({ depths: rivalDepths, submits, ours, tell, say });
  return results.every(Boolean);
}

/** Numbers with commas between; `none` for no number. */
function numbersOf(text: string): number[] {
  return text === 'none' ? [] : text.split(',').map(Number);
}

type Line = Readonly<Record<string, unknown>> & { readonly reached: boolean | null };

function submitLine(depth: number, ours: Run, raw: Run): Line {
  const ratio = rounded(ours.submit.perSecond / raw.submit.perSecond);
  const p99Ratio = rounded(ours.submit.p99 / raw.submit.p99);
  return {
    measure: 'durable submit of 10 KB',
    depth,
    ours: ours.submit,
    raw: raw.submit,
    ratio,
    p99Ratio,
    reached: ratio >= 0.8 && p99Ratio <= 2,
  };
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

async function slow(dir: string, depth: number, atZero: { slowP99: number | null }): Promise<Line> {
  const environment = await slowDisk(dir, 5);
  if (!environment) return { measure: 'fsync +5 ms', depth, skipped: 'Linux on x86-64 only', reached: null };
  const plan = { submits: 100, claims: Math.max(depth, 100) >= 2_000 ? 2_000 : 100, batch: BATCH, limitMs: LIMIT_MS };
  if (depth === 0) await fill('ours', dir, '', 2_000);
  const { ours } = await measure('ours', dir, '', { ...plan, claims: 2_000 }, environment);
  if (!ours) throw new Error('the runner left a contender out');
  atZero.slowP99 ??= ours.claimComplete.p99;
  return {
    measure: 'claim+complete in batches of 50, fsync +5 ms',
    depth,
    ours: ours.claimComplete,
    submit: ours.submit,
    p99ToDepth0: rounded(ours.claimComplete.p99 / atZero.slowP99),
    reached: ours.claimComplete.perSecond >= 2_000 && ours.claimComplete.p99 <= 2 * atZero.slowP99,
  };
}

/** Each rival in processes of its own, after ours and before ours again would be fairer still; ours were measured above. */
async function againstRivals(options: {
  readonly depths: readonly number[];
  readonly submits: number;
  readonly ours: ReadonlyMap<number, Run>;
  readonly tell: (line: Line) => void;
  readonly say: (text: string) => void;
}): Promise<void> {
  const { tell, say } = options;
  const installed = await installRivals();
  if (installed.folder === null) {
    tell({ measure: 'rivals', skipped: `not to be had from the registry: ${installed.reason}`, reached: null });
    return;
  }
  const { folder } = installed;
  for (const depth of options.depths) {
    for (const rival of RIVALS) {
      await withFolder(async (dir) => {
        say(`${rival} at ${depth}: filling`);
        await fill(`ours,${rival}`, dir, folder, depth);
        const plan = { submits: options.submits, claims: 0, batch: BATCH, limitMs: LIMIT_MS };
        const both = await measure(`ours,${rival}`, dir, folder, plan);
        const claims = await measure(`ours,${rival}`, dir, folder, { ...plan, submits: 0, claims: options.submits });
        const [ours, theirs] = [both['ours'], both[rival]];
        const [oursClaimed, theirsClaimed] = [claims['ours'], claims[rival]];
        if (!ours || !theirs || !oursClaimed || !theirsClaimed) throw new Error('the runner left a contender out');
        for (const [what, mine, other] of [
          ['submit', ours.submit, theirs.submit],
          ['claim+complete', oursClaimed.claimComplete, theirsClaimed.claimComplete],
        ] as const) {
          const ratio = rounded(mine.perSecond / other.perSecond);
          tell({ measure: `${what} against ${rival}`, depth, ours: mine, rival: other, ratio, reached: ratio > 1 });
        }
      });
    }
  }
}
