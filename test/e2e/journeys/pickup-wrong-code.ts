import { makePickupCode } from '../../../electron/domain/pickup-code.ts';
import { WORDS } from '../citizen.ts';
import { expect, type Journey } from '../journey.ts';
import { fillCell, openPickup } from '../pickup.ts';

/** Mistyped, unknown and expired codes: each says what is wrong and what to do, and no door moves. */
export const pickupWrongCode: Journey = {
  name: 'pickup-wrong-code',
  async run(context) {
    const { kiosk, stack, step } = context;
    const good = await fillCell(context, '11');
    const expired = await fillCell(context, '12', { from: -40, to: -10 });
    await openPickup(context);
    const tries: readonly (readonly [string, string])[] = [
      ['mistyped', good.slice(0, 7) + String((Number(good[7]) + 1) % 10)],
      ['unknown', makePickupCode('9130572')],
      ['expired', expired],
    ];
    for (const [name, code] of tries) {
      step(name);
      await kiosk.digits(code);
      await kiosk.tap('button', '核对并打开柜门');
      await kiosk.page.getByRole('alert').filter({ visible: true }).waitFor();
      await kiosk.shot(name);
      await kiosk.tap('button', '清空');
    }
    expect(
      stack.bench
        .doors('locker-cu48')
        .all()
        .every((door) => door.pulses === 0),
      'no door was pulsed',
    );
    step('left');
    await kiosk.tap('button', WORDS.finish['zh-CN']).catch(() => kiosk.tap('button', '首页'));
  },
};
