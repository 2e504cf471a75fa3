import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installPostgres } from './postgres-server.ts';

/*
 * The contract tests on a real PostgreSQL server: `node test/platform/on-postgres.ts`. Installs the server where there is
 * none and this may be done (root on Debian); each test file starts one of its own.
 */
if (!(await installPostgres())) {
  process.stderr.write('There is no PostgreSQL server; install the package postgresql, or run this as root.\n');
  process.exit(1);
}
const root = join(import.meta.dirname, '..', '..');
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', 'test/platform/platform-postgres.test.ts'],
  { cwd: root, stdio: 'inherit', env: { ...process.env, HALL24_NEED_POSTGRES: '1' } },
);
process.exit(status ?? 1);
