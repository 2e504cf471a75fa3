/** One thing that was tried and what came of it. */
export interface Check {
  readonly name: string;
  readonly passed: boolean;
  /** What was seen instead, when it did not pass. */
  readonly saw?: string;
}

/** Collects what was tried; a check that does not hold ends nothing, so that all of them are seen. */
export class Trial {
  readonly checks: Check[] = [];

  /** Notes whether `seen` is what was expected: every key of `expected`, as deep as it goes. */
  expect(name: string, seen: unknown, expected: unknown): void {
    const passed = matches(seen, expected);
    this.checks.push(passed ? { name, passed } : { name, passed, saw: JSON.stringify(seen) });
    process.stderr.write(`${passed ? 'passed' : 'FAILED'}  ${name}${passed ? '' : `: saw ${JSON.stringify(seen)}`}\n`);
  }

  /** Runs a trial and prints what came of it as one JSON line; gives the exit code. */
  static async main(name: string, run: (trial: Trial) => Promise<void>): Promise<number> {
    const trial = new Trial();
    try {
      await run(trial);
    } catch (error) {
      trial.expect(`${name} runs to its end`, error instanceof Error ? error.message : String(error), 'the end');
    }
    const failed = trial.checks.filter(({ passed }) => !passed);
    const passed = failed.length === 0 && trial.checks.length > 0;
    process.stdout.write(`${JSON.stringify({ trial: name, passed, checks: trial.checks.length, failed })}\n`);
    return passed ? 0 : 1;
  }
}

function matches(seen: unknown, expected: unknown): boolean {
  if (expected instanceof RegExp) return typeof seen === 'string' && expected.test(seen);
  if (typeof expected !== 'object' || expected === null) return Object.is(seen, expected);
  if (typeof seen !== 'object' || seen === null) return false;
  if (Array.isArray(expected) && (!Array.isArray(seen) || seen.length !== expected.length)) return false;
  return Object.entries(expected).every(([key, value]) => matches((seen as Record<string, unknown>)[key], value));
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
