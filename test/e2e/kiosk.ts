import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import { startApp, type AppLaunch, type RunningApp } from './running-app.ts';

/** Longest wait for a screen or a word in a journey, in milliseconds. Shared machines are slow; nothing is timed. */
export const PATIENCE_MS = 20_000;
/** After so long it is looked whether another page came to the front, in milliseconds. */
const SLICE_MS = 1_000;
/** Looks at the main process whose answer is lost, one after the other, before that is a fault. */
const MOST_LOST = 2;

export interface KioskLaunch extends AppLaunch {
  /** Where the screenshots of this kiosk go. */
  readonly picturesDir: string;
  /** No pictures are taken and nothing on them is checked: both keep the main threads for long. */
  readonly noShots?: boolean;
  /** Everything is done with a real keyboard: Tab to a control, Enter, and keys for signs. Nothing is touched. */
  readonly keyboard?: boolean;
}

/** Most steps of the focus on the way to one control: the longest page has fewer stops. */
const MOST_TABS = 150;

type Role = 'button' | 'heading' | 'status' | 'alert' | 'textbox' | 'tab' | 'radio' | 'img' | 'group' | 'list';

/** A kiosk in real Electron, walked by role and name like a person with a screen reader would. */
export class Kiosk {
  readonly #launch: KioskLaunch;
  #app: RunningApp;
  #page: Page;
  #shots: { readonly name: string; readonly path: string }[] = [];
  /** Uncaught page errors and console errors; a journey fails when there is one. */
  readonly faults: string[] = [];

  private constructor(launch: KioskLaunch, app: RunningApp) {
    this.#launch = launch;
    this.#app = app;
    this.#page = app.page;
    this.#listen();
  }

  static async start(launch: KioskLaunch): Promise<Kiosk> {
    await mkdir(launch.picturesDir, { recursive: true });
    return new Kiosk(launch, await startApp(launch));
  }

  /** Faults of every page that the kiosk shows, or makes ready to be shown. */
  #listen(): void {
    const seen = new WeakSet<Page>();
    const hear = (page: Page): void => {
      if (seen.has(page)) return;
      seen.add(page);
      page.setDefaultTimeout(PATIENCE_MS);
      page.on('pageerror', (error) => this.faults.push(`page: ${error.message}`));
      page.on('console', (message) => {
        if (message.type() === 'error') this.faults.push(`console: ${message.text()}`);
      });
    };
    for (const page of this.#app.pages()) hear(page);
    this.#app.onPage(hear);
  }

  /** The page at the kiosk as far as is known; every visit has one of its own. */
  get page(): Page {
    return this.#page;
  }

