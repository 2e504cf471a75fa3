import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SqliteConstructor } from '../../../../electron/store/sqlite.ts';
import type { OpenContender } from '../contender.ts';
import { AppRows, casesAhead, type Job } from '../app-rows.ts';
import { copyRows, PATTERN_ID } from '../fill.ts';
import { benchCase } from '../samples.ts';

interface Backend {
  readonly knex: { raw(sql: string): Promise<unknown> };
  migrate(): Promise<void>;
  createNewJob(job: Readonly<Record<string, unknown>>): Promise<unknown>;
  claimPendingJob(
    queue: string,
    quantity: number,
  ): Promise<readonly { readonly id: number; readonly args: readonly [Job] }[]>;
  updateJob(job: Readonly<Record<string, unknown>>): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * The SQLite backend of sidequest, forced to WAL and synchronous=FULL. It claims in batches and completes one by one. Its
 * connection is its own, so that the rows of a case are a commit of the application's: before the job, and once a batch at
 * completion.
 */
export const open: OpenContender = async (dir, rivals, rows) => {
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
  const own = new (require('better-sqlite3') as SqliteConstructor)(path);
  own.pragma('synchronous = FULL');
  const app = rows ? new AppRows(own) : null;
  const next = casesAhead();
  const write = own.transaction((one: ReturnType<typeof benchCase>) => app?.write(one) ?? AppRows.jobOf(one));
  const done = own.transaction((jobs: readonly { readonly args: readonly [Job] }[]) => {
    for (const { args } of jobs) app?.complete(args[0].caseId);
  });
  const put = async (job: Job): Promise<void> => {
    await backend.createNewJob({
      queue: 'cases',
      script: 'case.js',
      class: 'Case',
      args: [job],
      constructor_args: [],
      state: 'waiting',
      attempt: 0,
    });
  };
  return {
    async fill(count) {
      await put(AppRows.jobOf({ ...benchCase(), caseId: PATTERN_ID }));
      copyRows(own, 'sidequest_jobs', count, { id: '' }, 'args');
      if (app) AppRows.copies(own, count);
    },
    async submit() {
      const one = next();
      await put(app ? write(one) : AppRows.jobOf(one));
    },
    async claimAndComplete(most) {
      const jobs = await backend.claimPendingJob('cases', most);
      for (const { id } of jobs) await backend.updateJob({ id, state: 'completed', completed_at: new Date() });
      if (app) done(jobs);
      return jobs.length;
    },
    async close() {
      own.close();
      await backend.close();
    },
  };
};
