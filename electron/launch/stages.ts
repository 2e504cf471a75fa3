import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureSystemPackages } from './debian.ts';
import { COMPILED, OUT, ROOT } from './paths.ts';
import { say } from './progress.ts';
import { readJourneys, readVitest, settle } from './reports.ts';
import type { Failure, Report, Settled } from './reports.ts';
import { run } from './run.ts';

/** What a stage found. `passed` and `failed` count tests; a stage without tests of its own leaves them 0. */
export interface StageResult {
  readonly good: boolean;
  readonly passed: number;
  readonly failed: number;
  /** Those that failed, where the stage knows them by name. */
  readonly failures?: readonly Failure[];
  /** Those that ran out of time beside others and passed alone. */
  readonly late?: readonly Failure[];
}

/** One stage of `npm test`. */
export interface Stage {
  readonly name: string;
  readonly title: string;
  /** @param words what narrows the stage down (paths, journey names); empty for all */
  run(words: readonly string[]): Promise<StageResult>;
}

interface FinishedStage {
  readonly stage: Stage;
  readonly result: StageResult;
  readonly seconds: number;
}

/** How to run a tool of node_modules/.bin on every system: by its script, on this Node. */
export function tool(name: string, args: readonly string[]): [string, string[]] {
  const scripts: Record<string, string> = {
    oxfmt: 'oxfmt/bin/oxfmt',
    oxlint: 'oxlint/bin/oxlint',
    tsc: 'typescript/bin/tsc',
    vitest: 'vitest/vitest.mjs',
  };
  return [process.execPath, [join(ROOT, 'node_modules', scripts[name] ?? name), ...args]];
}

async function runTool(name: string, args: readonly string[]): Promise<number> {
  const [program, programArgs] = tool(name, args);
  return (await run(program, programArgs, { cwd: ROOT, output: 'inherit', env: keepingCompiled() })).code;
}

/** For programs that start many of their kind: half of a start is compiling what the one before has compiled. */
function keepingCompiled(): NodeJS.ProcessEnv {
  return { NODE_COMPILE_CACHE: COMPILED, ...process.env };
}

function verdict(code: number): StageResult {
  return { good: code === 0, passed: 0, failed: 0 };
}

const format: Stage = {
  name: 'format',
  title: 'Format',
  run: async () => {
    const code = await runTool('oxfmt', ['--check']);
    if (code !== 0) say('npm run format puts that right.');
    return verdict(code);
  },
};

const lint: Stage = {
  name: 'lint',
  title: 'Lint',
  run: async () => verdict(await runTool('oxlint', ['--deny-warnings'])),
};

const types: Stage = {
  name: 'types',
  title: 'Types',
  run: async () => {
    let worst = 0;
    for (const project of await typeProjects()) worst = Math.max(worst, await runTool('tsc', ['-p', project]));
    return verdict(worst);
  },
};

/** The folders that are TypeScript projects. */
async function typeProjects(): Promise<string[]> {
  const names = await readdir(ROOT);
  return names.filter((name) => existsSync(join(ROOT, name, 'tsconfig.json'))).sort();
}

const unit: Stage = {
  name: 'unit',
  title: 'Unit and integration tests',
  run: async (words) => {
    let code = 0;
    const tests = async (paths: readonly string[], options: readonly string[]): Promise<Report | null> => {
      const folder = join(OUT, 'test');
      const report = join(folder, 'vitest.json');
      await mkdir(folder, { recursive: true });
      await rm(report, { force: true });
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
      code = await runTool('vitest', ['run', ...reporters, ...options, ...paths]);
      return readVitest(await readFile(report, 'utf8').catch(() => ''));
    };
    const first = await tests(words, []);
    if (first === null) return { good: false, passed: 0, failed: 1, failures: [] };
    return found(await settle(first, (files) => tests(files, ['--maxWorkers=1'])), code);
  },
};

const e2e: Stage = {
  name: 'e2e',
  title: 'Journeys in Electron',
  run: async (words) => {
    let code = 0;
    const journeys = async (names: readonly string[], options: readonly string[]): Promise<Report | null> => {
      const script = join(import.meta.dirname, 'commands', 'journey.ts');
      const finished = await run(process.execPath, [script, ...names, ...options, '--json'], {
        cwd: ROOT,
        output: 'capture',
      });
      code = finished.code;
      return readJourneys(finished.stdout);
    };
    const first = await journeys(words.length > 0 ? words : ['all'], []);
    if (first === null) {
      say('The journeys ended without a report.');
      return { good: false, passed: 0, failed: 1, failures: [] };
    }
    return found(await settle(first, (names) => journeys(names, ['--lanes', '1'])), code);
  },
};

