// npm run residue -- [--visits N] [--json]: scripted visits of invented people in real Electron, then the search for
// what is left of them in memory and on disk. The last line is one JSON object with `passed`.
import { loadResidue } from '../others.ts';
import { withKiosk } from '../prepare.ts';
import { LaunchError } from '../progress.ts';
import { command } from '../run.ts';

await command(async (args) => {
  if (process.platform !== 'linux') throw new LaunchError('The search reads /proc: it needs Linux.');
  return withKiosk(async (environment) => (await loadResidue()).main(args, environment), true);
});
