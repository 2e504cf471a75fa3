import type { Page } from 'playwright-core';

/** What a page measured of itself since the last reading. Milliseconds. */
export interface PageFigures {
  /** From a touch to the next picture, by the browser's own clock. */
  readonly touches: number[];
  /** From the end of a touch to the first picture of the next screen. */
  readonly screens: { readonly ms: number; readonly way: string }[];
  /** Main-thread tasks over 50 ms, and the screen on which they were. */
  readonly longTasks: { readonly ms: number; readonly screen: string }[];
}

interface MeterHolder {
  pageMeter?: PageFigures;
}

/** In the page: starts measuring, once. */
function install(): void {
  const holder = globalThis as MeterHolder;
  if (holder.pageMeter !== undefined) return;
  const figures: PageFigures = { touches: [], screens: [], longTasks: [] };
  holder.pageMeter = figures;
  const screenNow = (): string =>
    document.querySelector('.layer:not([hidden]) [data-screen], [data-screen]')?.getAttribute('data-screen') ?? '';
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (['pointerdown', 'pointerup', 'click'].includes(entry.name)) figures.touches.push(entry.duration);
    }
  }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) figures.longTasks.push({ ms: entry.duration, screen: screenNow() });
  }).observe({ type: 'longtask' });
  let touched: { readonly at: number; readonly from: string } | null = null;
  addEventListener(
    'click',
    () => {
      touched = { at: performance.now(), from: screenNow() };
      const mine = touched;
      const look = (): void => {
        if (touched !== mine) return;
        const waited = performance.now() - mine.at;
        if (screenNow() !== mine.from) {
          figures.screens.push({ ms: waited, way: `${mine.from} > ${screenNow()}` });
          touched = null;
        } else if (waited < 400) requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    },
    true,
  );
}

/** Begins measuring on this page. */
export async function startMeter(page: Page): Promise<void> {
  await page.evaluate(install);
}

/** Reads and empties the page's figures. */
export async function readMeter(page: Page): Promise<PageFigures> {
  return page.evaluate(() => {
    const meter = (globalThis as MeterHolder).pageMeter;
    const none: PageFigures = { touches: [], screens: [], longTasks: [] };
    if (meter === undefined) return none;
    return {
      touches: meter.touches.splice(0),
      screens: meter.screens.splice(0),
      longTasks: meter.longTasks.splice(0),
    };
  });
}
