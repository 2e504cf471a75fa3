import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SqliteConstructor } from '../../../../electron/store/sqlite.ts';
import type { OpenContender } from '../contender.ts';
import { copyRows } from '../fill.ts';
import { ENVELOPE } from '../samples.ts';

interface Backend {
  readonly knex: { raw(sql: string): Promise<unknown> };
  migrate(): Promise<void>;
  createNewJob(job: Readonly<Record<string, unknown>>): Promise<unknown>;
  claimPendingJob(queue: string, quantity: number): Promise<readonly { readonly id: number }[]>;
  updateJob(job: Readonly<Record<string, unknown>>): Promise<unknown>;
  close(): Promise<void>;
}

/** The SQLite backend of sidequest, forced to WAL and synchronous=FULL. It claims in batches and completes one by one. */
export const open: OpenContender = async (dir, rivals) => {
  const require = createRequire(join(rivals, 'package.json'));
  const entry = join(rivals, 'node_modules', '@sidequest', 'sqlite-backend', 'dist', 'sqlite-backend.js');
  const { default: SqliteBackend } = (await import(pathToFileURL(entry).href)) as {
    readonly default: new (path: string) => Backend;
  };
  const path = join(dir, 'sidequest.sqlite');
  const backend = new SqliteBackend(path);
  await backend.migrate();
  await backend.knex.raw('PRAGMA journal_mode = WAL');
  await backend.knex.raw('PRAGMA synchronous = FULL');
  const submit = async (): Promise<void> => {
    await backend.createNewJob({
      queue: 'cases',
      script: 'case.js',
      class: 'Case',
      args: [ENVELOPE],
      constructor_args: [],
      state: 'waiting',
      attempt: 0,
    });
  };
  return {
    async fill(count) {
      await submit();
      const own = new (require('better-sqlite3') as SqliteConstructor)(path);
      copyRows(own, 'sidequest_jobs', count, { id: '' });
      own.close();
    },
    submit,
    async claimAndComplete(most) {
      const jobs = await backend.claimPendingJob('cases', most);
      for (const { id } of jobs) await backend.updateJob({ id, state: 'completed', completed_at: new Date() });
      return jobs.length;
    },
    close: () => backend.close(),
  };
};
