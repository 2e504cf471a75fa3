import { expect, until, type Journey } from '../journey.ts';
import { fillCell, lockOf, openPickup } from '../pickup.ts';

/** The door does not open: said so, one more pulse and no third, and the case of staff is told the platform. */
export const pickupDoorStuck: Journey = {
  name: 'pickup-door-stuck',
  async run(context) {
    const { kiosk, stack, step } = context;
    const code = await fillCell(context, '11');
    stack.bench.actions.setDoor('locker-cu48', lockOf('11'), 'stuck');
    await openPickup(context);
    stack.bench.actions.scan(`HP1:${code}`);
    step('did not open');
    await kiosk.see('heading', '11 号柜门没有打开');
    await kiosk.shot('did-not-open');
    step('once more');
    await kiosk.tap('button', '再开一次柜门');
    await kiosk.see('heading', '11 号柜门还是没有打开');
    await kiosk.shot('still-shut');
    expect(stack.bench.doors('locker-cu48').get(lockOf('11'))?.pulses === 2, 'two pulses and no third');
    await until('platform told', async () => {
      const events = (await stack.platform.holdings()).pickups[0]?.events ?? [];
      return events.length === 2 && events.every((event) => event.event === 'refused');
    });
  },
};
