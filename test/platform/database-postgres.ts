import pg from 'pg';
import { migrate, type Database } from './database.ts';

/** Removes everything the platform keeps on a PostgreSQL server; for tests. */
export async function dropPostgresSchema(url: string, schema: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`DROP SCHEMA IF EXISTS ${quoted(schema)} CASCADE`);
  } finally {
    await client.end();
  }
}

/** Opens a PostgreSQL server's schema and brings its tables up to date. */
export async function openPostgres(url: string, schema: string): Promise<Database> {
  // Counts and moments are far below 2^53: they come as number here as they do from PGlite.
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({
    connectionString: url,
    max: 8,
    options: `-c search_path=${quoted(schema)}`,
  });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  const database: Database = {
    query: (sql, parameters) => run(pool, sql, parameters),
    async transaction(work) {
      const client = await pool.connect();
      let broken = false;
      try {
        await client.query('BEGIN');
        const result = await work({ query: (sql, parameters) => run(client, sql, parameters) });
        await client.query(result.ok ? 'COMMIT' : 'ROLLBACK');
        return result;
      } catch (error) {
        await client.query('ROLLBACK').catch(() => {
          broken = true;
        });
        throw error;
      } finally {
        client.release(broken);
      }
    },
    close: () => pool.end(),
  };
  try {
    await pool.query(`CREATE SCHEMA IF NOT EXISTS ${quoted(schema)}`);
    await migrate(database);
    return database;
  } catch (error) {
    await pool.end();
    throw error;
  }
}

async function run<Row>(
  on: { query(sql: string, values?: unknown[]): Promise<{ rows: unknown[] }> },
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<readonly Row[]> {
  return (await on.query(sql, [...parameters])).rows as Row[];
}

function quoted(schema: string): string {
  if (!/^[a-z_][a-z0-9_]*$/.test(schema)) throw new RangeError('schema: lower-case letters, digits and _');
  return `"${schema}"`;
}
