/**
 * Photographs the screens: `node test/gallery/shoot.ts [name...]` into `out/gallery/`. Needs a Chromium
 * (`CHROMIUM=/path`, default /usr/bin/chromium).
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Page } from 'playwright-core';
import { createServer } from 'vite';
import { SHOTS } from './shots.ts';

const root = join(import.meta.dirname, '..', '..');
const out = join(root, 'out', 'gallery');
const wanted = process.argv.slice(2);
const SIZES = { portrait: { width: 1080, height: 1920 }, landscape: { width: 1920, height: 1080 } } as const;
/** The moment that the browser's clock shows; the fake bridge's kiosk lives at the same one. */
const NOW = new Date('2026-03-18T12:36:00Z');

const server = await createServer({
  root,
  configFile: false,
  plugins: [react()],
  server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
  optimizeDeps: { entries: ['test/gallery/index.html'] },
  logLevel: 'error',
});
await server.listen();
const address = server.resolvedUrls?.local[0] ?? '';
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--force-color-profile=srgb'],
});
await mkdir(out, { recursive: true });
const faults: string[] = [];

/** Everything that lies outside the panel or is cut off where it must not be. */
async function overflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    for (const element of document.querySelectorAll('.layer:not([hidden]) :is(button, h1, p, dd, dt, b)')) {
      if (element.closest('.scroll, .answer-choice, .rc, .sr, .paper') !== null) continue;
      const box = element.getBoundingClientRect();
      if (box.width === 0) continue;
      const out = box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.left < -1 || box.top < -1;
      const counter = element.closest('.counter')?.getBoundingClientRect();
      const below = counter !== undefined && box.bottom > counter.bottom + 1;
      const cut =
        element instanceof HTMLElement && element.scrollWidth > element.clientWidth + 2 && element.tagName === 'BUTTON';
      if (out || below || cut) found.push(`${element.tagName} "${(element.textContent ?? '').slice(0, 20)}"`);
    }
    return found;
  });
}

for (const shot of SHOTS) {
  for (const [layout, viewport] of Object.entries(SIZES)) {
    for (const language of ['zh-CN', 'en'] as const) {
      const name = `${shot.name}.${layout}.${language}`;
      if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
      const context = await browser.newContext({ viewport, reducedMotion: 'reduce' });
      const page = await context.newPage();
      page.on('pageerror', (error) => faults.push(`${name}: ${error.message}`));
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(`${name}: ${message.text()}`);
      });
      page.setDefaultTimeout(5_000);
      try {
        await page.clock.install({ time: NOW });
        await page.goto(`${address}test/gallery/index.html?${shot.wish ?? ''}`);
        await page.locator('[data-screen="attract"], [data-screen="out-of-service"]').waitFor({ timeout: 20_000 });
        const starts = await page.locator('[data-screen="attract"]').isVisible();
        if (language === 'en' && starts) await page.getByRole('button', { name: 'English' }).click();
        await shot.walk({ page, en: language === 'en' });
        await page.evaluate(() => document.fonts.ready);
        await page.waitForTimeout(50);
        await page.screenshot({ path: join(out, `${name}.png`) });
        const { violations } = await new AxeBuilder({ page }).analyze();
        for (const { id, nodes } of violations)
          faults.push(`${name}: axe ${id}: ${nodes[0]?.html.slice(0, 120) ?? ''}`);
        for (const fault of await overflow(page)) faults.push(`${name}: cut off: ${fault}`);
      } catch (error) {
        faults.push(
          `${name}: ${error instanceof Error ? error.message.split('\n').slice(0, 3).join(' | ') : String(error)}`,
        );
        await page.screenshot({ path: join(out, `${name}.failed.png`) });
      } finally {
        await context.close();
      }
    }
  }
}
await browser.close();
await server.close();
process.stdout.write(`${faults.length === 0 ? 'no faults' : [...new Set(faults)].join('\n')}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
