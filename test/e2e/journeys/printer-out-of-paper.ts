import { fillForm, layCard, openGuide, WORDS } from '../citizen.ts';
import { expect, until, type Journey } from '../journey.ts';

/** The paper is out: said on the home screen, the case goes through, and the receipt comes once there is paper. */
export const printerOutOfPaper: Journey = {
  name: 'printer-out-of-paper',
  async run(context) {
    const { kiosk, stack, step } = context;
    step('paper out');
    stack.bench.actions.paper('out');
    await kiosk.seeText(/打印纸|没有纸|缺纸|纸用完/, 40_000);
    await openGuide(context, 'employment-registration');
    await layCard(context, 'rare-name');
    await fillForm(context, 'employment-registration', 'rare-name');
    await kiosk.tap('button', WORDS.submit['zh-CN']);
    step('not printed');
    await kiosk.seeText('回执没有打印');
    await kiosk.shot('not-printed');
    expect((await stack.bench.receiptsPainted()).length === 0, 'nothing came out');
    expect((await stack.platform.holdings()).cases.length === 1, 'the case is at the platform all the same');
    step('paper refilled');
    stack.bench.actions.paper('refill');
    await kiosk.tap('button', '再打一次');
    await kiosk.seeText('回执已打印', 40_000);
    await kiosk.shot('printed');
    await until('receipt painted', async () => (await stack.bench.receiptsPainted()).length === 1);
    step('finished');
    await kiosk.tap('button', WORDS.finish['zh-CN']);
    await kiosk.see('button', WORDS.start);
  },
};
