import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import { startApp, type AppLaunch, type RunningApp } from './running-app.ts';

/** Longest wait for a screen or a word in a journey, in milliseconds. Shared machines are slow; nothing is timed. */
export const PATIENCE_MS = 20_000;

export interface KioskLaunch extends AppLaunch {
  /** Where the screenshots of this kiosk go. */
  readonly picturesDir: string;
}

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

  #listen(): void {
    this.#page.setDefaultTimeout(PATIENCE_MS);
    this.#page.on('pageerror', (error) => this.faults.push(`page: ${error.message}`));
    this.#page.on('console', (message) => {
      if (message.type() === 'error') this.faults.push(`console: ${message.text()}`);
    });
  }

  get page(): Page {
    return this.#page;
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

  /** Touches a control; waits until it is there. */
  async tap(role: Role, name: string | RegExp): Promise<void> {
    await this.find(role, name).click();
  }

  /** Waits until a thing is on the screen. */
  async see(role: Role, name: string | RegExp, timeout = PATIENCE_MS): Promise<void> {
    await this.find(role, name).waitFor({ timeout });
  }

  /** Waits until a text is on the screen. */
  async seeText(text: string | RegExp, timeout = PATIENCE_MS): Promise<void> {
    await this.#page.getByText(text).filter({ visible: true }).first().waitFor({ timeout });
  }

  /** Touches the keys of the digit pad one by one. */
  async digits(text: string): Promise<void> {
    for (const digit of text) await this.tap('button', new RegExp(`^${digit}$`));
  }

  /** Takes a picture of the screen, numbered in order. */
  async shot(name: string): Promise<void> {
    // Screens come in with a 240 ms movement; a picture in the middle of it shows nobody's screen.
    await this.#page.waitForTimeout(350);
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

  /** Kills the process that draws the page. */
  async crashPage(): Promise<void> {
    await this.#app.electron?.evaluate(({ BrowserWindow }) => {
      for (const window of BrowserWindow.getAllWindows()) window.webContents.forcefullyCrashRenderer();
    });
  }

  /** The page that lives after a crash, or null while there is none. From then on it is the kiosk's page. */
  async livePage(): Promise<Page | null> {
    for (const page of this.#app.electron?.windows() ?? []) {
      if (page === this.#page || page.isClosed()) continue;
      await page.waitForLoadState('domcontentloaded');
      this.#page = page;
      this.#listen();
      return page;
    }
    return null;
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

  /** Process id of the main process. */
  get pid(): number {
    const { pid } = this.#app.process;
    if (pid === undefined) throw new Error('the kiosk does not run');
    return pid;
  }

  /** Process id of the process that draws the page at the kiosk. */
  async pageProcess(): Promise<number> {
    const pid = await this.#app.electron?.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()
        .find((window) => window.isVisible())
        ?.webContents.getOSProcessId(),
    );
    if (pid === undefined) throw new Error('there is no page at the kiosk');
    return pid;
  }

  /** What Electron calls the kiosk's helper processes, by process id. */
  async helperNames(): Promise<ReadonlyMap<number, string>> {
    const helpers = await this.#app.electron?.evaluate(({ app }) =>
      app.getAppMetrics().map(({ pid, type, name, serviceName }) => [pid, name ?? serviceName ?? type] as const),
    );
    return new Map(helpers ?? []);
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
