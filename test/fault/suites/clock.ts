import type { SuiteContext } from '../../support/suites.ts';
import { Campaign } from '../kit/campaign.ts';
import { readOptions } from '../kit/options.ts';
import { simulateAll } from '../kit/sim-campaign.ts';

export const ABOUT =
  'wall clocks that jump by a second to ten years at any step [--runs 100 jumps at least] [--seed S] [--workers 2]';

/** A simulated hour holds about so many jumps. */
const JUMPS_AN_HOUR = 20;

export async function run({ args, ...context }: SuiteContext): Promise<boolean> {
  const { runs, seed, own } = readOptions(args, 100, ['workers']);
  const campaign = new Campaign('clock', seed, { args, ...context });
  const count = Math.ceil(runs / JUMPS_AN_HOUR);
  const figures = await simulateAll(campaign, {
    first: seed,
    count,
    hours: 1,
    pace: 'clock',
    workers: Number(own['workers'] ?? 2),
  });
  return campaign.end({ ...figures });
}
