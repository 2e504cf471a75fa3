import { rmSync } from 'node:fs';
import type { Database } from './database.ts';
import { backupsIn } from './files.ts';

/** Copies made before a migration are kept this long, in milliseconds: by then nobody goes back. */
const BACKUPS_KEPT_MS = 14 * 86_400_000;

/**
 * Takes away what is personal and no longer needed. What stays is evidence: ids, keys, hashes, times, states. SQLite writes
 * zeros over what is deleted (`secure_delete`); the WAL is folded in and cut off afterwards by the caller.
 * @param before milliseconds since 1970: what the platform has had since then, or what was over by then
 * @returns rows that were changed
 */
export function forgetRows(db: Database, before: number): number {
  const names = db.run(
    `UPDATE cases INDEXED BY cases_named SET applicant_masked = ''
     WHERE applicant_masked <> '' AND state NOT IN ('kept', 'parked') AND coalesce(received_at, kept_at) < ?`,
    before,
  );
  // Whose door stands open, or may, is still followed; the list may name it again.
  const contents = db.run(
    `UPDATE pickups SET holder = '', contents = '[]', guarded = NULL, key_id = NULL, code_digest = ''
     WHERE (guarded IS NOT NULL OR holder <> '') AND state IN ('ready', 'collected', 'withdrawn')
       AND valid_to < ? AND coalesce(closed_at, opened_at, valid_to) < ?`,
    before,
    before,
  );
  return names + contents;
}

/** Removes copies from before a migration that are older than two weeks by their names. */
export function forgetBackups(dir: string, now: number): void {
  for (const path of backupsIn(dir)) {
    const stamp = /-(\d{4})(\d\d)(\d\d)T\w*\.sqlite$/.exec(path);
    const at = stamp ? Date.parse(`${stamp[1]}-${stamp[2]}-${stamp[3]}T00:00:00Z`) : now;
    if (now - at > BACKUPS_KEPT_MS) rmSync(path, { force: true });
  }
}
