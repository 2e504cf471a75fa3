// npm run evidence -- ...: verifies or exports the evidence chain of a kiosk, electron/app/store-tool.ts.
import { join } from 'node:path';
import { ROOT } from '../paths.ts';
import { command, run } from '../run.ts';

await command(async (args) => {
  const script = join(ROOT, 'electron', 'app', 'store-tool.ts');
  return (await run(process.execPath, [script, 'evidence', ...args], { output: 'inherit' })).code;
});
