import type { SpawnProcess } from '../app/queue/index.ts';
import type { Unsubscribe } from '../../native/model/events.ts';
import { FirstScreen } from './first-screen.ts';
import { bridgeIpc, type BridgedKiosk } from './ipc-bridge.ts';
import { KioskWindow, type KioskWindowOptions } from './kiosk-window.ts';
import { serviceManager, type ServiceManager } from './service-manager.ts';
import { spawnStoreUtility } from './store-utility.ts';

/** What the window asks and tells once the kiosk's own code is loaded. */
export type WindowHooks = Pick<KioskWindowOptions, 'log' | 'cameraAllowed' | 'onRestarted'>;

/** What is under way before the kiosk's own code is loaded: the page, and the process of the queue. */
export interface Opening {
  readonly service: ServiceManager;
  readonly window: KioskWindow;
  /** Resolves when the window stands on the screen. */
  readonly opened: Promise<void>;
  readonly firstScreen: FirstScreen;
  readonly spawnStore: SpawnProcess;
  /** Who listens to the window from now on; it is told what happened before. */
  hook(hooks: WindowHooks): void;
  /** What answers the page; its questions have waited for it. */
  answer(kiosk: Promise<BridgedKiosk>): void;
  stopBridge: Unsubscribe;
}

/**
 * Makes the window and begins to load its page, and starts the queue's process. Nothing here may import what takes long to
 * load: page and process start up beside it.
 */
export function beginOpening(appDir: string, size: KioskWindowOptions['size']): Opening {
  // Before any helper process is started, so that none inherits the right to speak for the kiosk.
  const service = serviceManager(process.env);
  let hooks: WindowHooks | null = null;
  const unsaid: Parameters<WindowHooks['log']>[] = [];
  const window = new KioskWindow({
    appDir,
    size,
    log: (...line) => {
      if (hooks) hooks.log(...line);
      else unsaid.push(line);
    },
    cameraAllowed: () => hooks?.cameraAllowed() === true,
    onRestarted: () => hooks?.onRestarted(),
  });
  const firstScreen = new FirstScreen();
  let answer: (kiosk: Promise<BridgedKiosk>) => void = () => undefined;
  const kiosk = new Promise<BridgedKiosk>((resolve) => {
    answer = resolve;
  });
  const stopBridge = bridgeIpc(kiosk, window, (name) => {
    if (name === 'kiosk.snapshot') firstScreen.answered();
  });
  const opened = window.open();
  return {
    service,
    window,
    opened,
    firstScreen,
    spawnStore: spawnStoreUtility(appDir, (words) => process.stderr.write(words)),
    hook: (given) => {
      hooks = given;
      for (const line of unsaid.splice(0)) given.log(...line);
    },
    answer,
    stopBridge,
  };
}
