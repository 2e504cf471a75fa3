import { PGlite } from '@electric-sql/pglite';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import type { Result } from '../../native/model/result.ts';
import { migrate, type Database } from './database.ts';
import { MIGRATIONS } from './migrations.ts';

/** What PGlite and its transactions have in common. */
interface Runner {
  query<Row>(sql: string, parameters?: unknown[]): Promise<{ rows: Row[] }>;
}

/**
 * Opens PGlite, `memory` or `pglite:FOLDER`. Creating one takes 3 to 4 s, so a fresh one with its tables is kept as a
 * template among the temporary files; with it a store is open in 0.3 s.
 */
export async function openPglite(address: string): Promise<Database> {
  const folder = address === 'memory' ? null : address.slice('pglite:'.length);
  if (folder !== null && (await exists(join(folder, 'PG_VERSION')))) return ready(await PGlite.create(folder));
  if (folder !== null) await mkdir(folder, { recursive: true, mode: 0o700 });
  const dataDir = folder ?? 'memory://';
  const file = await templateFile();
  const template = await readTemplate(file);
  if (template !== null) {
    try {
      return await ready(await PGlite.create({ dataDir, loadDataDir: new Blob([template]) }));
    } catch {
      // A template that cannot be loaded is replaced below.
      if (folder !== null) await emptyFolder(folder);
    }
  }
  const fresh = await PGlite.create(dataDir);
  const database = await ready(fresh);
  await keepTemplate(file, fresh);
  return database;
}

async function ready(db: PGlite): Promise<Database> {
  const database: Database = {
    query: (sql, parameters) => run(db, sql, parameters),
    transaction: <T, E>(work: Parameters<Database['transaction']>[0]) =>
      db.transaction(async (transaction) => {
        const result = await work({ query: (sql, parameters) => run(transaction, sql, parameters) });
        if (!result.ok) await transaction.rollback();
        return result as Result<T, E>;
      }),
    close: () => db.close(),
  };
  try {
    await migrate(database);
    return database;
  } catch (error) {
    await db.close();
    throw error;
  }
}

async function run<Row>(on: Runner, sql: string, parameters: readonly unknown[] = []): Promise<readonly Row[]> {
  return (await on.query<Row>(sql, [...parameters])).rows;
}

/** One template for each version of PGlite and each set of tables; in a folder of this user only. */
async function templateFile(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const { version } = JSON.parse(await readFile(join(dirname(entry), '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const tables = createHash('sha256').update(JSON.stringify(MIGRATIONS)).digest('hex').slice(0, 16);
  return join(tmpdir(), `hall24-platform-${userInfo().username}`, `pglite-${version}-${tables}.tar`);
}

async function readTemplate(file: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    const folder = await stat(dirname(file));
    if (process.getuid !== undefined && folder.uid !== process.getuid()) return null;
    return new Uint8Array(await readFile(file));
  } catch {
    return null;
  }
}

/** Keeping the template is a convenience: when it fails, the next start is slow again. */
async function keepTemplate(file: string, db: PGlite): Promise<void> {
  const unfinished = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const dump = await db.dumpDataDir('none');
    await writeFile(unfinished, new Uint8Array(await dump.arrayBuffer()), { mode: 0o600 });
    await rename(unfinished, file);
  } catch {
    await rm(unfinished, { force: true }).catch(() => undefined);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

async function emptyFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
}
