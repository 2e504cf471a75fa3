import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Summary } from './figures.ts';

const RUNNER = join(import.meta.dirname, 'runner.ts');

/** What the runner says of one contender. */
export interface Run {
  readonly submit: Summary;
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
export async function fill(names: string, dir: string, rivals: string, count: number): Promise<void> {
  if (count > 0) await run([names, dir, rivals, 'fill', String(count)]);
}

/** Measures contenders in a process of their own, taking turns. */
export async function measure(
  names: string,
  dir: string,
  rivals: string,
  plan: { readonly submits: number; readonly claims: number; readonly batch: number; readonly limitMs: number },
  environment?: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, Run>>> {
  const { submits, claims, batch, limitMs } = plan;
  const text = await run(
    [names, dir, rivals, 'measure', String(submits), String(claims), String(batch), String(limitMs)],
    environment,
  );
  return JSON.parse(text) as Record<string, Run>;
}
