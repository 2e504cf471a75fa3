import { ok, type Result } from '../../native/model/result.ts';
import { MIGRATIONS } from './migrations.ts';

/** Runs statements of the common dialect (PostgreSQL 15), parameters as `$1`. Numbers of type bigint come as number. */
export interface Queries {
  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<readonly Row[]>;
}

/** The platform's store. */
export interface Database extends Queries {
  /** Commits what `work` did when it gives `ok`, undoes it when it gives `err` or throws. */
  transaction<T, E>(work: (queries: Queries) => Promise<Result<T, E>>): Promise<Result<T, E>>;
  close(): Promise<void>;
}

/** Runs the migrations that this store has not seen, each in its own transaction, one process at a time. */
export async function migrate(database: Database): Promise<void> {
  await database.query('CREATE TABLE IF NOT EXISTS migration (number integer PRIMARY KEY)');
  for (const { number, statements } of MIGRATIONS) {
    await database.transaction(async (queries): Promise<Result<void, never>> => {
      await queries.query('LOCK TABLE migration IN EXCLUSIVE MODE');
      const [done] = await queries.query('SELECT 1 FROM migration WHERE number = $1', [number]);
      if (done !== undefined) return ok(undefined);
      for (const statement of statements) await queries.query(statement);
      await queries.query('INSERT INTO migration (number) VALUES ($1)', [number]);
      return ok(undefined);
    });
  }
}
