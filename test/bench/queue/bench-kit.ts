import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rounded, type Summary } from './figures.ts';

const RUNNER = join(import.meta.dirname, 'runner.ts');

/** What the runner says of one contender. */
export interface Run {
  readonly submit: Summary;
  /** What its submits had left for when nobody waits, in milliseconds; see `Contender.rest`. */
  readonly quietMs: number;
  readonly claimComplete: Summary;
  readonly rssMb: number;
}

/** Value of an option `--NAME VALUE`, or the default. */
export function option(args: readonly string[], name: string, otherwise: string): string {
  const at = args.indexOf(`--${name}`);
  return at === -1 ? otherwise : (args[at + 1] ?? otherwise);
}

/** Runs `work` with a folder that is removed afterwards. */
export async function withFolder<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'hall24-bench-'));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function run(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [RUNNER, ...words], {
    env: { ...process.env, ...environment },
    maxBuffer: 64 << 20,
  });
  return stdout.trim().split('\n').at(-1) ?? '';
}

/** Fills a contender's database in a process of its own. */
export async function fill(
  names: string,
  dir: string,
  rivals: string,
  count: number,
  bodies: 'own' | 'same' = 'own',
): Promise<void> {
  if (count > 0) await run([names, dir, rivals, 'fill', String(count), bodies]);
}

/** How much one measurement does: submits, jobs claimed and completed, jobs a claim, and the time it may take in milliseconds. */
export interface Plan {
  readonly submits: number;
  readonly claims: number;
  readonly batch: number;
  readonly limitMs: number;
}

/** Measures contenders in a process of their own, taking turns. */
export async function measure(
  names: string,
  dir: string,
  rivals: string,
  plan: Plan,
  environment?: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, Run>>> {
  const { submits, claims, batch, limitMs } = plan;
  const text = await run(
    [names, dir, rivals, 'measure', String(submits), String(claims), String(batch), String(limitMs)],
    environment,
  );
  return JSON.parse(text) as Record<string, Run>;
}

/** Two contenders side by side: the middle of several rounds by their ratio, each round in a process of its own. */
export interface Pair {
  readonly ours: Run;
  readonly other: Run;
  /** Ours to the other, jobs a second: of the middle round of each measurement, and of every round. */
  readonly submit: Ratio;
  readonly claimComplete: Ratio;
}
interface Ratio {
  readonly ours: Summary;
  readonly other: Summary;
  readonly ratio: number;
  readonly p99Ratio: number;
  readonly rounds: readonly number[];
  /** The ratio if a submit's time counts what it had left for later as well. */
  readonly ratioWithQuiet: number;
}

/** Measures ours and another, call by call in turns, in several rounds. */
export async function inRounds(
  other: string,
  dir: string,
  rivals: string,
  plan: Plan,
  rounds: number,
  environment?: Readonly<Record<string, string>>,
): Promise<Pair> {
  const runs: { readonly ours: Run; readonly other: Run }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { ours, [other]: theirs } = await measure(`ours,${other}`, dir, rivals, plan, environment);
    if (!ours || !theirs) throw new Error('the runner left a contender out');
    runs.push({ ours, other: theirs });
  }
  const [first] = runs;
  if (!first) throw new Error('no round');
  const middleOf = (what: 'submit' | 'claimComplete'): Ratio => {
    const sorted = runs
      .map(({ ours, other: theirs }) => ({
        ours: ours[what],
        other: theirs[what],
        ratioWithQuiet: rounded(withQuiet(ours, what) / withQuiet(theirs, what)),
      }))
      .map((pair) => ({ ...pair, ratio: rounded(pair.ours.perSecond / pair.other.perSecond) }))
      .toSorted((a, b) => a.ratio - b.ratio);
    const found = sorted[Math.floor((sorted.length - 1) / 2)];
    if (!found) throw new Error('no round');
    return {
      ...found,
      p99Ratio: rounded(found.ours.p99 / found.other.p99),
      rounds: sorted.map(({ ratio }) => ratio),
    };
  };
  return { ...first, submit: middleOf('submit'), claimComplete: middleOf('claimComplete') };
}

/** Jobs a second, counting what the submits left for later. */
function withQuiet({ submit, claimComplete, quietMs }: Run, what: 'submit' | 'claimComplete'): number {
  if (what === 'claimComplete') return claimComplete.perSecond;
  return submit.calls / (submit.calls / submit.perSecond + quietMs / 1_000);
}
