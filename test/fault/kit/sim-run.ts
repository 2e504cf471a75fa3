import { join } from 'node:path';
import { endOf } from './delivery.ts';
import { Dice } from './dice.ts';
import { History, type KioskEnd, type Owed, type Recorded } from './history.ts';
import { MemoryPlatform } from './memory-platform.ts';
import { START } from '../../../electron/store/test-kit.ts';
import { SimTime } from './sim-clock.ts';
import { habitsOf, type Pace } from './sim-habits.ts';
import { SimHall } from './sim-hall.ts';
import { SimKiosk } from './sim-kiosk.ts';
import { SimNetwork } from './sim-network.ts';
import { SimPeople, type SimPickups } from './sim-people.ts';
import { SimTrace } from './sim-trace.ts';

export interface SimRunOptions {
  readonly seed: number;
  /** Simulated hours. */
  readonly hours: number;
  readonly dir: string;
  readonly pickups: SimPickups;
  readonly pinHash: string;
  /** How the kiosk lives. */
  readonly pace: Pace;
  readonly tell?: (line: string) => void;
}

/** What a run came to. */
export interface SimResult {
  readonly owed: readonly Owed[];
  readonly record: readonly Recorded[];
  readonly end: KioskEnd;
  /** Hash of everything that happened, in order. */
  readonly trace: string;
  readonly simulatedMs: number;
  readonly visits: number;
  readonly deaths: number;
  readonly jumps: number;
}

const HOUR_MS = 3_600_000;
/** After everything is put right, all must have been sent within this time (ms). */
const CALM_MS = 30 * 60_000;
/**
 * Pauses of the loops that only look: for a card, at the clock, at queue and disk, at devices. The minute is not among them:
 * sync sleeps that long at most while a message waits for its next try.
 */
const LOOKS: ReadonlySet<number> = new Set([300, 5_000, 10_000, 20_000]);
const TEN_YEARS_MS = 3_652 * 86_400_000;

/** One kiosk in its hall, with its devices, line and platform, for some hours; everything follows from the seed. */
export async function simulate(options: SimRunOptions): Promise<SimResult> {
  const { seed, hours, dir, pickups, pinHash, pace } = options;
  const dice = new Dice(seed);
  const habits = habitsOf(pace, dice.fork());
  const time = new SimTime(START);
  const world = time.clock(null);
  const trace = new SimTrace(options.tell ?? null);
  const platform = new MemoryPlatform();
  platform.now = () => time.world;
  platform.pickups = pickups.list;
  const hall = new SimHall(world);
  const network = new SimNetwork(time, dice.fork(), platform, trace);
  const kiosk = new SimKiosk({
    ...{ dir: join(dir, 'kiosk'), time, dice: dice.fork(), hall, network, trace, pinHash },
    publicKey: platform.publicKey,
    healthIntervalMs: habits.healthIntervalMs,
    heartbeatMs: habits.heartbeatMs,
    idle: (ms) => (LOOKS.has(ms) ? habits.idleMs : 0),
  });
  const history = new History();
  const people = new SimPeople({ kiosk, hall, dice: dice.fork(), history, world, pickups });
  const unhandled = (cause: unknown): void => void kiosk.faults.push(`unhandled rejection: ${String(cause)}`);
  process.on('unhandledRejection', unhandled);
  const endAt = hours * HOUR_MS;
  /** Lets time pass, but not beyond the end. */
  const rest = (ms: number): Promise<void> => world.sleep(Math.max(0, Math.min(ms, endAt - time.now)));
  let deaths = 0;
  let jumps = 0;

  const life = async (): Promise<void> => {
    await kiosk.start();
    const mine = dice.fork();
    while (time.now < endAt) {
      await rest(mine.between(5_000, habits.nextVisitMs(time.world)));
      await people.visit();
    }
  };
  const weather = async (): Promise<void> => {
    const mine = dice.fork();
    while (habits.trouble && time.now < endAt) {
      await rest(mine.between(10_000, network.state === 'up' ? habits.fairMs : habits.foulMs));
      if (time.now < endAt) network.change(network.state === 'up' ? 0.8 : 0.3);
    }
  };
  const mishaps = async (): Promise<void> => {
    const mine = dice.fork();
    while (habits.trouble && time.now < endAt) {
      await rest(mine.between(30_000, habits.mishapMs));
      time.disturb();
      trace.note(time.now, hall.trouble(mine));
      await rest(mine.between(1_000, 5 * 60_000));
      time.disturb();
      hall.heal();
    }
  };
  const killer = async (): Promise<void> => {
    const mine = dice.fork();
    while (habits.trouble && time.now < endAt) {
      await rest(mine.between(60_000, habits.deathMs));
      if (!kiosk.app) continue;
      deaths += 1;
      await kiosk.die();
      await world.sleep(mine.between(200, 20_000));
      await kiosk.start();
    }
  };
  const clocks = async (): Promise<void> => {
    const mine = dice.fork();
    while (time.now < endAt) {
      await rest(mine.between(1_000, habits.jumpMs));
      const size = Math.exp(mine.next() * Math.log(TEN_YEARS_MS / 1_000)) * 1_000;
      // A jump there, and most often one back: a battery, a time server.
      kiosk.clockError = mine.chance(0.3) ? 0 : Math.round(mine.chance(0.5) ? size : -size);
      jumps += 1;
      time.disturb();
      trace.note(time.now, `clock off by ${kiosk.clockError}`);
    }
  };

  const state = { done: false };
  const all = Promise.all([life(), weather(), mishaps(), killer(), clocks()]).then(async () => {
    // The weather is fair, nothing is broken, nobody comes any more.
    network.state = 'up';
    hall.heal();
    kiosk.clockError = 0;
    if (!kiosk.app) await kiosk.start();
    const until = time.now + CALM_MS;
    while (time.now < until && (await kiosk.store?.outboxCounts())?.ok && (await waits(kiosk)))
      await world.sleep(5_000);
  });
  all.then(
    () => (state.done = true),
    (cause: unknown) => {
      kiosk.faults.push(
        `the simulation failed: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`,
      );
      state.done = true;
    },
  );
  try {
    await time.run(() => state.done, endAt + 4 * HOUR_MS);
  } catch (cause) {
    kiosk.faults.push(cause instanceof Error ? cause.message : String(cause));
  }
  const store = kiosk.store;
  const end = store
    ? await endOf(store, kiosk.faults)
    : { parked: new Set<string>(), waiting: 0, faults: kiosk.faults };
  const stopped = { now: false };
  void kiosk.stop().then(() => (stopped.now = true));
  await time
    .run(() => stopped.now, HOUR_MS)
    .catch((cause: unknown) => kiosk.faults.push(`does not stop: ${String(cause)}`));
  kiosk.faults.push(...people.doubleOpenings());
  hall.dispose();
  process.off('unhandledRejection', unhandled);
  const { record } = platform;
  trace.note(
    time.now,
    `end ${history.acknowledged.length} ${record.map(({ key, sha256 }) => `${key} ${sha256}`).join(' ')}`,
  );
  return {
    owed: history.acknowledged,
    record,
    end: { ...end, faults: [...kiosk.faults, ...end.faults.filter((fault) => !kiosk.faults.includes(fault))] },
    trace: trace.digest(),
    simulatedMs: time.now,
    visits: people.visits,
    deaths,
    jumps,
  };
}

async function waits(kiosk: SimKiosk): Promise<boolean> {
  const counts = await kiosk.store?.outboxCounts();
  return counts?.ok === true && counts.value.waiting > 0;
}
