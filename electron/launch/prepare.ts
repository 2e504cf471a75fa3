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

/**
 * Installs what the system lacks, finds Electron, builds. Quick when all is there.
 * @param virtual whether a virtual screen will be wanted although there is a real one
 */
export async function prepareApp(virtual = false): Promise<{ electron: ResolvedElectron; appDir: string }> {
  await ensureKioskPackages(virtual);
  const electron = await resolveElectron();
  const appDir = join(OUT, 'app');
  await buildApp({ outDir: appDir, devPanel: true, drivable: true, manifestKey: '' });
  await linkNativeModules(appDir, electron);
  return { electron, appDir };
}

/** Makes sure that the system has what a running kiosk needs, with a virtual screen or without. */
export async function ensureKioskPackages(virtual: boolean): Promise<void> {
  const screen = virtual || !hasDisplay() ? (['display'] as const) : [];
  await ensureSystemPackages(['electron', 'usb', 'fonts', 'speech', ...screen]);
}

/**
 * Prepares everything, opens a screen, does the work and closes the screen whatever happens.
 * @param virtual use a virtual screen although there is a real one
 */
export async function withKiosk(
  work: (environment: KioskEnvironment, display: Display) => Promise<number>,
  virtual = false,
): Promise<number> {
  const { electron, appDir } = await prepareApp(virtual);
  const display = await openDisplay(virtual);
  try {
    return await work({ electron, appDir, display: display.env }, display);
  } finally {
    await display.stop();
  }
}
