import { fillForm, layCard, openGuide, WORDS } from '../citizen.ts';
import { expect, until, type Journey } from '../journey.ts';

/** The kiosk dies in the middle of a submit: after the restart the case is there once, or was never acknowledged. */
export const caseKilled: Journey = {
  name: 'case-killed',
  async run(context) {
    const { kiosk, stack, step } = context;
    await openGuide(context, 'senior-card');
    await layCard(context, 'elder');
    await fillForm(context, 'senior-card', 'elder');
    step('killed while the platform thinks');
    stack.platform.faults.slow(3_000, { routes: ['submitCase'] });
    await kiosk.tap('button', WORDS.submit['zh-CN']);
    await kiosk.see('heading', '正在提交');
    await kiosk.shot('submitting');
    await kiosk.kill();
    step('started again');
    await stack.platform.faults.restore();
    await kiosk.restart();
    await kiosk.see('button', WORDS.start);
    await until('case at the platform', async () => (await stack.platform.holdings()).cases.length === 1, 30_000);
    expect(!(await kiosk.page.content()).includes('990001'), 'nothing of the card is left in the page');
    await kiosk.tap('button', WORDS.start);
    await kiosk.tap('button', /^查办理进度/);
    const number = (await stack.platform.holdings()).cases[0]?.trackingNumber ?? '';
    await kiosk.shot('lookup');
    stack.bench.actions.scan(number);
    await kiosk.seeText(number);
    await kiosk.shot('found-again');
  },
};
