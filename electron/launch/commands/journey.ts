// npm run journey -- NAME... | all [--json]: scripted journeys in real Electron. Standard output is the journeys' own;
// its last line is one JSON object. An invisible screen is used unless --show asks for the one at hand.
import { loadJourneys } from '../others.ts';
import { withKiosk } from '../prepare.ts';
import { command } from '../run.ts';

await command(async (args) => {
  const rest = args.filter((argument) => argument !== '--show');
  const visible = rest.length !== args.length;
  return withKiosk(
    async (environment) => (await loadJourneys()).main(rest, environment),
    !visible && process.platform === 'linux',
  );
});
