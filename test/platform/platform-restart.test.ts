import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { describeRestart } from './suite-restart.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hall24-platform-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describeRestart('a platform on PGlite that is started again', () => ({ database: `pglite:${join(folder, 'store')}` }));
