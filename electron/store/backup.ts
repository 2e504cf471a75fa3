import { createHash } from 'node:crypto';
import { copyFileSync, createReadStream, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { bringFiles, copiesOf, takeFiles, wrongFile } from './attachment-copies.ts';
import type { HandedOver, HandOverCopy, StoreError } from '../services/ports.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import { removeDatabase, stampForName, storeFiles, syncFile, syncFolder } from './files.ts';
import { CURRENT_VERSION } from './migrations.ts';
import { APPLICATION_ID, readHeader } from './pragmas.ts';
import { schemaOf, schemaOfVersion, schemaText } from './schema.ts';
import { loadSqlite, troubleOf, type Sqlite, type SqliteConstructor } from './sqlite.ts';
import { removeWitness } from './witness-files.ts';

/**
 * Makes a raw copy into what another machine may take over: one file, and beside it a folder with the files of cases that
 * are not sent, without this machine's keys and what they guard (the
 * platform announces it again), with every entry ready to be sent. Payloads are sealed for the platform as they always are.
 */
export async function finishCopy(
  path: string,
  handed: HandedOver,
  storeDir: string,
): Promise<Result<HandOverCopy, StoreError>> {
  try {
    const db = new (loadSqlite())(path);
    try {
      await takeFiles(db, storeDir, copiesOf(path));
      db.exec(`
        BEGIN IMMEDIATE;
        UPDATE pickups SET code_digest = '', holder = '', contents = '[]', guarded = NULL, key_id = NULL;
        UPDATE outbox SET state = 'ready', next_try_at = 0 WHERE state = 'sending';
        UPDATE attachments SET state = 'ready', next_try_at = 0 WHERE state = 'sending';
        DELETE FROM answered_commands;
        DELETE FROM kept_values WHERE name IN ('handed-over', 'local-key', 'code-rule', 'code-salt', 'handed-from', 'store-id', 'store-loss',
          'compared-head');
      `);
      const { id, at, entries } = handed;
      db.prepare("INSERT INTO kept_values (name, value) VALUES ('handed-from', ?)").run(
        JSON.stringify({ id, at, entries }),
      );
      db.exec('COMMIT');
      // One file: nothing may be left in a WAL beside it.
      if (db.pragma('journal_mode = DELETE', { simple: true }) !== 'delete') {
        return err({ code: 'unavailable', detail: 'the copy is in use' });
      }
    } finally {
      db.close();
    }
    syncFile(path);
    syncFolder(dirname(path));
    const looked = checkCopy(loadSqlite(), path);
    if (!looked.ok) return err({ code: 'unavailable', detail: `${looked.error.code}: ${looked.error.detail}` });
    return ok({ ...handed, copied: true, bytes: statSync(path).size, sha256: await fileHash(path) });
  } catch (thrown) {
    return err(writeError(thrown));
  }
}

function writeError(thrown: unknown): StoreError {
  const code = thrown instanceof Error ? (thrown as NodeJS.ErrnoException).code : undefined;
  if (troubleOf(thrown) === null && code === undefined) throw thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: troubleOf(thrown) === 'full' || code === 'ENOSPC' ? 'full' : 'unavailable', detail };
}

/** SHA-256 of a file, in hex. */
export async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path)) hash.update(part as Buffer);
  return hash.digest('hex');
}

/**
 * Why a copy was not taken over. `foreign`, `newer`, `damaged`: the file; `not-empty`: this machine has cases of its own;
 * `in-use`: its kiosk runs; `unavailable`: cannot be read or written now. Nothing was changed.
 */
export interface RestoreError {
  readonly code: 'foreign' | 'newer' | 'damaged' | 'not-empty' | 'in-use' | 'unavailable';
  readonly detail: string;
}

/** What was taken over. */
export interface Restored {
  readonly id: string;
  /** Entries that wait for the platform. */
  readonly entries: number;
  readonly cases: number;
}

const refuse = (code: RestoreError['code'], detail: string): Result<never, RestoreError> => err({ code, detail });

/**
 * Reads a copy through: that it is whole, of a program that we know, that every unsent message is what was written, and that
 * every unsent file is there and sound.
 * @param files folder of the files, beside the copy
 */
