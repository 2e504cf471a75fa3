import { Chance } from '../noise.ts';
import { QuickClock } from './quick-clock.ts';
import type { BeliefSubject } from './subject.ts';

/** What one driver believed of a line that spoils its answers. */
export interface BeliefResult {
  readonly subject: string;
  readonly seed: number;
  readonly bytes: number;
  readonly spoilt: number;
  readonly believed: number;
  readonly falseBeliefs: number;
  /** By arithmetic, for these many bytes. */
  readonly expectedFalse: number;
  /** More are a failure; 0 wherever a driver can ask again. */
  readonly falseLimit: number;
  readonly reason: string;
  readonly problems: readonly string[];
  readonly passed: boolean;
}

/** Asks until so many bytes of answers came; nothing of what is believed may be false. */
export async function believe(subject: BeliefSubject, bytes: number, seed: number): Promise<BeliefResult> {
  const clock = new QuickClock();
  const run = subject.start(clock, new Chance(seed));
  const problems: string[] = [];
  const wrong: string[] = [];
  let [believed, falseBeliefs] = [0, 0];
  try {
    while (run.farEnd.bytes < bytes) {
      const belief = await clock.run(run.turn());
      believed += belief.believed;
      falseBeliefs += belief.wrong.length;
      if (wrong.length < 5) wrong.push(...belief.wrong.map((what) => `at ${run.farEnd.bytes}: ${what}`));
    }
  } catch (error) {
    problems.push(`threw after ${run.farEnd.bytes} bytes: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    run.dispose();
  }
  const expected = (subject.expected * run.farEnd.bytes) / 10_000_000;
  const limit = subject.unavoidable === true ? Math.ceil(expected + 3 * Math.sqrt(expected)) : 0;
  if (falseBeliefs > limit) problems.push(...wrong);
  if (believed === 0) problems.push('nothing was believed, so nothing was tried');
  return {
    subject: subject.name,
    seed,
    bytes: run.farEnd.bytes,
    spoilt: run.farEnd.spoilt,
    believed,
    falseBeliefs,
    expectedFalse: Number(expected.toPrecision(2)),
    falseLimit: limit,
    reason: subject.reason,
    problems,
    passed: problems.length === 0,
  };
}
