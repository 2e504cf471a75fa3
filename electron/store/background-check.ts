import type { Clock } from '../../native/model/clock.ts';
import { ok, type Result } from '../../native/model/result.ts';
import type { StoreError } from '../services/ports.ts';
import type { Database } from './database.ts';

/**
 * Rows of a slice, and the pause after it in milliseconds: work in between waits for a slice of about one millisecond. While
 * there is other work the pause is longer, so that a queue drains at its full rate.
 */
const SLICE = 16;
const PAUSE_MS = 10;
const BUSY_PAUSE_MS = 100;

/** What the check came to: rows read, entries parked because their bytes are not those that were written. */
export interface CheckFound {
  readonly rows: number;
  readonly damagedPayloads: number;
  /** Whether the file itself is damaged: it is salvaged at the next start. */
  readonly damagedFile: boolean;
}

/** Tables that are read whole besides the outbox. */
const PLAIN_TABLES = [
  'acts',
  'attachments',
  'cases',
  'tracking_counters',
  'pickups',
  'ratings',
  'kept_values',
  'audit',
  'evidence',
] as const;

/** What the check asks of the store. */
export interface OutboxCheck {
  /** Pieces of work that others did so far. */
  workDone(): number;
  /** Looks at a slice of rows of the outbox above `after`; null when there are none left. */
  checkSlice(
    after: number,
    limit: number,
  ): { readonly last: number; readonly rows: number; readonly damaged: number } | null;
}

/**
 * Reads a database that was too large to be checked at its opening, slice by slice between the other work. Rows of the
 * outbox are compared with their hashes and looked up in the index that they must be found by.
 */
export class BackgroundCheck {
  readonly #db: Database;
  readonly #outbox: OutboxCheck;
  #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(db: Database, outbox: OutboxCheck) {
    this.#db = db;
    this.#outbox = outbox;
  }

  /** @param done heard once, unless it is stopped before its end */
  start(clock: Clock, done: (found: CheckFound) => void): void {
    this.#stopping = new AbortController();
    const run = async (): Promise<void> => {
      const found = await this.#run(clock);
      if (found) done(found);
    };
    this.#running = run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(clock: Clock): Promise<CheckFound | null> {
    let work = this.#outbox.workDone();
    const total = { rows: 0, damagedPayloads: 0, damagedFile: false };
    for (const table of ['outbox', ...PLAIN_TABLES] as const) {
      let after: number | null = 0;
      while (after !== null) {
        const busy = this.#outbox.workDone() !== work;
        work = this.#outbox.workDone();
        await clock.sleep(busy ? BUSY_PAUSE_MS : PAUSE_MS, this.#stopping.signal);
        if (this.#stopping.signal.aborted) return null;
        const from: number = after;
        const slice = this.#db.transact(table === 'outbox' ? 'progress' : 'read', () =>
          table === 'outbox' ? this.#sliceOfOutbox(from) : this.#sliceOf(table, from),
        );
        if (!slice.result.ok) return { ...total, damagedFile: true };
        const { last, rows, damaged } = slice.result.value;
        after = last;
        total.rows += rows;
        total.damagedPayloads += damaged;
      }
    }
    return total;
  }

  #sliceOfOutbox(after: number): Result<{ last: number | null; rows: number; damaged: number }, StoreError> {
    return ok(this.#outbox.checkSlice(after, SLICE) ?? { last: null, rows: 0, damaged: 0 });
  }

  #sliceOf(table: string, after: number): Result<{ last: number | null; rows: number; damaged: number }, StoreError> {
    const rows = this.#db.all<{ row_number: number }>(
      `SELECT rowid AS row_number, * FROM ${table} NOT INDEXED WHERE rowid > ? ORDER BY rowid LIMIT ${SLICE}`,
      after,
    );
    return ok({ last: rows.at(-1)?.row_number ?? null, rows: rows.length, damaged: 0 });
  }
}
