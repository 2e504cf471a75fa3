import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { findingsOf, prepareFindings, type Findings } from './findings.ts';
import type { GalleryHandle } from './main.ts';
import { PSEUDO_TAG } from '../i18n/pseudo.ts';
import { sizeOf, type Language, type Layout, type Mode, type Panel } from './options.ts';
import type { Shot } from './walks.ts';

/** What a page begins with. */
const FIRST = ['attract', 'take-card', 'out-of-service', 'components'] as const;
/** The moment that the page's clock shows; the fake bridge's kiosk lives at the same one. */
const NOW = new Date('2026-03-18T12:36:00Z');
/** Longest wait for Electron, in milliseconds. */
const START_MS = 60_000;
/** Longest wait for a screen or a word, in milliseconds; a loaded machine is slow, and nothing here is timed. */
const PATIENCE_MS = 15_000;
/** How far the clock is put forward to be stopped, in milliseconds: longer than the driver takes to say so, at last. */
const STOP_AHEAD_MS = [400, 1_200, 4_000] as const;

/** Stops the page's clock; a loaded machine is past the moment before it is told, and gets a later one. */
async function stopClock(page: Page): Promise<void> {
  let missed: unknown;
  for (const ahead of STOP_AHEAD_MS) {
    const now = await page.evaluate(() => Date.now());
    try {
      return await page.clock.pauseAt(now + ahead);
    } catch (cause) {
      missed = cause;
    }
  }
  throw missed;
}

/** Waits for the fonts of what is shown; the sheet that names most of them comes only when a text needs it. */
async function fontsThere(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const root = document.documentElement;
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (root.dataset['fonts'] === 'coming') return;
        watch.disconnect();
        resolve();
      };
      const watch = new MutationObserver(look);
      watch.observe(root, { attributes: true });
      look();
    });
    await document.fonts.ready;
  });
}

/** One picture and what is wrong with it. */
export interface Picture {
  readonly scenario: string;
  readonly language: Language;
  readonly layout: Layout;
  readonly mode: Mode;
  /** Path below the gallery's folder. */
  readonly file: string;
  readonly findings: Findings;
}

/** One walk, photographed in several ways. */
export interface Job {
  readonly shot: Shot;
  readonly language: Language;
  readonly layouts: readonly Layout[];
  readonly modes: readonly Mode[];
}

export interface CameraSettings {
  readonly executable: string;
  readonly appDir: string;
  readonly page: string;
  readonly components: string;
  readonly panel: Panel;
  readonly outDir: string;
  readonly display: Readonly<Record<string, string>>;
}

/** Opens an Electron with one page of the gallery, as `window.ts` makes it. */
export async function openGalleryWindow(
  settings: Omit<CameraSettings, 'outDir' | 'components' | 'panel'>,
): Promise<{ readonly app: ElectronApplication; readonly page: Page }> {
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  // As root Chromium refuses to run with its sandbox.
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const app = await _electron.launch({
    executablePath: settings.executable,
    args: [...root, '--disable-gpu', '--log-level=3', '--force-color-profile=srgb', settings.appDir],
    env: { ...Object.fromEntries(inherited), ...settings.display, HALL24_GALLERY: settings.page },
    timeout: START_MS,
  });
  try {
    const page = await app.firstWindow({ timeout: START_MS });
    await page.waitForLoadState();
    await page.emulateMedia({ reducedMotion: 'reduce' });
    return { app, page };
  } catch (cause) {
    await app.close();
    throw cause;
  }
}

/** Findings of a page that scrolls and has every keyboard on it: words beyond its edge and namesakes are no faults there. */
function withoutLength(found: Findings): Findings {
  return {
    ...found,
    axe: found.axe.filter((one) => !one.startsWith('landmark-unique')),
    clipped: found.clipped.filter((one) => one.includes('too narrow')),
  };
}

/** One Electron with one page, on which scenarios are walked one after the other. */
export class Camera {
  readonly #settings: CameraSettings;
  readonly #app: ElectronApplication;
  readonly #page: Page;
  #errors: string[] = [];

  private constructor(settings: CameraSettings, app: ElectronApplication, page: Page) {
    this.#settings = settings;
    this.#app = app;
    this.#page = page;
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (error) => this.#errors.push(`page: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') this.#errors.push(`console: ${message.text()}`);
    });
  }

  static async open(settings: CameraSettings): Promise<Camera> {
    const { app, page } = await openGalleryWindow(settings);
    return new Camera(settings, app, page);
  }

  /**
   * Walks to the scenario once, stops its clock, and photographs it in every way that is asked for: modes and layout
   * are turned on the standing screen, as people may at any moment.
   * @throws when the scenario cannot be reached, or the page reported an error on the way
   */
  async take(job: Job): Promise<readonly Picture[]> {
    const { shot, language } = job;
    const page = this.#page;
    this.#errors = [];
    try {
      // Some ways begin at what only an upright panel has room for.
      await this.#turn('portrait', null);
      await page.clock.install({ time: NOW });
      // The pseudo language is walked to by English names and turned on where it is photographed.
      const pseudo = language === 'pseudo';
      const { components, page: screens, panel } = this.#settings;
      const [address, wish] = shot.part === undefined ? [screens, shot.wish ?? ''] : [components, `part=${shot.part}`];
      await page.goto(`${address}?${wish}&panel=${panel.pitchMm},${panel.lowerEdgeMm}${pseudo ? '&packs=pseudo' : ''}`);
      await page.locator(FIRST.map((screen) => `[data-screen="${screen}"]`).join()).waitFor();
      await page.evaluate(
        (to) => (window as unknown as { gallery: GalleryHandle }).gallery.switchLanguage(to),
        pseudo ? 'en' : language,
      );
      await shot.walk({ page, en: language !== 'zh-CN' });
      if (pseudo) {
        const to = (tag: string): Promise<void> =>
          (window as unknown as { gallery: GalleryHandle }).gallery.switchLocale(tag);
        await page.evaluate(to, PSEUDO_TAG);
      }
      await fontsThere(page);
      await stopClock(page);
      await prepareFindings(page);
      const pictures: Picture[] = [];
      for (const layout of job.layouts)
        for (const mode of job.modes) pictures.push(await this.#picture(job, layout, mode));
      if (this.#errors.length > 0) throw new Error([...new Set(this.#errors)].join('; '));
      return pictures;
    } finally {
      await page.clock.resume().catch(() => undefined);
    }
  }

  async #turn(layout: Layout, mode: Mode | null): Promise<void> {
    await this.#page.setViewportSize(sizeOf(layout));
    if (mode === null) return;
    await this.#page.evaluate((to) => (window as unknown as { gallery: GalleryHandle }).gallery.setModes(to), {
      elder: mode.startsWith('elder'),
      contrast: mode.endsWith('contrast'),
      reach: mode.endsWith('reach'),
      speech: mode === 'speech',
    });
  }

  async #picture({ shot, language }: Job, layout: Layout, mode: Mode): Promise<Picture> {
    await this.#turn(layout, mode);
    const folder = `${language}-${layout}-${mode}`;
    await mkdir(join(this.#settings.outDir, folder), { recursive: true });
    const file = `${folder}/${shot.name}.png`;
    await fontsThere(this.#page);
    const whole = shot.part !== undefined;
    await this.#page.screenshot({ path: join(this.#settings.outDir, file), animations: 'disabled', fullPage: whole });
    const found = await findingsOf(this.#page, mode, language);
    const findings = whole ? withoutLength(found) : found;
    return { scenario: shot.name, language, layout, mode, file, findings };
  }

  async close(): Promise<void> {
    await this.#app.close();
  }
}
