import { relative } from 'node:path';
import { ROOT } from './paths.ts';

/** One test or journey that did not pass, and the first line of its reason. */
export interface Failure {
  readonly name: string;
  readonly reason: string;
  /** What runs it alone: a test's file, a journey's name. */
  readonly alone: string;
  /** It waited, and its time ran out; nothing that it looked at was wrong. */
  readonly late: boolean;
}

/** What a test runner's report says. */
export interface Report {
  readonly passed: number;
  readonly failures: readonly Failure[];
}

/**
 * How a wait of the tests, of vitest and of Playwright ends. Machines are shared: such a test is run once more with
 * nothing beside it. Whatever else failed, failed.
 */
const RAN_OUT_OF_TIME = /did not come true within \d+ ms|timed out in \d+ ?ms|Timeout \d+ ?ms exceeded/u;

function failure(name: string, message: string, alone: string): Failure {
  const reason = message.split('\n', 1)[0]?.trim() ?? '';
  return { name, reason: reason === '' ? 'no reason given' : reason, alone, late: RAN_OUT_OF_TIME.test(reason) };
}

/** Something was lost or done twice: whatever else is said of it, the machine's speed is no excuse. */
function notOnce(name: string, fault: string): Failure {
  return { ...failure(name, `not exactly once; ${fault}`, name), late: false };
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Reads the JSON report of vitest; null when it is none. */
export function readVitest(text: string): Report | null {
  let report: VitestReport;
  try {
    report = JSON.parse(text) as VitestReport;
    const failures = report.testResults.flatMap((file) => {
      const path = relative(ROOT, file.name);
      const failed = file.assertionResults
        .filter(({ status }) => status === 'failed')
        .map((test) => failure(`${path}: ${test.fullName}`, test.failureMessages[0] ?? '', path));
      // A file that cannot even be loaded has no tests to fail.
      return failed.length === 0 && file.status === 'failed' ? [failure(path, file.message, path)] : failed;
    });
    return { passed: report.numPassedTests, failures };
  } catch {
    return null;
  }
}

interface JourneyLine {
  readonly journeys: readonly {
    readonly name: string;
    readonly passed: boolean;
    readonly exactlyOnce: boolean;
    readonly fault?: string;
  }[];
}

/** Reads the JSON object on the last line of a journey run; null when there is none. */
export function readJourneys(stdout: string): Report | null {
  try {
    const { journeys } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as JourneyLine;
    const failures = journeys
      .filter(({ passed, exactlyOnce }) => !passed || !exactlyOnce)
      .map(({ name, exactlyOnce, fault = '' }) => (exactlyOnce ? failure(name, fault, name) : notOnce(name, fault)));
    return { passed: journeys.length - failures.length, failures };
  } catch {
    return null;
  }
}

/** What a stage found with its late ones run again: tests that passed then count as passed, and are named. */
export interface Settled extends Report {
  /** Passed at the second try only, and why not at the first. */
  readonly late: readonly Failure[];
}

/** Most that are run again: more is no machine that was busy for a moment. */
const MOST_AGAIN = 4;

/**
 * Runs once more what ran out of time, provided that nothing else failed.
 * @param again runs these alone and gives how they ended; null when that gave no report
 */
export async function settle(
  first: Report,
  again: (alone: readonly string[]) => Promise<Report | null>,
): Promise<Settled> {
  const names = [...new Set(first.failures.map(({ alone }) => alone))];
  const busy = names.length > 0 && names.length <= MOST_AGAIN && first.failures.every(({ late }) => late);
  const second = busy ? await again(names) : null;
  if (second === null) return { ...first, late: [] };
  const still = new Set(second.failures.map(({ name }) => name));
  const late = first.failures.filter(({ name }) => !still.has(name));
  return { passed: first.passed + late.length, failures: second.failures, late };
}
