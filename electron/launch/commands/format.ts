// npm run format [-- PATH...]: lays out the code as npm run check wants it.
import { ROOT } from '../paths.ts';
import { command, run } from '../run.ts';
import { tool } from '../stages.ts';

await command(async (args) => {
  const [program, programArgs] = tool('oxfmt', args);
  return (await run(program, programArgs, { cwd: ROOT, output: 'inherit' })).code;
});
