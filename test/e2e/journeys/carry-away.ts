import { layCard, openGuide, WORDS } from '../citizen.ts';
import { expect, until, type Journey } from '../journey.ts';

const PHONE = '13800000025';

/** A form that was begun is carried away as a code, the visit ends, and another visit goes on where it stood. */
export const carryAway: Journey = {
  name: 'carry-away',
  async run(context) {
    const { kiosk, stack, step } = context;
    await openGuide(context, 'senior-card');
    await layCard(context, 'elder');
    await kiosk.digits(PHONE);
    step('carried away');
    await kiosk.tap('button', '带走');
    await kiosk.see('heading', '填了一半，可以带走');
    const picture = kiosk.page.locator('.qr-picture');
    await picture.waitFor();
    await kiosk.shot('code');
    const code = (await picture.getAttribute('data-code')) ?? '';
    const digits = ((await kiosk.page.locator('.carry-digits').textContent()) ?? '').replaceAll(/\D/gu, '');
    expect(digits.length === 8 && !code.includes(digits), 'the digits stand beside the code, not in it');
    expect(!code.includes(PHONE), 'nothing stands in the code in the clear');
    await kiosk.tap('button', '拍好了，结束并清除');
    await kiosk.see('button', WORDS.start);

    step('taken up again');
    await kiosk.tap('button', WORDS.start);
    await kiosk.tap('button', /^接着填带走的表/);
    await kiosk.see('heading', '接着填带走的表');
    await kiosk.shot('resume');
    stack.bench.actions.scan(code);
    await kiosk.see('heading', '请输入那 8 位数');
    step('with wrong digits');
    await kiosk.digits(digits.replace(/.$/u, (last) => String((Number(last) + 1) % 10)));
    await kiosk.tap('button', '打开，接着填');
    await kiosk.seeText('打不开：这 8 位数不对');
    await kiosk.shot('wrong-digits');
    step('with the right ones');
    await kiosk.tap('button', '清空');
    await kiosk.digits(digits);
    await kiosk.tap('button', '打开，接着填');
    await kiosk.see('heading', /身份证/);
    stack.bench.actions.layCard('elder');
    await kiosk.see('button', WORDS.next['zh-CN']);
    stack.bench.actions.removeCard();
    await until('the telephone number stands there', async () => {
      const field = kiosk.page.locator('.field .val');
      return ((await field.textContent()) ?? '').replaceAll(/\D/gu, '') === PHONE;
    });
    await kiosk.shot('goes-on');
    await kiosk.tap('button', WORDS.finish['zh-CN']);
    await kiosk.see('button', WORDS.start);
  },
};
