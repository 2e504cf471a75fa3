import { WORDS } from '../citizen.ts';
import { expect, until, type Journey } from '../journey.ts';
import { expectOnePulse, fillCell, lockOf, openPickup } from '../pickup.ts';

/** An enterprise scans its code: the right door opens, is closed, receipt, rating by touch. */
export const pickupOnline: Journey = {
  name: 'pickup-online',
  async run(context) {
    const { kiosk, stack, step } = context;
    const code = await fillCell(context, '11');
    await openPickup(context);
    stack.bench.actions.scan(`HP1:${code}`);
    step('door open');
    await kiosk.see('heading', '11 号柜门开了，请取走');
    await kiosk.shot('open');
    expectOnePulse(context, '11');
    step('door closed');
    stack.bench.actions.closeDoor('locker-cu48', lockOf('11'));
    await kiosk.see('heading', '11 号柜门关好了');
    await kiosk.seeText('领取回执已打印');
    await kiosk.shot('closed');
    const paper = (await stack.bench.receiptsPainted())[0]?.lines.join('\n') ?? '';
    expect(paper.includes('11 号柜门已关好'), 'the paper says what the sensor said');
    step('rating');
    await kiosk.tap('button', '评价这次服务');
    await kiosk.see('heading', /这次服务怎么样/);
    await kiosk.shot('rating');
    await kiosk.tap('button', /^满意/);
    await kiosk.see('heading', '谢谢您的评价');
    await kiosk.shot('thanks');
    await until('opened, closed and rated at the platform', async () => {
      const { pickups, ratings } = await stack.platform.holdings();
      return pickups[0]?.state === 'collected' && ratings.length === 1;
    });
    await kiosk.tap('button', WORDS.finish['zh-CN']);
    await kiosk.see('button', WORDS.start);
  },
};
