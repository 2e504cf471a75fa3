import { existsSync } from 'node:fs';
import { cp, lstat, mkdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ResolvedElectron } from './electron-runtime.ts';
import { ROOT } from './paths.ts';

/** Native modules that the product loads at run time; the rest is bundled. */
const NATIVE_MODULES = ['better-sqlite3', 'serialport', 'node-hid'] as const;
/** Native modules without which the product works, less one kind of device. */
const OPTIONAL_MODULES: readonly string[] = process.platform === 'win32' ? ['pcsc-mini', 'koffi'] : ['pcsc-mini'];

/** The native modules that are installed here; one that must be and is not is found out when it is looked for. */
function nativeModules(): readonly string[] {
  const there = OPTIONAL_MODULES.filter((name) => existsSync(join(ROOT, 'node_modules', name, 'package.json')));
  return [...NATIVE_MODULES, ...there];
}

interface PackageFile {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

async function readPackage(folder: string): Promise<PackageFile> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as PackageFile;
}

/** Writes the app's own package.json: what Electron reads to find the entry point. */
export async function writeAppPackage(appDir: string): Promise<void> {
  const { name, version, description, license } = await readPackage(ROOT);
  const app = {
    name,
    productName: name,
    version,
    description,
    author: name,
    license,
    type: 'module',
    main: 'main/main.js',
  };
  await mkdir(appDir, { recursive: true });
  await writeFile(join(appDir, 'package.json'), `${JSON.stringify(app, null, 2)}\n`);
}

/** Where a native module comes from: better-sqlite3 must fit the runtime's Node, the others fit every Node. */
function sourceOf(module: string, electron: ResolvedElectron): string {
  return join(module === 'better-sqlite3' ? electron.nativeModules : join(ROOT, 'node_modules'), module);
}

/** Links the native modules into a development app folder. Their own dependencies are found at their real place. */
export async function linkNativeModules(appDir: string, electron: ResolvedElectron): Promise<void> {
  const modules = join(appDir, 'node_modules');
  await mkdir(modules, { recursive: true });
  for (const name of nativeModules()) {
    const link = join(modules, name);
    const target = sourceOf(name, electron);
    const present = await lstat(link).catch(() => undefined);
    if (present?.isSymbolicLink() === true && (await readlink(link)) === target) continue;
    await rm(link, { recursive: true, force: true });
    await symlink(target, link, 'junction');
  }
}

/** Packages that only a build or an installation needs. */
const BUILD_ONLY = new Set(['node-addon-api', 'prebuild-install']);
/** Parts of a native package that only a compiler needs. */
const COMPILER_FOOD = new Set(['deps', 'hidapi', 'src.c']);
const OTHER_PLATFORMS = ['darwin', 'win32', 'android', 'musl', 'linux'].filter((name) => name !== process.platform);

/**
 * Copies the native modules and everything they depend on into an app folder that is to be packed, and names them in
 * its package.json: electron-builder takes along only what is named there.
 */
export async function copyNativeModules(appDir: string, electron: ResolvedElectron): Promise<void> {
  const done = new Set<string>();
  const versions: Record<string, string> = {};
  const copy = async (name: string, from: string): Promise<void> => {
    const folder = findPackage(name, from);
    if (done.has(folder)) return;
    done.add(folder);
    // One that lies inside its user has come along with it.
    if (dirname(folder) !== join(from, 'node_modules') || basename(from) === 'node_modules') {
      await cp(folder, join(appDir, 'node_modules', name), {
        recursive: true,
        dereference: true,
        filter: (path) => path === folder || !isDeadWeight(path.slice(folder.length + 1)),
      });
    }
    const { dependencies = {}, optionalDependencies = {} } = await readPackage(folder);
    for (const dependency of Object.keys(dependencies)) if (!BUILD_ONLY.has(dependency)) await copy(dependency, folder);
    // The binary for this platform comes as an optional package; only that one is installed.
    const binaries = OPTIONAL_MODULES.some((optional) => optional === name) ? Object.keys(optionalDependencies) : [];
    for (const binary of binaries)
      if (existsSync(join(dirname(folder), binary, 'package.json'))) await copy(binary, folder);
  };
  for (const name of nativeModules()) {
    await copy(name, dirname(sourceOf(name, electron)));
    versions[name] = (await readPackage(join(appDir, 'node_modules', name))).version;
  }
  const app = await readPackage(appDir);
  await writeFile(join(appDir, 'package.json'), `${JSON.stringify({ ...app, dependencies: versions }, null, 2)}\n`);
}

/** Whether a file of a native package, named from the package's folder, is of no use at run time on this machine. */
function isDeadWeight(path: string): boolean {
  const [top = ''] = path.split(/[\\/]/);
  if (COMPILER_FOOD.has(top) || /\.(c|cc|cpp|h|hpp|gyp|gypi|md|map|ts)$/.test(path)) return true;
  if (/node_modules[\\/](node-addon-api|prebuild-install)([\\/]|$)/.test(path)) return true;
  const prebuild = /prebuilds[\\/]([^\\/]+)/.exec(path)?.[1];
  if (prebuild === undefined) return false;
  const words = prebuild.split(/[-_.+]/);
  if (words.some((word) => OTHER_PLATFORMS.includes(word) || word === 'linuxmusl')) return true;
  return !words.includes(process.arch);
}

/** Finds a package as Node would: in the node_modules of the folder, then of the folders above. */
function findPackage(name: string, from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const beside = join(folder, 'node_modules', name);
    if (existsSync(join(beside, 'package.json'))) return beside;
    const within = join(folder, name);
    if (folder.endsWith('node_modules') && existsSync(join(within, 'package.json'))) return within;
    if (dirname(folder) === folder) throw new Error(`The package ${name} is not installed`);
  }
}
