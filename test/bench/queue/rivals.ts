import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../../../electron/launch/paths.ts';

/**
 * Installs the rivals of package.json into the cache folder, once for each version of that file.
 * @returns the folder that has them in `node_modules`, or why there is none
 */
export async function installRivals(): Promise<
  { readonly folder: string } | { readonly folder: null; readonly reason: string }
> {
  const own = join(import.meta.dirname, 'package.json');
  const digest = createHash('sha256')
    .update(await readFile(own))
    .digest('hex')
    .slice(0, 12);
  const folder = join(cacheFolder(), `bench-rivals-${digest}`);
  if (existsSync(join(folder, 'COMPLETE'))) return { folder };
  const fresh = `${folder}.${process.pid}`;
  try {
    await mkdir(fresh, { recursive: true });
    await cp(own, join(fresh, 'package.json'));
    await promisify(execFile)('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: fresh,
      shell: process.platform === 'win32',
    });
    await standIn(fresh);
    await writeFile(join(fresh, 'COMPLETE'), '');
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
    return { folder };
  } catch (cause) {
    await rm(fresh, { recursive: true, force: true });
    return { folder: null, reason: cause instanceof Error ? cause.message.slice(0, 300) : String(cause) };
  }
}

/**
 * better-queue-sqlite wants `sqlite3`, whose native part comes from outside the npm registry. A stand-in with the calls that
 * it uses runs them on better-sqlite3 instead, which is quicker than the real one: no disadvantage to the rival.
 */
async function standIn(folder: string): Promise<void> {
  const target = join(folder, 'node_modules', 'sqlite3');
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  await writeFile(join(target, 'package.json'), '{"name":"sqlite3","version":"0.0.0-stand-in","main":"index.js"}');
  await cp(join(import.meta.dirname, 'sqlite3-stand-in.cjs'), join(target, 'index.js'));
}
