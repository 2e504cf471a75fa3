// npm run device -- ...: the technician's bench tool, native/cli.ts, with what only a checkout has (simulated devices).
import { join } from 'node:path';
import { ensureSystemPackages } from '../debian.ts';
import { ROOT } from '../paths.ts';
import { command, run } from '../run.ts';

await command(async (args) => {
  await ensureSystemPackages(['usb']);
  const finished = await run(process.execPath, [join(ROOT, 'test', 'simulators', 'device.ts'), ...args], {
    output: 'inherit',
  });
  return finished.code;
});
