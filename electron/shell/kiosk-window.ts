import { join } from 'node:path';
import { BrowserWindow, screen, session, type WebContents } from 'electron';
import { lockSession, lockWindow } from './lockdown.ts';
import { PAGE_ORIGIN } from './page-path.ts';
import { servePage } from './page-protocol.ts';

/** What the window is made of. */
export interface KioskWindowOptions {
  /** Folder of the built app: holds `renderer/` and `main/`. */
  readonly appDir: string;
  /** Window size in development; null fills the screen and cannot be left. */
  readonly size: { readonly width: number; readonly height: number } | null;
  readonly log: (level: 'info' | 'warn' | 'error', event: string, detail?: Readonly<Record<string, unknown>>) => void;
  /** Whether a screen that takes pictures is open. */
  readonly cameraAllowed: () => boolean;
  /** The page died or hung and was put back: whatever visit there was is over. */
  readonly onRestarted: () => void;
}

/** A hung page is put back after this long, in milliseconds. */
const HUNG_AFTER_MS = 8_000;
/** Not more page restarts than this within ten minutes; then the watchdog outside must act. */
const RESTARTS_ALLOWED = 20;
const RESTART_WINDOW_MS = 10 * 60_000;

/** Session of the kiosk page: in memory only, gone with the process. */
const PARTITION = 'kiosk';

/** A development window that is larger than the desk's screen is drawn smaller, not cut off. */
function fitted(wanted: { readonly width: number; readonly height: number }): {
  readonly width: number;
  readonly height: number;
  readonly zoom: number;
} {
  const room = screen.getPrimaryDisplay().workAreaSize;
  const zoom = Math.min(1, room.width / wanted.width, room.height / wanted.height);
  return { width: Math.floor(wanted.width * zoom), height: Math.floor(wanted.height * zoom), zoom };
}

/** The one window of the kiosk; puts its page back when it dies or hangs. */
export class KioskWindow {
  readonly #options: KioskWindowOptions;
  #window: BrowserWindow | null = null;
  #restarts: number[] = [];
  #hung: NodeJS.Timeout | null = null;
  #closing = false;

  constructor(options: KioskWindowOptions) {
    this.#options = options;
    const own = session.fromPartition(PARTITION, { cache: false });
    lockSession(own, options.cameraAllowed);
    servePage(own, join(options.appDir, 'renderer'));
  }

  /** Makes the window and loads the page; resolves when it is loaded or was seen not to load. */
  async open(): Promise<void> {
    const { appDir, log } = this.#options;
    const size = this.#options.size && fitted(this.#options.size);
    const window = new BrowserWindow({
      ...(size
        ? { width: size.width, height: size.height, x: 0, y: 0, useContentSize: true }
        : // The bounds fill the screen also where no window manager does it, as on a bare X server.
          { ...screen.getPrimaryDisplay().bounds, kiosk: true, fullscreen: true }),
      frame: false,
      show: false,
      backgroundColor: '#F4F0E7',
      autoHideMenuBar: true,
      webPreferences: {
        preload: join(appDir, 'main', 'preload.cjs'),
        partition: PARTITION,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: false,
        navigateOnDragDrop: false,
        backgroundThrottling: false,
        devTools: __DRIVABLE__,
        zoomFactor: size?.zoom ?? 1,
      },
    });
    this.#window = window;
    lockWindow(window);
    window.once('ready-to-show', () => window.show());
    window.webContents.on('preload-error', (_event, _path, error) =>
      log('error', 'preload-failed', { reason: error.message }),
    );
    // A page that was replaced lives on until the new one is drawn; what happens to it is nobody's business any more.
    const atKiosk = (): boolean => !this.#closing && this.#window === window;
    window.webContents.on('render-process-gone', (_event, details) => {
      if (atKiosk()) this.#putBack(details.reason);
    });
    window.on('unresponsive', () => {
      if (atKiosk()) this.#hung ??= setTimeout(() => this.#putBack('hung'), HUNG_AFTER_MS);
    });
    window.on('responsive', () => {
      if (atKiosk()) this.#calm();
    });
    window.on('close', (event) => {
      if (!this.#closing && size === null) event.preventDefault();
    });
    try {
      await window.loadURL(`${PAGE_ORIGIN}/index.html`);
    } catch (cause) {
      log('error', 'page-not-loaded', { reason: cause instanceof Error ? cause.message : String(cause) });
    }
  }

  /** Right edge of the window in development, where the simulator panel may stand. */
  get rightEdge(): number {
    const bounds = this.#window?.getBounds();
    return bounds ? bounds.x + bounds.width : 0;
  }

  /** Whether these contents are the page at the kiosk now. */
  shows(contents: WebContents): boolean {
    const window = this.#window;
    return window !== null && !window.isDestroyed() && window.webContents === contents;
  }

  /** Sends to the page at the kiosk; nothing happens while there is none. */
  send(channel: string, ...args: readonly unknown[]): void {
    const window = this.#window;
    if (window && !window.isDestroyed() && !window.webContents.isDestroyed()) window.webContents.send(channel, ...args);
  }

  /** Takes the window away for good. */
  close(): void {
    this.#closing = true;
    this.#calm();
    this.#window?.destroy();
    this.#window = null;
  }

  #calm(): void {
    if (this.#hung) clearTimeout(this.#hung);
    this.#hung = null;
  }

  #putBack(reason: string): void {
    this.#calm();
    const { log, onRestarted } = this.#options;
    const now = Date.now();
    this.#restarts = [...this.#restarts.filter((at) => at > now - RESTART_WINDOW_MS), now];
    log('error', 'page-restarted', { reason, restarts: this.#restarts.length });
    if (this.#restarts.length > RESTARTS_ALLOWED) {
      process.exitCode = 1;
      process.exit();
    }
    onRestarted();
    const old = this.#window;
    void this.open().finally(() => old?.destroy());
  }
}
