import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Holdings } from '../platform/holdings.ts';
import type { Stack, StackOptions } from '../dev/stack.ts';
import type { Kiosk } from './kiosk.ts';
import type { TaskReport } from './long-tasks.ts';

/** What a journey works with. */
export interface JourneyContext {
  readonly kiosk: Kiosk;
  readonly stack: Stack;
  /** The Electron that the kiosk runs in and its display, for a journey that needs a window of its own. */
  readonly electron?: { readonly executable: string; readonly display: Readonly<Record<string, string>> };
  /** Names a step for the report; the last one named is where a failing journey stopped. */
  step(name: string): void;
}

/** A scripted walk through the kiosk as one person. */
export interface Journey {
  readonly name: string;
  readonly size?: { readonly width: number; readonly height: number };
  readonly stack?: Partial<StackOptions>;
  /** It is walked with a real keyboard, and nothing is touched. */
  readonly keyboard?: boolean;
  /** Messages that the platform refused and people gave up: seen there, and never stored. */
  readonly givenUp?: number;
  /** Throws when something is not as it must be. */
  run(context: JourneyContext): Promise<void>;
}

/** Result of one journey, as the last line of `npm run journey` has it. */
export interface JourneyReport {
  readonly name: string;
  readonly passed: boolean;
  /** Each thing done was stored by the platform once, and nothing else was. */
  readonly exactlyOnce: boolean;
  readonly steps: readonly string[];
  readonly screenshots: readonly string[];
  readonly receipts: readonly string[];
  readonly platform: Holdings;
  /** Where they were watched: what kept the main threads; null when it cannot be known. */
  readonly tasks?: TaskReport | null;
  /** Why it failed. */
  readonly fault?: string;
}

/** Fails the journey with a plain sentence. */
export function expect(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`not so: ${what}`);
}

/** Waits until something holds; `what` names it in the failure. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`did not come true within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits until the kiosk has taken the items that the platform published; a visit keeps those that it began with. */
export async function itemsTaken(stack: Stack): Promise<void> {
  const log = join(stack.dataDir, 'logs', 'kiosk.log');
  const taken = async (): Promise<boolean> =>
    (await readFile(log, 'utf8').catch(() => '')).includes('"event":"catalogue-replaced"');
  await until('the items of the platform are taken', taken);
}

/** True when the platform stored each key and each subject once, but for as many as were given up. */
export function isExactlyOnce(holdings: Holdings, givenUp = 0): boolean {
  const once = (ids: readonly string[]): boolean => new Set(ids).size === ids.length;
  const opened = holdings.pickups.flatMap((pickup) =>
    pickup.events.filter((event) => event.event === 'opened').map(() => pickup.pickupId),
  );
  return (
    once(holdings.cases.map((one) => one.caseId)) &&
    once(holdings.cases.map((one) => one.trackingNumber)) &&
    once(holdings.ratings.map((one) => one.subjectId)) &&
    once(opened) &&
    holdings.keys.every(({ stored }) => stored <= 1) &&
    holdings.keys.filter(({ seen, stored }) => seen > 0 && stored === 0).length === givenUp
  );
}
