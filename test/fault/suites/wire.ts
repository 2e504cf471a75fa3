import { parseArgs } from 'node:util';
import type { SuiteContext } from '../../support/suites.ts';
import { BELIEFS } from '../wire/belief/load.ts';
import { believe, type BeliefResult } from '../wire/belief/run.ts';
import { Campaign } from '../wire/campaign.ts';
import type { CampaignResult } from '../wire/campaign.ts';
import { loadSubjects } from '../wire/load.ts';

export const ABOUT =
  'every parser of wire bytes against noise and damaged frames, every driver against answers that a line spoils [--bytes 10000000] [--runs 1] [--seed 1] [--only NAME]';

export async function run({ args, report, say }: SuiteContext): Promise<boolean> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      bytes: { type: 'string', default: '10000000' },
      runs: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
    },
  });
  const [bytes, runs, seed] = [Number(values.bytes), Number(values.runs), Number(values.seed)];
  if (![bytes, runs, seed].every((number) => Number.isSafeInteger(number) && number > 0)) {
    say('--bytes, --runs and --seed are whole numbers from 1');
    return false;
  }
  const subjects = (await loadSubjects()).filter(({ name }) => values.only === undefined || name.includes(values.only));
  const results: CampaignResult[] = [];
  for (const subject of subjects) {
    for (let turn = 0; turn < runs; turn += 1) {
      const result = new Campaign(subject, { bytes, seed: seed + turn, now: () => performance.now() }).run();
      results.push(result);
      say(line(result));
      report({ suite: 'wire', ...result });
    }
  }
  const drivers = BELIEFS.filter(({ name }) => values.only === undefined || name.includes(values.only));
  const beliefs: BeliefResult[] = [];
  for (const driver of drivers) {
    for (let turn = 0; turn < runs; turn += 1) {
      const result = await believe(driver, bytes, seed + turn);
      beliefs.push(result);
      say(beliefLine(result));
      report({ suite: 'wire', ...result });
    }
  }
  const all = [...results, ...beliefs];
  const failed = all.filter(({ passed }) => !passed).map(({ subject }) => subject);
  const passed = all.length > 0 && failed.length === 0;
  report({
    suite: 'wire',
    subjects: subjects.length,
    drivers: drivers.length,
    runs,
    bytes: all.reduce((sum, result) => sum + result.bytes, 0),
    believed: beliefs.reduce((sum, result) => sum + result.believed, 0),
    falseBeliefs: beliefs.reduce((sum, result) => sum + result.falseBeliefs, 0),
    failed: [...new Set(failed)],
    passed,
  });
  return passed;
}

function line(result: CampaignResult): string {
  const { subject, bytes, planted, plantedAccepted, falseFrames, expectedFalse, falseLimit } = result;
  const falsely =
    expectedFalse === null
      ? 'nothing is false'
      : `${falseFrames} false (expected ${expectedFalse}, limit ${falseLimit})`;
  const rest = `pending ${result.maxPending}, back within ${result.resyncFrames}, ${result.nsPerByte} ns a byte`;
  const how = result.passed ? 'passed' : `FAILED: ${result.problems.join('; ')}`;
  return `${subject.padEnd(28)} ${(bytes / 1e6).toFixed(1)} MB, ${plantedAccepted} of ${planted} planted, ${falsely}, ${rest}: ${how}`;
}

function beliefLine({ subject, bytes, spoilt, believed, falseBeliefs, ...result }: BeliefResult): string {
  const falsely = `${falseBeliefs} false (expected ${result.expectedFalse}, limit ${result.falseLimit})`;
  const how = result.passed ? 'passed' : `FAILED: ${result.problems.join('; ')}`;
  return `${subject.padEnd(28)} ${(bytes / 1e6).toFixed(1)} MB, ${spoilt} answers spoilt, ${believed} believed, ${falsely}: ${how}`;
}