/** What a stage with a report found. Whatever the report says, a run that ended badly was not good. */
function found({ passed, failures, late }: Settled, code: number): StageResult {
  const failed = code === 0 ? failures.length : Math.max(1, failures.length);
  return { good: failed === 0 && passed > 0, passed, failed, failures, late };
}

/** Fault campaigns of `npm test`, each short enough for it; the full ones are run by hand (test/fault/README.md). */
const CAMPAIGNS: readonly (readonly [suite: string, ...options: string[]])[] = [
  ['power', '--runs', '2000'],
  ['kill', '--runs', '200', '--app', '5'],
  ['disk', '--runs', '20'],
  ['network', '--runs', '5'],
  ['damage', '--runs', '200'],
  ['model', '--runs', '1000'],
  ['clock', '--runs', '100'],
  ['sim', '--runs', '200'],
  ['planted', '--runs', '20'],
];
/** Seed of the campaigns in `npm test`: a test that fails fails again. */
const CAMPAIGN_SEED = '20261122';

const faults: Stage = {
  name: 'fault',
  title: 'Fault campaigns',
  run: async (words) => {
    // The disk's faults and the recording of writes are made with strace.
    if (process.platform !== 'linux') return verdict(0);
    await ensureSystemPackages(['faults']);
    const script = join(import.meta.dirname, 'commands', 'fault.ts');
    let failed = 0;
    const wanted = CAMPAIGNS.filter(([suite]) => words.length === 0 || words.includes(suite));
    for (const [suite, ...options] of wanted) {
      const program = [script, suite, ...options, '--seed', CAMPAIGN_SEED, '--json'];
      const { code } = await run(process.execPath, program, { cwd: ROOT, output: 'stderr', env: keepingCompiled() });
      say(`  ${code === 0 ? 'passed' : 'FAILED'}  ${suite}`);
      if (code !== 0) failed += 1;
    }
    return { good: failed === 0, passed: wanted.length - failed, failed };
  },
};

/** Visits of the search in `npm test`: a typed case with signature and photograph, and a scanned code. */
const RESIDUE_KINDS = 'enterprise,pickup';

const residue: Stage = {
  name: 'residue',
  title: 'Nothing left behind',
  run: async () => {
    // The memory of other processes is read by /proc, which is root's to do.
    if (process.platform !== 'linux' || process.getuid?.() !== 0) {
      say('Needs Linux and root: left out.');
      return verdict(0);
    }
    const script = join(import.meta.dirname, 'commands', 'residue.ts');
    const { code } = await run(process.execPath, [script, '--kinds', RESIDUE_KINDS, '--traces'], {
      cwd: ROOT,
      output: 'stderr',
    });
    return { good: code === 0, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
  },
};

const packed: Stage = {
  name: 'pack',
  title: 'Packed build and its journey',
  run: async () => {
    // Only Linux is set up for packing.
    if (process.platform !== 'linux') return verdict(0);
    const script = join(import.meta.dirname, 'commands', 'pack.ts');
    const { code } = await run(process.execPath, [script, '--journey'], { cwd: ROOT, output: 'stderr' });
    return { good: code === 0, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
  },
};

/** What `npm run check` runs. */
export const checkStages: readonly Stage[] = [format, lint, types];
/** What `npm test` runs, in order. */
export const allStages: readonly Stage[] = [...checkStages, unit, faults, e2e, residue, packed];

/** Runs the stages one after the other; a failed one does not keep the next from running. */
export async function runStages(stages: readonly Stage[], words: readonly string[] = []): Promise<FinishedStage[]> {
  const finished: FinishedStage[] = [];
  for (const stage of stages) {
    say(`\n== ${stage.title}`);
    const started = performance.now();
    const result = await stage.run(words);
    finished.push({ stage, result, seconds: (performance.now() - started) / 1000 });
  }
  return finished;
}

/**
 * Prints what every stage found; the last line is `N passed, N failed`, counting tests and journeys and a failed
 * stage without tests as one failure.
 * @returns the exit code
 */
export function summary(finished: readonly FinishedStage[]): number {
  say('');
  for (const { stage, result, seconds } of finished) {
    const counts = result.passed + result.failed > 0 ? `  ${result.passed} passed, ${result.failed} failed` : '';
    say(`${result.good ? 'ok    ' : 'FAILED'}  ${stage.title.padEnd(28)} ${seconds.toFixed(1).padStart(6)} s${counts}`);
  }
  // At the very end: whoever reads a long log begins there.
  for (const { result } of finished) {
    for (const { name, reason } of result.late ?? []) say(`late, passed alone: ${name}\n  at first: ${reason}`);
    for (const { name, reason } of result.failures ?? []) say(`FAILED: ${name}\n  ${reason}`);
  }
  const passed = finished.reduce((sum, { result }) => sum + result.passed, 0);
  const failed = finished.reduce((sum, { result }) => sum + (result.good ? 0 : Math.max(1, result.failed)), 0);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}
