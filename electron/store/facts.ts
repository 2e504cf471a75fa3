import type { EvidenceHead } from '../domain/evidence.ts';
import type { Sqlite } from './sqlite.ts';
import type { StoreFacts } from './witness-judgement.ts';

/**
 * Name under which commits are counted, in SQLite's own table of the numbers that were given out: its one page is written
 * with nearly every commit anyway, so that counting costs no page more.
 */
export const COMMITS = 'commits of this store';

/** Name of the kept value that tells one store from another. */
export const STORE_ID = 'store-id';

/** Commits that were counted, and those whose case is put off and counts them. */
const COUNTED = `SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0) + (SELECT count(*) FROM intake) AS n`;

/** Reads what a database says of itself. Throws what SQLite throws. */
export function factsOf(db: Sqlite, kind: StoreFacts['kind']): StoreFacts {
  const one = <Row>(sql: string, ...values: readonly (string | number)[]): Row | undefined =>
    db.prepare(sql).get(...values) as Row | undefined;
  return {
    kind,
    storeId: one<{ id: string }>("SELECT value ->> '$' AS id FROM kept_values WHERE name = ?", STORE_ID)?.id ?? null,
    commits: one<{ n: number }>(COUNTED, COMMITS)?.n ?? 0,
    head: one<EvidenceHead>('SELECT seq, hash FROM evidence ORDER BY seq DESC LIMIT 1') ?? null,
    hashAt: (seq) => one<{ hash: string }>('SELECT hash FROM evidence WHERE seq = ?', seq)?.hash ?? null,
  };
}
