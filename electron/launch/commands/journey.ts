// npm run journey -- NAME... | all [--json] [--tasks] [--keyboard]: scripted journeys in real Electron. Standard output is the journeys' own;
// its last line is one JSON object. Invisible screens are used, two of them where the machine can bear it, so that two
// journeys are walked at a time; --lanes N says how many. --show asks for the one screen at hand. --tasks
// tells what kept a main thread for 50 ms or more; --keyboard walks with a real keyboard instead of a finger.
import { availableParallelism, totalmem } from 'node:os';
import { openDisplay } from '../display.ts';
import type { Display } from '../display.ts';
import { loadJourneys } from '../others.ts';
import { withKiosk } from '../prepare.ts';
import { LaunchError } from '../progress.ts';
import { command } from '../run.ts';

/** Memory that two kiosks with their platforms want, in bytes, and as much again for the machine. */
const MEMORY_OF_TWO = 6 * 1024 ** 3;
const MOST_LANES = 8;

function lanesWanted(given: string | undefined): number {
  if (given === undefined) return availableParallelism() >= 2 && totalmem() >= MEMORY_OF_TWO ? 2 : 1;
  const lanes = Number(given);
  if (!Number.isInteger(lanes) || lanes < 1 || lanes > MOST_LANES) {
    throw new LaunchError(`--lanes takes a number from 1 to ${MOST_LANES}, not "${given}".`);
  }
  return lanes;
}

await command(async (args) => {
  const at = args.indexOf('--lanes');
  const lanes = lanesWanted(at === -1 ? undefined : (args[at + 1] ?? ''));
  const rest = args.filter(
    (argument, place) => argument !== '--show' && (at === -1 || (place !== at && place !== at + 1)),
  );
  const virtual = !args.includes('--show') && process.platform === 'linux';
  const journeys = rest.filter((argument) => !argument.startsWith('-'));
  const several = journeys.length !== 1 || journeys[0] === 'all';
  return withKiosk(async (environment, display) => {
    const displays: Display[] = [display];
    try {
      const wanted = several && display.virtual ? lanes : 1;
      while (displays.length < wanted) displays.push(await openDisplay(true));
      const variables = displays.map(({ env }) => env);
      return await (await loadJourneys()).main(rest, environment, variables);
    } finally {
      for (const more of displays.slice(1)) await more.stop();
    }
  }, virtual);
});
