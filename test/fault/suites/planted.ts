import { join } from 'node:path';
import type { SuiteContext } from '../../support/suites.ts';
import { Campaign } from '../kit/campaign.ts';
import { Dice } from '../kit/dice.ts';
import { readOptions } from '../kit/options.ts';
import { PLANTED_STORES, runPlanted } from '../kit/planted-stores.ts';
import { PLANTED_WITNESSES, runPlantedWitness } from '../kit/planted-witness.ts';
import { inFolder } from '../kit/store-kit.ts';
import { cutPower } from './power.ts';

export const ABOUT = 'bugs planted on purpose, each of which a campaign must catch [--runs 40 tries each] [--seed S]';

/** Bugs in what is made durable, as options of `store-worker.ts`; only a power cut shows them. */
const UNSAFE: Readonly<Record<string, readonly string[]>> = {
  'synchronous NORMAL': ['--pragma', 'synchronous = NORMAL'],
  'synchronous OFF': ['--pragma', 'synchronous = OFF'],
  'case kept before its files are on the disk': ['--lazy-files'],
};
/** Disks that are judged to catch such a bug. */
const IMAGES = 120;

export async function run({ args, ...context }: SuiteContext): Promise<boolean> {
  const { runs, seed } = readOptions(args, 40);
  const dice = new Dice(seed);
  const caught: Record<string, string | null> = {};
  for (const [name, flaw] of Object.entries(UNSAFE)) {
    caught[name] = await judged(context, (campaign) => cutPower(campaign, dice.fork(), IMAGES, flaw));
  }
  for (const [name, plant] of Object.entries(PLANTED_STORES)) {
    caught[name] = await judged(context, async (campaign) => {
      for (let turn = 0; turn < runs; turn += 1) {
        await inFolder((dir) => runPlanted(campaign, join(dir, 'store'), dice.fork(), plant));
      }
    });
  }
  for (const [name, flaw] of Object.entries(PLANTED_WITNESSES)) {
    caught[name] = await judged(context, (campaign) => runPlantedWitness(campaign, dice.fork(), flaw));
  }
  // The same runs without a bug find nothing: what catches the bugs is not blind chance.
  const falsely = await judged(context, async (campaign) => {
    await cutPower(campaign, dice.fork(), IMAGES);
    await runPlantedWitness(campaign, dice.fork(), null);
    for (let turn = 0; turn < runs; turn += 1) {
      await inFolder((dir) => runPlanted(campaign, join(dir, 'store'), dice.fork(), (parts) => parts));
    }
  });
  const names = Object.keys(caught);
  const found = names.filter((name) => caught[name] !== null);
  for (const name of names) context.say(`${name}: ${caught[name] ?? 'NOT CAUGHT'}`);
  if (falsely !== null) context.say(`without a bug: ${falsely}`);
  const passed = found.length === names.length && falsely === null;
  context.report({
    suite: 'planted',
    seed,
    planted: names.length,
    caught: found.length,
    caughtAs: caught,
    falsely,
    passed,
  });
  return passed;
}

/** Runs a campaign whose report nobody sees. Gives what it found, or null. */
async function judged(
  context: Omit<SuiteContext, 'args'>,
  work: (campaign: Campaign) => Promise<unknown>,
): Promise<string | null> {
  const found: { line: Readonly<Record<string, unknown>> | null } = { line: null };
  const silent: SuiteContext = { args: [], say: context.say, report: (line) => (found.line = line) };
  const campaign = new Campaign('planted', 0, silent, { silent: true });
  await work(campaign);
  if (campaign.end() || found.line === null) return null;
  const { lost, duplicated, reordered, corrupt, wedged } = found.line;
  const counts = { lost, duplicated, reordered, corrupt, wedged };
  return Object.entries(counts)
    .filter(([, count]) => Number(count) > 0)
    .map(([name, count]) => `${String(count)} ${name}`)
    .join(', ');
}
