import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { app, MessageChannelMain } from 'electron';
import { startApp, type App } from '../app/app.ts';
import { KioskConfig } from '../app/config/schema.ts';
import { CameraDesk } from '../app/document-camera.ts';
import { outOfServiceHandlers } from '../app/handlers.ts';
import { checkHost } from '../app/host-check.ts';
import { deviceOfFile, readHost } from '../app/host-files.ts';
import { createLog } from '../app/log.ts';
import { openSupervised } from '../app/queue/index.ts';
import { VisitDesk } from '../app/visit/index.ts';
import { PERSONAL_CHANNEL } from '../contract/bridge.ts';
import { createRouter } from '../ipc/router.ts';
import type { LogPort } from '../services/ports.ts';
import { Emitter } from '../../native/model/events.ts';
import type { TransportOpener } from '../../native/model/transport.ts';
import { driverRegistry } from '../../native/manager/registry.ts';
import { openTransport } from '../../native/transport/open.ts';
import { systemClock, systemRandom } from '../../native/transport/system-clock.ts';
import { openPanelWindow } from './dev-panel.ts';
import { giveBack, giveBackAfterStart } from './give-back.ts';
import type { BridgedKiosk, ScreenEvent } from './ipc-bridge.ts';
import { keyFileOf, osKeyWrap } from './key-store.ts';
import type { KioskWindow } from './kiosk-window.ts';
import { wipeClipboard } from './lockdown.ts';
import type { Opening } from './opening.ts';
import { PAGE_ORIGIN } from './page-path.ts';
import { espeak } from './speech-engine.ts';
import { watchHeadset } from './speech-headset.ts';
import { spawnAfter, spawnVisitUtility } from './visit-utility.ts';

/** What the shell is started with. */
export interface ShellOptions {
  /** Folder of the built app: `main/`, `renderer/`, `assets/`. */
  readonly appDir: string;
  readonly dataDir: string;
  readonly version: string;
  readonly development: boolean;
}

/** Longest that stopping may take, in milliseconds; what is not written by then was never acknowledged. */
const STOP_DEADLINE_MS = 5_000;

/** When nobody has come for so long after a visit, nobody is kept waiting by tidying up, in milliseconds. */
const NOBODY_MS = 20_000;

/** Reads the first configuration that the installer put beside the data, if there is one. */
async function firstConfig(path: string | undefined, log: LogPort): Promise<KioskConfig | null> {
  if (path === undefined) return null;
  try {
    const parsed = KioskConfig.safeParse(JSON.parse(await readFile(path, 'utf8')));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    log.event('error', 'first-configuration-refused', { path: issue?.path.join('.'), issue: issue?.message });
  } catch (cause) {
    // A parser's message quotes what it read, which may be the credential.
    const reason = cause instanceof SyntaxError || !(cause instanceof Error) ? 'not JSON' : cause.message;
    log.event('error', 'first-configuration-unreadable', { reason });
  }
  return null;
}

/**
 * Runs the kiosk in its window. Settings by environment: `HALL24_FIRST_CONFIG` the installer's configuration; in
 * development `HALL24_PANEL` (the simulator panel's address), which a closed build does not know.
 */
