import { readAnswer, readBatchEntry } from '../../../electron/sync/outcomes.ts';
import type { Delivered, DeliveryOutcome, OutboxEntry } from '../../../electron/services/ports.ts';
import type { KioskEnd } from './history.ts';
import type { MemoryPlatform } from './memory-platform.ts';
import type { QueueStore } from './store-kit.ts';

/** Rounds after which a queue that still is not empty is taken for wedged. */
const ROUNDS = 10_000;

/** Hands one claimed entry to the platform and says what its answer means, as the sync does. */
export function handOver(platform: MemoryPlatform, entry: OutboxEntry, now: number): DeliveryOutcome {
  const { status, body } = platform.take(entry.kind, entry.idempotencyKey, entry.body);
  const read =
    status < 300
      ? readAnswer(entry, body as Parameters<typeof readAnswer>[1], now)
      : readBatchEntry(entry, { status, answer: body }, now);
  if (read === 'foreign') return { kind: 'retry', nextTryAt: now, reason: 'foreign' };
  if (read.kind === 'refused') return { kind: 'parked', reason: read.type };
  if (read.kind === 'later' || read.kind === 'unreachable')
    return { kind: 'retry', nextTryAt: now, reason: read.reason };
  return read;
}

/** Claims up to `limit` entries, hands them over and settles them in one step. Gives how many; -1 when the store failed. */
export async function deliver(
  store: QueueStore,
  platform: MemoryPlatform,
  now: number,
  limit: number,
  settle = true,
): Promise<number> {
  const claimed = await store.claim(now, limit);
  if (!claimed.ok) return -1;
  const delivered: Delivered[] = claimed.value.map((entry) => ({
    entryId: entry.entryId,
    outcome: handOver(platform, entry, now),
  }));
  if (!settle) return delivered.length;
  const [only] = delivered;
  if (delivered.length === 1 && only) return (await store.settleDelivery(only.entryId, only.outcome)).ok ? 1 : -1;
  if (delivered.length > 0 && !(await store.settleDeliveries(delivered)).ok) return -1;
  return delivered.length;
}

/** Gives everything that waits its chance, as a start and a platform that is there do. */
export async function drain(store: QueueStore, platform: MemoryPlatform, now: number): Promise<void> {
  await store.releaseClaims();
  await store.wakeAll(now);
  for (let round = 0; round < ROUNDS; round += 1) if ((await deliver(store, platform, now, 50)) <= 0) return;
}

/** What the kiosk says of itself once nothing is to be done any more. */
export async function endOf(store: QueueStore, faults: readonly string[] = []): Promise<KioskEnd> {
  const found: string[] = [...faults];
  const listed = await store.outbox();
  const counts = await store.outboxCounts();
  if (!listed.ok || !counts.ok)
    return { parked: new Set(), waiting: 0, faults: [...found, 'the outbox cannot be read'] };
  const parked = new Set<string>();
  for (const entry of listed.value) {
    if (entry.state !== 'parked') continue;
    parked.add(entry.subjectId);
    if (entry.owner !== 'duty-staff' || entry.reason === null) found.push(`parked without owner: ${entry.label}`);
  }
  const open = await store.openActs();
  if (!open.ok) found.push('the acts cannot be read');
  else {
    for (const act of open.value) {
      const finished = act.kind === 'submit-case' || act.kind === 'rate';
      if (finished && act.owner === 'kiosk' && counts.value.waiting === 0) {
        found.push(`act ${act.actId} (${act.kind}) is open and nobody will end it`);
      }
    }
  }
  // What stands behind a parked entry of its subject waits for the same people.
  const stuck = listed.value.filter(({ state, subjectId }) => state !== 'parked' && !parked.has(subjectId));
  return { parked, waiting: stuck.length, faults: found };
}
