import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { SuiteContext } from '../../support/suites.ts';
import type { FaultOptions } from './options.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', '..', 'electron', 'launch', 'commands', 'fault.ts');
/** More processes than that only wait for each other's memory. */
const MOST = 8;

/** Processes that a suite's runs are shared by: `--workers N`, else one a core. */
export function workersOf({ own }: FaultOptions): number {
  return own['workers'] === undefined ? Math.min(MOST, availableParallelism()) : Number(own['workers']);
}

/**
 * Shares a suite's runs among processes and sums up their lines: part i has the seed `seed + i`. A part is the same suite
 * with `--workers 1`; `more` are options of the suite's own.
 */
export async function inParts(
  suite: string,
  context: SuiteContext,
  { runs, seed, own }: FaultOptions,
  workers: number,
): Promise<boolean> {
  const begun = performance.now();
  const share = Math.ceil(runs / workers);
  const more = Object.entries(own).filter(([name]) => !['runs', 'seed', 'workers'].includes(name));
  const lines = await Promise.all(
    Array.from({ length: Math.ceil(runs / share) }, (_, part) =>
      onePart([
        ...[PROGRAM, suite, '--json', '--workers', '1', '--seed', String(seed + part)],
        ...['--runs', String(Math.min(share, runs - part * share))],
        ...more.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value])),
      ]),
    ),
  );
  const seconds = Math.round((performance.now() - begun) / 100) / 10;
  const sum = lines.reduce(together, {});
  context.report({ ...sum, suite, seed, workers, passed: lines.every((line) => line['passed'] === true), seconds });
  return lines.every((line) => line['passed'] === true);
}

type Line = Readonly<Record<string, unknown>>;

async function onePart(words: readonly string[]): Promise<Line> {
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(child, 'close')) as [number | null];
  const last = said.trim().split('\n').at(-1) ?? '';
  if (!last.startsWith('{')) throw new Error(`a part of the campaign ended with ${code} and said nothing`);
  return JSON.parse(last) as Line;
}

/** Numbers are added, also those inside of objects. */
function together(sum: Line, line: Line): Line {
  const all = Object.entries(line).map(([name, value]): [string, unknown] => {
    const before = sum[name];
    if (typeof value === 'number') return [name, value + (typeof before === 'number' ? before : 0)];
    if (typeof value === 'object' && value !== null) return [name, together((before ?? {}) as Line, value as Line)];
    return [name, value];
  });
  return { ...sum, ...Object.fromEntries(all) };
}
