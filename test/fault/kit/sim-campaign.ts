import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Campaign } from './campaign.ts';
import type { Owed, Recorded } from './history.ts';
import type { Pace } from './sim-habits.ts';

/** A line of `sim-worker.ts`. */
interface SimLine {
  readonly seed: number;
  readonly owed: readonly Owed[];
  readonly record: readonly Recorded[];
  readonly end: { readonly parked: readonly string[]; readonly waiting: number; readonly faults: readonly string[] };
  readonly trace: string;
  readonly simulatedMs: number;
  readonly visits: number;
  readonly deaths: number;
  readonly jumps: number;
}

export interface SimPlan {
  /** First seed, and how many of them. */
  readonly first: number;
  readonly count: number;
  readonly hours: number;
  readonly pace: Pace;
  /** Processes at the same time. */
  readonly workers: number;
}

/** Figures over all seeds. */
export interface SimFigures {
  readonly kioskYears: number;
  readonly visits: number;
  readonly deaths: number;
  readonly jumps: number;
  /** Seeds that were run twice, and came to the same trace both times. */
  readonly replayed: number;
}

/** Seeds of a process; then a new one takes over, which costs a second and keeps its memory small. */
const SEEDS_OF_A_PROCESS = 500;
/** Of so many seeds one is run twice. */
const REPLAY_EVERY = 20;
/** What dies young costs less so. */
const NODE = ['--max-semi-space-size=64'];
const YEAR_MS = 365.25 * 86_400_000;

/** Simulates the seeds and judges each; some are run again and must come to the same, bit for bit. */
export async function simulateAll(campaign: Campaign, plan: SimPlan): Promise<SimFigures> {
  const { first, count, pace, workers } = plan;
  const figures = { simulatedMs: 0, visits: 0, deaths: 0, jumps: 0, replayed: 0 };
  const traces = new Map<number, string>();
  const judge = (line: SimLine): void => {
    const known = traces.get(line.seed);
    if (known !== undefined) {
      figures.replayed += 1;
      if (known === line.trace) return;
      const verdict = { acknowledged: 0, lost: 0, duplicated: 0, reordered: 0, corrupt: 0, wedged: 1 };
      campaign.add(`seed ${line.seed}`, verdict, [`a second run took another way: ${known} and ${line.trace}`], 0);
      return;
    }
    traces.set(line.seed, line.trace);
    figures.simulatedMs += line.simulatedMs;
    figures.visits += line.visits;
    figures.deaths += line.deaths;
    figures.jumps += line.jumps;
    const { parked, ...end } = line.end;
    // A kiosk at which only clocks jump is disturbed by each jump.
    const runs = pace === 'clock' ? line.jumps : 1;
    campaign.judge(`seed ${line.seed}`, line.owed, line.record, { ...end, parked: new Set(parked) }, runs);
  };
  const again = Math.ceil(count / REPLAY_EVERY);
  const parts = [...partsOf(first, count, workers), ...partsOf(first, again, workers)];
  const work = async (): Promise<void> => {
    for (let part = parts.shift(); part; part = parts.shift()) await simulateSome({ ...plan, ...part }, judge);
  };
  await Promise.all(Array.from({ length: workers }, work));
  const { simulatedMs, ...rest } = figures;
  return { kioskYears: Math.round((simulatedMs / YEAR_MS) * 1_000) / 1_000, ...rest };
}

/** Seeds in pieces, so that every process has its share and none has too many. */
function partsOf(first: number, count: number, workers: number): { readonly first: number; readonly count: number }[] {
  const size = Math.min(SEEDS_OF_A_PROCESS, Math.max(1, Math.ceil(count / workers)));
  return Array.from({ length: Math.ceil(count / size) }, (_, index) => ({
    first: first + index * size,
    count: Math.min(size, count - index * size),
  }));
}

async function simulateSome({ first, count, hours, pace }: SimPlan, judge: (line: SimLine) => void): Promise<void> {
  const program = join(import.meta.dirname, 'sim-worker.ts');
  const words = [...NODE, program, String(first), String(count), String(hours), pace];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close') as Promise<[number | null]>;
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    seen += 1;
    judge(JSON.parse(line) as SimLine);
  }
  const [code] = await closed;
  if (code !== 0 || seen !== count)
    throw new Error(`the simulation ended with ${code} after ${seen} of ${count} seeds`);
}
