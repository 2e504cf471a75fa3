import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { windowsPrograms } from './windows-programs.ts';

const TRIALS = ['pcsc', 'printing', 'windows'] as const;

/** What one trial said last. */
interface Said {
  readonly passed: boolean;
  /** Why it was not run. */
  readonly skipped?: string;
}

/**
 * Runs the trials (or those named), each in a process of its own: chip cards without a way to the network, because the
 * virtual reader listens everywhere. The last line is one JSON object.
 * @param hindrances why a trial cannot be run here: it is skipped, and that is said
 */
export async function main(args: readonly string[], hindrances: { readonly windows: string | null }): Promise<number> {
  const wanted = TRIALS.filter((name) => args.length === 0 || args.includes(name));
  const unknown = args.find((name) => !TRIALS.some((known) => known === name));
  if (unknown !== undefined) {
    process.stderr.write(`No trial ${unknown}; there are: ${TRIALS.join(', ')}\n`);
    return 2;
  }
  const results: Record<string, unknown> = {};
  let passed = true;
  for (const name of wanted) {
    const hindrance = name === 'windows' ? (hindrances.windows ?? (await programsMissing())) : null;
    // Asked for by its name, what cannot be had is a failure.
    const skipped = { passed: !args.includes(name), skipped: hindrance ?? '' };
    if (hindrance !== null) process.stderr.write(`SKIPPED  ${name}: ${hindrance}\n`);
    const said = hindrance === null ? await runTrial(name) : skipped;
    results[name] = said;
    passed &&= said.passed;
  }
  process.stdout.write(`${JSON.stringify({ passed, trials: results })}\n`);
  return passed ? 0 : 1;
}

/** Why the programs for Windows cannot be had, or null. */
async function programsMissing(): Promise<string | null> {
  try {
    await windowsPrograms();
    return null;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return `Node and koffi for Windows cannot be fetched: ${words.slice(0, 300)}`;
  }
}

async function runTrial(name: (typeof TRIALS)[number]): Promise<Said> {
  const file = join(import.meta.dirname, `${name}-trial.ts`);
  const [program, ...rest] =
    name === 'pcsc'
      ? ['unshare', '-n', 'sh', '-c', 'ip link set lo up && exec "$0" "$1"', process.execPath, file]
      : [process.execPath, file];
  const child = spawn(program ?? '', rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString('utf8');
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const last = output.trim().split('\n').at(-1) ?? '';
  try {
    const said = JSON.parse(last) as Said;
    return { ...said, passed: said.passed && code === 0 };
  } catch {
    return { passed: false };
  }
}
