import { TEST_PIN } from '../dev/kiosk-config.ts';
import type { Kiosk } from './kiosk.ts';

/** The hidden door: seven quick touches on the clock, then the mark held for three seconds; the PIN is asked for. */
export async function openMaintenance(kiosk: Kiosk): Promise<void> {
  const { page } = kiosk;
  for (let touch = 0; touch < 7; touch += 1) await page.locator('.clock').click();
  const mark = await page.locator('.head-id').boundingBox();
  if (!mark) throw new Error('no mark in the head');
  await page.mouse.move(mark.x + 20, mark.y + mark.height / 2);
  await page.mouse.down();
  await page.waitForTimeout(3_300);
  await page.mouse.up();
  await kiosk.see('heading', '请输入维护口令');
}

/** Comes in by the hidden door with the right PIN. */
export async function enterMaintenance(kiosk: Kiosk): Promise<void> {
  await openMaintenance(kiosk);
  await kiosk.digits(TEST_PIN);
  await kiosk.tap('button', '进入维护模式');
}
