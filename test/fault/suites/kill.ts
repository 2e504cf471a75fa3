import { availableParallelism, totalmem } from 'node:os';
import type { SuiteContext } from '../../support/suites.ts';
import { openDisplay, type Display } from '../../../electron/launch/display.ts';
import { withKiosk } from '../../../electron/launch/prepare.ts';
import { killApp, TARGETS } from '../kit/app-kills.ts';
import { Campaign } from '../kit/campaign.ts';
import { Dice } from '../kit/dice.ts';
import { readOptions } from '../kit/options.ts';
import { killQueues } from '../kit/queue-kills.ts';

export const ABOUT =
  'kill -9 of the queue process (--runs 200) and of main, page and visit process in Electron (--app 5 of each) [--seed S] [--lanes 2: kiosks in Electron at the same time]';

/** Kills that one kiosk in Electron lives through before it is judged; its locker has a cell for every third. */
const APP_KILLS_OF_ONE = 30;
/** Memory that two kiosks in Electron with their platforms want, in bytes, and as much again for the machine. */
const MEMORY_OF_TWO = 6 * 1024 ** 3;

export async function run({ args, ...context }: SuiteContext): Promise<boolean> {
  const { runs, seed, own } = readOptions(args, 200, ['app', 'lanes']);
  const campaign = new Campaign('kill', seed, { args, ...context });
  const dice = new Dice(seed);
  const two = availableParallelism() >= 2 && totalmem() >= MEMORY_OF_TWO;
  const apps = { dice: dice.fork(), each: Number(own['app'] ?? 5), lanes: Number(own['lanes'] ?? (two ? 2 : 1)) };
  // One after the other: how soon a screen is usable again is judged, and the queue's kills fill the machine.
  const app = await killApps(campaign, apps);
  if (runs > 0) await killQueues(campaign, dice.fork(), runs);
  return campaign.end({ queueKills: runs, ...app });
}

interface AppKills {
  readonly dice: Dice;
  /** Kills of each kind of process. */
  readonly each: number;
  /** Kiosks at the same time, each on a screen of its own. */
  readonly lanes: number;
}

/** Kills each process of the kiosk in Electron while visits run. */
async function killApps(
  campaign: Campaign,
  { dice, each, lanes }: AppKills,
): Promise<Readonly<Record<string, unknown>>> {
  const targets = Array.from({ length: each * TARGETS.length }, (_, turn) => TARGETS[turn % TARGETS.length] ?? 'main');
  if (targets.length === 0) return {};
  const size = Math.min(APP_KILLS_OF_ONE, Math.ceil(targets.length / lanes));
  const plans = Array.from({ length: Math.ceil(targets.length / size) }, (_, index) => ({
    dice: dice.fork(),
    targets: targets.slice(index * size, (index + 1) * size),
  }));
  const usableMs: number[] = [];
  const screens: Record<string, number> = {};
  await withKiosk(async (environment, display) => {
    const displays: Display[] = [display];
    const work = async ({ env }: Display): Promise<void> => {
      for (let plan = plans.shift(); plan; plan = plans.shift()) {
        const seen = await killApp(campaign, { ...environment, display: env }, plan);
        usableMs.push(...seen.usableMs);
        for (const [name, count] of Object.entries(seen.screens)) screens[name] = (screens[name] ?? 0) + count;
      }
    };
    try {
      while (displays.length < Math.min(lanes, plans.length)) displays.push(await openDisplay(true));
      await Promise.all(displays.map(work));
    } finally {
      for (const more of displays.slice(1)) await more.stop();
    }
    return 0;
  }, true);
  const sorted = usableMs.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return {
    appKills: Object.fromEntries(TARGETS.map((target) => [target, each])),
    usableMs: { median, most: sorted.at(-1) ?? 0 },
    killedAt: screens,
  };
}
