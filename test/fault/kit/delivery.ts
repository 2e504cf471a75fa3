import { createHash } from 'node:crypto';
import { readAnswer, readBatchEntry } from '../../../electron/sync/outcomes.ts';
import type {
  AttachmentOutcome,
  AttachmentUpload,
  Delivered,
  DeliveryOutcome,
  OutboxEntry,
} from '../../../electron/services/ports.ts';
import { AttachmentStatus } from '../../../electron/platform-api/messages.ts';
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

/** Entries of one request of the campaigns at most: there are several requests where more are claimed. */
const A_REQUEST = 3;

/**
 * One turn as the sync has it: settles `answered`, claims up to `limit` entries with it and hands them over. Gives what the
 * platform said of those; null when the store failed.
 */
export async function deliverNext(
  store: QueueStore,
  platform: MemoryPlatform,
  now: number,
  limit: number,
  answered: readonly Delivered[],
): Promise<Delivered[] | null> {
  const requests = Math.ceil(limit / A_REQUEST);
  const lanes = [{ requests, entries: Math.min(limit, A_REQUEST) }];
  const turn = await store.settleAndClaim(answered, { now, requests, lanes });
  if (!turn.ok) return null;
  return turn.value.requests
    .flat()
    .map((entry) => ({ entryId: entry.entryId, outcome: handOver(platform, entry, now) }));
}

/** Claims up to `limit` entries, hands them over and settles them. Gives how many; -1 when the store failed. */
export async function deliver(
  store: QueueStore,
  platform: MemoryPlatform,
  now: number,
  limit: number,
  settle = true,
): Promise<number> {
  const delivered = await deliverNext(store, platform, now, limit, []);
  if (delivered === null) return -1;
  if (settle && delivered.length > 0 && !(await store.settleAndClaim(delivered, null)).ok) return -1;
  return delivered.length;
}

/** Hands a claimed file over as it lies on the disk and says what the platform's answer means, as the sync does. */
export async function handFileOver(
  store: QueueStore,
  platform: MemoryPlatform,
  upload: AttachmentUpload,
  now: number,
): Promise<AttachmentOutcome> {
  const whole = createHash('sha256');
  for (let index = 0; index < upload.chunks.length; index += 1) {
    const chunk = await store.attachmentChunk(upload.attachmentId, index);
    if (chunk.ok) whole.update(chunk.value);
    else if (chunk.error.code === 'conflict') return { kind: 'parked', reason: chunk.error.detail };
    else return { kind: 'retry', nextTryAt: now, reason: chunk.error.code };
  }
  platform.holdFile(upload.attachmentId, whole.digest('hex'));
  const answer = platform.fileStatus(upload.attachmentId);
  const status = AttachmentStatus.safeParse(answer.body);
  if (!status.success || status.data.sha256 === null) return { kind: 'parked', reason: `platform ${answer.status}` };
  const { sha256, case: said } = status.data;
  return {
    kind: 'acknowledged',
    at: now,
    sha256,
    case: {
      state: said.state,
      caseNumber: said.caseNumber,
      receivedAt: Date.parse(said.receivedAt),
      decidedAt: null,
      outcome: null,
    },
  };
}

/** Claims up to `limit` files, hands each over and settles it. Gives how many; -1 when the store failed. */
export async function deliverFiles(
  store: QueueStore,
  platform: MemoryPlatform,
  now: number,
  limit: number,
  wake = false,
): Promise<number> {
  const claimed = await store.claimAttachments(now, limit, wake);
  if (!claimed.ok) return -1;
  for (const upload of claimed.value.uploads) {
    const outcome = await handFileOver(store, platform, upload, now);
    if (!(await store.settleAttachment(upload.attachmentId, outcome)).ok) return -1;
  }
  return claimed.value.uploads.length;
}

/** Gives everything that waits its chance, as a start and a platform that is there do. */
export async function drain(store: QueueStore, platform: MemoryPlatform, now: number): Promise<void> {
  await store.releaseClaims();
  await store.wakeAll(now);
  let answered: readonly Delivered[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const next = await deliverNext(store, platform, now, 50, answered);
    if (next === null || (next.length === 0 && answered.length === 0)) break;
    answered = next;
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    if ((await deliverFiles(store, platform, now, 50, round === 0)) <= 0) return;
  }
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
      const finished = act.kind === 'submit-case' || act.kind === 'rate' || act.kind === 'upload-attachment';
      if (finished && act.owner === 'kiosk' && counts.value.waiting === 0) {
        found.push(`act ${act.actId} (${act.kind}) is open and nobody will end it`);
      }
    }
  }
  // What stands behind a parked entry of its subject waits for the same people.
  const stuck = listed.value.filter(({ state, subjectId }) => state !== 'parked' && !parked.has(subjectId));
  return { parked, waiting: stuck.length, faults: found };
}
