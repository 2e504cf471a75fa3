// npm run check: format, lint and types, the quick part of npm test.
import { checkStages, runStages, summary } from '../stages.ts';
import { command } from '../run.ts';

await command(async () => summary(await runStages(checkStages)));
