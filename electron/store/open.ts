import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Clock, Random } from '../../native/model/clock.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import type { LocalKeys, StoreLoss } from '../services/ports.ts';
import type { CheckFound } from './background-check.ts';
import { Database } from './database.ts';
import { Ballast, BALLAST_BYTES, FREE_BYTES_WANTED, freeSpace } from './disk.ts';
import {
  backupsIn,
  moveAside,
  removeDatabase,
  stampForName,
  storeFiles,
  syncFile,
  syncFolder,
  takeSalvaged,
  type StoreFiles,
  strangerIn,
} from './files.ts';
import { factsOf } from './facts.ts';
import { clearSuspect, markSuspect, noteDamageMet } from './glance.ts';
import { LocalGuard } from './keys.ts';
import { lookTwice, rowThatIsRefused, sizeOf, WHOLE_CHECK_BYTES } from './look.ts';
import { CURRENT_VERSION, migrate } from './migrations.ts';
import { APPLICATION_ID, applyPragmas, PAGE_SIZE } from './pragmas.ts';
import { salvage, type SalvageCounts } from './salvage.ts';
import { loadSqlite, sqliteCode, troubleOf, type Sqlite, type SqliteConstructor } from './sqlite.ts';
import { SqliteStore } from './sqlite-store.ts';
import { bootOfMachine } from './witness.ts';
import { meetWitness } from './witness-opening.ts';

/**
 * Why there is no store. `newer`: written by a later program, nothing was touched; `foreign`: not a database of a kiosk,
 * nothing was touched; `unsafe`: the disk or SQLite does not give the durability that is needed; `full`; `unavailable`:
 * cannot be read, written or loaded now.
 */
export interface OpenError {
  readonly code: 'newer' | 'foreign' | 'unsafe' | 'full' | 'unavailable';
  readonly detail: string;
}

/** How the store was found. `migrated`: `backup` is null when there was no room for one. `salvaged`: it was damaged, `movedTo` is where the damaged file lies. */
export type OpenReport =
  | { readonly kind: 'new' }
  | { readonly kind: 'opened' }
  | { readonly kind: 'migrated'; readonly from: number; readonly to: number; readonly backup: string | null }
  | {
      readonly kind: 'salvaged';
      readonly detail: string;
      readonly movedTo: string;
      readonly counts: SalvageCounts;
    };

/** Room on the disk of the store. */
export interface StoreHealth {
  readonly freeBytes: number;
  /** Whether a new case may be begun. */
  readonly ok: boolean;
}

/** Where the store lies and what it is opened with. */
export interface OpenStoreOptions {
  /** Folder of the data; made when missing. Nothing else may lie in it under `kiosk.*` or `ballast`. */
  readonly dir: string;
  readonly clock: Clock;
  readonly random: Random;
  /** better-sqlite3 that fits the runtime; by default the one found from this module. */
  readonly sqlite?: SqliteConstructor;
  /** Bytes of the ballast file and of free space below which no new case is begun, for small disks. */
  readonly ballastBytes?: number;
  readonly freeBytesWanted?: number;
  /** Local data keys; without them a store whose rows are guarded cannot read locker contents. */
  readonly keys?: LocalKeys;
  /** Up to this size (bytes) the database is checked whole at its opening; 64 MB unless told. */
  readonly wholeCheckBytes?: number;
  /** A name of the machine's present start; by default what the system says. Null: nobody can tell one from another. */
  readonly boot?: string | null;
}

/** An open store and how it was found. */
export interface OpenedStore {
  readonly store: SqliteStore;
  readonly report: OpenReport;
  /** What was found to be gone, by the witness outside of the database; null when nothing is known to be. */
  readonly loss: StoreLoss | null;
  /** Cheap enough to ask before every case. */
  storeHealth(): StoreHealth;
  /**
   * Reads the whole database in the background when it was too large to be checked at its opening; does nothing
   * otherwise. Stop it before the store is closed.
   */
  startCheck(clock: Clock, done: (found: CheckFound) => void): { stop(): Promise<void> };
  /**
   * Hears that the file was found damaged. The mark for the next start is written by then, which salvages what can be
   * read; nothing damaged is sent meanwhile.
   */
  onDamage(listener: (detail: string) => void): void;
}

/**
 * Opens the store of a kiosk, making, migrating or salvaging it as needed. A damaged database is never an error: it is
 * moved aside, what can be read of it is taken over, and the report says so.
 */
