import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import originalFs from 'original-fs';
import { app } from 'electron';
import { placeOf } from './ipc/error-place.ts';
import { judgeCommandLine } from './shell/command-line.ts';
import { lockApp } from './shell/lockdown.ts';
import { verifyManifest } from './shell/manifest.ts';
import { beginOpening } from './shell/opening.ts';
import { registerPageScheme } from './shell/page-protocol.ts';

/** Ends the process with a word on standard error; the service manager starts it anew. */
function fail(what: string, cause: unknown): never {
  process.stderr.write(`hall24: ${what}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`);
  process.exit(1);
}

// An uncaught exception would open a dialog and hang an unattended kiosk. What a closed build says of it ends in the
// system's journal, so it may not quote anybody.
const sayable = (cause: unknown): unknown => (__DRIVABLE__ ? cause : placeOf(cause));
process.on('uncaughtException', (cause) => fail('uncaught exception', sayable(cause)));
process.on('unhandledRejection', (cause) => fail('unhandled rejection', sayable(cause)));

// Whatever this process or Chromium's helpers write belongs to the kiosk's own user alone.
process.umask(0o077);
// The fuses do not close this door: remote debugging, proxies, extensions and so on come by the command line.
if (!__DRIVABLE__) {
  const { remove, refuse } = judgeCommandLine(process.argv.slice(1), process.getuid?.() === 0);
  if (refuse.length > 0) fail('start', `not allowed on the command line: --${refuse.join(', --')}`);
  for (const name of remove) app.commandLine.removeSwitch(name);
}
// GTK looks for visuals of OpenGL, for which it loads Mesa and its compiler: 20 MB and much of the start for nothing.
process.env['GDK_GL'] ??= 'disable';
// No image of memory is collected when a process dies.
app.commandLine.appendSwitch('disable-breakpad');
// Kiosk hardware has no graphics card worth the trouble of its drivers; software drawing looks the same everywhere.
app.disableHardwareAcceleration();
// Nothing here is drawn in three dimensions, in software neither.
app.commandLine.appendSwitch('disable-software-rasterizer');
// The page has no network, and the queue's process a client of its own: what is left of Chromium's network service loads the
// build's own files, for which it needs no process.
app.commandLine.appendSwitch('enable-features', 'NetworkServiceInProcess2');
// What sounds is made here: its process would stay for a quarter of an hour after each tone.
app.commandLine.appendSwitch('disable-features', 'AudioServiceOutOfProcess');
// A test as root has to switch the sandbox off; forcing it on there kills every helper process at once.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
registerPageScheme();
lockApp();
// One kiosk a data folder: the lock below goes by this path.
const dataDir = resolve(process.env['HALL24_DATA'] || join(app.getPath('userData'), 'kiosk'));
app.setPath('userData', join(dataDir, 'electron'));

const appDir = app.getAppPath();

/** `WIDTHxHEIGHT` of a window that can be left, or null for the whole screen. */
function windowSize(text: string | undefined): { readonly width: number; readonly height: number } | null {
  const match = /^(\d{3,4})x(\d{3,4})$/.exec(text ?? '');
  return match ? { width: Number(match[1]), height: Number(match[2]) } : null;
}

/** Where the kiosk may be driven, `HALL24_WINDOW` (`WIDTHxHEIGHT`) is the window's size; a closed build does not know it. */
async function start(): Promise<void> {
  if (app.isPackaged && __MANIFEST_KEY__ !== '') {
    const verified = await verifyManifest(process.resourcesPath, __MANIFEST_KEY__, originalFs);
    if (!verified.ok) fail('this build is not the one that was signed', JSON.stringify(verified.error));
  }
  const opening = beginOpening(appDir, __DRIVABLE__ ? windowSize(process.env['HALL24_WINDOW']) : null);
  const { version } = JSON.parse(readFileSync(join(appDir, 'package.json'), 'utf8')) as { version: string };
  // The kiosk's own code takes long to load: the page comes up meanwhile.
  const { runKioskShell } = await import('./shell/kiosk-shell.ts');
  await runKioskShell({ appDir, dataDir, version, development: __DEV_PANEL__ }, opening);
}

if (app.requestSingleInstanceLock()) {
  app
    .whenReady()
    .then(start)
    .catch((cause: unknown) => fail('start', cause));
} else {
  fail('start', 'another kiosk process runs with the same data folder');
}