  /** The page at the kiosk now; waits while one visit's page takes the place of another's. */
  async atKiosk(timeout = PATIENCE_MS): Promise<Page> {
    const end = performance.now() + timeout;
    for (;;) {
      if (await this.#isShown(this.#page)) return this.#page;
      for (const page of this.#app.pages()) {
        if (page === this.#page || !(await this.#isShown(page))) continue;
        this.#page = page;
        return page;
      }
      if (performance.now() > end) throw new Error('there is no page at the kiosk');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Brought to the front, and not blank because its visit is over. */
  async #isShown(page: Page): Promise<boolean> {
    if (page.isClosed()) return false;
    const look = page
      .evaluate(
        () =>
          'shown' in document.documentElement.dataset && document.querySelector('main[data-screen="blank"]') === null,
      )
      .catch(() => false);
    // A page that died does not answer.
    return Promise.race([look, new Promise<boolean>((resolve) => setTimeout(resolve, 2_000, false))]);
  }

  /** Does something on the page at the kiosk; again on the next page when the visit ended meanwhile. */
  async #onPage(work: (page: Page, timeout: number) => Promise<void>, timeout: number, slice: number): Promise<void> {
    const end = performance.now() + timeout;
    for (;;) {
      const page = await this.atKiosk(Math.max(1, end - performance.now()));
      try {
        return await work(page, Math.max(1, Math.min(slice, end - performance.now())));
      } catch (cause) {
        const late = performance.now() >= end;
        const timedOut = cause instanceof Error && cause.name === 'TimeoutError';
        if (late || !(timedOut || page.isClosed())) throw cause;
      }
    }
  }

  /** The driver's hold on the main process; a packed build has none. */
  get electron(): RunningApp['electron'] {
    return this.#app.electron;
  }

  get shots(): readonly { readonly name: string; readonly path: string }[] {
    return this.#shots;
  }

  /** Takes away the faults that a journey provoked on purpose; gives how many there were. */
  takeFaults(provoked: RegExp): number {
    const before = this.faults.length;
    const kept = this.faults.filter((fault) => !provoked.test(fault));
    this.faults.splice(0, before, ...kept);
    return before - kept.length;
  }

  find(role: Role, name: string | RegExp): Locator {
    return this.#page.getByRole(role, { name }).filter({ visible: true }).first();
  }

  /** Touches a control, or presses it by keyboard; waits until it is there. */
  async tap(role: Role, name: string | RegExp): Promise<void> {
    await this.#onPage((_page, timeout) => this.press(this.find(role, name), timeout), PATIENCE_MS, PATIENCE_MS);
  }

  /** Touches what was found, or goes to it by Tab and presses Enter. */
  async press(control: Locator, timeout = PATIENCE_MS): Promise<void> {
    if (this.#launch.keyboard !== true) return control.click({ timeout });
    await control.waitFor({ timeout });
    for (let steps = 0; steps < MOST_TABS; steps += 1) {
      if (await control.evaluate((element) => element === document.activeElement)) {
        return this.#page.keyboard.press('Enter');
      }
      await this.#page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not lead to ${String(control)}`);
  }

  /** Whether everything is done with a real keyboard. */
  get byKeyboard(): boolean {
    return this.#launch.keyboard === true;
  }

  /** Waits until a thing is on the screen. */
  async see(role: Role, name: string | RegExp, timeout = PATIENCE_MS): Promise<void> {
    await this.#onPage((_page, slice) => this.find(role, name).waitFor({ timeout: slice }), timeout, SLICE_MS);
  }

  /** Waits until a text is on the screen. */
  async seeText(text: string | RegExp, timeout = PATIENCE_MS): Promise<void> {
    await this.#onPage(
      (page, slice) => page.getByText(text).filter({ visible: true }).first().waitFor({ timeout: slice }),
      timeout,
      SLICE_MS,
    );
  }

  /** Touches the keys of the digit pad one by one, or those of the keyboard. */
  async digits(text: string): Promise<void> {
    if (this.byKeyboard) return this.#page.keyboard.type(text);
    for (const digit of text) await this.tap('button', new RegExp(`^${digit}$`));
  }

  /** Takes a picture of the screen, numbered in order. */
  async shot(name: string): Promise<void> {
    // Screens come in with a 160 ms movement; a picture in the middle of it shows nobody's screen.
    await this.atKiosk();
    await this.#page.waitForTimeout(350);
    if (this.#launch.noShots === true) return;
    const path = join(this.#launch.picturesDir, `${String(this.#shots.length + 1).padStart(2, '0')}-${name}.png`);
    await this.#page.screenshot({ path, animations: 'disabled' });
    this.#shots.push({ name, path });
    await this.#checkAccessibility(name);
  }

  /** Every photographed screen must pass axe: names, roles, contrast, order. */
  async #checkAccessibility(screen: string): Promise<void> {
    // Electron has no second page to finish the run in, which is what legacy mode is for.
    const { violations } = await new AxeBuilder({ page: this.#page }).setLegacyMode(true).analyze();
    for (const violation of violations) {
      const places = violation.nodes.slice(0, 3).map((node) => node.target.join(' '));
      this.faults.push(`axe on ${screen}: ${violation.id} at ${places.join(', ')}`);
    }
  }

  /** Kills the process that draws the page at the kiosk. */
  async crashPage(): Promise<void> {
    await this.#app.electron?.evaluate(({ BrowserWindow }) => {
      for (const window of BrowserWindow.getAllWindows()) {
        if (window.isVisible()) window.webContents.forcefullyCrashRenderer();
      }
    });
  }

  /** kill -9 of the process with store and sync; gives its process id. */
  async killQueue(): Promise<number> {
    const pid = await this.#app.electron?.evaluate(({ app }) => {
      const queue = app
        .getAppMetrics()
        .find((metric) => metric.serviceName === 'hall24-queue' || metric.name === 'hall24-queue');
      if (queue) process.kill(queue.pid, 'SIGKILL');
      return queue?.pid ?? null;
    });
    if (typeof pid !== 'number') throw new Error('there is no queue process');
    return pid;
  }

  /** How many windows there are, of them open to the eye, and with developer tools. */
  async windows(): Promise<{ readonly all: number; readonly visible: number; readonly devTools: number }> {
    const counted = await this.#inMain(({ BrowserWindow }) => {
      const all = BrowserWindow.getAllWindows();
      return {
        all: all.length,
        visible: all.filter((window) => window.isVisible()).length,
        devTools: all.filter((window) => window.webContents.isDevToolsOpened()).length,
      };
    });
    if (!counted) throw new Error('the windows cannot be counted here');
    return counted;
  }

  /** Process id of the main process. */
  get pid(): number {
    const { pid } = this.#app.process;
    if (pid === undefined) throw new Error('the kiosk does not run');
    return pid;
  }

  /** Process id of the process that draws the page at the kiosk. */
  async pageProcess(): Promise<number> {
    const pid = await this.#inMain(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()
        .find((window) => window.isVisible())
        ?.webContents.getOSProcessId(),
    );
    if (pid === undefined) throw new Error('there is no page at the kiosk');
    return pid;
  }

  /** What Electron calls the kiosk's helper processes, by process id. */
  async helperNames(): Promise<ReadonlyMap<number, string>> {
    const helpers = await this.#inMain(({ app }) =>
      app.getAppMetrics().map(({ pid, type, name, serviceName }) => [pid, name ?? serviceName ?? type] as const),
    );
    return new Map(helpers ?? []);
  }

  /**
   * Looks at something in the main process. The inspector may lose an answer to the garbage collector, and says so; a look
   * can be taken again.
   */
  async #inMain<T>(look: (electron: typeof import('electron')) => T): Promise<T | undefined> {
    for (let lost = 0; ; lost += 1) {
      try {
        return await this.#app.electron?.evaluate(look);
      } catch (cause) {
        if (lost === MOST_LOST || !(cause instanceof Error) || !cause.message.includes('garbage collected'))
          throw cause;
      }
    }
  }

  /** Ends the main process as a power cut would, then starts the kiosk again on the same data. */
  async killAndRestart(): Promise<void> {
    await this.kill();
    await this.restart();
  }

  /** kill -9 of the main process; its children end with it. */
  async kill(): Promise<void> {
    const child = this.#app.process;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGKILL');
    await gone;
  }

  async restart(): Promise<void> {
    this.#app = await startApp(this.#launch);
    this.#page = this.#app.page;
    this.#listen();
  }

  /** Ends the kiosk the ordinary way. */
  async stop(): Promise<void> {
    const child = this.#app.process;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const forced = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(forced);
  }
}
