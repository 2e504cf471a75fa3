import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openSupervised, spawnNodeChild, type Channel, type QueueHost } from '../../../electron/app/queue/index.ts';
import { systemClock } from '../../../native/transport/system-clock.ts';
import type { Campaign } from './campaign.ts';
import { Counter } from './counter.ts';
import { endOf } from './delivery.ts';
import type { Dice } from './dice.ts';
import { History } from './history.ts';
import { HttpPlatform } from './http-platform.ts';
import { laidPickups, People } from './people.ts';
import { buildQueueProgram } from './queue-program.ts';
import { inFolder } from './store-kit.ts';

/** Kills that one kiosk lives through before it is judged. */
const KILLS_OF_ONE = 25;
/** Kiosks at the same time: each of them mostly waits, for its next process and for the moment of its next death. */
const AT_ONCE = 4;
/** Kills of one main process; a process that dies again and again is started ever later. */
const KILLS_A_ROUND = 5;
/** Longest life of a queue process that dies by the clock, in milliseconds. */
const LONGEST_LIFE_MS = 250;
/** Answers to people, or requests at the platform, up to which one dies that is killed at its work. */
const MOST_ANSWERS = 40;
const MOST_REQUESTS = 8;
/** Such a one dies after this time (ms) at the latest: there may be nothing to do for it. */
const PATIENCE_MS = 2_000;
const PICKUPS = 8;
const GROUPS = 3;
const DRAIN_MS = 60_000;
/** Silence after which a queue process is taken for hung (ms): longer than a crowded machine may let all of them stand. */
const HANG_MS = 120_000;

/** Kills the real queue process `kills` times under its supervisor, on as many kiosks as that takes, and judges each. */
export async function killQueues(campaign: Campaign, dice: Dice, kills: number): Promise<void> {
  const program = await buildQueueProgram();
  try {
    const plans = Array.from({ length: Math.ceil(kills / KILLS_OF_ONE) }, (_, index) => ({
      dice: dice.fork(),
      kills: Math.min(KILLS_OF_ONE, kills - index * KILLS_OF_ONE),
    }));
    const work = async (): Promise<void> => {
      for (let plan = plans.shift(); plan; plan = plans.shift()) await killOne(campaign, program, plan);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    await rm(dirname(program), { recursive: true, force: true });
  }
}

interface Plan {
  readonly dice: Dice;
  readonly kills: number;
}

interface Kiosk {
  readonly dir: string;
  readonly program: string;
  readonly platform: HttpPlatform;
  readonly groups: readonly People[];
  /** Things that people did, whether they succeeded or not. */
  readonly answers: Counter;
  readonly faults: string[];
}

/** One kiosk, whose queue process is killed while people are at it and the platform takes messages. */
async function killOne(campaign: Campaign, program: string, { dice, kills }: Plan): Promise<void> {
  await inFolder(async (parent) => {
    const seed = dice.below(2 ** 31);
    const platform = await HttpPlatform.start();
    const history = new History();
    const faults: string[] = [];
    const groups = Array.from({ length: GROUPS }, (_, index) => {
      const pickups = index === 0 ? PICKUPS : 0;
      return new People({ dice: dice.fork(), history, now: () => Date.now(), pickups, above: index * 100_000 });
    });
    const dir = join(parent, 'store');
    const kiosk: Kiosk = { dir, program, platform, groups, answers: new Counter(), faults };
    try {
      for (let done = 0; done < kills;) {
        const now = Math.min(KILLS_A_ROUND, kills - done);
        await round(kiosk, dice, now, done === 0);
        done += now;
      }
      const { queue } = await openQueue(kiosk);
      try {
        const sync = startSync(queue, platform.url);
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

/** How often the store forgets, in milliseconds. */
const FORGETS_EVERY_MS = 1_000;

/** One life of the main process: its queue process is killed `kills` times at moments that chance chooses. */
async function round(kiosk: Kiosk, dice: Dice, kills: number, first: boolean): Promise<void> {
  const { queue, current } = await openQueue(kiosk);
  const over = { now: false };
  try {
    if (first) await queue.store.announcePickups(laidPickups(PICKUPS));
    startSync(queue, kiosk.platform.url);
    const busy = kiosk.groups.map(async (people) => {
      for (; !over.now; kiosk.answers.add()) await people.step(queue.store);
    });
    // Far more often than at a kiosk: some deaths shall fall into it.
    const forgetting = (async () => {
      for (; !over.now; await systemClock.sleep(FORGETS_EVERY_MS)) await queue.store.forget(Date.now());
    })();
    for (let kill = 0; kill < kills; kill += 1) {
      await momentOfDeath(kiosk, dice);
      current()?.kill();
      // The next one must be there before it can be killed in turn.
      await queue.store.outboxCounts();
    }
    over.now = true;
    await Promise.all([...busy, forgetting]);
  } finally {
    over.now = true;
    await queue.stop();
  }
}

/**
 * By the clock, at any moment of a short life; or at its work, whatever the machine's speed: when so many answers were given
 * to people, or when so many requests were heard by the platform, whose answer then finds nobody.
 */
function momentOfDeath({ answers, platform }: Kiosk, dice: Dice): Promise<void> {
  const by = dice.below(3);
  if (by === 0) return pause(dice.next() * LONGEST_LIFE_MS);
  return by === 1
    ? answers.reach(dice.between(1, MOST_ANSWERS), PATIENCE_MS)
    : platform.requests.reach(dice.between(1, MOST_REQUESTS), PATIENCE_MS);
}

async function openQueue({
  dir,
  program,
  faults,
}: Kiosk): Promise<{ queue: QueueHost; current: () => Channel | null }> {
  // What the compiler makes of the program is kept beside it: most of a start is nothing else.
  const spawn = spawnNodeChild(program, { ...process.env, NODE_COMPILE_CACHE: join(dirname(program), 'compiled') });
  let channel: Channel | null = null;
  const open = openSupervised(() => {
    const spawned = spawn();
    channel = spawned;
    // A queue process ends by being killed or told to, never by itself.
    spawned.onClose((how) => how === 'SIGKILL' || how === 'code 0' || faults.push(`the queue process ended: ${how}`));
    return spawned;
  }, HANG_MS);
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
