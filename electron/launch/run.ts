import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { LaunchError } from './progress.ts';

/** How a child process ended and what it wrote, as far as it was captured. */
export interface Finished {
  /** Exit code; 128 or more when a signal ended it. */
  readonly code: number;
  readonly stdout: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /**
   * `inherit`: the child shares the terminal. `stderr`: all it writes goes to standard error.
   * `capture`: standard output is returned, standard error is shared.
   */
  readonly output: 'inherit' | 'stderr' | 'capture';
}

/** Runs a program to its end. It is killed when this process is asked to end. */
export async function run(program: string, args: readonly string[], options: RunOptions): Promise<Finished> {
  const stdout = options.output === 'inherit' ? 'inherit' : options.output === 'stderr' ? 2 : 'pipe';
  const child = spawn(program, [...args], {
    stdio: ['inherit', stdout, 'inherit'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env ?? process.env,
  });
  let stopped = false;
  const release = whenAskedToEnd((signal) => {
    stopped = true;
    child.kill(signal);
  });
  try {
    const parts: Buffer[] = [];
    child.stdout?.on('data', (part: Buffer) => parts.push(part));
    const [code] = (await once(child, 'close').catch((error: unknown) => {
      throw new LaunchError(`Cannot run ${program}: ${error instanceof Error ? error.message : String(error)}`);
    })) as [number | null];
    if (stopped) throw new LaunchError('Stopped.');
    return { code: code ?? 128, stdout: Buffer.concat(parts).toString('utf8') };
  } finally {
    release();
  }
}

/** Calls back on SIGINT, SIGTERM and SIGHUP until released. */
export function whenAskedToEnd(handler: (signal: NodeJS.Signals) => void): () => void {
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, handler);
  return () => {
    for (const signal of signals) process.off(signal, handler);
  };
}

/** How long a command may take to end by itself after it was asked to, in ms. */
const END_GRACE_MS = 5_000;

/**
 * Runs a command's main function: its number becomes the exit code, a LaunchError is shown as plain text.
 * When asked to end, the command has 5 s to do so in its own way; a second signal ends it at once. What it started
 * and registered on `exit` (virtual display) goes with it.
 */
export async function command(main: (args: string[]) => Promise<number>): Promise<void> {
  let asked = false;
  whenAskedToEnd((signal) => {
    const end = (): never => process.exit(128 + constants.signals[signal]);
    if (asked) end();
    asked = true;
    setTimeout(end, END_GRACE_MS).unref();
  });
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    const text =
      error instanceof LaunchError ? `hall24: ${error.message}` : error instanceof Error ? error.stack : error;
    process.stderr.write(`${String(text)}\n`);
    process.exitCode = 1;
  }
}
