import type { Language } from '../../electron/domain/text.ts';
import { expect, type JourneyContext } from './journey.ts';
import type { Listener } from './listener.ts';
import { fillCell, lockOf } from './pickup.ts';

/** What is said in each language, as far as a journey by ear goes by it. */
const HEARD = {
  'zh-CN': {
    choices: /下面有 \d+ 个可以选/u,
    start: /^轻触屏幕开始/u,
    home: /^今天要办 ?什么事/u,
    collect: /^领取证照印章，/u,
    code: /领取码/u,
    open: /^核对并打开柜门/u,
    taken: /11 号柜门开了，请取走/u,
    closed: /11 号柜门关好了/u,
    paper: /领取回执已打印|说不准回执打出来没有/u,
    rate: /^评价这次服务/u,
    asked: /这次服务怎么样/u,
    best: /^非常满意/u,
    thanks: /谢谢您的评价/u,
    help: /^求助，/u,
    helpTitle: /^需要帮忙吗/u,
    call: /^呼叫值班员/u,
    called: /值班员已收到呼叫|呼叫已记下/u,
    close: /^(?:不用了|好了)/u,
    progress: /^查办理进度，/u,
    progressTitle: /^(?:查办理进度|.*受理号)/u,
    find: /^查进度/u,
    found: /已经办好了/u,
    leave: /^回到首页/u,
    timeout: /^您还需要时间吗.*我还要时间，第 1 个/u,
    more: /^我还要时间/u,
    digit: '已输入一位',
  },
  en: {
    choices: /\d+ choices? below/u,
    start: /^Touch to start/u,
    home: /^What do you need today/u,
    collect: /^Collect/u,
    code: /code/u,
    open: /^Check and open/u,
    taken: /Door 11 is open/u,
    closed: /Door 11 is closed/u,
    paper: /[Rr]eceipt printed|may not have come out/u,
    rate: /^Rate this service/u,
    asked: /How was it/u,
    best: /^Very satisfied/u,
    thanks: /Thank you for your rating/u,
    help: /^Help/u,
    helpTitle: /^Need some help/u,
    call: /^Call duty staff/u,
    called: /Duty staff have your call|Your call is noted/u,
    close: /^(?:No thanks|Done)/u,
    progress: /^Check progress/u,
    progressTitle: /Check progress/u,
    find: /^Check progress/u,
    found: /Done and approved/u,
    leave: /^Back to start/u,
    timeout: /^Do you need more time\?.*I need more time/u,
    more: /^I need more time/u,
    digit: 'digit entered',
  },
} as const;

/** One person who sees nothing, in one language. */
export interface EarVisit {
  readonly context: JourneyContext;
  readonly ear: Listener;
  readonly language: Language;
}

/** From the attract screen to the start page: an arrow begins the voice, the language is changed by ear. */
export async function beginByEar({ context: { kiosk, step }, ear, language }: EarVisit): Promise<void> {
  step(`begin in ${language}`);
  const heard = HEARD[language];
  await kiosk.see('button', /轻触屏幕开始/);
  // Until every device has answered, the page says that some things cannot be done.
  await kiosk.seeText(/24 小时都能自己办/u);
  await ear.begin();
  await kiosk.page.keyboard.press('ArrowDown');
  await ear.hear(HEARD['zh-CN'].choices);
  expect((await ear.log()).at(-1)?.volume === 3, 'every visit begins at step 3');
  if (language === 'en') await ear.press(/^English/u, heard.choices);
  await ear.press(heard.start, heard.home);
}

