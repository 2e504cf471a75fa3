import type { SuiteContext } from '../../support/suites.ts';
import { Campaign } from '../kit/campaign.ts';
import { readOptions } from '../kit/options.ts';
import { simulateAll } from '../kit/sim-campaign.ts';

export const ABOUT =
  'whole kiosks simulated, with devices, line and platform, a seed each [--runs 200] [--seed S: the first one] [--hours 1] [--pace dense|calm] [--workers 2]';

export async function run({ args, ...context }: SuiteContext): Promise<boolean> {
  const { runs, seed, own } = readOptions(args, 200, ['hours', 'pace', 'workers']);
  const campaign = new Campaign('sim', seed, { args, ...context });
  const figures = await simulateAll(campaign, {
    first: seed,
    count: runs,
    hours: Number(own['hours'] ?? 1),
    pace: own['pace'] === 'calm' ? 'calm' : 'dense',
    workers: Number(own['workers'] ?? 2),
  });
  return campaign.end({ ...figures });
}
