import { TEST_CARDS } from '../../fixtures/cards.ts';
import { numberHeard, progressByEar } from '../by-ear.ts';
import { expect, until, type Journey } from '../journey.ts';
import { Listener } from '../listener.ts';
import { fillCell, lockOf } from '../pickup.ts';

const PHONE = '13800000025';

/**
 * A blind person files a case, then collects from a locker, by ear and four-way pad alone: nothing is looked at, nothing
 * touched, and nothing private said aloud.
 */
export const caseSpeech: Journey = {
  name: 'case-speech',
  async run(context) {
    const { kiosk, stack, step } = context;
    const ear = new Listener(kiosk);
    await kiosk.see('button', /轻触屏幕开始/);
    // Until every device has answered, the page says that some things cannot be done.
    await kiosk.seeText(/24 小时都能自己办/u);
    await ear.begin();

    step('an arrow begins the speech mode');
    await kiosk.page.keyboard.press('ArrowDown');
    await ear.hear(/24 小时都能自己办.*下面有 \d+ 个可以选/u);
    await kiosk.shot('attract');
    await ear.press(/^轻触屏幕开始/u, /^今天要办.*什么事/u);
    step('louder, and said again');
    expect((await ear.push('PageUp')) === '音量 4', 'the volume went up a step');
    expect((await ear.push('Home')) === '音量 4', 'the last words were said again');

    step('find');
    await ear.press(/^办理事项，/u, /^找要办的事/u);
    await ear.press(/^老年人优待证/u, /^老年人优待证/u);
    step('guide');
    await ear.press(/^开始办理，第 \d+ 个/u, /身份证/u);
    step('card');
    const before = (await ear.log()).length;
    stack.bench.actions.layCard('elder');
    await ear.hear(/手机号|电话/u, before);
    stack.bench.actions.removeCard();
    await kiosk.shot('question-phone');

    step('a telephone number by keypad');
    await ear.digits(PHONE);
    await ear.press(/^下一题/u, /家里人/u);
    step('a name by pinyin');
    await kiosk.page.keyboard.press('7');
    await kiosk.page.waitForTimeout(200);
    expect(await kiosk.page.locator('.ime-pinyin').isVisible(), 'no board is turned without a word about it');
    for (const letter of 'wangli') await kiosk.page.keyboard.press(letter);
    await ear.goTo(/^空格/u);
    await kiosk.page.keyboard.press('Enter');
    await until('the name was typed', async () => (await ear.log()).some(({ words }) => words === '已输入'));
    await kiosk.shot('question-name');
    await ear.press(/^下一题/u, /电话|手机/u);
    await ear.digits('13800000024');
    await ear.press(/^下一题/u, /怎么|哪里|寄/u);
    step('a choice');
    await ear.goTo(/没选，第 1 个/u);
    await ear.push('Enter');
    await ear.hear(/已选，第 1 个/u);
    await ear.press(/^(下一题|填好了)/u, /。/u);
    step('consent');
    await ear.goTo(/同意.*没选/u);
    await ear.push('Enter');
    await ear.press(/^(下一题|填好了)/u, /请核对/u);
    step('review');
    await kiosk.shot('review');
    await ear.goTo(/^姓名，.*插上耳机才读/u);
    await ear.press(/^内容属实，提交/u, /已经办好了|收到了|受理/u);
    step('done');
    await kiosk.shot('done');
    await ear.hear(/回执已打印/u);
    const { cases } = await stack.platform.holdings();
    expect(cases.length === 1, 'the platform holds the case once');
    expect(cases[0]?.payload?.values['phone'] === PHONE, 'what was typed by keypad arrived');

    const tracking = await numberHeard(ear);
    step('nothing private was said aloud');
    const log = await ear.log();
    const { name, number, address } = TEST_CARDS.elder.card;
    for (const secret of [name, number, address, PHONE, PHONE.slice(-4), '13800000024']) {
      const told = log.find(({ words }) => words.includes(secret));
      expect(told === undefined, `name, number, address and telephone stayed unsaid (heard "${told?.words ?? ''}")`);
    }
    const back = log.findIndex(({ words }) => words === '退了一格');
    expect(back < 0, `nothing was taken back, and none was said to be (after "${log[back - 1]?.words ?? ''}")`);
    expect((await ear.heardSeconds()) > 30, 'it was sound, not only captions');

    step('the visit ends, the volume is the usual one again');
    await ear.leave(/^结束并清除/u);
    await kiosk.see('button', /轻触屏幕开始/);
    expect((await kiosk.page.locator('.speech-bar').count()) === 0, 'the next person begins without a voice');

    step('pick-up by ear');
    const code = await fillCell(context, '11');
    await ear.begin();
    await kiosk.page.keyboard.press('ArrowDown');
    await ear.hear(/下面有 \d+ 个可以选/u);
    expect((await ear.log()).at(-1)?.volume === 3, 'the volume is step 3');
    await ear.press(/^轻触屏幕开始/u, /^今天要办.*什么事/u);
    await progressByEar({ context, ear, language: 'zh-CN' }, tracking);
    step('by finger: a touch says, a swipe goes on, two quick touches press');
    await ear.touch(/^领取证照印章/u, /^领取证照印章，/u);
    expect((await kiosk.page.locator('[data-screen="home"]').count()) === 1, 'one touch presses nothing');
    await ear.swipe('right', /^查办理进度/u);
    await ear.swipe('left', /^领取证照印章/u);
    await ear.touchTwice(/领取码/u);
    stack.bench.actions.scan(`HP1:${code}`);
    await ear.hear(/11 号柜门开了，请取走/u);
    await kiosk.shot('door-open');
    stack.bench.actions.closeDoor('locker-cu48', lockOf('11'));
    await ear.hear(/11 号柜门关好了/u);
    expect(!(await ear.log()).some(({ words }) => words.includes(code)), 'the code was not said aloud');
    await kiosk.shot('door-closed');
  },
};
