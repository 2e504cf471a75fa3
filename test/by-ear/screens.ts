import type { Page } from 'playwright-core';
import { buildGallery } from '../gallery/build.ts';
import { openGalleryWindow } from '../gallery/camera.ts';
import type { GalleryHandle } from '../gallery/main.ts';
import type { Language } from '../../electron/domain/text.ts';
import { SHOTS } from '../gallery/shots.ts';
import type { Shot } from '../gallery/walks.ts';
import { listen, walkByEar, type Heard } from './in-page.ts';

/** Longest wait for a screen, and for the first word on it, in milliseconds. */
const PATIENCE_MS = 15_000;
/** So long is listened to what a page tells by itself, in milliseconds. */
const LISTEN_MS = 500;
/** The moment that the page's clock shows. */
const NOW = new Date('2026-03-18T12:36:00Z');

/** Names, numbers and addresses of the invented people on the screens, and what the walks type for them. */
const SECRETS = [
  '林测夏',
  '郑测寿',
  '周测试',
  '990001199003070028',
  '99000119900307001X',
  '990001194405010033',
  '测试省澄湖区望溪路',
  '13800000024',
  '13800000025',
];

const WORDS = {
  'zh-CN': { edge: '到头了', place: '第 (\\d+) 个，共 (\\d+) 个' },
  en: { edge: 'That is the end', place: '(\\d+) of (\\d+)$' },
} as const;

/** A scenario as it was heard. */
export interface HeardShot extends Heard {
  readonly scenario: string;
  readonly language: Language;
}

async function hear(page: Page, address: string, shot: Shot, language: Language): Promise<HeardShot> {
  const errors: string[] = [];
  const onError = (error: Error): number => errors.push(error.message);
  page.on('pageerror', onError);
  try {
    await page.clock.install({ time: NOW });
    await page.goto(`${address}?${shot.wish ?? ''}`);
    await page.locator('[data-screen="attract"], [data-screen="out-of-service"]').waitFor();
    await page.evaluate((to) => (window as unknown as { gallery: GalleryHandle }).gallery.switchLanguage(to), language);
    await shot.walk({ page, en: language === 'en' });
    await page.evaluate(listen);
    await page.evaluate(() => (window as unknown as { gallery: GalleryHandle }).gallery.setModes({ speech: true }));
    await page.waitForFunction(() => (window.ear?.length ?? 0) > 0);
    await page.waitForTimeout(LISTEN_MS);
    const heard = await page.evaluate(walkByEar, { ...WORDS[language], secrets: SECRETS });
    return { ...heard, faults: [...heard.faults, ...errors], scenario: shot.name, language };
  } finally {
    page.off('pageerror', onError);
  }
}

function unheard(shot: Shot, language: Language, cause: unknown): HeardShot {
  const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
  return { scenario: shot.name, language, screen: '', entry: '', stops: [], log: [], faults: [`not heard: ${reason}`] };
}

/**
 * Walks to each scenario of the gallery whose name `chooses`, turns the voice on and walks the screen by ear.
 * A scenario that cannot be reached, or that says nothing, has that as its fault.
 */
export async function hearScreens(
  electron: { readonly executable: string; readonly display: Readonly<Record<string, string>> },
  chooses: (shot: Shot) => boolean,
  languages: readonly Language[],
): Promise<readonly HeardShot[]> {
  const built = await buildGallery(`by-ear-${process.pid}`);
  try {
    const { app, page } = await openGalleryWindow({ ...electron, appDir: built.appDir, page: built.page });
    try {
      page.setDefaultTimeout(PATIENCE_MS);
      await page.setViewportSize({ width: 1080, height: 1920 });
      const all: HeardShot[] = [];
      for (const language of languages)
        for (const shot of SHOTS.filter(chooses)) {
          all.push(
            await hear(page, built.page, shot, language).catch((cause: unknown) => unheard(shot, language, cause)),
          );
        }
      return all;
    } finally {
      await app.close();
    }
  } finally {
    await built.stop();
  }
}
