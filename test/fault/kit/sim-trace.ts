import { createHash } from 'node:crypto';

/** What happened in a run, in order, as one hash: two runs of a seed are the same when their hashes are. */
export class SimTrace {
  readonly #hash = createHash('sha256');
  /** Told every line, for looking for the first difference. */
  readonly #tell: ((line: string) => void) | null;
  lines = 0;

  constructor(tell: ((line: string) => void) | null = null) {
    this.#tell = tell;
  }

  note(at: number, what: string): void {
    const line = `${at} ${what}\n`;
    this.lines += 1;
    this.#hash.update(line);
    this.#tell?.(line);
  }

  digest(): string {
    return this.#hash.copy().digest('hex');
  }
}
