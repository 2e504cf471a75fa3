import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { MemoryLedger } from '../model/device-ledger.ts';
import type { DeviceLedger } from '../model/device-ledger.ts';

/**
 * A device's numbers in a small JSON file, so that they outlive the program: `{"paperUsedMm": 812, "prints": 4}`. The
 * file is replaced as a whole with each change. A file that cannot be read begins anew, and one that cannot be written
 * leaves the numbers in memory: no device stands still for its counters.
 */
export class FileLedger implements DeviceLedger {
  readonly #path: string;
  readonly #numbers: MemoryLedger;

  constructor(path: string) {
    this.#path = path;
    this.#numbers = new MemoryLedger(readNumbers(path));
  }

  get(key: string): number {
    return this.#numbers.get(key);
  }

  set(key: string, value: number): void {
    if (this.#numbers.get(key) === value) return;
    this.#numbers.set(key, value);
    this.#write();
  }

  all(): Readonly<Record<string, number>> {
    return this.#numbers.all();
  }

  #write(): void {
    const beside = `${this.#path}.new`;
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      writeFileSync(beside, `${JSON.stringify(this.#numbers.all())}\n`);
      renameSync(beside, this.#path);
    } catch {
      // A full or read-only disk: the numbers stay in memory, and the next change tries again.
    }
  }
}

function readNumbers(path: string): Readonly<Record<string, number>> {
  try {
    const json: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof json !== 'object' || json === null) return {};
    return Object.fromEntries(
      Object.entries(json).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
    );
  } catch {
    return {};
  }
}
