import { fillForm, itemPack, layCard, openGuide, WORDS } from '../citizen.ts';
import { expect, until, type Journey, type JourneyContext } from '../journey.ts';

const ITEM = 'rent-filing';
const PAPER = '房屋租赁合同';

/** One page: takes it, and keeps it. */
async function page({ kiosk }: JourneyContext, number: number): Promise<void> {
  await kiosk.tap('button', '拍照');
  await kiosk.see('button', '重拍');
  await kiosk.tap('button', '就用这张');
  await kiosk.seeText(`第 ${number} 页存好了，接着拍下一页`);
}

/** A tenant photographs the lease: two pages are kept, one is taken again, one taken out; the platform gets what is left. */
export const caseAttachments: Journey = {
  name: 'case-attachments',
  stack: { camera: true },
  async run(context) {
    const { kiosk, stack, step } = context;
    await openGuide(context, ITEM);
    await kiosk.seeText(/在本机拍照/);
    await layCard(context, 'lin');
    await fillForm(context, ITEM, 'lin', 'zh-CN', { heading: `请拍下${PAPER}` });
    step('papers');
    await kiosk.shot('papers-empty');
    await kiosk.tap('button', `拍${PAPER}`);
    await kiosk.see('button', '拍照');
    await kiosk.page.waitForTimeout(800);
    await kiosk.shot('papers-live');
    step('taken again');
    await kiosk.tap('button', '拍照');
    await kiosk.see('button', '重拍');
    await kiosk.shot('papers-look');
    await kiosk.tap('button', '重拍');
    await page(context, 1);
    await kiosk.shot('papers-first-kept');
    await page(context, 2);
    await page(context, 3);
    await kiosk.tap('button', '这样材料拍完了');
    step('one is taken out');
    await kiosk.seeText('已存好 3 页');
    await kiosk.tap('button', `删掉${PAPER}第 2 页`);
    await kiosk.seeText('已存好 2 页');
    await kiosk.shot('papers-two');
    await kiosk.tap('button', '拍好了，去核对');
    step('review');
    await kiosk.see('button', WORDS.submit['zh-CN']);
    await kiosk.seeText('已存好 2 页');
    await kiosk.page.locator('section.sum').last().scrollIntoViewIfNeeded();
    await kiosk.shot('review-papers');
    await kiosk.tap('button', WORDS.submit['zh-CN']);
    step('done');
    await kiosk.seeText(/已经办好了|平台已收到|已妥善存在本机/);
    await kiosk.shot('done');
    await until('the platform holds both pages in the clear', async () => {
      const { attachments } = await stack.platform.holdings();
      return attachments.length === 2 && attachments.every(({ plain }) => plain !== null);
    });
    const { attachments, cases } = await stack.platform.holdings();
    for (const { plain, slot, type } of attachments) {
      expect(slot === 'lease' && type === 'image/jpeg', 'they are pictures of the lease');
      expect(plain !== null && plain[0] === 0xff && plain[1] === 0xd8 && plain.length > 1_000, 'each is a whole JPEG');
    }
    expect(cases[0]?.itemVersion === itemPack(ITEM).version, 'the case is of the version that asks for papers');
    await kiosk.tap('button', WORDS.finish['zh-CN']);
    await kiosk.see('button', WORDS.start);
  },
};

/** Without a platform that takes pictures an item that needs some is not begun, and one that can do without says what follows. */
export const papersNotNow: Journey = {
  name: 'papers-not-now',
  stack: { camera: true, platformFiles: false },
  async run(context) {
    const { kiosk, step } = context;
    await kiosk.see('button', WORDS.start);
    await kiosk.tap('button', WORDS.start);
    await kiosk.tap('button', WORDS.apply['zh-CN']);
    step('an item that needs papers');
    await kiosk.see('button', /^企业开办.*暂不可办/);
    await kiosk.shot('find');
    await kiosk.tap('button', /^企业开办/);
    await kiosk.see('heading', '企业开办');
    await kiosk.seeText('平台现在收不了材料照片');
    await kiosk.shot('guide-closed');
    await kiosk.tap('button', WORDS.begin['zh-CN']);
    await kiosk.see('heading', '平台现在收不了材料照片');
    expect((await kiosk.page.locator('[data-screen="card"]').count()) === 0, 'no card was asked for');
    await kiosk.shot('problem');
    await kiosk.tap('button', /首页/);
    step('an item whose papers can follow');
    await kiosk.tap('button', WORDS.apply['zh-CN']);
    await kiosk.tap('button', /^房屋租赁登记备案/);
    await kiosk.seeText(/以后交到窗口也行/);
    await layCard(context, 'lin');
    await fillForm(context, ITEM, 'lin');
    await kiosk.seeText('本机现在拍不了，以后交到窗口');
    await kiosk.tap('button', WORDS.submit['zh-CN']);
    step('done');
    await kiosk.seeText(/还要交到窗口：房屋租赁合同/);
    await kiosk.shot('done-to-hand-in');
    await kiosk.tap('button', WORDS.finish['zh-CN']);
  },
};
