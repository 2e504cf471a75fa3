import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { build as viteBuild } from 'vite';
import { writeAppPackage } from './app-dir.ts';
import { ROOT } from './paths.ts';
import { step } from './progress.ts';

/** What kind of product is built, and where it goes. */
export interface BuildSettings {
  /** The app folder: package.json, main/, renderer/, assets/. */
  readonly outDir: string;
  /** Whether the simulator panel belongs to it. */
  readonly devPanel: boolean;
  /** Whether it may be driven from outside (remote debugging). */
  readonly drivable: boolean;
  /** PEM of the public key that its manifest must be signed with; empty for none. */
  readonly manifestKey: string;
}

/** Folders whose files make up the product. */
const SOURCES = ['native', 'electron', 'renderer', 'assets'];
const CONFIGURATION = ['vite.config.ts', 'package.json', 'package-lock.json', 'tsconfig.json'];
/** Below SOURCES, but no part of the product. */
const NO_SOURCE = /(^electron\/launch\/|\.test\.tsx?$|\.md$|(^|\/)tsconfig[^/]*\.json$)/;

async function sourceFiles(): Promise<string[]> {
  const files: string[] = [];
  for (const folder of SOURCES) {
    if (!existsSync(join(ROOT, folder))) continue;
    for (const entry of await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      const name = relative(ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/');
      if (entry.isFile() && !NO_SOURCE.test(name)) files.push(name);
    }
  }
  return [...files, ...CONFIGURATION].sort();
}

/** A digest of everything that a build depends on. */
async function inputDigest(settings: BuildSettings): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(settings));
  for (const name of await sourceFiles()) {
    hash.update(`\0${name}\0`).update(await readFile(join(ROOT, name)));
  }
  return hash.digest('hex');
}

async function preloadNames(): Promise<string[]> {
  const names = await readdir(join(ROOT, 'electron'));
  return names.filter((name) => /^(.+-)?preload\.ts$/.test(name)).map((name) => name.slice(0, -'.ts'.length));
}

/** Files in assets/ that explain, but are not used at run time. */
function isAsset(path: string): boolean {
  return !path.endsWith('.md');
}

/** Runs all builds into one folder, with the settings that vite.config.ts reads from the environment. */
async function buildInto(outDir: string, settings: BuildSettings): Promise<void> {
  const nodeEnv = process.env['NODE_ENV'];
  process.env['HALL24_BUILD'] = JSON.stringify({ ...settings, outDir });
  process.env['NODE_ENV'] = 'production';
  try {
    const configFile = join(ROOT, 'vite.config.ts');
    const modes = ['main', ...(await preloadNames()).map((name) => `preload:${name}`), 'renderer'];
    for (const mode of modes) await viteBuild({ configFile, mode, logLevel: 'warn' });
  } finally {
    delete process.env['HALL24_BUILD'];
    if (nodeEnv === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = nodeEnv;
  }
  if (existsSync(join(ROOT, 'assets'))) {
    await cp(join(ROOT, 'assets'), join(outDir, 'assets'), { recursive: true, filter: isAsset });
  }
  await writeAppPackage(outDir);
}

/**
 * Builds the product into `settings.outDir`: main process and utility processes (ES modules), preloads (CommonJS),
 * pages and assets. Does nothing when the inputs are those of the last build there. The folder is replaced as a whole,
 * so that a kiosk started beside the build finds either the old one or the new one.
 */
export async function buildApp(settings: BuildSettings): Promise<void> {
  const stamp = join(settings.outDir, '.built-from');
  const digest = await inputDigest(settings);
  if ((await readFile(stamp, 'utf8').catch(() => undefined)) === digest) return;
  const fresh = `${settings.outDir}.new-${process.pid}`;
  const old = `${settings.outDir}.old-${process.pid}`;
  try {
    await rm(fresh, { recursive: true, force: true });
    await mkdir(fresh, { recursive: true });
    await step('Building the app', () => buildInto(fresh, settings));
    await writeFile(join(fresh, '.built-from'), digest);
    if (existsSync(settings.outDir)) await rename(settings.outDir, old);
    await rename(fresh, settings.outDir);
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
}
