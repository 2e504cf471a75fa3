// npm run platform -- ...: the reference central platform alone, test/platform/main.ts.
import { join } from 'node:path';
import { ROOT } from '../paths.ts';
import { command, run } from '../run.ts';

await command(async (args) => {
  const script = join(ROOT, 'test', 'platform', 'main.ts');
  return (await run(process.execPath, [script, ...args], { output: 'inherit' })).code;
});
