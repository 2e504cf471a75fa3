import { fillForm, layCard, openGuide, WORDS } from '../citizen.ts';
import { expect, until, type Journey } from '../journey.ts';

/** A case with the network gone: kept and said so, killed and started again, sent once when the network is back. */
export const caseOffline: Journey = {
  name: 'case-offline',
  async run(context) {
    const { kiosk, stack, step } = context;
    step('network gone');
    await stack.platform.faults.vanish();
    await kiosk.seeText('网络中断', 40_000);
    await openGuide(context, 'senior-card');
    await layCard(context, 'elder');
    await fillForm(context, 'senior-card', 'elder');
    await kiosk.tap('button', WORDS.submit['zh-CN']);
    step('kept');
    await kiosk.see('heading', /已妥善存在本机/);
    await kiosk.seeText('回执已打印');
    await kiosk.shot('kept');
    const paper = (await stack.bench.receiptsPainted())[0]?.lines.join('\n') ?? '';
    expect(paper.includes('已妥善存在本机'), 'the paper says what the screen says');
    expect(paper.includes('等联网'), 'the paper says what is waited for');
    expect((await stack.platform.holdings()).cases.length === 0, 'the platform knows nothing yet');
    const number = /CH03 \d{6} \d{4} \d/.exec(paper)?.[0] ?? '';
    expect(number !== '', 'the paper carries the tracking number');

    step('killed');
    await kiosk.killAndRestart();
    await kiosk.see('button', WORDS.start);
    step('network back');
    await stack.platform.faults.restore();
    await until('case at the platform', async () => (await stack.platform.holdings()).cases.length === 1, 30_000);
    const { cases } = await stack.platform.holdings();
    expect(cases[0]?.trackingNumber === number, 'the case at the platform is the one on the paper');

    step('looked up');
    await kiosk.tap('button', WORDS.start);
    await kiosk.tap('button', /^查办理进度/);
    await kiosk.see('heading', '查办理进度');
    await kiosk.shot('lookup');
    stack.bench.actions.scan(`https://chenghu.example/r/${number.replaceAll(' ', '')}`);
    await kiosk.seeText(number);
    await kiosk.shot('looked-up');
  },
};
