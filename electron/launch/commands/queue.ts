// npm run queue -- ...: hands the unsent queue of a stopped kiosk over to another machine, electron/app/store-tool.ts.
import { join } from 'node:path';
import { ROOT } from '../paths.ts';
import { command, run } from '../run.ts';

await command(async (args) => {
  const script = join(ROOT, 'electron', 'app', 'store-tool.ts');
  return (await run(process.execPath, [script, 'queue', ...args], { output: 'inherit' })).code;
});
