import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  ClaimLane,
  Delivered,
  DeliveryOutcome,
  NewCase,
  OutboxEntry,
  PickupList,
  StoreError,
  StorePort,
} from '../services/ports.ts';
import type { Clock, Random } from '../../native/model/clock.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import { openStore, type OpenedStore, type OpenReport, type OpenStoreOptions } from './open.ts';

/** Wall time at which the tests' kiosk starts. */
export const START = Date.UTC(2026, 0, 5, 1, 0, 0);
const SMALL_BALLAST = 64 << 10;

/** Ids that can be told apart and have the form of a UUIDv7. */
export function testId(number: number): string {
  return `01990000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
}

export const testClock: Clock = { now: () => START, monotonic: () => 0, sleep: () => Promise.resolve() };

/** Only ids come of it, so nothing is asserted about its bytes; they differ between processes too. */
export const testRandom: Random = { bytes: (length) => new Uint8Array(randomBytes(length)) };

/** An empty folder that is removed at the end. */
export function withFolder<T>(use: (dir: string) => Promise<T>): () => Promise<T> {
  return async () => {
    const dir = mkdtempSync(join(tmpdir(), 'hall24-store-'));
    try {
      return await use(dir);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  };
}

export function openForTest(dir: string, more: Partial<OpenStoreOptions> = {}): OpenedStore {
  const opened = openStore({
    dir,
    clock: testClock,
    random: testRandom,
    ballastBytes: SMALL_BALLAST,
    freeBytesWanted: 0,
    ...more,
  });
  if (!opened.ok) throw new Error(`${opened.error.code}: ${opened.error.detail}`);
  return opened.value;
}

/** Runs a test on a new store. */
export function withStore(
  use: (store: StorePort, dir: string, report: OpenReport) => Promise<void>,
): () => Promise<void> {
  return withFolder(async (dir) => {
    const { store, report } = openForTest(dir);
    try {
      await use(store, dir, report);
    } finally {
      await store.close();
    }
  });
}

/** The value of a result that must be a success. */
export function must<T>(result: Result<T, StoreError>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.detail}`);
  return result.value;
}

/** A case with nothing personal in it; `number` tells it from others. */
export function newCase(number: number, changes: Partial<NewCase> = {}): NewCase {
  return {
    caseId: testId(number),
    submissionId: testId(0x10_0000 + number),
    actId: testId(0x20_0000 + number),
    kioskCode: 'CH03',
    localDate: '2026-01-05',
    itemId: 'rent-filing',
    itemVersion: 1,
    itemCode: '11990001000000000100000000000000X',
    itemName: { 'zh-CN': '房屋租赁登记备案', en: 'Rental registration' },
    language: 'zh-CN',
    keptAt: START,
    envelope: { alg: 'HPKE-X25519-SHA256-AES256GCM', kid: 'k1', enc: 'AAAA', ct: `BBBB${number}` },
    applicantMasked: '林*夏',
    ...changes,
  };
}

export function pickupList(...pickups: readonly Partial<PickupList['pickups'][number]>[]): PickupList {
  return {
    version: 1,
    codeSalt: 'salt',
    pickups: pickups.map((changes, index) => ({
      pickupId: testId(0x30_0000 + index),
      cell: `0${index + 1}`,
      codeDigest: `digest-${index}`,
      holder: '测试**公司',
      contents: [{ name: { 'zh-CN': '公章', en: 'Company seal' }, count: 1 }],
      validFrom: new Date(START - 86_400_000).toISOString(),
      validTo: new Date(START + 86_400_000).toISOString(),
      withdrawn: false,
      ...changes,
    })),
  };
}

type Queue = Pick<StorePort, 'settleAndClaim'>;

/** Claims up to `limit` entries that are due at `now`, as one request. */
export async function claim(
  store: Queue,
  now: number,
  limit: number,
  lane: Omit<ClaimLane, 'requests' | 'entries'> = {},
): Promise<Result<readonly OutboxEntry[], StoreError>> {
  const lanes = [{ ...lane, requests: 1, entries: limit }];
  const claimed = await store.settleAndClaim([], { now, requests: 1, lanes });
  return claimed.ok ? ok(claimed.value.requests[0] ?? []) : claimed;
}

/** Settles answers without claiming any more; gives the failures of single ones. */
export async function settleAll(
  store: Queue,
  delivered: readonly Delivered[],
): Promise<Result<readonly StoreError[], StoreError>> {
  const settled = await store.settleAndClaim(delivered, null);
  return settled.ok ? ok(settled.value.failed) : settled;
}

/** Settles one answer. */
export async function settle(
  store: Queue,
  entryId: string,
  outcome: DeliveryOutcome,
): Promise<Result<void, StoreError>> {
  const settled = await settleAll(store, [{ entryId, outcome }]);
  if (!settled.ok) return settled;
  const [failed] = settled.value;
  return failed ? err(failed) : ok(undefined);
}
