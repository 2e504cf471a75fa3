import { join } from 'node:path';
import { linkNativeModules } from './app-dir.ts';
import { buildApp } from './build.ts';
import { ensureSystemPackages, hasDisplay } from './debian.ts';
import { openDisplay } from './display.ts';
import type { Display } from './display.ts';
import { resolveElectron } from './electron-runtime.ts';
import type { ResolvedElectron } from './electron-runtime.ts';
import { OUT } from './paths.ts';

/** What the kiosk and the journeys need to run from a checkout. */
export interface KioskEnvironment {
  readonly electron: ResolvedElectron;
  /** The built app folder: `electron.executable [--switches] appDir`. */
  readonly appDir: string;
  /** Variables to add to Electron's environment (DISPLAY of a virtual screen). */
  readonly display: Record<string, string>;
}

/** Installs what the system lacks, finds Electron, builds. Quick when all is there. */
export async function prepareApp(): Promise<{ electron: ResolvedElectron; appDir: string }> {
  await ensureSystemPackages(['electron', 'usb', 'fonts', ...(hasDisplay() ? [] : (['display'] as const))]);
  const electron = await resolveElectron();
  const appDir = join(OUT, 'app');
  await buildApp({ outDir: appDir, devPanel: true, drivable: true, manifestKey: '' });
  await linkNativeModules(appDir, electron);
  return { electron, appDir };
}

/** Prepares everything, opens a screen, does the work and closes the screen whatever happens. */
export async function withKiosk(
  work: (environment: KioskEnvironment, display: Display) => Promise<number>,
  forceVirtual = false,
): Promise<number> {
  const { electron, appDir } = await prepareApp();
  const display = await openDisplay(forceVirtual);
  try {
    return await work({ electron, appDir, display: display.env }, display);
  } finally {
    await display.stop();
  }
}
