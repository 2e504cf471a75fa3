import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Sqlite, SqliteConstructor } from '../../../../electron/store/sqlite.ts';
import type { OpenContender } from '../contender.ts';
import { copyRows } from '../fill.ts';
import { ENVELOPE } from '../samples.ts';

interface Plainjob {
  better(db: Sqlite): unknown;
  defineQueue(options: Readonly<Record<string, unknown>>): {
    add(type: string, data: unknown): unknown;
    getAndMarkJobAsProcessing(type: string): { readonly id: number } | undefined;
    getJobById(id: number): unknown;
    markJobAsDone(id: number): void;
    close(): void;
  };
}

/** plainjob, forced to synchronous=FULL after it has set NORMAL. It claims one by one. */
export const open: OpenContender = async (dir, rivals) => {
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
  return {
    fill(count) {
      queue.add('case', ENVELOPE);
      copyRows(db, 'plainjob_jobs', count, { id: '' });
      return Promise.resolve();
    },
    submit() {
      queue.add('case', ENVELOPE);
      return Promise.resolve();
    },
    claimAndComplete() {
      const job = queue.getAndMarkJobAsProcessing('case');
      if (!job) return Promise.resolve(0);
      queue.getJobById(job.id);
      queue.markJobAsDone(job.id);
      return Promise.resolve(1);
    },
    close() {
      queue.close();
      return Promise.resolve();
    },
  };
};