/** A locker is opened with a code typed on the keypad; no digit of it is said. Then the visit is rated and ends by itself. */
export async function pickUpByEar({ context, ear, language }: EarVisit): Promise<void> {
  const { kiosk, stack, step } = context;
  const heard = HEARD[language];
  const code = await fillCell(context, '11');
  step(`pick-up by typed code in ${language}`);
  await ear.press(heard.collect, heard.code);
  await ear.digits(code, heard.digit);
  await ear.press(heard.open, heard.taken);
  await kiosk.shot(`door-open-${language}`);
  stack.bench.actions.closeDoor('locker-cu48', lockOf('11'));
  await ear.hear(heard.closed);
  // Whatever became of the receipt is heard as it stands on the screen; a loaded machine is not always sure.
  await ear.hear(heard.paper);
  expect(!(await ear.log()).some(({ words }) => words.replaceAll(' ', '').includes(code)), 'the code was not said');
  step(`rating in ${language}`);
  await ear.press(heard.rate, heard.asked);
  await ear.press(heard.best, heard.thanks);
  await kiosk.shot(`rated-${language}`);
  // The thanks are heard to their end before the page goes.
  await kiosk.see('button', /轻触屏幕开始/, 60_000);
}

/** A person is called, then what was under way goes on. */
export async function callByEar({ context: { kiosk, step }, ear, language }: EarVisit): Promise<void> {
  step(`help call in ${language}`);
  const heard = HEARD[language];
  await ear.press(heard.help, heard.helpTitle);
  await ear.press(heard.call, heard.called);
  await kiosk.shot(`called-${language}`);
  await ear.press(heard.close, heard.home);
}

/** Lets time go by for the page's quiet clock, which reads the page's own performance clock. */
async function letPass({ kiosk }: JourneyContext, ms: number): Promise<void> {
  await kiosk.page.evaluate((more) => {
    const now = performance.now.bind(performance);
    performance.now = () => now() + more;
  }, ms);
}

/** Nobody touches anything for a minute: the question is heard, and one press answers it. */
export async function answerTimeoutByEar({ context, ear, language }: EarVisit): Promise<void> {
  const { kiosk, step } = context;
  step(`time-out answered in ${language}`);
  const heard = HEARD[language];
  await kiosk.page.keyboard.press('End');
  const before = (await ear.log()).length;
  await letPass(context, 61_000);
  await ear.hear(heard.timeout, before);
  await kiosk.shot(`timeout-${language}`);
  // What asks does not count as an answer.
  await kiosk.page.waitForTimeout(1_000);
  expect((await kiosk.page.locator('[data-screen="timeout"]').count()) === 1, 'the voice does not answer itself');
  const asked = (await ear.log()).length;
  await kiosk.page.keyboard.press('Enter');
  await ear.hear(heard.home, asked);
}

/** Nobody answers: the visit ends, although a voice asked. */
export async function leaveByTimeout({ context, ear, language }: EarVisit): Promise<void> {
  const { kiosk, step } = context;
  step(`time-out not answered in ${language}`);
  await kiosk.page.keyboard.press('End');
  const before = (await ear.log()).length;
  await letPass(context, 61_000);
  await ear.hear(HEARD[language].timeout, before);
  await kiosk.page.keyboard.press('End');
  await letPass(context, 21_000);
  await kiosk.see('button', /轻触屏幕开始/);
}

/** Where a case is, by the number that was heard when it was filed. */
export async function progressByEar(
  { context: { kiosk, step }, ear, language }: EarVisit,
  number: string,
): Promise<void> {
  step(`progress in ${language}`);
  const heard = HEARD[language];
  await ear.press(heard.progress, heard.progressTitle);
  for (const sign of number.replaceAll(' ', '')) await ear.push(sign);
  await ear.press(heard.find, heard.found);
  await kiosk.shot(`progress-${language}`);
  await ear.press(heard.leave, heard.home);
}

const TRACKING_NUMBER = /^[A-Z]{2}\d{2}(?: \d+)+$/u;

/** Goes to the tracking number on the last page of a case and keeps it in mind as it is said. */
export async function numberHeard(ear: Listener): Promise<string> {
  await ear.goTo(TRACKING_NUMBER);
  return (await ear.log()).findLast(({ words }) => TRACKING_NUMBER.test(words))?.words ?? '';
}
