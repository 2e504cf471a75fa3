import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What a suite of `test/bench/suites` or `test/fault/suites` gets. */
export interface SuiteContext {
  /** The command line behind the suite's name, without `--json`. Each suite reads its own options. */
  readonly args: readonly string[];
  /** Writes one JSON object as one line of standard output: a measure, or a campaign's result. */
  readonly report: (line: Readonly<Record<string, unknown>>) => void;
  /** Progress and explanations for a person; standard error, silent with `--json`. */
  readonly say: (text: string) => void;
}

/** One file in the suites folder; its file name is the suite's name. */
export interface Suite {
  /** One line for the list of suites, with its options. */
  readonly ABOUT: string;
  /** Runs the suite; true when every figure was reached or every run passed. */
  run(context: SuiteContext): Promise<boolean>;
}

/** Runs one suite of a family, or `all` in the order of their names. Exit code 0 passed, 1 failed, 2 wrong use. */
export async function runSuites(family: 'bench' | 'fault', args: readonly string[]): Promise<number> {
  const folder = join(import.meta.dirname, '..', family, 'suites');
  const names = (await readdir(folder).catch(() => []))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => name.slice(0, -'.ts'.length))
    .toSorted();
  const load = async (name: string): Promise<Suite> =>
    (await import(pathToFileURL(join(folder, `${name}.ts`)).href)) as Suite;
  const json = args.includes('--json');
  const [wanted = '--help', ...rest] = args.filter((word) => word !== '--json');
  if (wanted !== 'all' && !names.includes(wanted)) {
    const lines = await Promise.all(names.map(async (name) => `  ${name.padEnd(10)} ${(await load(name)).ABOUT}`));
    process.stderr.write(`npm run ${family} -- SUITE|all [options] [--json]\n${lines.join('\n')}\n`);
    return wanted === '--help' ? 0 : 2;
  }
  let passed = true;
  for (const name of wanted === 'all' ? names : [wanted]) {
    const suite = await load(name);
    const good = await suite.run({
      args: rest,
      report: (line) => process.stdout.write(`${JSON.stringify(line)}\n`),
      say: (text) => void (json || process.stderr.write(`${text}\n`)),
    });
    passed &&= good;
  }
  return passed ? 0 : 1;
}
