import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type OpenedStore, type OpenError } from '../../../electron/store/index.ts';
import { START } from '../../../electron/store/test-kit.ts';
import type { LocalKeys, StorePort } from '../../../electron/services/ports.ts';
import type { SqliteConstructor } from '../../../electron/store/sqlite.ts';
import type { Clock, Random } from '../../../native/model/clock.ts';
import type { Result } from '../../../native/model/result.ts';

/** What campaigns use of the store. */
export type QueueStore = Pick<
  StorePort,
  | 'submitCase'
  | 'findCase'
  | 'beginAct'
  | 'advanceAct'
  | 'openActs'
  | 'announcePickups'
  | 'beginOpening'
  | 'settleOpening'
  | 'settleClosing'
  | 'rate'
  | 'settleAndClaim'
  | 'releaseClaims'
  | 'wakeAll'
  | 'outbox'
  | 'outboxCounts'
  | 'resend'
  | 'discard'
  | 'claimAttachments'
  | 'attachmentChunk'
  | 'settleAttachment'
  | 'collectAttachments'
>;

/** Bytes of the ballast in campaigns, whose disks are small. */
export const SMALL_BALLAST = 64 << 10;

/** A wall clock that goes on a little with each look and can be set; nobody sleeps on it. */
export class SteppingClock implements Clock {
  #wall = START;
  #steady = 0;

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#steady;
  }

  sleep(): Promise<void> {
    return Promise.resolve();
  }

  /** Lets time pass on both clocks. */
  pass(ms: number): void {
    this.#wall += ms;
    this.#steady += ms;
  }

  /** Moves the wall clock only. */
  jump(ms: number): void {
    this.#wall += ms;
  }
}

/** Opens the real store as a kiosk does, on a small disk. */
export function openKioskStore(
  dir: string,
  clock: Clock,
  random: Random,
  more: { readonly sqlite?: SqliteConstructor; readonly keys?: LocalKeys } = {},
): Result<OpenedStore, OpenError> {
  return openStore({ dir, clock, random, ballastBytes: SMALL_BALLAST, freeBytesWanted: 0, ...more });
}

/** A folder in memory where there is one: what is tried is not this machine's disk. It is removed at the end. */
export async function inFolder<T>(use: (dir: string) => Promise<T>): Promise<T> {
  const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const dir = await mkdtemp(join(parent, 'hall24-fault-'));
  try {
    return await use(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
