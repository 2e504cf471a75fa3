import { mkdirSync, rmSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SuiteContext } from '../../support/suites.ts';
import { Campaign } from '../kit/campaign.ts';
import { Dice } from '../kit/dice.ts';
import { traceDisk, type DiskEvent } from '../kit/disk-trace.ts';
import { aftermath, Told, type Mark } from '../kit/marks.ts';
import { readOptions } from '../kit/options.ts';
import { inParts, workersOf } from '../kit/parts.ts';
import { CUTS, PowerDisk, type Cut } from '../kit/power-disk.ts';
import { inFolder } from '../kit/store-kit.ts';

export const ABOUT =
  'power cuts: every write recorded, disks rebuilt as they may be afterwards [--runs 2000] [--seed S] [--workers N]';

/** Steps of one recording; each gives some ten moments at which the power may go. */
const STEPS = 420;
/** Images taken of one recording before the next is made. */
const IMAGES_OF_ONE = 4_000;
/** Calls that change names, and the share of the images that is cut right behind one of them. */
const NAMES: ReadonlySet<DiskEvent['kind']> = new Set(['open', 'folder', 'rename', 'unlink', 'sync-folder']);
const NAME_SHARE = 0.15;

export async function run({ args, ...context }: SuiteContext): Promise<boolean> {
  const options = readOptions(args, 2_000, ['workers']);
  const workers = workersOf(options);
  if (workers > 1) return inParts('power', { args, ...context }, options, workers);
  const { runs, seed } = options;
  const campaign = new Campaign('power', seed, { args, ...context });
  const dice = new Dice(seed);
  let moments = 0;
  while (campaign.runs < runs) {
    const images = Math.min(IMAGES_OF_ONE, runs - campaign.runs);
    moments += await cutPower(campaign, dice.fork(), images);
  }
  return campaign.end({ moments });
}

/**
 * Records one kiosk at work and judges `images` disks of it.
 * @param flaw options of `store-worker.ts` that plant a bug
 * @returns moments of the recording
 */
export async function cutPower(
  campaign: Campaign,
  dice: Dice,
  images: number,
  flaw: readonly string[] = [],
): Promise<number> {
  return inFolder(async (parent) => {
    const dir = join(parent, 'store');
    await mkdir(dir, { mode: 0o700 });
    const seed = dice.below(2 ** 31);
    const program = join(import.meta.dirname, '..', 'kit', 'store-worker.ts');
    const events = await traceDisk(dir, program, [
      ...['--dir', dir, '--seed', String(seed), '--steps', String(STEPS)],
      ...flaw,
    ]);
    await rm(dir, { recursive: true });
    await judgeImages({ campaign, dice, images, events, seed, parent });
    return events.filter(({ kind }) => kind !== 'said').length;
  });
}

interface Recording {
  readonly campaign: Campaign;
  readonly dice: Dice;
  readonly images: number;
  readonly events: readonly DiskEvent[];
  readonly seed: number;
  readonly parent: string;
}

/** Goes through the recording once and cuts the power at the moments that chance chooses. */
async function judgeImages({ campaign, dice, images, events, seed, parent }: Recording): Promise<void> {
  const moments = events.map((event, index) => ({ event, index })).filter(({ event }) => event.kind !== 'said');
  // Few calls change names, and much hangs on each.
  const names = moments.filter(({ event }) => NAMES.has(event.kind));
  const chosen = new Map<number, Cut[]>();
  for (let image = 0; image < images; image += 1) {
    const { index } = dice.pick(dice.chance(NAME_SHARE) ? names : moments);
    chosen.set(index, [...(chosen.get(index) ?? []), CUTS[image % CUTS.length] ?? 'all']);
  }
  const disk = new PowerDisk();
  const told = new Told();
  let half = '';
  for (const [index, event] of events.entries()) {
    disk.apply(event);
    if (event.kind === 'said') {
      half += event.text;
      const lines = half.split('\n');
      half = lines.pop() ?? '';
      for (const line of lines) told.hear(JSON.parse(line) as Mark);
    }
    for (const cut of chosen.get(index) ?? []) {
      const dir = join(parent, 'image');
      mkdirSync(dir, { mode: 0o700 });
      disk.lay(dir, cut, dice);
      const { owed, record, end } = await aftermath(dir, told.fork());
      campaign.judge(`recording ${seed} event ${index} ${cut}`, owed, record, end);
      rmSync(dir, { recursive: true });
    }
  }
}
