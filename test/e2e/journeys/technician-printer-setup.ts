import { TEST_PIN } from '../../dev/kiosk-config.ts';
import { WORDS } from '../citizen.ts';
import { openMaintenance } from '../maintenance.ts';
import { expect, type Journey, type JourneyContext } from '../journey.ts';

/** Types an address with the technician's keys: one button a character, capitals by the capital key. */
async function typeAddress({ kiosk }: JourneyContext, text: string): Promise<void> {
  const keys = kiosk.page.locator('.ime');
  const capital = keys.getByRole('button', { name: /大写/ });
  for (const character of text) {
    const needed = /[A-Z]/.test(character) ? 'true' : 'false';
    if (/[A-Za-z]/.test(character) && (await capital.getAttribute('aria-pressed')) !== needed) await capital.click();
    await keys.getByRole('button', { name: character, exact: true }).click();
  }
}

/** A technician comes in by the hidden door, finds the printer's port wrong, puts it right and prints a test page. */
export const technicianPrinterSetup: Journey = {
  name: 'technician-printer-setup',
  stack: { printerMisplaced: true },
  async run(context) {
    const { kiosk, stack, step } = context;
    step('home says it');
    await kiosk.see('button', WORDS.start);
    await kiosk.seeText(/回执打印机|打印/);
    await kiosk.shot('attract');
    step('wrong PIN');
    await openMaintenance(kiosk);
    await kiosk.digits('111111');
    await kiosk.tap('button', '进入维护模式');
    await kiosk.page.getByRole('alert').filter({ visible: true }).waitFor();
    await kiosk.shot('wrong-pin');
    step('right PIN');
    await kiosk.digits(TEST_PIN);
    await kiosk.tap('button', '进入维护模式');
    await kiosk.see('heading', /项要处理/);
    await kiosk.shot('devices');
    step('bad address refused');
    await kiosk.tap('button', '去处理回执打印机');
    await kiosk.see('heading', '设置回执打印机');
    await kiosk.shot('printer-setting');
    await kiosk.tap('button', '清空');
    await kiosk.tap('button', '输入地址');
    await typeAddress(context, 'tcp://printer');
    await kiosk.shot('typing-address');
    await kiosk.tap('button', '地址输好了');
    await kiosk.tap('button', '保存设置');
    await kiosk.page.getByRole('alert').filter({ visible: true }).waitFor();
    await kiosk.shot('refused');
    step('good address saved');
    await kiosk.tap('button', '清空');
    await kiosk.tap('button', '输入地址');
    await typeAddress(context, stack.bench.addresses['receipt-printer']);
    await kiosk.tap('button', '地址输好了');
    await kiosk.tap('button', '保存设置');
    await kiosk.seeText(/第 2 版设置/);
    await kiosk.see('button', '设置回执打印机', 30_000);
    await kiosk.shot('saved');
    step('test page');
    await kiosk.tap('button', '测试回执打印机');
    await kiosk.seeText('测试通过');
    await kiosk.shot('tested');
    const paper = (await stack.bench.receiptsPainted())[0]?.lines.join('\n') ?? '';
    expect(paper.includes('测试页'), 'the test page came out');
    step('outbox and logs');
    await kiosk.tap('button', /返回设备列表|^返回$/);
    await kiosk.tap('tab', /^待送出/);
    await kiosk.shot('outbox');
    await kiosk.tap('tab', /^日志/);
    await kiosk.seeText(/audit setting-saved|setting-saved/);
    await kiosk.shot('logs');
    step('left');
    await kiosk.tap('button', '退出维护');
    await kiosk.see('button', WORDS.start);
    step('survives a restart');
    await kiosk.killAndRestart();
    await kiosk.see('button', WORDS.start);
    await kiosk.tap('button', WORDS.start);
    await kiosk.see('button', /^办理事项.*可办$/, 30_000);
    await kiosk.shot('home');
  },
};
