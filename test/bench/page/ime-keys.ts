import { join } from 'node:path';
import type { KioskEnvironment } from '../../../electron/launch/prepare.ts';
import { startStack } from '../../dev/stack.ts';
import { startApp } from '../../e2e/running-app.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** What the keys of the page's own keyboard took, in milliseconds. */
export interface KeyTimes {
  /** From the press until the new candidates stand in the page, styled and laid out. */
  readonly keys: readonly number[];
  /** Until the frame with them has been drawn as well: up to one frame of the screen is waiting. */
  readonly drawn: readonly number[];
  /** Presses after which there was no candidate. */
  readonly without: number;
}

/** Types phrases by pinyin on the panel in real Electron, key by key. */
export async function keysInElectron(
  { electron, appDir, display }: KioskEnvironment,
  dir: string,
  spellings: readonly string[],
): Promise<KeyTimes> {
  const stack = await startStack({ dir: join(dir, 'stack'), assetsDir: join(ROOT, 'assets') });
  const size = { width: 1080, height: 1920 };
  const app = await startApp({ executable: electron.executable, appDir, stack, size, display });
  try {
    const { page } = app;
    await page.getByText('轻触屏幕开始').first().click();
    await page.getByRole('button', { name: /^输入要办的事/ }).click();
    await page.locator('.ime').waitFor();
    const toPinyin = page.locator('.ime').getByRole('button', { name: /换成拼音/ });
    if (await toPinyin.isVisible()) await toPinyin.click();
    // The dictionary is fetched with the first key.
    await page.locator('.ime .key', { hasText: /^a$/ }).click();
    await page.locator('.ime .cand').first().waitFor();
    await page.evaluate(clear);
    const all = { keys: [] as number[], drawn: [] as number[], without: 0 };
    for (const spelling of spellings) {
      const { keys, drawn, without } = await page.evaluate(press, Array.from(spelling));
      all.keys.push(...keys);
      all.drawn.push(...drawn);
      all.without += without;
      await page.evaluate(clear);
    }
    return all;
  } finally {
    const gone = new Promise<void>((resolve) => app.process.once('exit', () => resolve()));
    app.process.kill('SIGTERM');
    await gone;
    await stack.stop();
  }
}

/** In the page: presses one key after the other, each on a frame of its own. */
async function press(letters: readonly string[]): Promise<KeyTimes> {
  const frame = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => resolve()));
  const result = { keys: [] as number[], drawn: [] as number[], without: 0 };
  for (const letter of letters) {
    const key = [...document.querySelectorAll<HTMLElement>('.ime .key')].find((one) => one.textContent === letter);
    if (key === undefined) throw new Error(`no key ${letter}`);
    await frame();
    const at = performance.now();
    key.click();
    // A click by script leaves React's work to the microtask behind it, a finger's does not.
    await Promise.resolve();
    // Style and layout, which the frame would do.
    const height = document.querySelector('.ime .cand')?.getBoundingClientRect().height ?? 0;
    result.keys.push(performance.now() - at);
    if (height === 0) result.without += 1;
    await frame();
    await new Promise((resolve) => setTimeout(resolve, 0));
    result.drawn.push(performance.now() - at);
  }
  return result;
}

/** In the page: takes the first candidate as long as there is one, then empties the field. */
async function clear(): Promise<void> {
  for (let tries = 0; tries < 12; tries += 1) {
    const candidate = document.querySelector<HTMLElement>('.ime .cand');
    if (candidate === null) break;
    candidate.click();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  document.querySelector<HTMLElement>('.find-field .iconbtn')?.click();
  await new Promise((resolve) => setTimeout(resolve, 60));
}
