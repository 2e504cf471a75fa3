import type { Claimed, Delivered, OutboxEntry, StoreError } from '../../../electron/services/ports.ts';
import { err, ok, type Result } from '../../../native/model/result.ts';
import type { Campaign } from './campaign.ts';
import { deliver, drain, endOf } from './delivery.ts';
import type { Dice } from './dice.ts';
import { History, type Owed } from './history.ts';
import { MemoryPlatform } from './memory-platform.ts';
import { laidPickups, People } from './people.ts';
import { openKioskStore, SteppingClock, type QueueStore } from './store-kit.ts';
import { crashedCopy } from './crashed-copy.ts';

/** What a planted bug is built into: the store as people and sync see it, and doors as locks feel them. */
export interface Parts {
  readonly store: QueueStore;
  readonly platform: MemoryPlatform;
  /** Pulses that were sent to locks, by pick-up. */
  readonly pulse: (pickupId: string) => void;
}

/** Builds a bug into the parts. */
export type Plant = (parts: Parts, dice: Dice) => Parts;

const over = (store: QueueStore, changes: Partial<QueueStore>): QueueStore =>
  new Proxy(store, {
    get: (target, name) => {
      const changed: unknown = Reflect.get(changes, name);
      const value: unknown = changed ?? Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });

/** An entry under another key, as if keys were made at each try. */
function rekeyed(entry: OutboxEntry, dice: Dice): OutboxEntry {
  return { ...entry, idempotencyKey: `${entry.idempotencyKey}:${dice.below(2 ** 31)}` };
}

/** What was claimed, with each entry changed. */
function eachEntry(
  claimed: Result<Claimed, StoreError>,
  change: (entry: OutboxEntry) => OutboxEntry,
): Result<Claimed, StoreError> {
  if (!claimed.ok) return claimed;
  return ok({ ...claimed.value, requests: claimed.value.requests.map((entries) => entries.map(change)) });
}

const acknowledged = (entries: readonly { readonly entryId: string }[], at: number): Delivered[] =>
  entries.map(({ entryId }) => ({ entryId, outcome: { kind: 'acknowledged', at } }));

/** Bugs, each as it would lie in a store or a sync that somebody wrote in a hurry. */
export const PLANTED_STORES: Readonly<Record<string, Plant>> = {
  'acknowledged before the commit': (parts, dice) => ({
    ...parts,
    store: over(parts.store, {
      // The answer is given at once; the row follows, or not, when the process dies first.
      submitCase: async (entry) => {
        const stored = await parts.store.findCase({ caseId: entry.caseId });
        if (stored.ok || dice.chance(0.8)) return parts.store.submitCase(entry);
        return ok({ ...entry, trackingNumber: 'CH03', state: 'kept' as const, ...NOTHING_YET });
      },
    }),
  }),
  'key dropped': (parts, dice) => ({
    ...parts,
    store: over(parts.store, {
      settleAndClaim: async (...words) =>
        eachEntry(await parts.store.settleAndClaim(...words), (entry) => rekeyed(entry, dice)),
    }),
  }),
  'order swapped': (parts) => ({
    ...parts,
    store: over(parts.store, {
      // Younger entries overtake: the oldest of a subject is kept back until others of it have gone.
      settleAndClaim: async (answered, order) => {
        const first = await parts.store.settleAndClaim(answered, order);
        if (!first.ok || order === null || first.value.requests.length === 0) return first;
        const said = await parts.store.settleAndClaim(acknowledged(first.value.requests.flat(), order.now), order);
        if (!said.ok) return said;
        return ok({ ...first.value, requests: [...said.value.requests, ...first.value.requests] });
      },
    }),
  }),
  'deleted before it was acknowledged': (parts, dice) => ({
    ...parts,
    store: over(parts.store, {
      settleAndClaim: async (answered, order) => {
        const claimed = await parts.store.settleAndClaim(answered, order);
        if (!claimed.ok || order === null) return claimed;
        // Taken out of the queue with the claim; when the try comes to nothing it is gone.
        await parts.store.settleAndClaim(acknowledged(claimed.value.requests.flat(), order.now), null);
        const requests = claimed.value.requests.map((entries) => entries.filter(() => dice.chance(0.9)));
        return ok({ ...claimed.value, requests });
      },
    }),
  }),
  'door opened twice': (parts) => ({
    ...parts,
    store: over(parts.store, {
      // The state of the last act is not looked at.
      beginOpening: async (step) => {
        const begun = await parts.store.beginOpening(step);
        if (begun.ok || begun.error.code !== 'conflict') return begun;
        parts.pulse(step.pickupId);
        return err(begun.error);
      },
    }),
  }),
  'payload changed on its way': (parts, dice) => ({
    ...parts,
    store: over(parts.store, {
      settleAndClaim: async (...words) =>
        eachEntry(await parts.store.settleAndClaim(...words), (entry) =>
          dice.chance(0.1) ? { ...entry, body: flipped(entry.body) } : entry,
        ),
    }),
  }),
  'answer not looked at': (parts) => ({
    ...parts,
    store: over(parts.store, {
      // Whatever the platform said, the entry is done.
      settleAndClaim: (answered, order) => parts.store.settleAndClaim(acknowledged(answered, 0), order),
    }),
  }),
};

/** The sound store, whose answer about a door is lost now and then: the step is done, and nobody is told. */
function forgetful(store: QueueStore, dice: Dice): QueueStore {
  return over(store, {
    settleOpening: async (step) => {
      const settled = await store.settleOpening(step);
      return dice.chance(0.3) ? err({ code: 'unavailable', detail: 'the answer was lost' }) : settled;
    },
  });
}

const NOTHING_YET = { receivedAt: null, caseNumber: null, decidedAt: null, outcome: null, reason: null } as const;

/** The ciphertext with one letter changed, still well-formed. */
function flipped(body: Uint8Array): Uint8Array {
  const text = Buffer.from(body).toString('utf8');
  return Buffer.from(
    text.replace(/"ct":"(.)/u, (_, letter: string) => `"ct":"${letter === 'A' ? 'B' : 'A'}`),
    'utf8',
  );
}

const PICKUPS = 6;
const STEPS = 60;

/** One kiosk with a planted bug (or none) at work, with crashes and lost answers, judged by the one checker. */
export async function runPlanted(campaign: Campaign, dir: string, dice: Dice, plant: Plant): Promise<void> {
  const clock = new SteppingClock();
  const platform = new MemoryPlatform();
  platform.now = () => clock.now();
  const history = new History();
  const pulses = new Map<string, number>();
  const pulse = (pickupId: string): void => void pulses.set(pickupId, (pulses.get(pickupId) ?? 0) + 1);
  const people = new People({
    dice: dice.fork(),
    history,
    now: () => clock.now(),
    pickups: PICKUPS,
    maxBytes: 500,
    pulse,
  });
  let here = dir;
  let opened = openKioskStore(here, clock, dice.fork());
  const parts = (): Parts => {
    if (!opened.ok) throw new Error(opened.error.detail);
    return plant({ store: forgetful(opened.value.store, dice), platform, pulse }, dice);
  };
  let { store } = parts();
  await store.announcePickups(laidPickups(PICKUPS));
  const busy = (): void => {
    platform.busy = dice.chance(0.2);
  };
  for (let step = 0; step < STEPS; step += 1) {
    clock.pass(dice.between(1, 5_000));
    busy();
    const throwing = dice.next();
    if (throwing < 0.05) {
      const left = opened;
      here = crashedCopy(here, `${dir}-${step}`);
      opened = openKioskStore(here, clock, dice.fork());
      ({ store } = parts());
      await store.releaseClaims();
      if (left.ok) await left.value.store.close();
    } else if (throwing < 0.3) await deliver(store, platform, clock.now(), dice.between(1, 6), dice.chance(0.8));
    else await people.step(store);
  }
  platform.busy = false;
  clock.pass(86_400_000);
  await drain(store, platform, clock.now());
  const end = await endOf(store);
  const faults = [...pulses]
    .filter(([, count]) => count > 1)
    .map(([pickupId, count]) => `${pickupId} got ${count} pulses`);
  const owed: readonly Owed[] = history.acknowledged;
  campaign.judge('planted', owed, platform.record, { ...end, faults: [...end.faults, ...faults] });
  if (opened.ok) await opened.value.store.close();
}
