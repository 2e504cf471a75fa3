import type { StoreChange, StoreError } from '../services/ports.ts';
import { err, type Result } from '../../native/model/result.ts';
import type { Ballast } from './disk.ts';
import { troubleOf, type Sqlite, type Statement } from './sqlite.ts';

type Value = string | number | null | Uint8Array;

/**
 * `intake` takes on new work and is refused while the disk is short; `progress` finishes work that was taken on and may
 * use the room that the ballast held; `read` changes nothing.
 */
export type WorkKind = 'read' | 'intake' | 'progress';

/** One connection with its prepared statements and its way to run transactions. */
export class Database {
  readonly #sqlite: Sqlite;
  readonly #ballast: Ballast;
  readonly #dir: string;
  readonly #statements = new Map<string, Statement>();
  #changes: StoreChange[] = [];

  constructor(sqlite: Sqlite, dir: string, ballast: Ballast) {
    this.#sqlite = sqlite;
    this.#dir = dir;
    this.#ballast = ballast;
  }

  /** First row, or undefined. The caller names the row's type: columns and type stand side by side in its SQL. */
  get<Row>(sql: string, ...values: readonly Value[]): Row | undefined {
    return this.#prepare(sql).get(...values) as Row | undefined;
  }

  all<Row>(sql: string, ...values: readonly Value[]): Row[] {
    return this.#prepare(sql).all(...values) as Row[];
  }

  /** Runs a change and gives the number of rows it touched. */
  run(sql: string, ...values: readonly Value[]): number {
    return this.#prepare(sql).run(...values).changes;
  }

  /** Tells what has changed; heard by others once the transaction is committed, never when it is rolled back. */
  changed(change: StoreChange): void {
    this.#changes.push(change);
  }

  /**
   * Runs `work` in one transaction: committed when it gives a value, rolled back when it gives an error or throws.
   * @returns the outcome and what changed; `full`, `unavailable` and `conflict` (constraint) when SQLite says so
   */
  transact<T>(
    kind: WorkKind,
    work: () => Result<T, StoreError>,
  ): { readonly result: Result<T, StoreError>; readonly changes: readonly StoreChange[] } {
    if (kind === 'intake' && !this.#ballast.lay(this.#dir)) {
      return { result: err({ code: 'full', detail: 'no-reserve' }), changes: [] };
    }
    let result = this.#attempt(kind, work);
    if (!result.ok && result.error.code === 'full' && kind === 'progress' && this.#ballast.release()) {
      result = this.#attempt(kind, work);
    }
    const changes = result.ok ? this.#changes : [];
    this.#changes = [];
    return { result, changes };
  }

  close(): void {
    this.#statements.clear();
    this.#sqlite.close();
  }

  #attempt<T>(kind: WorkKind, work: () => Result<T, StoreError>): Result<T, StoreError> {
    this.#changes = [];
    if (!this.#sqlite.open) return err({ code: 'unavailable', detail: 'closed' });
    try {
      this.#prepare(kind === 'read' ? 'BEGIN' : 'BEGIN IMMEDIATE').run();
      const result = work();
      this.#prepare(result.ok ? 'COMMIT' : 'ROLLBACK').run();
      return result;
    } catch (thrown) {
      const trouble = troubleOf(thrown);
      if (trouble === null) throw thrown;
      const detail = thrown instanceof Error ? thrown.message : trouble;
      if (trouble === 'constraint') return err({ code: 'conflict', detail });
      return err({ code: trouble === 'full' ? 'full' : 'unavailable', detail });
    } finally {
      this.#rollBack();
    }
  }

  /** SQLite rolls back by itself on some errors; on the others it waits for us. */
  #rollBack(): void {
    if (!this.#sqlite.open || !this.#sqlite.inTransaction) return;
    try {
      this.#sqlite.exec('ROLLBACK');
    } catch (thrown) {
      if (troubleOf(thrown) === null) throw thrown;
    }
  }

  #prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#sqlite.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** A refusal because the row is not in the state that the step needs. */
export function conflict(detail: string): { readonly ok: false; readonly error: StoreError } {
  return err({ code: 'conflict', detail });
}

/** A refusal because there is no such row. */
export function notFound(detail: string): { readonly ok: false; readonly error: StoreError } {
  return err({ code: 'not-found', detail });
}
