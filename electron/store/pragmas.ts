import type { Sqlite } from './sqlite.ts';

/** Marks a file as ours: the letters `hl24`. */
export const APPLICATION_ID = 0x686c3234;

/** Pages in the WAL at which SQLite folds it into the file by itself. */
export const FOLDED_AT_PAGES = 2_000;

/** What must hold on every connection. Durability depends on each of the first two. */
const WANTED: readonly { readonly name: string; readonly set: string; readonly read: string | number }[] = [
  { name: 'journal_mode', set: 'WAL', read: 'wal' },
  { name: 'synchronous', set: 'FULL', read: 2 },
  { name: 'foreign_keys', set: 'ON', read: 1 },
  { name: 'busy_timeout', set: '2000', read: 2000 },
  { name: 'journal_size_limit', set: String(8 << 20), read: 8 << 20 },
  // 8 MB of WAL: pages that every commit touches are written to the file once in a hundred commits.
  { name: 'wal_autocheckpoint', set: String(FOLDED_AT_PAGES), read: FOLDED_AT_PAGES },
  { name: 'trusted_schema', set: 'OFF', read: 0 },
  // Zeros over what is deleted wherever that costs no page more; pages that go free held sealed payloads only.
  { name: 'secure_delete', set: 'FAST', read: 2 },
  { name: 'cell_size_check', set: 'ON', read: 1 },
];

/** Page size of a database made here, in bytes. It must be set before the first table. */
export const PAGE_SIZE = 4096;

/**
 * Sets the pragmas and reads each back.
 * @returns names of those that did not take; empty when all hold
 */
export function applyPragmas(db: Sqlite): string[] {
  const failed: string[] = [];
  for (const { name, set, read } of WANTED) {
    db.pragma(`${name} = ${set}`);
    if (db.pragma(name, { simple: true }) !== read) failed.push(name);
  }
  if (db.pragma('page_size', { simple: true }) !== PAGE_SIZE) failed.push('page_size');
  return failed;
}

/** Small numbers in the header of the file. */
export function readHeader(db: Sqlite): { readonly applicationId: number; readonly version: number } {
  return {
    applicationId: Number(db.pragma('application_id', { simple: true })),
    version: Number(db.pragma('user_version', { simple: true })),
  };
}
