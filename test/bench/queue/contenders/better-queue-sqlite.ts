import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Sqlite } from '../../../../electron/store/sqlite.ts';
import type { OpenContender } from '../contender.ts';
import { AppRows, casesAhead, type Job } from '../app-rows.ts';
import { copyRows, FILLED, PATTERN_ID } from '../fill.ts';
import { benchCase } from '../samples.ts';

type Done<T> = (error: unknown, value: T) => void;
interface SqliteStore {
  readonly _db: { readonly db: Sqlite };
  connect(done: Done<number>): void;
  putTask(id: string, task: unknown, priority: number, done: Done<void>): void;
  _afterWritten(done: () => void): void;
  takeFirstN(count: number, done: Done<string>): void;
  getLock(lock: string, done: Done<Readonly<Record<string, Job>>>): void;
  releaseLock(lock: string, done: Done<void>): void;
}

function call<T>(start: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) =>
    start((error, value) =>
      error ? reject(error instanceof Error ? error : new Error('the store failed')) : resolve(value),
    ),
  );
}

/**
 * better-queue-sqlite, forced to WAL and synchronous=FULL (it sets OFF and MEMORY itself), and waited for until the row is
 * written (it calls back before). On the stand-in for sqlite3 of rivals.ts. It begins a transaction of its own for each job, so that
 * the rows of a case are a commit before it; at completion they share one.
 */
export const open: OpenContender = async (dir, rivals, rows) => {
  const require = createRequire(join(rivals, 'package.json'));
  const Store = require('better-queue-sqlite') as new (options: { path: string }) => SqliteStore;
  const store = new Store({ path: join(dir, 'better-queue.sqlite') });
  await call((done) => store.connect(done));
  const { db } = store._db;
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  const app = rows ? new AppRows(db) : null;
  const next = casesAhead();
  const write = db.transaction((one: ReturnType<typeof benchCase>) => app?.write(one) ?? AppRows.jobOf(one));
  const put = async (job: Job): Promise<void> => {
    await call<void>((done) => store.putTask(job.caseId, job, 0, done));
    await new Promise<void>((resolve) => store._afterWritten(resolve));
  };
  return {
    async fill(count) {
      await put(AppRows.jobOf({ ...benchCase(), caseId: PATTERN_ID }));
      copyRows(db, 'task', count, { id: FILLED, added: '' }, 'task');
      if (app) AppRows.copies(db, count);
    },
    async submit() {
      const one = next();
      await put(app ? write(one) : AppRows.jobOf(one));
    },
    async claimAndComplete(most) {
      const lock = await call<string>((done) => store.takeFirstN(most, done));
      if (lock === '') return 0;
      const tasks = await call<Readonly<Record<string, Job>>>((done) => store.getLock(lock, done));
      if (app) db.exec('BEGIN IMMEDIATE');
      if (app) for (const { caseId } of Object.values(tasks)) app.complete(caseId);
      await call<void>((done) => store.releaseLock(lock, done));
      if (app) db.exec('COMMIT');
      return Object.keys(tasks).length;
    },
    close() {
      db.close();
      return Promise.resolve();
    },
  };
};
