import { fillForm, itemPack, layCard, WORDS } from '../citizen.ts';
import { expect, until, type Journey } from '../journey.ts';

/** A lease is filed with a real keyboard alone: found by pinyin, typed, rated, wiped. Nothing is touched. */
export const caseKeyboard: Journey = {
  name: 'case-keyboard',
  keyboard: true,
  async run(context) {
    const { kiosk, stack, step } = context;
    await kiosk.tap('button', WORDS.start);
    await kiosk.tap('button', WORDS.apply['zh-CN']);
    step('find: the keyboard on the screen opens by itself');
    const name = itemPack('rent-filing').name['zh-CN'];
    await kiosk.see('button', new RegExp(`^${name}`));
    await kiosk.page.keyboard.type('zufang');
    await kiosk.page.keyboard.press('Space');
    await until('other items are gone', async () => !(await kiosk.find('button', /^老年人优待证/).isVisible()));
    await kiosk.shot('found');
    await kiosk.tap('button', new RegExp(`^${name}`));
    await kiosk.see('heading', name);
    await layCard(context, 'lin');
    await fillForm(context, 'rent-filing', 'lin');
    step('Enter on a review submits nothing');
    await kiosk.page.keyboard.press('Enter');
    await kiosk.see('button', WORDS.submit['zh-CN']);
    await kiosk.tap('button', WORDS.submit['zh-CN']);
    step('done');
    await kiosk.see('heading', '已经办好了');
    await kiosk.seeText('回执已打印');
    const { cases } = await stack.platform.holdings();
    expect(cases.length === 1 && cases[0]?.state === 'approved', 'the platform holds the case once, approved');
    step('rating');
    await kiosk.tap('button', WORDS.rate['zh-CN']);
    await kiosk.tap('button', /^非常满意/);
    await until('rating at the platform', async () => (await stack.platform.holdings()).ratings.length === 1);
    step('wiped');
    await kiosk.see('button', WORDS.start);
  },
};
