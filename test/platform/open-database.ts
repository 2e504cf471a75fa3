import { openPglite } from './database-pglite.ts';
import { openPostgres } from './database-postgres.ts';
import type { Database } from './database.ts';

/** `memory` for PGlite in this process, `pglite:FOLDER` for PGlite on disk, or a PostgreSQL URL. */
export type DatabaseAddress = string;

/** Schema that holds the platform's tables on a PostgreSQL server. */
export const DEFAULT_SCHEMA = 'hall24_platform';

/** Opens the store and brings its tables up to date. */
export async function openDatabase(address: DatabaseAddress, schema: string = DEFAULT_SCHEMA): Promise<Database> {
  if (address === 'memory' || address.startsWith('pglite:')) return openPglite(address);
  return openPostgres(address, schema);
}