export function checkCopy(
  Constructor: SqliteConstructor,
  path: string,
  files: string = copiesOf(path),
): Result<Restored, RestoreError> {
  let db: Sqlite | null = null;
  try {
    if (!existsSync(path)) return refuse('unavailable', 'no such file');
    db = new Constructor(path, { readonly: true });
    const { applicationId, version } = readHeader(db);
    if (applicationId !== APPLICATION_ID) return refuse('foreign', `application id ${applicationId}`);
    if (version > CURRENT_VERSION) return refuse('newer', `version ${version}, this program knows ${CURRENT_VERSION}`);
    if (schemaText(schemaOf(db)) !== schemaText(schemaOfVersion(Constructor, version))) {
      return refuse('damaged', 'schema');
    }
    const checked = db.pragma('integrity_check(1)', { simple: true });
    if (checked !== 'ok') return refuse('damaged', String(checked));
    const mark = db.prepare("SELECT value FROM kept_values WHERE name = 'handed-from'").get() as
      | { readonly value: string }
      | undefined;
    if (!mark) return refuse('foreign', 'not a copy that was made for handing over');
    const { id } = JSON.parse(mark.value) as { readonly id: string };
    const wrong = wrongPayload(db);
    if (wrong !== null) return refuse('damaged', `message ${wrong}`);
    const file = wrongFile(db, files);
    if (file !== null) return refuse('damaged', `attachment ${file}`);
    const open = db;
    const count = (sql: string): number => (open.prepare(sql).get() as { readonly n: number }).n;
    return ok({
      id,
      entries: count("SELECT count(*) AS n FROM outbox WHERE state IN ('ready', 'sending', 'parked')"),
      cases: count('SELECT count(*) AS n FROM cases'),
    });
  } catch (thrown) {
    const trouble = troubleOf(thrown);
    if (trouble === 'corrupt') return refuse('damaged', thrown instanceof Error ? thrown.message : 'damaged');
    return refuse('unavailable', writeError(thrown).detail);
  } finally {
    db?.close();
  }
}

/** Number of the first message on its way whose bytes are not those that were written; parked ones may be damaged, and say so. */
function wrongPayload(db: Sqlite): number | null {
  const rows = db
    .prepare(
      `SELECT o.seq AS seq, o.sha256 AS sha256, p.body AS body FROM outbox AS o LEFT JOIN outbox_payloads AS p ON p.seq = o.seq
       WHERE o.state IN ('ready', 'sending')`,
    )
    .iterate() as IterableIterator<{ seq: number; sha256: string; body: Uint8Array | null }>;
  for (const { seq, sha256, body } of rows) {
    if (!body || createHash('sha256').update(body).digest('hex') !== sha256) return seq;
  }
  return null;
}

/**
 * Puts a copy in the place of this machine's store, which must be new or empty. The kiosk must not run. What lay there is
 * moved aside. A death in between leaves the old store or the new one.
 * @param dir folder of the store
 * @param now milliseconds since 1970, for names
 */
export function restoreCopy(
  Constructor: SqliteConstructor,
  file: string,
  dir: string,
  now: number,
): Result<Restored, RestoreError> {
  const files = storeFiles(dir);
  const checked = checkCopy(Constructor, file);
  if (!checked.ok) return checked;
  const arriving = join(dir, 'kiosk.arriving.sqlite');
  try {
    const free = lookAtPlace(Constructor, files.database);
    if (!free.ok) return free;
    removeDatabase(arriving);
    copyFileSync(file, arriving);
    syncFile(arriving);
    const again = checkCopy(Constructor, arriving, copiesOf(file));
    if (!again.ok) return again;
    bringFiles(copiesOf(file), dir);
    if (existsSync(files.database)) {
      renameSync(files.database, join(dir, `kiosk.replaced-${stampForName(now)}.sqlite`));
      for (const suffix of ['-wal', '-shm']) rmSync(files.database + suffix, { force: true });
    }
    // What the empty store left would call the one that arrives a stranger. A death here only means that it is said.
    removeWitness(dir);
    renameSync(arriving, files.database);
    syncFolder(dir);
    return checked;
  } catch (thrown) {
    return refuse('unavailable', writeError(thrown).detail);
  } finally {
    removeDatabase(arriving);
  }
}

/** The place must be empty, and nobody may be at work there. */
function lookAtPlace(Constructor: SqliteConstructor, path: string): Result<void, RestoreError> {
  if (!existsSync(path)) return ok(undefined);
  const idle = foldForUse(Constructor, path);
  if (!idle.ok) return idle;
  const db = new Constructor(path, { readonly: true });
  try {
    const { applicationId } = readHeader(db);
    if (applicationId !== APPLICATION_ID) return refuse('not-empty', `${basename(path)} is no store of a kiosk`);
    return isEmpty(db) ? ok(undefined) : refuse('not-empty', 'cases or messages');
  } finally {
    db.close();
  }
}

/** Whether a database of any version of ours has neither cases nor messages; a case that was just kept has its message. */
export function isEmpty(db: Sqlite): boolean {
  const sql = `SELECT EXISTS (SELECT 1 FROM cases) OR EXISTS (SELECT 1 FROM outbox)
    OR EXISTS (SELECT 1 FROM outbox_payloads) AS used`;
  return (db.prepare(sql).get() as { readonly used: number }).used === 0;
}

/** Folds the WAL into the file, which SQLite does only when nobody else has the database open. */
export function foldForUse(Constructor: SqliteConstructor, path: string): Result<void, RestoreError> {
  const db = new Constructor(path, { timeout: 200 });
  try {
    const mode: unknown = db.pragma('journal_mode = DELETE', { simple: true });
    return mode === 'delete' ? ok(undefined) : refuse('in-use', 'the kiosk runs');
  } catch (thrown) {
    if (troubleOf(thrown) !== 'unavailable') throw thrown;
    return refuse('in-use', 'the kiosk runs');
  } finally {
    db.close();
  }
}
