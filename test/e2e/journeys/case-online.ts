import { fillForm, layCard, openGuide, WORDS } from '../citizen.ts';
import { expect, until, type Journey } from '../journey.ts';

/** A lease is filed with the platform up: approved at once, receipt, rating by keypad, wiped. */
export const caseOnline: Journey = {
  name: 'case-online',
  async run(context) {
    const { kiosk, stack, step } = context;
    await openGuide(context, 'rent-filing');
    await layCard(context, 'lin');
    await fillForm(context, 'rent-filing', 'lin');
    await kiosk.tap('button', WORDS.submit['zh-CN']);
    step('done');
    await kiosk.see('heading', '已经办好了');
    await kiosk.seeText('回执已打印');
    await kiosk.shot('done');
    const receipts = await stack.bench.receiptsPainted();
    expect(receipts.length === 1, 'one receipt came out');
    const paper = receipts[0]?.lines.join('\n') ?? '';
    expect(paper.includes('当场办结'), 'the paper says what the screen says');
    expect(!paper.includes('990001199003070028'), 'the number on the paper is masked');
    const { cases } = await stack.platform.holdings();
    expect(cases.length === 1 && cases[0]?.state === 'approved', 'the platform holds the case once, approved');
    step('rating');
    await kiosk.tap('button', WORDS.rate['zh-CN']);
    await kiosk.see('heading', /怎么样|评价/);
    await kiosk.shot('rating');
    stack.bench.actions.pressKey(5);
    await until('rating at the platform', async () => (await stack.platform.holdings()).ratings.length === 1);
    await kiosk.shot('rated');
    step('wiped');
    await kiosk.see('button', WORDS.start);
    await kiosk.shot('wiped');
    expect(!(await kiosk.page.content()).includes('990001'), 'nothing of the card is left in the page');
  },
};
