import { statSync } from 'node:fs';
import { err, ok, type Result } from '../../native/model/result.ts';
import type { StoreFiles } from './files.ts';
import { clearSuspect, glance, indexWithStrangeEntries, markSuspect, suspicionOf } from './glance.ts';
import { damagedIntake } from './intake.ts';
import { CURRENT_VERSION } from './migrations.ts';
import type { OpenError } from './open.ts';
import { APPLICATION_ID, readHeader } from './pragmas.ts';
import { schemaOf, schemaOfVersion, schemaText } from './schema.ts';
import { troubleOf, type Sqlite, type SqliteConstructor } from './sqlite.ts';

/** What a look found: `unchecked` when the file was too large to be read whole. */
export type Looked =
  | { readonly kind: 'sound'; readonly version: number; readonly unchecked: boolean }
  | { readonly kind: 'damaged'; readonly detail: string };

/** Tables that no foreign database has together. */
const OUR_TABLES = ['acts', 'cases', 'outbox', 'outbox_payloads'];

/** Up to this size a database is checked whole at every start, in bytes. */
export const WHOLE_CHECK_BYTES = 64 << 20;

const damaged = (detail: string): Result<Looked, OpenError> => ok({ kind: 'damaged', detail });

/**
 * What is found damaged is looked at once more, by a connection that remembers nothing of it: to SQLite a disk that cannot
 * be read at that moment (EIO) is the same as a damaged file.
 */
export function lookTwice(Constructor: SqliteConstructor, files: StoreFiles, bytes: number): Result<Looked, OpenError> {
  const first = look(Constructor, files, bytes);
  return first.ok && first.value.kind === 'damaged' ? look(Constructor, files, bytes) : first;
}

/** Looks at an existing file without changing it: a connection that cannot write does not even fold in the WAL. */
function look(Constructor: SqliteConstructor, files: StoreFiles, wholeCheckBytes: number): Result<Looked, OpenError> {
  const path = files.database;
  // SQLite takes an empty file for a new database and deletes its WAL.
  if (sizeOf(path) === 0 && sizeOf(`${path}-wal`) > 0) return damaged('file is empty');
  let db: Sqlite | null = null;
  try {
    db = new Constructor(path, { readonly: true });
    const suspicion = suspicionOf(files.suspect);
    const asked = suspicion === 'once' || suspicion === 'again';
    const judged = judge(Constructor, db, asked || sizeOf(path) < wholeCheckBytes);
    if (!judged.ok || judged.value.kind === 'damaged') return judged;
    // SQLite's check does not see everything, e.g. strange entries in an index of some rows only: what is met again counts.
    if (suspicion === 'again') return damaged('met while it was open');
    if (suspicion === 'once') {
      glance(db, -1);
      markSuspect(files.suspect, 'checked');
    } else if (suspicion === 'checked') clearSuspect(files.suspect);
    return judged;
  } catch (thrown) {
    if (troubleOf(thrown) !== 'corrupt') throw thrown;
    return damaged(thrown instanceof Error ? thrown.message : 'corrupt');
  } finally {
    db?.close();
  }
}

function judge(Constructor: SqliteConstructor, db: Sqlite, whole: boolean): Result<Looked, OpenError> {
  const { applicationId, version } = readHeader(db);
  const marked = applicationId === APPLICATION_ID;
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as { name: string }[];
  const ours = OUR_TABLES.every((name) => tables.some((table) => table.name === name));
  if (!marked && !ours && tables.length > 0) return err({ code: 'foreign', detail: `application id ${applicationId}` });
  if (marked && version > CURRENT_VERSION) {
    return err({ code: 'newer', detail: `version ${version}, this program knows ${CURRENT_VERSION}` });
  }
  if (ours !== version > 0 || (ours && !marked)) return damaged('header and tables do not fit');
  if (schemaText(schemaOf(db)) !== schemaText(schemaOfVersion(Constructor, version))) return damaged('schema');
  // The whole check reads every page; on a large file that would keep the kiosk closed for minutes.
  if (whole) {
    const checked = db.pragma('integrity_check(1)', { simple: true });
    if (checked !== 'ok') return damaged(String(checked));
    const strange = indexWithStrangeEntries(db);
    return strange === null
      ? ok({ kind: 'sound', version, unchecked: false })
      : damaged(`strange entries in ${strange}`);
  }
  glance(db);
  return ok({ kind: 'sound', version, unchecked: true });
}

/**
 * A connection that cannot write does not look at CHECK constraints, so that rows with a word that never was one pass there;
 * they would make every later change of them fail. Payloads, which are most of the bytes, have hashes for that.
 * @param whole false looks only at kept cases that are not in their tables yet: they are few, and nothing else checks them
 *   before they go there
 */
export function rowThatIsRefused(db: Sqlite, whole: boolean): string | null {
  try {
    // A database of an older program has none yet.
    const intake = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'intake'").get();
    if (intake !== undefined && damagedIntake(db).length > 0) return 'a kept case is not what was written';
    if (!whole) return null;
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%CHECK (%'").all() as {
      readonly name: string;
    }[];
    for (const { name } of tables) {
      const checked = db.pragma(`integrity_check(${name})`, { simple: true });
      if (checked !== 'ok') return String(checked);
    }
    return null;
  } catch (thrown) {
    if (troubleOf(thrown) === 'corrupt') return thrown instanceof Error ? thrown.message : 'corrupt';
    db.close();
    throw thrown;
  }
}

/** Bytes of a file, 0 when there is none. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
