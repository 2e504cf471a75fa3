import { WORDS } from '../citizen.ts';
import { expect, until, type Journey } from '../journey.ts';
import { enterMaintenance } from '../maintenance.ts';

/** A technician sets who listens alone and the tones, hears them, and tests the presence sensor by walking. */
export const technicianSound: Journey = {
  name: 'technician-sound',
  stack: { presence: {} },
  async run({ kiosk, stack, step }) {
    const { actions } = stack.bench;
    const chosen = (name: RegExp) => kiosk.find('radio', name).getAttribute('aria-checked');
    step('sound and headset');
    await kiosk.see('button', WORDS.start);
    await enterMaintenance(kiosk);
    await kiosk.tap('button', '设置声音和耳机');
    await kiosk.see('heading', '声音和耳机');
    expect((await chosen(/^自动看/)) === 'true', 'the socket is asked where nothing is set');
    await kiosk.seeText('现在：没有耳机');
    step('a tone to try');
    const heard = kiosk.page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          document.addEventListener('hall24:chime', (event) => {
            resolve((event as CustomEvent<{ kind: string; loudness: string }>).detail.loudness);
          });
        }),
    );
    await kiosk.tap('button', '响一下提示音');
    expect((await heard) === 'usual', 'it sounds at the usual loudness, whatever the hour');
    await kiosk.shot('sound');
    step('a fixed handset, silent at night');
    await kiosk.tap('radio', /^一直有/);
    await kiosk.tap('radio', '不响');
    await kiosk.tap('radio', '23:00');
    await kiosk.tap('button', '保存设置');
    await kiosk.seeText(/^已保存/);
    await kiosk.seeText('现在：有人用耳机听');
    await kiosk.shot('saved');
    await kiosk.tap('button', /^返回设备/);
    step('back again');
    await kiosk.tap('button', '设置声音和耳机');
    await until('the choice is kept', async () => (await chosen(/^一直有/)) === 'true');
    expect((await chosen(/^23:00/)) === 'true', 'the hour is kept');
    await kiosk.tap('radio', /^没有耳机/);
    await kiosk.tap('button', '保存设置');
    await kiosk.seeText('现在：没有耳机');
    await kiosk.tap('button', /^返回设备/);
    step('walk before the sensor');
    await kiosk.tap('button', '测试人体感应');
    await kiosk.see('heading', '测试人体感应');
    await kiosk.shot('walk');
    actions.stand(false);
    await kiosk.page.waitForTimeout(1_500);
    actions.stand(true);
    await kiosk.seeText('走开和走近都感应到了。');
    await kiosk.shot('seen');
  },
};
