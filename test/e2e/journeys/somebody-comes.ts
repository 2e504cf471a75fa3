import { toFirstQuestion, WORDS } from '../citizen.ts';
import { expect, until, type Journey, type JourneyContext } from '../journey.ts';

/** Short times, so that nobody waits: they are what the technician sets. */
const SENSOR = { 'cover-after': '3', 'rest-after': '3' } as const;
const STILL_THERE = '您还在吗？';

/** How the attract screen stands. */
async function mood({ kiosk }: JourneyContext): Promise<string | null> {
  await kiosk.atKiosk();
  return kiosk.page.locator('.touch-all').first().getAttribute('data-mood');
}

/** Somebody stands there, and every device has answered: cases can be filed. */
async function ready(context: JourneyContext): Promise<void> {
  const { kiosk } = context;
  await kiosk.see('heading', '您好');
  await until('everything works', async () => (await kiosk.page.locator('.truth .no').count()) === 0);
}

/** Chimes that the page sounded since it was asked to note them. */
async function noteChimes({ kiosk }: JourneyContext): Promise<() => Promise<readonly string[]>> {
  await kiosk.page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(window, { heardChimes: heard });
    document.addEventListener('hall24:chime', (event) => {
      heard.push((event as CustomEvent<{ kind: string }>).detail.kind);
    });
  });
  return () => kiosk.page.evaluate(() => (window as unknown as { heardChimes: readonly string[] }).heardChimes);
}

/** Somebody comes near: the attract screen wakes, by what a detector's relay says on a Modbus line. */
export const somebodyComes: Journey = {
  name: 'somebody-comes',
  stack: { presence: SENSOR },
  async run(context) {
    const { kiosk, stack, step } = context;
    const { actions } = stack.bench;
    step('nobody there');
    await kiosk.see('button', WORDS.start);
    actions.stand(false);
    await until('the attract screen rests', async () => (await mood(context)) === 'resting');
    await kiosk.shot('resting');
    step('somebody comes');
    actions.stand(true);
    await kiosk.see('heading', '您好');
    expect((await mood(context)) === 'awake', 'the attract screen is awake');
    await kiosk.shot('awake');
    expect((await kiosk.page.locator('[data-screen="attract"]').count()) === 1, 'no visit begins by itself');
    step('passing by');
    actions.stand(false);
    await kiosk.see('heading', '您好');
    await until('it rests again', async () => (await mood(context)) === 'resting');
    step('the sensor is pulled out');
    await stack.bench.actions.unplug('presence-sensor');
    await until('the screen is as without a sensor', async () => (await mood(context)) === null);
    await kiosk.shot('without-sensor');
    await stack.bench.actions.replug('presence-sensor');
    await until('it rests again, believed anew', async () => (await mood(context)) === 'resting');
    step('a touch is as good');
    await kiosk.tap('button', WORDS.start);
    await kiosk.see('button', WORDS.apply['zh-CN']);
  },
};

/** Whoever is served walks away: what the visit shows is covered, kept, and comes back by a touch alone. */
export const somebodyLeaves: Journey = {
  name: 'somebody-leaves',
  stack: { presence: SENSOR },
  async run(context) {
    const { kiosk, stack, step } = context;
    const { actions } = stack.bench;
    step('somebody is served');
    await ready(context);
    const chimes = await noteChimes(context);
    await toFirstQuestion(kiosk, stack.bench, 500);
    expect((await chimes()).includes('card'), `the card was heard: ${(await chimes()).join(' ')}`);
    const title = (await kiosk.page.locator('h1').filter({ visible: true }).first().textContent()) ?? '';
    await kiosk.shot('served');
    step('and leaves');
    actions.stand(false);
    await kiosk.see('heading', STILL_THERE);
    await kiosk.shot('covered');
    const seen = await kiosk.page.evaluate(() => document.body.innerText);
    expect(!seen.includes('林') && !seen.includes(title), `nothing of the visit is to be seen: ${seen}`);
    step('somebody comes near');
    actions.stand(true);
    await kiosk.page.waitForTimeout(1_500);
    await kiosk.see('heading', STILL_THERE);
    step('and touches');
    await kiosk.tap('button', /^我还在/);
    await kiosk.see('heading', title);
    expect((await kiosk.page.locator('.visit').first().innerText()).includes('林'), 'the same person is served');
    await kiosk.shot('back');
    step('a touch keeps the cover away though the sensor sees nobody');
    actions.stand(false);
    const end = performance.now() + 5_000;
    while (performance.now() < end) {
      await kiosk.page.locator('h1').filter({ visible: true }).first().click();
      expect((await kiosk.page.getByRole('heading', { name: STILL_THERE }).count()) === 0, 'it is not covered');
      await kiosk.page.waitForTimeout(400);
    }
    step('finish from under the cover');
    await kiosk.see('heading', STILL_THERE);
    await kiosk.tap('button', WORDS.finish['zh-CN']);
    await kiosk.see('button', WORDS.start);
    const left = (await kiosk.page.locator('body').textContent()) ?? '';
    expect(!left.includes('林'), 'nothing of the visit is on the page');
  },
};

/** The cover neither hurries nor delays the end of a visit: 60 s of quiet, 20 s to answer. */
export const somebodyLeavesForGood: Journey = {
  name: 'somebody-leaves-for-good',
  stack: { presence: SENSOR },
  async run(context) {
    const { kiosk, stack, step } = context;
    await ready(context);
    await toFirstQuestion(kiosk, stack.bench, 500);
    await kiosk.page.locator('h1').filter({ visible: true }).first().click();
    const touched = performance.now();
    const after = (): number => (performance.now() - touched) / 1_000;
    step('covered');
    stack.bench.actions.stand(false);
    await kiosk.see('heading', STILL_THERE);
    expect(after() < 15, `it is covered soon: ${after().toFixed(1)} s`);
    step('asked');
    await kiosk.see('heading', '您还需要时间吗？', 75_000);
    expect(after() > 59 && after() < 70, `it asks after a minute of quiet: ${after().toFixed(1)} s`);
    step('over');
    await kiosk.see('button', WORDS.start, 40_000);
    expect(after() > 79 && after() < 95, `the visit ends 20 s later: ${after().toFixed(1)} s`);
  },
};
