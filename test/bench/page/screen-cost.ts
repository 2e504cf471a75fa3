import type { Page } from 'playwright-core';

/** Movement after a touch is over by then, in milliseconds. */
const REST_MS = 700;

/** What one change of the screen cost the page's main thread: processor time, which other programs do not lengthen. */
export interface ScreenCost {
  readonly way: string;
  /** Milliseconds of processor time from the touch until everything has come to rest. */
  readonly cpuMs: number;
  /** Of that script, and style with layout. */
  readonly scriptMs: number;
  readonly layoutMs: number;
  /** Processor time of the page's whole process, with drawing, in milliseconds. */
  readonly processMs: number;
}

/** A touch: how it is called, and the button's name. */
export type Touch = readonly [way: string, name: string | RegExp];

/** Touches one button after the other and measures each change by the browser's own count. */
export async function screenCosts(page: Page, touches: readonly Touch[]): Promise<ScreenCost[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const read = async (): Promise<ReadonlyMap<string, number>> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return new Map(metrics.map(({ name, value }) => [name, value * 1_000]));
  };
  const costs: ScreenCost[] = [];
  try {
    for (const [way, name] of touches) {
      const button = page.getByRole('button', { name }).filter({ visible: true }).first();
      await button.waitFor();
      await page.waitForTimeout(REST_MS);
      const box = await button.boundingBox();
      if (!box) throw new Error(`${way}: no button to touch`);
      const before = await read();
      await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      await page.waitForTimeout(REST_MS);
      const after = await read();
      const spent = (key: string): number => Math.round(((after.get(key) ?? 0) - (before.get(key) ?? 0)) * 10) / 10;
      costs.push({
        way,
        cpuMs: spent('TaskDuration'),
        scriptMs: spent('ScriptDuration'),
        layoutMs: spent('LayoutDuration') + spent('RecalcStyleDuration'),
        processMs: spent('ProcessTime'),
      });
    }
  } finally {
    await session.detach();
  }
  return costs;
}
