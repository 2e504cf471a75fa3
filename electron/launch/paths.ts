import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The checkout this launcher belongs to. */
export const ROOT = resolve(import.meta.dirname, '..', '..');
/** Everything that is built or left behind; never committed. */
export const OUT = join(ROOT, 'out');
/** What Node has compiled of test programs (`NODE_COMPILE_CACHE`); it knows by itself what fits a file and a version. */
export const COMPILED = join(OUT, 'compiled');

/** Where runtimes survive a reinstall of node_modules: `$XDG_CACHE_HOME/hall24`, `~/.cache/hall24`, or the Windows equivalent. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base =
    env['XDG_CACHE_HOME'] || (process.platform === 'win32' && env['LOCALAPPDATA']) || join(homedir(), '.cache');
  return join(base, 'hall24');
}
