/**
 * Numbers of one device that outlive its driver, which every reconnect makes anew: how often something was done, and
 * how much was used. Keys are camelCase words with the unit in them where there is one (`prints`, `cuts`, `opens`,
 * `reads`, `codes`, `ratings`, `paperUsedMm`). No personal data.
 */
export interface DeviceLedger {
  /** 0 for what was never counted. */
  get(key: string): number;
  set(key: string, value: number): void;
  /** All numbers; a copy. */
  all(): Readonly<Record<string, number>>;
}

/** Adds to one number of a ledger; nothing where there is none. */
export function count(ledger: DeviceLedger | undefined, key: string, by = 1): void {
  ledger?.set(key, ledger.get(key) + by);
}

/** A ledger that lasts as long as the program. */
export class MemoryLedger implements DeviceLedger {
  readonly #numbers = new Map<string, number>();

  /** @param numbers what was kept of an earlier run */
  constructor(numbers: Readonly<Record<string, number>> = {}) {
    for (const [key, value] of Object.entries(numbers)) this.set(key, value);
  }

  get(key: string): number {
    return this.#numbers.get(key) ?? 0;
  }

  set(key: string, value: number): void {
    if (Number.isFinite(value) && value >= 0) this.#numbers.set(key, value);
  }

  all(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#numbers);
  }
}
