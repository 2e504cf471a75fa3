// npm start: the kiosk for a person at a screen; without a screen the main journeys, with pictures of every step.
import { join, relative } from 'node:path';
import { hasDisplay } from '../debian.ts';
import { loadDevelopmentKiosk, loadJourneys } from '../others.ts';
import { OUT } from '../paths.ts';
import { withKiosk } from '../prepare.ts';
import { say } from '../progress.ts';
import { command } from '../run.ts';

/** The journeys that show the three people the kiosk serves. */
const MAIN_JOURNEYS = ['case-online', 'pickup-online', 'technician-printer-setup'];

await command(async (args) => {
  if (args.includes('--help')) {
    process.stdout.write(`${(await loadDevelopmentKiosk()).USAGE}\n`);
    return 0;
  }
  const watched = hasDisplay();
  return withKiosk(async (environment) => {
    if (watched) return (await loadDevelopmentKiosk()).runKiosk(environment, args);
    // Options are for the kiosk in a window; here they choose nothing.
    const chosen = args.filter((arg) => !arg.startsWith('-'));
    const names = chosen.length > 0 ? chosen : MAIN_JOURNEYS;
    say(`There is no display, so the kiosk walks its main journeys by itself: ${names.join(', ')}`);
    const code = await (await loadJourneys()).main(names, environment);
    const pictures = relative(process.cwd(), join(OUT, 'journeys'));
    say(code === 0 ? 'All journeys passed.' : 'Not all journeys passed.');
    say(`Pictures of every screen and receipt: ${pictures}/NAME/`);
    return code;
  });
});