export function openStore(options: OpenStoreOptions): Result<OpenedStore, OpenError> {
  try {
    mkdirSync(options.dir, { recursive: true, mode: 0o700 });
    // A folder that was there before, e.g. out of a backup, may be open to others.
    if (process.platform !== 'win32' && (statSync(options.dir).mode & 0o077) !== 0) chmodSync(options.dir, 0o700);
    return openFolder(options);
  } catch (thrown) {
    return err(openErrorOf(thrown));
  }
}

/** Damage that an opening met: tried anew at the first time, salvaged at the second. */
const MOST_OPENINGS = 3;

function openFolder(options: OpenStoreOptions): Result<OpenedStore, OpenError> {
  const [Constructor, files] = [options.sqlite ?? loadSqlite(), storeFiles(options.dir)];
  for (let opening = 1; ; opening += 1) {
    let db: Sqlite | null = null;
    try {
      const opened = openFiles(Constructor, files, options);
      if (!opened.ok) return opened;
      db = opened.value.db;
      return assemble(options, opened.value);
    } catch (thrown) {
      db?.close();
      if (troubleOf(thrown) !== 'corrupt' || opening === MOST_OPENINGS) throw thrown;
      // Met where no check is made of it, e.g. where the witness is held against it.
      if (opening > 1) markSuspect(files.suspect, 'again');
    }
  }
}

interface Opened {
  readonly db: Sqlite;
  readonly report: OpenReport;
  /** Whether the file was too large to be checked whole. */
  readonly unchecked?: boolean;
}

function assemble(
  options: OpenStoreOptions,
  { db, report, unchecked = false }: Opened,
): Result<OpenedStore, OpenError> {
  const { dir, clock, random } = options;
  const ballast = new Ballast(dir, options.ballastBytes ?? BALLAST_BYTES);
  ballast.lay(dir);
  const wanted = options.freeBytesWanted ?? FREE_BYTES_WANTED;
  const guard = new LocalGuard(random, options.keys ?? null);
  const boot = options.boot === undefined ? bootOfMachine() : options.boot;
  const { witness, mark, opening } = meetWitness(dir, factsOf(db, report.kind), random, boot);
  const database = new Database(db, dir, ballast, { guard, witness, mark });
  const store = new SqliteStore(database, clock, guard);
  const settled = opening === null ? ok(null) : store.settleOpeningOf(opening);
  if (!settled.ok) {
    const { code, detail } = settled.error;
    db.close();
    return err({ code: code === 'full' ? 'full' : 'unavailable', detail });
  }
  witness.open(database.mark);
  // Rows of an older key come under the current one; a lost key is told by `keyReport`, and nothing is touched.
  void store.settleKeys();
  noteOpening(store, report, clock.now());
  const listeners: ((detail: string) => void)[] = [];
  database.onDamage((detail, certain) => {
    const { suspect } = storeFiles(dir);
    if (certain) markSuspect(suspect, 'again');
    else noteDamageMet(suspect);
    for (const listener of listeners) listener(detail);
  });
  const storeHealth = (): StoreHealth => {
    const freeBytes = freeSpace(dir);
    return { freeBytes, ok: freeBytes >= wanted && ballast.lay(dir) };
  };
  return ok({
    store,
    report,
    loss: settled.value,
    storeHealth,
    startCheck(checkClock, done) {
      if (unchecked) store.check.start(checkClock, done);
      return { stop: () => store.check.stop() };
    },
    onDamage: (listener) => listeners.push(listener),
  });
}

/** Puts on record what an opening did to the database. */
function noteOpening(store: SqliteStore, report: OpenReport, at: number): void {
  if (report.kind === 'migrated') {
    const detail = {
      from: report.from,
      to: report.to,
      backup: report.backup === null ? null : basename(report.backup),
    };
    void store.appendEvidence({ at, who: 'kiosk', what: 'database-migrated', subject: '', detail });
  } else if (report.kind === 'salvaged') {
    const { movedTo, counts } = report;
    const { rows, unreadable } = counts;
    const detail = { movedTo: basename(movedTo), outbox: rows.outbox, evidence: rows.evidence, unreadable };
    void store.appendEvidence({ at, who: 'kiosk', what: 'database-salvaged', subject: '', detail });
  }
}

