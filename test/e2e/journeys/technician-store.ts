import { fillForm, layCard, openGuide, WORDS } from '../citizen.ts';
import { expect, until, type Journey } from '../journey.ts';
import { enterMaintenance } from '../maintenance.ts';
import { TEST_PIN } from '../../dev/kiosk-config.ts';
import { readableCredentials } from '../../dev/readable-credentials.ts';

const SECOND_PIN = '975310';

/** A case that the platform refuses is given up by two people; the key is changed; nothing of it is only said. */
export const technicianStore: Journey = {
  name: 'technician-store',
  givenUp: 1,
  stack: { secondPin: SECOND_PIN },
  async run(context) {
    const { kiosk, stack, step } = context;
    stack.platform.faults.refuse('urn:hall24:malformed', { routes: ['submitCase', 'submitBatch'], times: 1 });
    await openGuide(context, 'rent-filing');
    await layCard(context, 'lin');
    await fillForm(context, 'rent-filing', 'lin');
    await kiosk.tap('button', WORDS.submit['zh-CN']);
    await kiosk.see('button', WORDS.finish['zh-CN'], 30_000);
    await kiosk.tap('button', WORDS.finish['zh-CN']);
    await kiosk.see('button', WORDS.start);
    step('queue and keys');
    await enterMaintenance(kiosk);
    await kiosk.tap('tab', /^待送与密钥/);
    await kiosk.seeText(/在等 \d+ 条，搁置 1 条/);
    await kiosk.seeText(/等值班员处理/);
    await kiosk.shot('store');
    step('given up by two people');
    await kiosk.tap('button', /^放弃/);
    await kiosk.tap('button', '两人同意，放弃');
    await kiosk.seeText('请先选原因');
    await kiosk.tap('radio', '是测试件');
    await kiosk.digits(TEST_PIN);
    await kiosk.tap('button', '两人同意，放弃');
    await kiosk.seeText('要另一个人的口令，自己的不行');
    await kiosk.shot('discard-own-pin');
    await kiosk.digits(SECOND_PIN);
    await kiosk.tap('button', '两人同意，放弃');
    await kiosk.see('heading', /^已放弃/);
    await kiosk.shot('discarded');
    await kiosk.tap('button', /^返回$/);
    await kiosk.seeText(/搁置 0 条/);
    step('a new key');
    const fingerprints = kiosk.page.getByText(/^指纹 [0-9a-z-]+$/);
    const before = await fingerprints.allTextContents();
    expect(before.length === 2, 'the local data key and the settings key have a fingerprint each');
    expect((await kiosk.page.getByText(/^\d{4}-\d{2}-\d{2} 生成$/).count()) === 2, 'both say when they were made');
    await kiosk.tap('button', '换新密钥');
    await kiosk.seeText(/再按一次就换/);
    await kiosk.tap('button', '确定换');
    await kiosk.seeText('换好了新密钥');
    await until('other fingerprints', async () => {
      const now = await fingerprints.allTextContents();
      return now.length === 2 && now.every((one) => !before.includes(one));
    });
    expect((await readableCredentials(stack)).length === 0, 'neither token nor PIN can be read in the data folder');
    await kiosk.shot('key-changed');
    step('on record');
    await kiosk.tap('button', '核对全链');
    await kiosk.seeText(/条都对得上/);
    await kiosk.shot('evidence');
    await kiosk.tap('tab', /^日志/);
    await kiosk.seeText(/audit outbox-discard/);
    await kiosk.tap('button', '退出维护');
    await kiosk.see('button', WORDS.start);
    expect((await stack.platform.holdings()).cases.length === 0, 'what was given up was not sent');
  },
};