export async function runKioskShell(options: ShellOptions, opening: Opening): Promise<void> {
  const { appDir, dataDir, version, development } = options;
  const { window, service, firstScreen } = opening;
  const log = createLog({ path: join(dataDir, 'logs', 'kiosk.log'), clock: systemClock });
  log.event('info', 'start', { version, electron: process.versions['electron'] });

  const camera = new CameraDesk();
  let kiosk: App | null = null;
  opening.hook({
    log: (level, event, detail) => log.event(level, event, detail),
    cameraAllowed: () => camera.allowed,
    onRestarted: () => {
      camera.allow(false);
      kiosk?.endVisit('restarted');
    },
  });
  const desk = new VisitDesk({
    spawn: spawnAfter(
      firstScreen.drawn,
      spawnVisitUtility(appDir, (words) => process.stderr.write(words)),
    ),
    clock: systemClock,
    log,
  });
  const [osWrap, keyFile] = [osKeyWrap(), keyFileOf(process.env)];
  const openLater: TransportOpener = async (address) => {
    await firstScreen.drawn;
    return openTransport(address);
  };
  const starting = startApp({
    dataDir,
    assetsDir: join(appDir, 'assets'),
    clock: systemClock,
    random: systemRandom,
    log,
    openTransport: camera.opener(openLater),
    camera,
    desk,
    registry: driverRegistry,
    speechEngine: espeak(),
    headset: watchHeadset(undefined, firstScreen.drawn),
    quiet: firstScreen.drawn,
    ...(osWrap ? { keyWrap: osWrap } : {}),
    ...(keyFile === undefined ? {} : { keyFile }),
    openQueue: openSupervised(opening.spawnStore),
    firstConfig: await firstConfig(process.env['HALL24_FIRST_CONFIG'], log),
    version,
    development,
  });
  const bridged = async (): Promise<BridgedKiosk> => {
    const started = await starting;
    const running = started.ok ? started.value : null;
    return {
      router: createRouter({
        handlers: started.ok ? started.value.handlers : outOfServiceHandlers(started.error),
        origin: PAGE_ORIGIN,
        log: (level, event, detail) => log.event(level, event, detail),
      }),
      events: running?.events ?? new Emitter<ScreenEvent>(),
      apart: running && { inVisit: () => running.useCases.visits.current !== null },
    };
  };
  const bridging = bridged();
  opening.answer(bridging);
  stopInOrder(async () => {
    service.stop();
    window.close();
    opening.stopBridge();
    const running = await starting.catch(() => null);
    if (running?.ok === true) await running.value.stop();
    log.event('info', 'stopped');
  });
  const [started] = await Promise.all([starting, bridging]);
  if (started.ok) {
    kiosk = started.value;
    follow(kiosk, { window, desk, camera });
  }
  await opening.opened;
  service.ready();
  await firstScreen.drawn;
  void tellHost(log);
  giveBackAfterStart();
  const panel = process.env['HALL24_PANEL'];
  if (__DEV_PANEL__ && panel !== undefined) await openPanelWindow(panel, window.rightEdge + 8);
}

/** The window's part in what happens at the kiosk: a page and a process for each visit. */
function follow(
  kiosk: App,
  { window, desk, camera }: { readonly window: KioskWindow; readonly desk: VisitDesk; readonly camera: CameraDesk },
): void {
  let quiet: NodeJS.Timeout | undefined;
  kiosk.events.subscribe((event) => {
    // On a developer's desk the clipboard is the developer's.
    if (event.name !== 'visit-ended') return;
    camera.allow(false);
    if (!__DEV_PANEL__) wipeClipboard();
    void window.renew();
    clearTimeout(quiet);
    quiet = setTimeout(giveBack, NOBODY_MS);
  });
  kiosk.useCases.visits.events.subscribe((event) => {
    if (event.type !== 'begun') return;
    clearTimeout(quiet);
    window.prepare();
    const { port1, port2 } = new MessageChannelMain();
    const visit = kiosk.useCases.visits.current;
    if (visit) desk.begin(visit.id, visit.language, port2);
    window.hand(PERSONAL_CHANNEL, port1);
  });
}

/** What on this machine may bring memory of the kiosk to the disk in the clear, for the technician's log. */
async function tellHost(log: LogPort): Promise<void> {
  for (const { what, state, detail } of await checkHost(readHost, deviceOfFile)) {
    log.event(state === 'good' ? 'info' : 'warn', `host-${what}`, { state, detail });
  }
}

/** Runs `stop` once before the app quits, however the quitting came about. */
function stopInOrder(stop: () => Promise<void>): void {
  let stopping: Promise<void> | null = null;
  const quit = (): void => {
    stopping ??= Promise.race([stop(), systemClock.sleep(STOP_DEADLINE_MS)]).finally(() => app.exit(0));
  };
  app.on('before-quit', (event) => {
    event.preventDefault();
    quit();
  });
  app.on('window-all-closed', () => undefined);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, quit);
}
