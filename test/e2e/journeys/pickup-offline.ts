import { expect, until, type Journey } from '../journey.ts';
import { expectOnePulse, fillCell, lockOf, openPickup } from '../pickup.ts';
import { WORDS } from '../citizen.ts';

/** The network is gone, the code is typed, the door hangs on the second board of an 8A bus; rated on a HID keypad. */
export const pickupOffline: Journey = {
  name: 'pickup-offline',
  stack: { locker: 'bcc-8a', keypad: 'hid' },
  async run(context) {
    const { kiosk, stack, step } = context;
    const code = await fillCell(context, '15');
    step('code known here');
    // The heartbeat brings the announced list; the kiosk is started anew so that it takes it at once.
    await kiosk.stop();
    const heartbeats = async (): Promise<number> =>
      (await stack.platform.holdings()).heartbeats.reduce((sum, { count }) => sum + count, 0);
    const heard = await heartbeats();
    await kiosk.restart();
    await until('list taken', async () => (await heartbeats()) > heard);
    await kiosk.page.waitForTimeout(500);
    step('network gone');
    await stack.platform.faults.vanish();
    await kiosk.seeText('网络中断', 40_000);
    await openPickup(context);
    await kiosk.digits(code);
    await kiosk.shot('typed');
    await kiosk.tap('button', '核对并打开柜门');
    step('door open');
    await kiosk.see('heading', '15 号柜门开了，请取走');
    await kiosk.shot('open');
    expectOnePulse(context, '15', 'locker-8a');
    step('please close');
    await kiosk.see('heading', '请关好 15 号柜门', 40_000);
    await kiosk.shot('please-close');
    stack.bench.actions.closeDoor('locker-8a', lockOf('15', 'locker-8a'));
    await kiosk.see('heading', '15 号柜门关好了');
    await kiosk.seeText('领取回执已打印');
    await kiosk.shot('closed');
    step('rated');
    await kiosk.tap('button', '评价这次服务');
    await kiosk.see('heading', /这次服务怎么样/);
    stack.bench.actions.pressKey(4, 'hid-keypad');
    await kiosk.see('heading', '谢谢您的评价');
    await kiosk.tap('button', WORDS.finish['zh-CN']);
    const before = await stack.platform.holdings();
    expect(before.ratings.length === 0 && before.pickups[0]?.events.length === 0, 'the platform knows nothing yet');
    step('network back');
    await stack.platform.faults.restore();
    await until(
      'opened, closed and rated at the platform',
      async () => {
        const { pickups, ratings } = await stack.platform.holdings();
        return pickups[0]?.state === 'collected' && ratings.length === 1;
      },
      30_000,
    );
    expect((await stack.platform.holdings()).ratings[0]?.level === 4, 'the rating is the key that was pressed');
  },
};
