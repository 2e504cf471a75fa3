import { itemPack, WORDS } from '../citizen.ts';
import { expect, type Journey, type JourneyContext } from '../journey.ts';

const ITEM = 'rent-filing';

/** From the attract screen to where a card is wanted. */
async function toCard({ kiosk }: JourneyContext): Promise<void> {
  const name = new RegExp(`^${itemPack(ITEM).name['zh-CN']}`);
  await kiosk.tap('button', WORDS.start);
  await kiosk.tap('button', WORDS.apply['zh-CN']);
  await kiosk.tap('button', name);
  await kiosk.tap('button', WORDS.begin['zh-CN']);
}

/** A visit that ends at the first question, with the card still on the reader. */
async function forgetCard(context: JourneyContext): Promise<void> {
  const { kiosk, stack } = context;
  await toCard(context);
  await kiosk.see('heading', /身份证/);
  stack.bench.actions.layCard('lin');
  await kiosk.see('button', WORDS.next['zh-CN']);
  await kiosk.tap('button', WORDS.finish['zh-CN']);
  await kiosk.see('heading', '请取回您的身份证');
}

/** Somebody forgets the card: it is asked for; the next person gets nothing of it. */
export const cardLeftBehind: Journey = {
  name: 'card-left-behind',
  stack: {},
  async run(context) {
    const { kiosk, stack, step } = context;
    step('asked for, and taken');
    await forgetCard(context);
    await kiosk.shot('take-card');
    const words = (await kiosk.page.locator('body').textContent()) ?? '';
    expect(!words.includes('林'), 'nothing of the visit is on the page');
    // The reader is being opened anew; it still sees the card when it is back.
    await kiosk.page.waitForTimeout(3_000);
    await kiosk.see('heading', '请取回您的身份证');
    stack.bench.actions.removeCard();
    await kiosk.see('button', WORDS.start);
    step('left behind');
    await forgetCard(context);
    await kiosk.seeText('感应区上有一张别人忘拿的证件', 40_000);
    await kiosk.shot('attract-card-left');
    step('the next person');
    await toCard(context);
    await kiosk.see('heading', '请先移开别人的证件');
    await kiosk.shot('card-of-somebody-else');
    await kiosk.page.waitForTimeout(3_000);
    await kiosk.see('heading', '请先移开别人的证件');
    stack.bench.actions.removeCard();
    await kiosk.see('heading', '请把身份证放在感应区');
    stack.bench.actions.layCard('elder');
    await kiosk.see('button', WORDS.next['zh-CN']);
    const served = (await kiosk.page.locator('.visit').first().textContent()) ?? '';
    expect(served.includes('测') && !served.includes('林'), `it is the visitor's own card: ${served}`);
    await kiosk.shot('own-card');
    stack.bench.actions.removeCard();
    await kiosk.tap('button', WORDS.finish['zh-CN']);
    await kiosk.see('button', WORDS.start);
  },
};
