import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const DEBIAN = '/usr/lib/postgresql';

/** A PostgreSQL server of its own for a test run. */
export interface PostgresServer {
  /** What `DATABASE_URL` takes. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Folder of the newest installed server's programs; null when there is none. */
async function programs(): Promise<string | null> {
  const versions = await readdir(DEBIAN).catch(() => []);
  const newest = versions.filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? null : join(DEBIAN, newest, 'bin');
}

/** Installs the server by the system's package manager where this may be done; says whether it is there now. */
export async function installPostgres(): Promise<boolean> {
  if ((await programs()) !== null) return true;
  if (process.getuid?.() !== 0) return false;
  const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 64 << 20 };
  try {
    await run('apt-get', ['update'], quiet).catch(() => undefined);
    await run('apt-get', ['install', '--yes', '--no-install-recommends', 'postgresql'], quiet);
  } catch {
    return false;
  }
  return (await programs()) !== null;
}

/**
 * Starts a server with a fresh, empty database on a Unix socket in a folder of its own; nothing of it is left after `stop`.
 * Null when no server is installed. Without fsync: what is tried is the dialect and the locks, not the disk.
 */
export async function startPostgres(): Promise<PostgresServer | null> {
  const bin = await programs();
  if (bin === null) return null;
  const folder = await mkdtemp(join(tmpdir(), 'hall24-pg-'));
  // PostgreSQL refuses to run as root: then it runs as its own system user.
  const owner = process.getuid?.() === 0 ? await userOf('postgres') : null;
  if (owner !== null) await chown(folder, owner.uid, owner.gid);
  const as = owner ?? {};
  const data = join(folder, 'data');
  await run(join(bin, 'initdb'), ['-D', data, '-U', 'hall24', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'], {
    ...as,
    cwd: folder,
  });
  const options = ['-D', data, '-k', folder, '-c', 'listen_addresses=', '-F', '-c', 'max_connections=60'];
  const server = spawn(join(bin, 'postgres'), options, { ...as, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    await ready(server);
  } catch (error) {
    await end(server);
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    url: `postgres://hall24@/postgres?host=${encodeURIComponent(folder)}`,
    async stop() {
      await end(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function userOf(name: string): Promise<{ readonly uid: number; readonly gid: number }> {
  const id = async (flag: string): Promise<number> => Number((await run('id', [flag, name])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4_000);
      if (said.includes('ready to accept connections')) resolve();
    });
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`the server ended at once: ${said}`)));
  });
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  // Fast shutdown: clients are cut off.
  server.kill('SIGINT');
  await ended;
}
