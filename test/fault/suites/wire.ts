import { parseArgs } from 'node:util';
import type { SuiteContext } from '../../support/suites.ts';
import { Campaign } from '../wire/campaign.ts';
import type { CampaignResult } from '../wire/campaign.ts';
import { loadSubjects } from '../wire/load.ts';

export const ABOUT =
  'every parser of wire bytes against noise and damaged frames [--bytes 10000000] [--runs 1] [--seed 1] [--only NAME]';

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
  const failed = results.filter(({ passed }) => !passed).map(({ subject }) => subject);
  const passed = results.length > 0 && failed.length === 0;
  const total = results.reduce((sum, result) => sum + result.bytes, 0);
  report({ suite: 'wire', subjects: subjects.length, runs, bytes: total, failed: [...new Set(failed)], passed });
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
