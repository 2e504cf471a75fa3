/** Times of many calls in short. Milliseconds a call; `perSecond` counts jobs. */
export interface Summary {
  readonly calls: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Sums up the milliseconds of calls that did `jobs` jobs in `totalMs`. */
export function summary(ms: readonly number[], jobs: number, totalMs: number): Summary {
  const sorted = ms.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return { calls: ms.length, perSecond: rounded((jobs / totalMs) * 1000), p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** Three digits that matter. */
export function rounded(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

/** The middle of several runs by one figure. */
export function middle(runs: readonly Summary[], by: 'perSecond' | 'p99'): Summary {
  const sorted = runs.toSorted((a, b) => a[by] - b[by]);
  const found = sorted[Math.floor((sorted.length - 1) / 2)];
  if (!found) throw new Error('no run');
  return found;
}
