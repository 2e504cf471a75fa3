import type { StoreChange, StoreError } from '../services/ports.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import { FREE_BYTES_WANTED, freeSpace, type Ballast } from './disk.ts';
import { AnsweredCommands } from './answered-commands.ts';
import { COMMITS } from './facts.ts';
import { storeFiles } from './files.ts';
import type { LocalGuard } from './keys.ts';
import { troubleOf, type Sqlite, type Statement } from './sqlite.ts';
import type { EvidenceHead } from '../domain/evidence.ts';
import { WitnessTrouble, type Witness } from './witness.ts';
import { layWalRoom, WAL_ROOM_BYTES } from './wal-room.ts';
import type { WitnessMark } from './witness-files.ts';

/** Pages that a copy takes at a time, about 2 MB. */
const PAGES_A_TURN = 512;

type Value = string | number | null | Uint8Array;

/**
 * `intake` takes on new work and is refused while the disk is short; `submit` does so too, for a case, and leaves to the
 * others what it put off; `progress` finishes work that was taken on and may use the room that the ballast held; `read`
 * changes nothing of its own.
 */
export type WorkKind = 'read' | 'submit' | 'intake' | 'progress';

/** Work of committed transactions that was put off. Whatever is not a `submit` does it first, in its own transaction. */
export interface PutOff {
  readonly waiting: boolean;
  /** Whether the transaction under way leaves any. Each that does has one row more there, by which it is counted. */
  readonly leaves: boolean;
  settle(): void;
}

/** One connection with its prepared statements and its way to run transactions. */
export class Database {
  readonly #sqlite: Sqlite;
  readonly #ballast: Ballast;
  /** Folder of the store. */
  readonly dir: string;
  readonly #statements = new Map<string, Statement>();
  readonly #answered: AnsweredCommands;
  #changes: StoreChange[] = [];
  #afterCommit: (() => void)[] = [];
  #command: string | null = null;
  #damaged: ((detail: string, certain: boolean) => void) | null = null;
  readonly #witness: Witness;
  #mark: WitnessMark;
  /** Whether the transaction under way has changed any row. */
  #touched = false;
  /** Whether the last transaction was kept, and whether it changed anything. */
  #committed = false;
  #moved = false;
  /** Whether there may be something in the WAL. */
  #toFold = true;
  #turn = 0;
  #putOff: PutOff | null = null;

  /** @param opening what else the store is opened with; `mark` is how far it got */
  constructor(
    sqlite: Sqlite,
    dir: string,
    ballast: Ballast,
    opening: { readonly guard: LocalGuard; readonly witness: Witness; readonly mark: WitnessMark },
  ) {
    const { guard, witness, mark } = opening;
    this.#sqlite = sqlite;
    this.#witness = witness;
    this.#mark = mark;
    this.#answered = new AnsweredCommands(this, guard);
    this.dir = dir;
    this.#ballast = ballast;
  }

  /** First row, or undefined. The caller names the row's type: columns and type stand side by side in its SQL. */
  get<Row>(sql: string, ...values: readonly Value[]): Row | undefined {
    const statement = this.#prepare(sql);
    const row = statement.get(...values) as Row | undefined;
    // A change that gives back what it changed.
    if (row !== undefined && !statement.readonly) this.#touched = true;
    return row;
  }

  all<Row>(sql: string, ...values: readonly Value[]): Row[] {
    const statement = this.#prepare(sql);
    const rows = statement.all(...values) as Row[];
    if (rows.length > 0 && !statement.readonly) this.#touched = true;
    return rows;
  }

  /** Runs a change and gives the number of rows it touched. */
  run(sql: string, ...values: readonly Value[]): number {
    const { changes } = this.#prepare(sql).run(...values);
    if (changes > 0) this.#touched = true;
    return changes;
  }

  /**
   * Deletes rows and writes zeros over the pages that go free with them, which `secure_delete=FAST` leaves as they are: for
   * what must not lie about and whose pages are as good as written anyway.
   */
  wipe(sql: string): void {
    this.#sqlite.pragma('secure_delete = ON');
    try {
      this.run(sql);
    } finally {
      this.#sqlite.pragma('secure_delete = FAST');
    }
  }

  /** Tells what has changed; heard by others once the transaction is committed, never when it is rolled back. */
  changed(change: StoreChange): void {
    this.#changes.push(change);
  }

  /** Runs `step` once the transaction is committed, before anybody hears of its changes; never when it is rolled back. */
  afterCommit(step: () => void): void {
    this.#afterCommit.push(step);
  }

  /** Says what has to be settled before anybody looks. */
  settlesFirst(putOff: PutOff): void {
    this.#putOff = putOff;
  }

  /** Another number whenever what was read or written before may not hold any more: a new transaction, a part undone. */
  get turn(): number {
    return this.#turn;
  }

