import fc from 'fast-check';
import type { SuiteContext } from '../../support/suites.ts';
import { Campaign } from '../kit/campaign.ts';
import { check } from '../kit/history.ts';
import { Dice } from '../kit/dice.ts';
import { OUTBOX_COMMANDS } from '../kit/outbox-commands.ts';
import { RealKiosk } from '../kit/outbox-real.ts';
import { OutboxModel } from '../kit/outbox-model.ts';
import { readOptions } from '../kit/options.ts';
import { inParts, workersOf } from '../kit/parts.ts';
import { inFolder } from '../kit/store-kit.ts';

export const ABOUT =
  'the outbox against a plain model, command by command [--runs 1000] [--seed S] [--commands 100, of which half are drawn on the average] [--workers N]';

export async function run({ args, ...context }: SuiteContext): Promise<boolean> {
  const options = readOptions(args, 1_000, ['commands', 'workers']);
  const workers = workersOf(options);
  if (workers > 1) return inParts('model', { args, ...context }, options, workers);
  const { runs, seed, own } = options;
  const maxCommands = Number(own['commands'] ?? 100);
  const campaign = new Campaign('model', seed, { args, ...context });
  let commands = 0;
  const property = fc.asyncProperty(
    fc.commands([...OUTBOX_COMMANDS], { maxCommands, size: 'max' }),
    fc.nat(),
    async (list, chance) => {
      await inFolder(async (dir) => {
        const model = new OutboxModel();
        const real = new RealKiosk(dir, new Dice(chance));
        try {
          await fc.asyncModelRun(() => ({ model, real }), list);
          commands += model.commands;
          const { owed, record, end } = await real.finish(model);
          const { verdict, problems } = check(owed, record, end);
          if (problems.length > 0) throw new Error(problems.join('; '));
          campaign.add(`chance ${chance}`, verdict, problems);
        } finally {
          await real.close();
        }
      });
    },
  );
  const result = await fc.check(property, { numRuns: runs, seed: seed | 0, endOnFailure: false });
  if (result.failed) {
    const cause = result.errorInstance instanceof Error ? (result.errorInstance.stack ?? '') : '';
    const text = `${fc.defaultReportMessage(result) ?? 'failed'}\n${cause}`;
    campaign.add(`path ${result.counterexamplePath ?? ''}`, nothing(), [`the model differs: ${text.slice(0, 4_000)}`]);
  }
  return campaign.end({ commands });
}

function nothing(): Parameters<Campaign['add']>[1] {
  return { acknowledged: 0, lost: 0, duplicated: 0, reordered: 0, corrupt: 0, wedged: 1 };
}