function openFiles(
  Constructor: SqliteConstructor,
  files: StoreFiles,
  { clock, wholeCheckBytes = WHOLE_CHECK_BYTES }: OpenStoreOptions,
): Result<Opened, OpenError> {
  // Whoever opens a pipe waits for ever.
  const strange = strangerIn(files);
  if (strange !== null) return err({ code: 'unavailable', detail: `${strange} is not a file` });
  removeDatabase(files.salvaging);
  removeDatabase(scratchOf(files));
  if (existsSync(files.salvaged)) takeSalvaged(files, clock.now());
  if (!existsSync(files.database)) {
    // A WAL without its database would be replayed into the new one.
    if (existsSync(`${files.database}-wal`)) moveAside(files, clock.now());
    return create(Constructor, files);
  }
  if (sizeOf(files.database) <= PAGE_SIZE && existsSync(`${files.database}-journal`)) undoMaking(Constructor, files);
  const looked = lookTwice(Constructor, files, wholeCheckBytes);
  if (!looked.ok) return looked;
  if (looked.value.kind === 'damaged') return rescue(Constructor, files, clock, looked.value.detail);
  const { version, unchecked } = looked.value;
  // An empty file, or one whose making was cut off before the first step of the schema.
  if (version === 0) return create(Constructor, files);
  const db = openWritable(Constructor, files.database);
  // What is refused is asked for once more, as in `lookTwice`.
  const refused = rowThatIsRefused(db, !unchecked) === null ? null : rowThatIsRefused(db, !unchecked);
  if (refused !== null) {
    db.close();
    return rescue(Constructor, files, clock, refused);
  }
  return keepOpen(db, () => {
    const unsafe = applyPragmas(db);
    if (unsafe.length > 0) return err({ code: 'unsafe', detail: unsafe.join(', ') });
    if (version === CURRENT_VERSION) return ok({ db, report: { kind: 'opened' }, unchecked });
    const backup = backUp(Constructor, db, files, clock, version);
    migrate(db);
    return ok({ db, report: { kind: 'migrated', from: version, to: CURRENT_VERSION, backup }, unchecked });
  });
}

/** Connections that are tried until one can write. */
const MOST_TRIES = 3;

/**
 * Where the index of the WAL cannot be opened for writing at that moment (no descriptor is left), SQLite quietly gives a
 * connection that can only read, for as long as it lives: another one is made then.
 */
function openWritable(Constructor: SqliteConstructor, path: string): Sqlite {
  for (let tries = 1; ; tries += 1) {
    const db = new Constructor(path);
    if (tries === MOST_TRIES || canWrite(db)) return db;
    db.close();
  }
}

function canWrite(db: Sqlite): boolean {
  try {
    db.exec('BEGIN IMMEDIATE');
    db.exec('ROLLBACK');
    return true;
  } catch (thrown) {
    // Any other trouble is met by what follows.
    return sqliteCode(thrown)?.startsWith('SQLITE_READONLY') !== true;
  }
}

/**
 * A first start ended while SQLite made the file, which it does with a journal: only who may write can undo that. There is
 * nothing in the file yet; later ours has no journal any more.
 */
function undoMaking(Constructor: SqliteConstructor, files: StoreFiles): void {
  const db = new Constructor(files.database);
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
  } catch (thrown) {
    // What it is then is seen by the look at it.
    if (troubleOf(thrown) !== 'corrupt') throw thrown;
  } finally {
    db.close();
  }
}

/** Runs the rest of an opening and closes the connection unless it succeeds. */
function keepOpen(db: Sqlite, rest: () => Result<Opened, OpenError>): Result<Opened, OpenError> {
  let opened: Result<Opened, OpenError> | null = null;
  try {
    opened = rest();
    return opened;
  } finally {
    if (opened?.ok !== true) db.close();
  }
}

function create(Constructor: SqliteConstructor, files: StoreFiles): Result<Opened, OpenError> {
  const db = new Constructor(files.database);
  return keepOpen(db, () => {
    const unsafe = prepareNew(db);
    if (unsafe.length > 0) return err({ code: 'unsafe', detail: unsafe.join(', ') });
    syncFolder(files.dir);
    return ok({ db, report: { kind: 'new' } });
  });
}

/** Gives an empty database our mark and schema. Returns pragmas that did not take. */
function prepareNew(db: Sqlite): string[] {
  db.pragma(`page_size = ${PAGE_SIZE}`);
  const unsafe = applyPragmas(db);
  if (unsafe.length > 0) return unsafe;
  db.pragma(`application_id = ${APPLICATION_ID}`);
  migrate(db);
  return [];
}

