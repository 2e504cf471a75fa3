import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Sqlite, SqliteConstructor } from '../../../../electron/store/sqlite.ts';
import type { OpenContender } from '../contender.ts';
import { AppRows, casesAhead, type Job as Message } from '../app-rows.ts';
import { copyRows, PATTERN_ID } from '../fill.ts';
import { benchCase } from '../samples.ts';

interface Job {
  readonly id: number;
  readonly allocationId: string;
  readonly payload: string;
}
interface Liteque {
  buildDBClient(path: string, options: { readonly runMigrations: boolean }): { transaction: unknown };
  readonly SqliteQueue: new (
    name: string,
    db: unknown,
    options: Readonly<Record<string, unknown>>,
  ) => {
    enqueue(payload: unknown): Promise<unknown>;
    attemptDequeue(options: { readonly timeoutSecs: number }): Promise<Job | null>;
    finalize(id: number, allocation: string, status: 'completed'): Promise<void>;
  };
}

/**
 * liteque, forced to synchronous=FULL (it sets NORMAL). It hands an async function to a synchronous transaction, which
 * throws with this better-sqlite3; without that transaction its statements commit one by one, as they do where it runs. The
 * rows of a case share a transaction with its statements.
 */
export const open: OpenContender = async (dir, rivals, rows) => {
  const require = createRequire(join(rivals, 'package.json'));
  const { buildDBClient, SqliteQueue } = (await import(
    pathToFileURL(join(rivals, 'node_modules', 'liteque', 'dist', 'index.js')).href
  )) as Liteque;
  const path = join(dir, 'liteque.sqlite');
  const db = buildDBClient(path, { runMigrations: true });
  const { session } = db as unknown as { readonly session: { readonly client: Sqlite } };
  session.client.pragma('journal_mode = WAL');
  session.client.pragma('synchronous = FULL');
  db.transaction = (work: (db: unknown) => unknown) => work(db);
  const queue = new SqliteQueue('cases', db, {
    defaultJobArgs: { numRetries: 3 },
    keepFailedJobs: false,
  });
  const { client } = session;
  const app = rows ? new AppRows(client) : null;
  const next = casesAhead();
  return {
    async fill(count) {
      await queue.enqueue(AppRows.jobOf({ ...benchCase(), caseId: PATTERN_ID }));
      const own = new (require('better-sqlite3') as SqliteConstructor)(path);
      const columns = (own.pragma('table_info(tasks)') as { name: string }[]).map(({ name }) => name);
      const changed: Record<string, string> = { id: '' };
      if (columns.includes('idempotencyKey')) changed['idempotencyKey'] = 'NULL';
      copyRows(own, 'tasks', count, changed, 'payload');
      if (app) AppRows.copies(own, count);
      own.close();
    },
    async submit() {
      const one = next();
      if (app) client.exec('BEGIN IMMEDIATE');
      await queue.enqueue(app?.write(one) ?? AppRows.jobOf(one));
      if (app) client.exec('COMMIT');
    },
    async claimAndComplete() {
      const job = await queue.attemptDequeue({ timeoutSecs: 60 });
      if (!job) return 0;
      const { caseId } = JSON.parse(job.payload) as Message;
      if (app) client.exec('BEGIN IMMEDIATE');
      await queue.finalize(job.id, job.allocationId, 'completed');
      app?.complete(caseId);
      if (app) client.exec('COMMIT');
      return 1;
    },
    close() {
      client.close();
      return Promise.resolve();
    },
  };
};
