import { ElectronDownloadCacheMode, downloadArtifact, initializeProxy } from '@electron/get';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './paths.ts';
import { LaunchError, say, step } from './progress.ts';
import { unpackZip } from './zip.ts';

/** An official Electron: its folder and executable. */
export interface OfficialElectron {
  readonly version: string;
  readonly executable: string;
  readonly dist: string;
}

/** Why there is none. */
export interface NoOfficialElectron {
  readonly reason: string;
}

/** How long the download server may take until the first byte, and how long it may then stall, in ms. */
const FIRST_BYTE_MS = 8_000;
const STALL_MS = 30_000;
/** How long a failed download is remembered, in ms. */
const REMEMBER_FAILURE_MS = 24 * 3_600_000;

const PACKAGE = join(ROOT, 'node_modules', 'electron');

function executableIn(dist: string): string {
  if (process.platform === 'darwin') return join(dist, 'Electron.app', 'Contents', 'MacOS', 'Electron');
  return join(dist, process.platform === 'win32' ? 'electron.exe' : 'electron');
}

/** The Electron that the lock file asks for. */
export async function wantedVersion(): Promise<string> {
  return (JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8')) as { version: string }).version;
}

async function versionIn(dist: string): Promise<string | undefined> {
  const text = await readFile(join(dist, 'version'), 'utf8').catch(() => undefined);
  return text?.trim().replace(/^v/, '');
}

/**
 * The official Electron: where ELECTRON_OVERRIDE_DIST_PATH says, as installed in node_modules, out of the cache, or
 * downloaded (ELECTRON_MIRROR is honoured, the package's SHA-256 checked).
 * @param cache folder that outlives node_modules
 * @param force try the download even if it failed within the last day
 */
export async function officialElectron(cache: string, force: boolean): Promise<OfficialElectron | NoOfficialElectron> {
  const version = await wantedVersion();
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const cached = join(cache, `electron-${version}-official-${process.platform}-${process.arch}`);
  if (override !== undefined && override !== '') return overriding(override, version);
  for (const dist of [join(PACKAGE, 'dist'), cached]) {
    if (existsSync(executableIn(dist)) && (await versionIn(dist)) === version) {
      return { version, dist, executable: executableIn(dist) };
    }
  }
  const memo = join(cache, 'no-official-electron.json');
  const attempt = `${version} ${process.env['ELECTRON_MIRROR'] ?? process.env['npm_config_electron_mirror'] ?? ''}`;
  const failed = force ? undefined : await rememberedFailure(memo, attempt);
  if (failed !== undefined) return { reason: `${failed}, not tried again before a day is over` };
  const problem = await download(version, cached, cache);
  if (problem === undefined) {
    await rm(memo, { force: true });
    return { version, dist: cached, executable: executableIn(cached) };
  }
  await mkdir(cache, { recursive: true });
  await writeFile(memo, JSON.stringify({ attempt, reason: problem, at: Date.now() }));
  return { reason: problem };
}

/** The one that the user points to. Another version would not fit the native modules. */
async function overriding(dist: string, version: string): Promise<OfficialElectron> {
  const found = existsSync(executableIn(dist)) ? await versionIn(dist) : undefined;
  if (found === version) return { version, dist, executable: executableIn(dist) };
  const what = found === undefined ? 'no unpacked Electron' : `Electron ${found}`;
  throw new LaunchError(`ELECTRON_OVERRIDE_DIST_PATH holds ${what}; Electron ${version} is needed.`);
}

async function rememberedFailure(memo: string, attempt: string): Promise<string | undefined> {
  try {
    const failure = JSON.parse(await readFile(memo, 'utf8')) as { attempt: string; reason: string; at: number };
    const age = Date.now() - failure.at;
    return failure.attempt === attempt && age >= 0 && age < REMEMBER_FAILURE_MS ? failure.reason : undefined;
  } catch {
    return undefined;
  }
}

/** Downloads, checks and unpacks into the cache; returns why it could not. */
async function download(version: string, folder: string, cache: string): Promise<string | undefined> {
  if (process.env['HTTPS_PROXY'] || process.env['https_proxy']) initializeProxy();
  const work = join(cache, `.official-${process.pid}-${Date.now()}`);
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(new Error('no answer')), FIRST_BYTE_MS);
  let percent = 0;
  try {
    await mkdir(work, { recursive: true });
    await step(
      `Looking for the official Electron ${version}`,
      async () => {
        const zip = await downloadArtifact({
          version,
          artifactName: 'electron',
          platform: process.platform,
          arch: process.arch,
          checksums: JSON.parse(await readFile(join(PACKAGE, 'checksums.json'), 'utf8')) as Record<string, string>,
          cacheMode: ElectronDownloadCacheMode.Bypass,
          tempDirectory: work,
          downloadOptions: {
            quiet: true,
            signal: abort.signal,
            getProgressCallback: async (progress: { percent: number }) => {
              percent = Math.round(progress.percent * 100);
              clearTimeout(timer);
              timer = setTimeout(() => abort.abort(new Error('the download stalled')), STALL_MS);
            },
          },
        });
        clearTimeout(timer);
        await unpackZip(zip, join(work, 'dist'));
        await rm(folder, { recursive: true, force: true });
        await rename(join(work, 'dist'), folder);
      },
      () => `${percent} %`,
    );
    return undefined;
  } catch (error) {
    if (existsSync(executableIn(folder)) && (await versionIn(folder)) === version) return undefined;
    const reason = reasonOf(error);
    say(`The official Electron cannot be fetched: ${reason}`);
    return reason;
  } finally {
    clearTimeout(timer);
    await rm(work, { recursive: true, force: true });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.message}${cause}`;
}
