import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Sqlite, SqliteConstructor } from '../../../../electron/store/sqlite.ts';
import type { OpenContender } from '../contender.ts';
import { AppRows, casesAhead, type Job } from '../app-rows.ts';
import { copyRows, PATTERN_ID } from '../fill.ts';
import { benchCase } from '../samples.ts';

interface Plainjob {
  better(db: Sqlite): unknown;
  defineQueue(options: Readonly<Record<string, unknown>>): {
    add(type: string, data: unknown): unknown;
    getAndMarkJobAsProcessing(type: string): { readonly id: number } | undefined;
    getJobById(id: number): { readonly data: string };
    markJobAsDone(id: number): void;
    close(): void;
  };
}

/**
 * plainjob, forced to synchronous=FULL after it has set NORMAL. It claims one by one. It works on the application's
 * connection, so that rows and job share a transaction.
 */
export const open: OpenContender = async (dir, rivals, rows) => {
  const require = createRequire(join(rivals, 'package.json'));
  const Database = require('better-sqlite3') as SqliteConstructor;
  const path = require.resolve('plainjob');
  const { better, defineQueue } = (await import(pathToFileURL(path).href)) as Plainjob;
  const db = new Database(join(dir, 'plainjob.sqlite'));
  const quiet = (): void => undefined;
  const logger = { error: quiet, warn: quiet, info: quiet, debug: quiet };
  const queue = defineQueue({ connection: better(db), logger });
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  const app = rows ? new AppRows(db) : null;
  const next = casesAhead();
  const both = db.transaction((one: ReturnType<typeof benchCase>) => queue.add('case', app?.write(one)));
  const done = db.transaction((id: number, caseId: string) => {
    queue.markJobAsDone(id);
    app?.complete(caseId);
  });
  return {
    fill(count) {
      queue.add('case', AppRows.jobOf({ ...benchCase(), caseId: PATTERN_ID }));
      copyRows(db, 'plainjob_jobs', count, { id: '' }, 'data');
      if (app) AppRows.copies(db, count);
      return Promise.resolve();
    },
    submit() {
      if (app) both(next());
      else queue.add('case', AppRows.jobOf(next()));
      return Promise.resolve();
    },
    claimAndComplete() {
      const job = queue.getAndMarkJobAsProcessing('case');
      if (!job) return Promise.resolve(0);
      const { caseId } = JSON.parse(queue.getJobById(job.id).data) as Job;
      if (app) done(job.id, caseId);
      else queue.markJobAsDone(job.id);
      return Promise.resolve(1);
    },
    close() {
      queue.close();
      return Promise.resolve();
    },
  };
};
