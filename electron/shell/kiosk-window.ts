import { join } from 'node:path';
import type { MessagePortMain, WebContents } from 'electron';
import { EVENT_CHANNEL } from '../contract/bridge.ts';
import type { EventName } from '../contract/calls.ts';
import { BrowsingContexts } from './browsing-contexts.ts';
import { lockSession } from './lockdown.ts';
import { servePage } from './page-protocol.ts';
import { PageWindow, type PageWindowOptions } from './page-window.ts';

/** What the window is made of. */
export interface KioskWindowOptions extends Pick<PageWindowOptions, 'appDir' | 'size' | 'log'> {
  /** Whether a screen that takes pictures is open. */
  readonly cameraAllowed: () => boolean;
  /** The page died or hung and is being replaced: whatever visit there was is over. */
  readonly onRestarted: () => void;
}

/** Where a page stands: at the kiosk, ready in the background for the next visit, or on its way out. */
export type PagePlace = 'front' | 'spare' | 'retired';

/** Not more page restarts than this within ten minutes; then the watchdog outside must act. */
const RESTARTS_ALLOWED = 20;
const RESTART_WINDOW_MS = 10 * 60_000;
/** The next page is made this long after a visit began, in milliseconds: the first screens come first. */
const SPARE_AFTER_MS = 1_500;
/** The old page, blank by then, stays until the new one is on the glass, in milliseconds: no flash in between. */
const OVERLAP_MS = 100;

/**
 * The window at the kiosk. Every visit gets a page of its own, in a process and a browsing context that end with the
 * visit; the next one is made ready meanwhile. A page that dies or hangs is replaced the same way.
 */
export class KioskWindow {
  readonly #options: KioskWindowOptions;
  readonly #contexts: BrowsingContexts;
  #front: PageWindow | null = null;
  #spare: PageWindow | null = null;
  #soon: NodeJS.Timeout | null = null;
  #renewing: Promise<void> | null = null;
  /** Its visit is over; it is on the screen, blank, until the next page is. */
  #leaving: PageWindow | null = null;
  #restarts: number[] = [];
  #closing = false;

  constructor(options: KioskWindowOptions) {
    this.#options = options;
    this.#contexts = new BrowsingContexts((session) => {
      lockSession(session, options.cameraAllowed);
      servePage(session, join(options.appDir, 'renderer'));
    });
  }

  /** Makes the window and loads the page; resolves when it is on the screen. */
  async open(): Promise<void> {
    const page = this.#make();
    this.#front = page;
    await page.ready;
    if (this.#front === page) this.#bringUp(page);
  }

  /** A visit has begun: the page of the next one is made ready, a little later. */
  prepare(): void {
    if (this.#spare || this.#closing) return;
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      if (!this.#closing) this.#spare ??= this.#make();
    }, SPARE_AFTER_MS);
  }

  /** The visit is over: its page goes with all that it held, a new one takes its place. Resolves when it is gone. */
  renew(): Promise<void> {
    if (this.#closing) return Promise.resolve();
    // A visit that ended while its page was still being brought up is renewed after that.
    if (this.#renewing && this.#front === this.#leaving) return this.#renewing;
    this.#leaving = this.#front;
    const before = this.#renewing;
    const mine = (async () => {
      await before;
      await this.#renew();
    })();
    this.#renewing = mine;
    return mine.finally(() => {
      if (this.#renewing === mine) this.#renewing = null;
    });
  }

  /** Where these contents stand; anything unknown is on its way out. */
  placeOf(contents: WebContents): PagePlace {
    if (this.#front?.holds(contents) === true) return this.#front === this.#leaving ? 'retired' : 'front';
    return this.#spare?.holds(contents) === true ? 'spare' : 'retired';
  }

  /** Tells the page at the kiosk; with `ready` the page that waits for the next visit too. */
  tell(name: EventName, payload: unknown, ready: boolean): void {
    this.#front?.send(EVENT_CHANNEL, name, payload);
    if (ready) this.#spare?.send(EVENT_CHANNEL, name, payload);
  }

  /** Hands a line to the page at the kiosk. */
  hand(channel: string, port: MessagePortMain): void {
    this.#front?.hand(channel, port);
  }

  /** Right edge of the window in development, where the simulator panel may stand. */
  get rightEdge(): number {
    return this.#front?.rightEdge ?? 0;
  }

  /** Takes the window away for good. */
  close(): void {
    this.#closing = true;
    if (this.#soon) clearTimeout(this.#soon);
    void this.#front?.destroy();
    void this.#spare?.destroy();
    this.#front = this.#spare = null;
  }

  #make(): PageWindow {
    const { appDir, size, log } = this.#options;
    const page: PageWindow = new PageWindow({
      appDir,
      size,
      log,
      context: this.#contexts.take(),
      onGone: (reason) => this.#gone(page, reason),
    });
    return page;
  }

  #bringUp(page: PageWindow): void {
    page.show();
    page.send(EVENT_CHANNEL, 'page-shown' satisfies EventName, {});
  }

  async #renew(): Promise<void> {
    if (this.#soon) clearTimeout(this.#soon);
    this.#soon = null;
    const old = this.#front;
    const next = (this.#spare ??= this.#make());
    await next.ready;
    if (this.#closing) return;
    // It died while it was waited for, or another one took its place.
    if (this.#spare !== next) return this.#renew();
    this.#spare = null;
    this.#front = next;
    this.#leaving = null;
    this.#bringUp(next);
    if (!old) return;
    await new Promise((resolve) => setTimeout(resolve, OVERLAP_MS));
    await old.destroy();
    if (!(await this.#contexts.giveBack(old.context))) this.#options.log('error', 'browsing-context-not-emptied');
  }

  #gone(page: PageWindow, reason: string): void {
    if (this.#closing || (page !== this.#front && page !== this.#spare)) return;
    const { log, onRestarted } = this.#options;
    const now = Date.now();
    this.#restarts = [...this.#restarts.filter((at) => at > now - RESTART_WINDOW_MS), now];
    log('error', 'page-restarted', { reason, spare: page === this.#spare, restarts: this.#restarts.length });
    if (this.#restarts.length > RESTARTS_ALLOWED) {
      process.exitCode = 1;
      process.exit();
    }
    if (page === this.#spare) {
      this.#spare = null;
      void page.destroy().then(() => this.#contexts.giveBack(page.context));
      if (!this.#renewing) this.prepare();
      return;
    }
    onRestarted();
    void this.renew();
  }
}
