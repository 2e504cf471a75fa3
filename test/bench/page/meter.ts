import type { Page } from 'playwright-core';

/** What a page measured of itself since the last reading. Milliseconds. */
export interface PageFigures {
  /** From a touch to the next picture, by the browser's own clock. */
  readonly touches: number[];
  /**
   * From the end of a touch, by the input's own stamp, until the next screen has been drawn and nothing of it is faint any
   * more; `firstMs` until it was drawn at all. Movement may go on.
   */
  readonly screens: { readonly ms: number; readonly firstMs: number; readonly way: string }[];
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
  /** Whether everything of the screen is there to be read: what comes in by a fade is nearly opaque. */
  const readable = (): boolean =>
    document
      .getAnimations()
      .map((one) => (one.effect instanceof KeyframeEffect ? one.effect.target : null))
      .every((part) => part === null || Number(getComputedStyle(part).opacity) >= 0.95);
  let touched: Event | null = null;
  addEventListener(
    'click',
    (event) => {
      const from = screenNow();
      touched = event;
      let firstMs: number | null = null;
      const look = (): void => {
        if (touched !== event) return;
        // The task after the frame: what it drew is on its way to the glass.
        setTimeout(() => {
          const ms = performance.now() - event.timeStamp;
          const now = screenNow();
          if (touched !== event || now === from || now === 'loading') return;
          firstMs ??= ms;
          if (!readable()) return;
          figures.screens.push({ ms, firstMs, way: `${from} > ${now}` });
          touched = null;
        }, 0);
        if (performance.now() - event.timeStamp < 1_500) requestAnimationFrame(look);
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
