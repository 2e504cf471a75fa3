import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SuiteContext } from '../../support/suites.ts';
import { openSupervised, spawnNodeChild, type Channel, type QueueHost } from '../../../electron/app/queue/index.ts';
import { systemClock } from '../../../native/transport/system-clock.ts';
import { withKiosk } from '../../../electron/launch/prepare.ts';
import { killApp, TARGETS } from '../kit/app-kills.ts';
import { Campaign } from '../kit/campaign.ts';
import { endOf } from '../kit/delivery.ts';
import { Dice } from '../kit/dice.ts';
import { History } from '../kit/history.ts';
import { HttpPlatform } from '../kit/http-platform.ts';
import { readOptions } from '../kit/options.ts';
import { laidPickups, People } from '../kit/people.ts';
import { buildQueueProgram } from '../kit/queue-program.ts';
import { inFolder } from '../kit/store-kit.ts';

export const ABOUT =
  'kill -9 of the queue process (--runs 200) and of main, page and visit process in Electron (--app 5 of each) [--seed S]';

/** Kills that one kiosk in Electron lives through before it is judged; its locker has a cell for every third. */
const APP_KILLS_OF_ONE = 30;

/** Kills that one kiosk lives through before it is judged. */
const KILLS_OF_ONE = 40;
/** Kills of one main process; a process that dies again and again is started ever later. */
const KILLS_A_ROUND = 3;
/** Longest life of a queue process, in milliseconds. */
const LONGEST_LIFE_MS = 250;
const PICKUPS = 8;
const GROUPS = 3;
const DRAIN_MS = 30_000;

export async function run({ args, ...context }: SuiteContext): Promise<boolean> {
  const { runs, seed, own } = readOptions(args, 200, ['app']);
  const campaign = new Campaign('kill', seed, { args, ...context });
  const dice = new Dice(seed);
  const app = await killApps(campaign, dice.fork(), Number(own['app'] ?? 5));
  if (runs === 0) return campaign.end(app);
  const program = await buildQueueProgram();
  try {
    const already = campaign.runs;
    const left = (): number => runs - (campaign.runs - already);
    while (left() > 0) await killOne(campaign, program, dice, Math.min(KILLS_OF_ONE, left()));
  } finally {
    await rm(dirname(program), { recursive: true, force: true });
  }
  return campaign.end({ queueKills: runs, ...app });
}

/** Kills each process of the kiosk in Electron `each` times while visits run. */
async function killApps(campaign: Campaign, dice: Dice, each: number): Promise<Readonly<Record<string, unknown>>> {
  const targets = Array.from({ length: each * TARGETS.length }, (_, turn) => TARGETS[turn % TARGETS.length] ?? 'main');
  if (targets.length === 0) return {};
  const usableMs: number[] = [];
  const screens: Record<string, number> = {};
  await withKiosk(async (environment) => {
    for (let done = 0; done < targets.length; done += APP_KILLS_OF_ONE) {
      const now = targets.slice(done, done + APP_KILLS_OF_ONE);
      const seen = await killApp(campaign, environment, { dice: dice.fork(), targets: now });
      usableMs.push(...seen.usableMs);
      for (const [name, count] of Object.entries(seen.screens)) screens[name] = (screens[name] ?? 0) + count;
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

/** One kiosk, whose queue process is killed `kills` times while people are at it and the platform takes messages. */
async function killOne(campaign: Campaign, program: string, dice: Dice, kills: number): Promise<void> {
  await inFolder(async (parent) => {
    const seed = dice.below(2 ** 31);
    const own = new Dice(seed);
    const platform = await HttpPlatform.start();
    const history = new History();
    const faults: string[] = [];
    const groups = Array.from({ length: GROUPS }, (_, index) => {
      const pickups = index === 0 ? PICKUPS : 0;
      return new People({ dice: own.fork(), history, now: () => Date.now(), pickups, above: index * 100_000 });
    });
    const kiosk: Kiosk = { dir: join(parent, 'store'), program, url: platform.url, faults };
    try {
      for (let done = 0; done < kills;) {
        const now = Math.min(KILLS_A_ROUND, kills - done);
        await round(kiosk, own, groups, now, done === 0);
        done += now;
      }
      const { queue } = await openQueue(kiosk);
      try {
        const sync = startSync(queue, kiosk.url);
        const end = performance.now() + DRAIN_MS;
        const waits = async (): Promise<boolean> => {
          const counts = await queue.store.outboxCounts();
          return !counts.ok || counts.value.waiting > 0;
        };
        while ((await waits()) && performance.now() < end) await pause(20);
        const last = await endOf(queue.store, faults);
        await sync.stop();
        campaign.judge(`kiosk ${seed}`, history.acknowledged, platform.memory.record, last, kills);
      } finally {
        await queue.stop();
      }
    } finally {
      await platform.stop();
    }
  });
}

interface Kiosk {
  readonly dir: string;
  readonly program: string;
  readonly url: string;
  readonly faults: string[];
}

/** One life of the main process: its queue process is killed `kills` times at moments that chance chooses. */
async function round(
  kiosk: Kiosk,
  dice: Dice,
  groups: readonly People[],
  kills: number,
  first: boolean,
): Promise<void> {
  const { queue, current } = await openQueue(kiosk);
  const over = { now: false };
  try {
    if (first) await queue.store.announcePickups(laidPickups(PICKUPS));
    startSync(queue, kiosk.url);
    const busy = groups.map(async (people) => {
      while (!over.now) await people.step(queue.store);
    });
    for (let kill = 0; kill < kills; kill += 1) {
      await pause(dice.next() * LONGEST_LIFE_MS);
      current()?.kill();
      // The next one must be there before it can be killed in turn.
      await queue.store.outboxCounts();
    }
    over.now = true;
    await Promise.all(busy);
  } finally {
    over.now = true;
    await queue.stop();
  }
}

async function openQueue({
  dir,
  program,
  faults,
}: Kiosk): Promise<{ queue: QueueHost; current: () => Channel | null }> {
  const spawn = spawnNodeChild(program);
  let channel: Channel | null = null;
  const open = openSupervised(() => {
    const spawned = spawn();
    channel = spawned;
    // A queue process ends by being killed or told to, never by itself.
    spawned.onClose((how) => how === 'SIGKILL' || how === 'code 0' || faults.push(`the queue process ended: ${how}`));
    return spawned;
  });
  const opened = await open({
    dir,
    clock: systemClock,
    random: { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) },
    log: {
      event: (level, event, detail) => {
        if (level === 'error' && event !== 'queue-process-died') faults.push(`${event} ${JSON.stringify(detail)}`);
      },
      tail: () => [],
    },
  });
  if (!opened.ok) throw new Error(`${opened.error.code}: ${opened.error.detail}`);
  return { queue: opened.value, current: () => channel };
}

function startSync(queue: QueueHost, baseUrl: string): ReturnType<QueueHost['startSync']> {
  return queue.startSync({
    baseUrl,
    token: 'test',
    kioskCode: 'CH03',
    version: '0.0.0-test',
    heartbeatMs: 300,
    deviceReport: () => [],
    catalogueVersion: () => 0,
    onCatalogue: () => undefined,
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
