// npm run monkey -- [--touches N] [--seed S] [--json]: random touches in real Electron. The last line is one JSON object
// with `passed`; the same seed does the same things.
import { loadMonkey } from '../others.ts';
import { withKiosk } from '../prepare.ts';
import { LaunchError } from '../progress.ts';
import { command } from '../run.ts';

await command(async (args) => {
  if (process.platform !== 'linux') throw new LaunchError('The search for residue reads /proc: it needs Linux.');
  return withKiosk(async (environment) => (await loadMonkey()).main(args, environment), true);
});
