import { fillForm, layCard, openGuide, WORDS } from '../citizen.ts';
import { expect, until, type Journey } from '../journey.ts';

/** The process with store and sync dies in the middle of a submit: the person notices a wait at most. */
export const caseQueueKilled: Journey = {
  name: 'case-queue-killed',
  async run(context) {
    const { kiosk, stack, step } = context;
    await openGuide(context, 'senior-card');
    await layCard(context, 'elder');
    step('killed before the submit, so that it waits for the next process');
    await fillForm(context, 'senior-card', 'elder');
    const first = await kiosk.killQueue();
    stack.platform.faults.slow(1_500, { routes: ['submitCase'], times: 1 });
    await kiosk.tap('button', WORDS.submit['zh-CN']);
    await until('a request at the platform', async () => (await stack.platform.holdings()).keys.length === 1, 15_000);
    step('killed while the platform thinks');
    const second = await kiosk.killQueue();
    expect(first !== second, 'the first one was replaced');
    await until('the case at the platform', async () => (await stack.platform.holdings()).cases.length === 1, 15_000);
    const number = (await stack.platform.holdings()).cases[0]?.trackingNumber ?? '';
    await kiosk.seeText(number);
    await kiosk.shot('done');
  },
};
