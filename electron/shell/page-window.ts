import { join } from 'node:path';
import { BrowserWindow, screen, type MessagePortMain, type WebContents } from 'electron';
import { ALIVE_CHANNEL, FAILED_CHANNEL } from '../contract/bridge.ts';
import type { BrowsingContext } from './browsing-contexts.ts';
import { lockWindow } from './lockdown.ts';
import { PAGE_ORIGIN } from './page-path.ts';
import { PageWatch } from './page-watch.ts';
import { pageZoom } from './page-zoom.ts';
import { threadStates } from './thread-states.ts';

/** What one page's window is made of. */
export interface PageWindowOptions {
  /** Folder of the built app: holds `renderer/` and `main/`. */
  readonly appDir: string;
  /** Window size in development; null fills the screen and cannot be left. */
  readonly size: { readonly width: number; readonly height: number } | null;
  readonly context: BrowsingContext;
  readonly log: (level: 'info' | 'warn' | 'error', event: string, detail?: Readonly<Record<string, unknown>>) => void;
  /** The process that draws the page died, its script gave up, or it hangs while it is on the screen. */
  readonly onGone: (reason: string) => void;
}

/** Colour of the wall, so that a window without a page yet looks like one with an empty page. */
const WALL = '#F4F0E7';
/** A page that has not drawn anything after this long is shown as it is, in milliseconds. */
const DRAWN_WITHIN_MS = 3_000;
/** A process that draws nothing any more ends by itself within this, in milliseconds; else it is ended. */
const END_WITHIN_MS = 1_000;
const LOOK_MS = 20;

/** A development window that is larger than the desk's screen is drawn smaller, not cut off. */
function fitted(wanted: { readonly width: number; readonly height: number }): {
  readonly width: number;
  readonly height: number;
  readonly zoom: number;
} {
  const room = screen.getPrimaryDisplay().workAreaSize;
  const less = Math.min(1, room.width / wanted.width, room.height / wanted.height);
  // One that is larger than the layout stands for a panel with more pixels.
  const zoom = less * Math.max(1, pageZoom(wanted));
  return { width: Math.floor(wanted.width * less), height: Math.floor(wanted.height * less), zoom };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A window with one page in a browsing context of its own. Made hidden; shown once; destroyed with its process. */
export class PageWindow {
  readonly context: BrowsingContext;
  /** Resolves when the page is drawn or was seen not to come. */
  readonly ready: Promise<void>;
  readonly #options: PageWindowOptions;
  readonly #window: BrowserWindow;
  readonly #watch: PageWatch;
  #closing = false;

  constructor(options: PageWindowOptions) {
    const { appDir, context, log } = options;
    this.#options = options;
    this.context = context;
    const size = options.size && fitted(options.size);
    const window = new BrowserWindow({
      ...(size
        ? { width: size.width, height: size.height, x: 0, y: 0, useContentSize: true }
        : // Full screen comes with showing: asked for now, it would show the window at once.
          screen.getPrimaryDisplay().bounds),
      frame: false,
      show: false,
      backgroundColor: WALL,
      autoHideMenuBar: true,
      webPreferences: {
        preload: join(appDir, 'main', 'preload.cjs'),
        partition: context.partition,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: false,
        navigateOnDragDrop: false,
        disableDialogs: true,
        backgroundThrottling: false,
        devTools: __DRIVABLE__,
        zoomFactor: size?.zoom ?? pageZoom(screen.getPrimaryDisplay().bounds),
      },
    });
    this.#window = window;
    lockWindow(window);
    const { webContents: contents } = window;
    contents.on('preload-error', (_event, _path, error) => log('error', 'preload-failed', { reason: error.message }));
    contents.on('render-process-gone', (_event, details) => {
      if (!this.#closing) options.onGone(details.reason);
    });
    contents.ipc.on(FAILED_CHANNEL, () => {
      if (!this.#closing) options.onGone('script-failed');
    });
    this.#watch = new PageWatch({
      ask: () => this.send(ALIVE_CHANNEL),
      onHung: () => void this.#hung(),
    });
    contents.ipc.on(ALIVE_CHANNEL, () => this.#watch.answered());
    window.on('close', (event) => {
      if (!this.#closing && options.size === null) event.preventDefault();
    });
    this.ready = this.#load();
  }

  async #load(): Promise<void> {
    const drawn = new Promise<void>((resolve) => this.#window.once('ready-to-show', () => resolve()));
    try {
      await this.#window.loadURL(`${PAGE_ORIGIN}/index.html`);
      // Nobody points with a mouse at a kiosk; where one is plugged in, or the server draws one, it is not shown.
      if (this.#options.size === null) await this.#window.webContents.insertCSS('* { cursor: none !important }');
    } catch (cause) {
      if (this.#closing) return;
      this.#options.log('error', 'page-not-loaded', { reason: cause instanceof Error ? cause.message : String(cause) });
    }
    await Promise.race([drawn, pause(DRAWN_WITHIN_MS)]);
  }

  /** Notes what its threads wait for, which nobody can see any more once it is gone. */
  async #hung(): Promise<void> {
    if (this.#closing || this.#window.isDestroyed()) return;
    const threads = await threadStates(this.#window.webContents.getOSProcessId());
    this.#options.log('error', 'page-hung', { threads });
    if (!this.#closing) this.#options.onGone('hung');
  }

  /** Whether these contents are this window's page. */
  holds(contents: WebContents): boolean {
    return !this.#window.isDestroyed() && this.#window.webContents === contents;
  }

  /** Sends to the page; nothing happens while there is none. */
  send(channel: string, ...args: readonly unknown[]): void {
    if (!this.#window.isDestroyed() && !this.#window.webContents.isDestroyed()) {
      this.#window.webContents.send(channel, ...args);
    }
  }

  /** Hands a line to the page. */
  hand(channel: string, port: MessagePortMain): void {
    if (!this.#window.isDestroyed() && !this.#window.webContents.isDestroyed()) {
      this.#window.webContents.postMessage(channel, null, [port]);
    }
  }

  /** Brings the window before all others; from now on the page has to answer. */
  show(): void {
    const window = this.#window;
    if (window.isDestroyed()) return;
    if (this.#options.size === null) window.setKiosk(true);
    window.show();
    if (this.#options.size === null) this.#fill();
    window.moveTop();
    window.focus();
    this.#watch.start();
  }

  /**
   * Fills the screen also where no window manager does it, as on a bare X server. A window of exactly the screen's size
   * would be made a pixel smaller each way there, and the desktop be seen at its edge: so it is a row higher than the screen.
   */
  #fill(): void {
    const { bounds } = screen.getPrimaryDisplay();
    this.#window.setBounds({ ...bounds, height: bounds.height + 1 });
  }

  get rightEdge(): number {
    if (this.#window.isDestroyed()) return 0;
    const bounds = this.#window.getBounds();
    return bounds.x + bounds.width;
  }

  /** Takes the window away; resolves when the process that drew it has ended, and with it all that it held. */
  async destroy(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    this.#watch.stop();
    const pid = this.#window.isDestroyed() ? 0 : this.#window.webContents.getOSProcessId();
    this.#window.destroy();
    if (pid === 0) return;
    for (let waited = 0; lives(pid); waited += LOOK_MS) {
      // It held a person's data and has nothing to save.
      if (waited >= END_WITHIN_MS) process.kill(pid, 'SIGKILL');
      await pause(LOOK_MS);
    }
  }
}
