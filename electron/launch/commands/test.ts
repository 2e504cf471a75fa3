// npm test [-- STAGE...]: format, lint, types, unit, fault, e2e, residue, pack; all of them unless some are
// named. Words after `unit`
// or `e2e` that are no stages narrow those down: `npm test -- unit native/codec`, `npm test -- e2e case-online`.
import { LaunchError } from '../progress.ts';
import { command } from '../run.ts';
import { allStages, runStages, summary } from '../stages.ts';

await command(async (args) => {
  const wanted = allStages.filter((stage) => args.includes(stage.name));
  const words = args.filter((argument) => !allStages.some((stage) => stage.name === argument));
  if (words.length > 0 && !wanted.some((stage) => stage.name === 'unit' || stage.name === 'e2e')) {
    throw new LaunchError(`Unknown: ${words.join(' ')}. Stages: ${allStages.map((stage) => stage.name).join(', ')}`);
  }
  return summary(await runStages(wanted.length > 0 ? wanted : allStages, words));
});
