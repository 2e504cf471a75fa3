import { TEST_PIN } from '../dev/kiosk-config.ts';
import type { Kiosk } from './kiosk.ts';

/** How often a slow machine may take seven touches for slow ones. */
const TRIES = 4;

/** The hidden door: seven quick touches on the clock, then the mark held for three seconds; the PIN is asked for. */
export async function openMaintenance(kiosk: Kiosk): Promise<void> {
  for (let left = TRIES; left > 1; left -= 1) {
    await knock(kiosk);
    const opened = await kiosk.see('heading', '请输入维护口令', 4_000).then(
      () => true,
      () => false,
    );
    if (opened) return;
  }
  await knock(kiosk);
  await kiosk.see('heading', '请输入维护口令');
}

async function knock(kiosk: Kiosk): Promise<void> {
  const page = await kiosk.atKiosk();
  const clock = await page.locator('.clock').boundingBox();
  const mark = await page.locator('.head-id').boundingBox();
  if (!mark || !clock) throw new Error('no mark or no clock in the head');
  for (let touch = 0; touch < 7; touch += 1) {
    await page.mouse.click(clock.x + clock.width / 2, clock.y + clock.height / 2);
  }
  await page.mouse.move(mark.x + 20, mark.y + mark.height / 2);
  await page.mouse.down();
  await page.waitForTimeout(3_300);
  await page.mouse.up();
}

/** Comes in by the hidden door with the right PIN. */
export async function enterMaintenance(kiosk: Kiosk): Promise<void> {
  await openMaintenance(kiosk);
  await kiosk.digits(TEST_PIN);
  await kiosk.tap('button', '进入维护模式');
}