  /** The evidence chain's new head, once the transaction is committed. */
  noteHead({ seq, hash }: EvidenceHead): void {
    this.afterCommit(() => (this.#mark = { ...this.#mark, evidence: { seq, hash } }));
  }

  /** What stands outside of the database and knows the numbers that were given out. */
  get witness(): Pick<Witness, 'floorOf' | 'reserve' | 'raise'> {
    return this.#witness;
  }

  /** How far the store got. */
  get mark(): WitnessMark {
    return this.#mark;
  }

  /**
   * Says that the file is damaged; those who work on it are told.
   * @param certain whether it cannot have been a disk that was not to be read at that moment
   */
  reportDamage(detail: string, certain: boolean): void {
    this.#damaged?.(detail, certain);
  }

  /** Hears of it when SQLite says that the file is damaged. */
  onDamage(listener: (detail: string, certain: boolean) => void): void {
    this.#damaged = listener;
  }

  /**
   * Runs a call as the command of that id: its first success is kept with its work, and the same id again gives that
   * first answer instead of doing it twice. `call` must begin its transaction before it gives up control.
   */
  asCommand<T>(id: string, call: () => T): T {
    this.#command = id;
    try {
      return call();
    } finally {
      this.#command = null;
    }
  }

  /** A part of a transaction that is undone by itself when it gives an error. */
  part<T>(work: () => Result<T, StoreError>): Result<T, StoreError> {
    const [changes, steps] = [this.#changes.length, this.#afterCommit.length];
    this.#prepare('SAVEPOINT part').run();
    const result = work();
    if (!result.ok) {
      this.#prepare('ROLLBACK TO part').run();
      this.#changes.length = changes;
      this.#afterCommit.length = steps;
      this.#turn += 1;
    }
    this.#prepare('RELEASE part').run();
    return result;
  }

  /**
   * Runs `work` in one transaction: committed when it gives a value, rolled back when it gives an error or throws.
   * @returns the outcome and what changed; `full`, `unavailable` and `conflict` (constraint) when SQLite says so
   */
  transact<T>(
    kind: WorkKind,
    work: () => Result<T, StoreError>,
  ): { readonly result: Result<T, StoreError>; readonly changes: readonly StoreChange[] } {
    if ((kind === 'intake' || kind === 'submit') && !this.#ballast.lay(this.dir)) {
      return { result: err({ code: 'full', detail: 'no-reserve' }), changes: [] };
    }
    let result = this.#attempt(kind, work, { last: false }) ?? this.#attempt(kind, work);
    // A look may have to settle what was put off: that is progress.
    const progress = kind === 'progress' || (kind === 'read' && this.#putOff?.waiting === true);
    for (const makeRoom of progress ? [() => this.#ballast.release(), () => this.fold()] : []) {
      if (!result.ok && result.error.code === 'full' && makeRoom()) result = this.#attempt(kind, work);
    }
    if (!result.ok && !this.#committed && kind === 'read' && progress)
      result = this.#attempt(kind, work, { keep: false });
    const changes = result.ok ? this.#changes : [];
    if (this.#committed) for (const step of this.#afterCommit) step();
    if (this.#moved) this.#witness.committed(this.#mark);
    this.#changes = [];
    this.#afterCommit = [];
    return { result, changes };
  }

  /**
   * Folds the WAL into the file and cuts it off, so that nothing of what was deleted stays in it and its room is free.
   * Gives false when the disk refused. Where somebody reads at that moment it stays for the next time.
   */
  fold(): boolean {
    try {
      if (!this.#sqlite.open) return false;
      if (!this.#toFold) return true;
      const busy = this.#sqlite.pragma('wal_checkpoint(TRUNCATE)', { simple: true });
      this.#toFold = busy !== 0;
      return true;
    } catch (thrown) {
      // A disk that refuses now is met again by the next piece of work.
      if (troubleOf(thrown) !== null) return false;
      throw thrown;
    }
  }

  /** Folds, and lays zeros where the WAL was: commits are quicker while they need not make its file longer. */
  foldAndLay(): void {
    if (!this.fold() || freeSpace(this.dir) < FREE_BYTES_WANTED + WAL_ROOM_BYTES) return;
    try {
      this.#prepare('BEGIN IMMEDIATE').run();
      layWalRoom(`${storeFiles(this.dir).database}-wal`);
    } catch (thrown) {
      // Without it all goes on as before: the file system's trouble is met by the next piece of work, if it lasts.
      const ofFiles = thrown instanceof Error && 'syscall' in thrown;
      if (!ofFiles && troubleOf(thrown) === null) throw thrown;
    } finally {
      this.#rollBack();
    }
  }

  /** Copies the whole database to a file, page by page between other work. */
  async copyTo(path: string): Promise<Result<void, StoreError>> {
    if (!this.#sqlite.open) return err({ code: 'unavailable', detail: 'closed' });
    try {
      await this.#sqlite.backup(path, { progress: () => PAGES_A_TURN });
      return ok(undefined);
    } catch (thrown) {
      const detail = thrown instanceof Error ? thrown.message : 'copy';
      // The folder of a stick that was pulled is a TypeError of the module, a full one an error of SQLite.
      const full = troubleOf(thrown) === 'full';
      return err({ code: full ? 'full' : 'unavailable', detail });
    }
  }

  close(): void {
    const open = this.#sqlite.open;
    // What cannot be settled now is settled at the next opening.
    if (open && this.#putOff?.waiting === true) this.transact('progress', () => ok(undefined));
    this.#statements.clear();
    this.#sqlite.close();
    if (open) this.#witness.end();
  }

  /**
   * @param options `last: false` gives null instead of damage: to SQLite a disk that cannot be read at this moment (EIO) is
   *   the same as a damaged file, and only the latter is met a second time. `keep: false` looks at what was put off as if it
   *   were settled, where that cannot be written.
   */
  #attempt<T>(kind: WorkKind, work: () => Result<T, StoreError>, options?: { keep?: boolean }): Result<T, StoreError>;
  #attempt<T>(
    kind: WorkKind,
    work: () => Result<T, StoreError>,
    options: { last: false },
  ): Result<T, StoreError> | null;
  #attempt<T>(
    kind: WorkKind,
    work: () => Result<T, StoreError>,
    { last = true, keep = true }: { last?: boolean; keep?: boolean } = {},
  ): Result<T, StoreError> | null {
    this.#changes = [];
    this.#afterCommit = [];
    this.#committed = false;
    this.#moved = false;
    this.#touched = false;
    this.#turn += 1;
    // A submission is its own command: the same one again gives the case that it made.
    const command = kind === 'read' || kind === 'submit' ? null : this.#command;
    const behind = kind !== 'submit' && this.#putOff?.waiting === true;
    if (!this.#sqlite.open) return err({ code: 'unavailable', detail: 'closed' });
    let settling = behind;
    try {
      this.#prepare(kind === 'read' && !behind ? 'BEGIN' : 'BEGIN IMMEDIATE').run();
      if (behind) this.#putOff?.settle();
      settling = false;
      const known = command === null ? null : this.#answered.find(command);
      const result = known === null ? work() : ok(known.answer as T);
      if (result.ok && command !== null && known === null) this.#answered.keep(command, result.value);
      // A look that finds nothing still keeps what it settled.
      const commits = (result.ok || kind === 'read') && keep;
      const moved = commits && this.#touched;
      if (moved && !(kind === 'submit' && this.#putOff?.leaves === true)) this.#count();
      this.#prepare(commits ? 'COMMIT' : 'ROLLBACK').run();
      if (moved) this.#mark = { ...this.#mark, commits: this.#mark.commits + 1 };
      this.#committed = commits;
      if (moved) this.#toFold = true;
      this.#moved = moved;
      return result;
    } catch (thrown) {
      if (thrown instanceof WitnessTrouble) return err({ code: thrown.code, detail: thrown.message });
      const trouble = troubleOf(thrown);
      if (trouble === null) throw thrown;
      const detail = thrown instanceof Error ? thrown.message : trouble;
      // What was kept fits the tables: one that refuses it is not what it was.
      if (trouble === 'constraint' && settling) this.reportDamage(detail, true);
      else if (trouble === 'constraint') return err({ code: 'conflict', detail });
      if (trouble === 'corrupt' && !last) return null;
      if (trouble === 'corrupt') this.reportDamage(detail, false);
      return err({ code: trouble === 'full' ? 'full' : 'unavailable', detail });
    } finally {
      this.#rollBack();
    }
  }

  /** Counts the transaction. One that changed nothing is not counted: it would cost a write. */
  #count(): void {
    const commits = this.#mark.commits + 1;
    if (this.run('UPDATE sqlite_sequence SET seq = ? WHERE name = ?', commits, COMMITS) > 0) return;
    this.run('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)', COMMITS, commits);
  }

  /** SQLite rolls back by itself on some errors; on the others it waits for us. */
  #rollBack(): void {
    if (!this.#sqlite.open || !this.#sqlite.inTransaction) return;
    try {
      this.#sqlite.exec('ROLLBACK');
    } catch (thrown) {
      if (troubleOf(thrown) === null) throw thrown;
    }
  }

  #prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#sqlite.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** A refusal because the row is not in the state that the step needs. */
export function conflict(detail: string): { readonly ok: false; readonly error: StoreError } {
  return err({ code: 'conflict', detail });
}

/** A refusal because there is no such row. */
export function notFound(detail: string): { readonly ok: false; readonly error: StoreError } {
  return err({ code: 'not-found', detail });
}