/**
 * Copies the database before it is migrated, reads the copy back and keeps the two newest copies. Gives null when there is
 * no room even with that of the ballast: a step of the schema is one transaction, and a kiosk that stays closed sends nothing.
 */
function backUp(
  Constructor: SqliteConstructor,
  db: Sqlite,
  files: StoreFiles,
  clock: Clock,
  version: number,
): string | null {
  const path = join(files.dir, `kiosk.before-${version}-${stampForName(clock.now())}.sqlite`);
  const ballast = new Ballast(files.dir);
  for (const spare of [false, true]) {
    if (spare && !ballast.release()) break;
    rmSync(path, { force: true });
    try {
      db.prepare('VACUUM INTO ?').run(path);
      syncFile(path);
      syncFolder(files.dir);
      if (!sameCounts(Constructor, db, path)) {
        throw Object.assign(new Error('the copy before a migration is not what was copied'), { code: 'EIO' });
      }
      for (const old of backupsIn(files.dir).slice(2)) if (old !== path) rmSync(old, { force: true });
      return path;
    } catch (thrown) {
      rmSync(path, { force: true });
      if (troubleOf(thrown) !== 'full' && (thrown as NodeJS.ErrnoException).code !== 'ENOSPC') throw thrown;
    }
  }
  return null;
}

/** Whether a copy is whole and has as many rows in every table. */
function sameCounts(Constructor: SqliteConstructor, db: Sqlite, path: string): boolean {
  const copy = new Constructor(path, { readonly: true });
  try {
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all();
    const counts = (of: Sqlite): string =>
      (tables as { name: string }[])
        .map(({ name }) => (of.prepare(`SELECT count(*) AS n FROM ${name}`).get() as { n: number }).n)
        .join();
    return counts(copy) === counts(db) && copy.pragma('quick_check(1)', { simple: true }) === 'ok';
  } finally {
    copy.close();
  }
}

const scratchOf = (files: StoreFiles): string => join(files.dir, 'kiosk.scratch.sqlite');

/**
 * Builds a fresh database beside the damaged one and swaps the two when it is complete. Until its last rename the
 * damaged file stays where it is, so a death at any point only means that the next start begins again.
 */
function rescue(
  Constructor: SqliteConstructor,
  files: StoreFiles,
  clock: Clock,
  detail: string,
): Result<Opened, OpenError> {
  const fresh = new Constructor(files.salvaging);
  let counts: SalvageCounts;
  try {
    const unsafe = prepareNew(fresh);
    if (unsafe.length > 0) return err({ code: 'unsafe', detail: unsafe.join(', ') });
    counts = salvage(Constructor, files.database, fresh, scratchOf(files));
    const said = counts.unreadable > 0 ? `${detail}; ${counts.unreadable} x 4 KB cannot be read` : detail;
    fresh
      .prepare("INSERT INTO audit (at, who, what, detail) VALUES (?, 'kiosk', 'database-salvaged', ?)")
      .run(clock.now(), said);
    // The file is moved alone: nothing may be left in a WAL, whose presence would tie it to its old name.
    fresh.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    fresh.close();
  }
  syncFile(files.salvaging);
  renameSync(files.salvaging, files.salvaged);
  syncFolder(files.dir);
  const movedTo = moveAside(files, clock.now());
  clearSuspect(files.suspect);
  takeSalvaged(files, clock.now());
  const db = new Constructor(files.database);
  return keepOpen(db, () => {
    const unsafe = applyPragmas(db);
    if (unsafe.length > 0) return err({ code: 'unsafe', detail: unsafe.join(', ') });
    return ok({ db, report: { kind: 'salvaged', detail, movedTo, counts } });
  });
}

/** Failures of SQLite and of the file system; anything else is a bug and thrown on. */
function openErrorOf(thrown: unknown): OpenError {
  const trouble = troubleOf(thrown);
  const code = thrown instanceof Error ? (thrown as NodeJS.ErrnoException).code : undefined;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  if (trouble === 'full' || code === 'ENOSPC') return { code: 'full', detail };
  if (trouble !== null || (code !== undefined && /^(E[A-Z]+|ERR_DLOPEN_FAILED|MODULE_NOT_FOUND)$/.test(code))) {
    return { code: 'unavailable', detail };
  }
  throw thrown;
}
