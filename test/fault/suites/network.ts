import { join } from 'node:path';
import type { SuiteContext } from '../../support/suites.ts';
import { SEALED_CHUNK_BYTES } from '../../../electron/domain/attachment.ts';
import { AttachmentFolder } from '../../../electron/store/index.ts';
import { startSync } from '../../../electron/sync/index.ts';
import { systemClock } from '../../../native/transport/system-clock.ts';
import { BadLine, type Misbehaviour } from '../kit/bad-line.ts';
import { Campaign } from '../kit/campaign.ts';
import { endOf } from '../kit/delivery.ts';
import { Dice } from '../kit/dice.ts';
import { History } from '../kit/history.ts';
import { MemoryPlatform } from '../kit/memory-platform.ts';
import { cutAnswer, cutChunk, cutRequest, FILE_MISBEHAVIOURS, MISBEHAVIOURS, SOUND } from '../kit/misbehaviours.ts';
import { readOptions } from '../kit/options.ts';
import { laidPickups, People } from '../kit/people.ts';
import { inFolder, openKioskStore } from '../kit/store-kit.ts';
import { TickClock } from '../kit/tick-clock.ts';

export const ABOUT =
  'lines and platforms that misbehave, every kind in turn [--runs 5 of each kind] [--seed S] [--bytes 0: cuts at every byte up to it] [--chunk 0: cuts a chunk at every byte up to it] [--step 1: or at every so-and-so-manieth]';

/** Kiosks at work at the same time; they mostly wait. */
const AT_ONCE = 16;
/** Milliseconds of the kiosk's that pass in one of ours. */
const SPEED = 20;
/** Longest wait for a kiosk to have sent everything, in milliseconds of its own. */
const DRAIN_MS = 900_000;
const PICKUPS = 2;
/** Chunks that one kiosk gets cut, one after the other. */
const CUTS_OF_ONE = 5;

export async function run({ args, ...context }: SuiteContext): Promise<boolean> {
  const { runs, seed, own } = readOptions(args, 5, ['bytes', 'chunk', 'step']);
  const campaign = new Campaign('network', seed, { args, ...context });
  const dice = new Dice(seed);
  const kinds = Object.values(MISBEHAVIOURS);
  const fileKinds = Object.values(FILE_MISBEHAVIOURS);
  const plans: Plan[] = [];
  for (let turn = 0; turn < runs; turn += 1) {
    for (const make of kinds) {
      const own = dice.fork();
      // One request treated badly, or several in a row, of this kind and then of any.
      const others = Array.from({ length: own.below(3) }, () => own.pick(kinds)(own));
      plans.push({ dice: own, treatments: [make(own), ...others], uploads: [], people: own.between(2, 8) });
    }
    for (const make of fileKinds) {
      const own = dice.fork();
      const others = Array.from({ length: own.below(4) }, () => own.pick(fileKinds)(own));
      // So that each call of an upload has its turn.
      const first = Array.from({ length: own.below(4) }, () => SOUND);
      const treatments = own.chance(0.3) ? [own.pick(kinds)(own)] : [];
      plans.push({ dice: own, treatments, uploads: [...first, make(own), ...others], people: own.between(1, 3) });
    }
  }
  for (let at = 1; at <= Number(own['bytes'] ?? 0); at += 1) {
    for (const treatment of [cutRequest(at), cutAnswer(at)]) {
      plans.push({ dice: dice.fork(), treatments: [treatment], uploads: [], people: 1 });
      plans.push({ dice: dice.fork(), treatments: [treatment], uploads: [], people: 3 });
    }
  }
  const step = Number(own['step'] ?? 1);
  for (let at = 1; at <= Number(own['chunk'] ?? 0); at += step * CUTS_OF_ONE) {
    // HEAD, POST, then one chunk after the other, each cut once at the next byte.
    const cuts = Array.from({ length: CUTS_OF_ONE }, (_, index) => cutChunk(at + index * step));
    plans.push({ dice: dice.fork(), treatments: [], uploads: cuts, people: 1 });
  }
  let treated = 0;
  const work = async (): Promise<void> => {
    for (let plan = plans.shift(); plan; plan = plans.shift()) {
      const here = await oneKiosk(campaign, plan);
      treated += here;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return campaign.end({ kinds: kinds.length + fileKinds.length, treated });
}

interface Plan {
  readonly dice: Dice;
  readonly treatments: readonly Misbehaviour[];
  /** The same for requests that belong to files. */
  readonly uploads: readonly Misbehaviour[];
  /** Steps that people take. */
  readonly people: number;
}

/** Time goes so much faster for the kiosk, so that its patience does not cost ours. */
const fastClock = new TickClock(Date.UTC(2026, 0, 5, 1, 0, 0), SPEED);

/** One kiosk on a line that treats its first requests as planned. Gives how many were treated. */
async function oneKiosk(campaign: Campaign, { dice, treatments, uploads, people: steps }: Plan): Promise<number> {
  return inFolder(async (dir) => {
    const platform = new MemoryPlatform();
    platform.now = () => fastClock.now();
    const line = await BadLine.start(platform, treatments, uploads);
    const opened = openKioskStore(join(dir, 'store'), fastClock, dice.fork());
    if (!opened.ok) throw new Error(opened.error.detail);
    const { store } = opened.value;
    const history = new History();
    const people = new People({
      dice: dice.fork(),
      history,
      now: () => fastClock.now(),
      pickups: PICKUPS,
      maxBytes: 400,
      ...(uploads.length > 0 ? { files: new AttachmentFolder(join(dir, 'store')), fileShare: 1, largeShare: 0.4 } : {}),
    });
    const faults: string[] = [];
    await store.announcePickups(laidPickups(PICKUPS));
    platform.pickups = laidPickups(PICKUPS);
    if (dice.chance(0.5)) for (let step = 0; step < steps; step += 1) await people.step(store);
    await people.file(store);
    const sync = startSync({
      store,
      clock: fastClock,
      random: dice.fork(),
      log: {
        event: (level, event, detail) => {
          if (level === 'error') faults.push(`${event} ${JSON.stringify(detail)}`);
        },
        tail: () => [],
      },
      baseUrl: line.url,
      token: 'test',
      kioskCode: 'CH03',
      version: '0.0.0-test',
      deviceReport: () => [],
      catalogueVersion: () => 0,
      onCatalogue: () => undefined,
    });
    for (let step = 0; step < steps; step += 1) {
      await people.step(store);
      sync.wake();
      if (dice.chance(0.5)) await systemClock.sleep(dice.below(20));
    }
    const end = fastClock.monotonic() + DRAIN_MS;
    while ((await waiting(store)) > 0 && fastClock.monotonic() < end) await fastClock.sleep(200);
    // What the line holds back is let through before the record is read.
    await systemClock.sleep(70);
    const most = platform.files.bytes + line.treatedUploads * SEALED_CHUNK_BYTES + platform.files.forgotten;
    if (line.uploaded > most) faults.push(`${line.uploaded} bytes of files came, ${most} at most were to be sent`);
    const last = await endOf(store, faults);
    await sync.stop();
    await store.close();
    await line.stop();
    const name = [...treatments, ...uploads].map((one) => one.name).join(', then ');
    campaign.judge(name, history.acknowledged, platform.record, last);
    return line.treated;
  });
}

async function waiting(store: {
  outboxCounts: () => Promise<{ ok: boolean; value?: { waiting: number } }>;
}): Promise<number> {
  const counts = await store.outboxCounts();
  return counts.ok ? (counts.value?.waiting ?? 0) : 1;
}
