import type BetterSqlite3 from 'better-sqlite3';
import { createRequire } from 'node:module';

/** An open connection. Only calls that better-sqlite3 11.5 and 13 share are used. */
export type Sqlite = BetterSqlite3.Database;
/** A prepared statement with positional values. */
export type Statement = BetterSqlite3.Statement;
/** The class of better-sqlite3, whichever version fits the runtime. */
export type SqliteConstructor = new (path: string, options?: BetterSqlite3.Options) => Sqlite;

/**
 * Loads better-sqlite3 as seen from a module's address. It is loaded at run time and never bundled, because each
 * runtime has its own: 13 for Node 22 and later, 11 for Electron 33. Throws when the module is not installed.
 * @param from file path or URL from which `better-sqlite3` is looked for
 */
export function loadSqlite(from: string = import.meta.url): SqliteConstructor {
  return createRequire(from)('better-sqlite3') as SqliteConstructor;
}

/** SQLite's code of an error, e.g. `SQLITE_FULL`; null for anything that is not an error of SQLite. */
export function sqliteCode(thrown: unknown): string | null {
  if (!(thrown instanceof Error)) return null;
  const code = (thrown as { code?: unknown }).code;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : null;
}

/** What a failure of SQLite means for the kiosk. */
export type SqliteTrouble = 'full' | 'corrupt' | 'constraint' | 'unavailable';

/**
 * Sorts a SQLite error; null when the thrown thing is no SQLite error (a bug, to be thrown on). A programming error
 * in SQL (`SQLITE_ERROR`, `SQLITE_RANGE`, `SQLITE_MISUSE`) is a bug too.
 */
export function troubleOf(thrown: unknown): SqliteTrouble | null {
  const code = sqliteCode(thrown);
  if (code === null) return null;
  if (code === 'SQLITE_FULL') return 'full';
  // A file that ends before a page of it does was cut off; a disk that cannot be read says something else.
  if (code === 'SQLITE_IOERR_SHORT_READ') return 'corrupt';
  // What SQLite calls a read that the disk refused (EIO), where it does not call it a malformed file.
  if (code === 'SQLITE_IOERR_CORRUPTFS') return 'corrupt';
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return 'corrupt';
  if (code.startsWith('SQLITE_CONSTRAINT')) return 'constraint';
  if (code === 'SQLITE_ERROR' || code === 'SQLITE_RANGE' || code === 'SQLITE_MISUSE') return null;
  return 'unavailable';
}
