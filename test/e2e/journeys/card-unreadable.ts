import { layCard, openGuide, WORDS } from '../citizen.ts';
import { expect, type Journey } from '../journey.ts';

/** A card that cannot be read, the reader unplugged and plugged back in, then a good card: always a way on. */
export const cardUnreadable: Journey = {
  name: 'card-unreadable',
  async run(context) {
    const { kiosk, stack, step } = context;
    await openGuide(context, 'senior-card');
    await kiosk.tap('button', WORDS.begin['zh-CN']);
    await kiosk.see('heading', /身份证放在感应区/);
    step('unreadable');
    stack.bench.actions.layCard('unreadable');
    await kiosk.see('button', '再放一次身份证');
    await kiosk.shot('unreadable');
    stack.bench.actions.removeCard();
    step('reader unplugged');
    await stack.bench.actions.unplug('card-reader');
    await kiosk.tap('button', '再放一次身份证');
    await kiosk.see('button', '再放一次身份证');
    await kiosk.shot('reader-away');
    step('reader back');
    await stack.bench.actions.replug('card-reader');
    await kiosk.tap('button', /^返回/);
    await kiosk.see('button', WORDS.begin['zh-CN']);
    await kiosk.seeText('本机现在可办');
    await layCard(context, 'elder');
    await kiosk.seeText('测**人');
    await kiosk.shot('read');
    step('left');
    await kiosk.tap('button', WORDS.finish['zh-CN']);
    await kiosk.see('button', WORDS.start);
    expect(!(await kiosk.page.content()).includes('990001'), 'nothing of the card is left in the page');
  },
};
