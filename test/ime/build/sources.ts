import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..', '..');
/** Where fetched sources lie; never committed. */
const KEEP = join(ROOT, 'out', 'dictionary-sources');

/** Fetches one version of a package from the npm registry and unpacks it; its folder. */
export async function npmPackage(name: string, version: string): Promise<string> {
  const dir = join(KEEP, `${name}-${version}`);
  if (existsSync(join(dir, 'package', 'package.json'))) return join(dir, 'package');
  await mkdir(dir, { recursive: true });
  const npm = process.env['npm_execpath'] ?? 'npm';
  await run(npm, ['pack', `${name}@${version}`, '--silent', '--pack-destination', dir]);
  await run('tar', ['xzf', join(dir, `${name}-${version}.tgz`), '-C', dir]);
  return join(dir, 'package');
}

/** Fetches a Debian package and unpacks it; the folder that stands for `/`. */
export async function debianPackage(name: string): Promise<string> {
  const dir = join(KEEP, `debian-${name}`);
  const tree = join(dir, 'tree');
  if (existsSync(join(tree, 'usr'))) return tree;
  await mkdir(dir, { recursive: true });
  await run('apt-get', ['download', '-q', name], { cwd: dir });
  const file = (await readdir(dir)).find((one) => one.endsWith('.deb'));
  if (file === undefined) throw new Error(`Debian package ${name} could not be fetched`);
  await run('dpkg-deb', ['-x', join(dir, file), tree]);
  return tree;
}

/** Text of a file compressed with bzip2. */
export async function bunzip(path: string): Promise<string> {
  const { stdout } = await run('bzcat', [path], { maxBuffer: 200 * 1024 * 1024 });
  return stdout;
}
