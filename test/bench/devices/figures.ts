import { closeSync, openSync, readFileSync, readSync, readdirSync } from 'node:fs';

/** Times of one measure in milliseconds. */
export interface Times {
  readonly n: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export function timesOf(values: readonly number[]): Times {
  const sorted = values.toSorted((one, other) => one - other);
  const rank = (share: number): number => rounded(sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0);
  return { n: sorted.length, p50: rank(0.5), p99: rank(0.99), max: rank(1) };
}

/** The middle round by p99: this machine is shared, and one disturbed round says nothing of the product. */
export function medianRound(rounds: readonly Measured[]): Measured {
  const sorted = rounds.toSorted((one, other) => one.own.p99 - other.own.p99);
  const middle = sorted[sorted.length >> 1];
  if (!middle) throw new Error('no rounds');
  return middle;
}

/** The round that was disturbed least. */
export function quietestRound(rounds: readonly Measured[]): Measured {
  const quietest = rounds.toSorted((one, other) => one.own.p99 - other.own.p99)[0];
  if (!quietest) throw new Error('no rounds');
  return quietest;
}

export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until something holds; `what` names it in the failure. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 15_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await pause(5);
  }
}

const TASKS = '/proc/self/task';
const text = Buffer.alloc(80);
let threads: readonly number[] = [];

/** Finds the threads that bytes pass through: the main one and those that read and write files for it. */
export function findThreads(): void {
  if (process.platform !== 'linux') return;
  for (const file of threads) closeSync(file);
  threads = readdirSync(TASKS)
    .filter((id) => id === String(process.pid) || readFileSync(`${TASKS}/${id}/comm`, 'latin1').startsWith('libuv'))
    .map((id) => openSync(`${TASKS}/${id}/schedstat`, 'r'));
}

/**
 * How long the threads found were ready to run and were not let, in milliseconds since their start: other programs had
 * the processors. 0 on systems that do not tell.
 */
export function waitedForCpuMs(): number {
  let nanoseconds = 0;
  for (const file of threads) {
    // Without garbage: a collection in the middle of a sample would be counted as the product's.
    const length = readSync(file, text, 0, text.length, 0);
    let at = text.indexOf(0x20) + 1;
    for (let value = 0; at < length; at += 1) {
      const digit = (text[at] ?? 0) - 0x30;
      if (digit < 0 || digit > 9) {
        nanoseconds += value;
        break;
      }
      value = value * 10 + digit;
    }
  }
  return nanoseconds / 1e6;
}

/** Times as a clock saw them, and without what other programs took. */
export interface Measured {
  readonly own: Times;
  readonly asSeen: Times;
}

/** Gathers samples of one measure. */
export class Samples {
  readonly #own: number[] = [];
  readonly #seen: number[] = [];

  get length(): number {
    return this.#seen.length;
  }

  add(seenMs: number, waitedMs: number): void {
    this.#seen.push(seenMs);
    this.#own.push(Math.max(0, seenMs - waitedMs));
  }

  get measured(): Measured {
    return { own: timesOf(this.#own), asSeen: timesOf(this.#seen) };
  }
}
