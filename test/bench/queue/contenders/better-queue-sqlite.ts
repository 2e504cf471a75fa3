import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Sqlite } from '../../../../electron/store/sqlite.ts';
import type { OpenContender } from '../contender.ts';
import { copyRows } from '../fill.ts';
import { ENVELOPE } from '../samples.ts';

type Done<T> = (error: unknown, value: T) => void;
interface SqliteStore {
  readonly _db: { readonly db: Sqlite };
  connect(done: Done<number>): void;
  putTask(id: string, task: unknown, priority: number, done: Done<void>): void;
  _afterWritten(done: () => void): void;
  takeFirstN(count: number, done: Done<string>): void;
  getLock(lock: string, done: Done<unknown>): void;
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
 * written (it calls back before). On the stand-in for sqlite3 of rivals.ts.
 */
export const open: OpenContender = async (dir, rivals) => {
  const require = createRequire(join(rivals, 'package.json'));
  const Store = require('better-queue-sqlite') as new (options: { path: string }) => SqliteStore;
  const store = new Store({ path: join(dir, 'better-queue.sqlite') });
  await call((done) => store.connect(done));
  const { db } = store._db;
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  let number = Date.now();
  const submit = async (): Promise<void> => {
    number += 1;
    await call<void>((done) => store.putTask(`task-${number}`, ENVELOPE, 0, done));
    await new Promise<void>((resolve) => store._afterWritten(resolve));
  };
  return {
    async fill(count) {
      await submit();
      copyRows(db, 'task', count, { id: "'filled-' || n.i", added: '' });
    },
    submit,
    async claimAndComplete(most) {
      const lock = await call<string>((done) => store.takeFirstN(most, done));
      if (lock === '') return 0;
      const tasks = await call<unknown>((done) => store.getLock(lock, done));
      await call<void>((done) => store.releaseLock(lock, done));
      return Object.keys(tasks as object).length;
    },
    close() {
      db.close();
      return Promise.resolve();
    },
  };
};
