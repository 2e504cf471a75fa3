import { mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { queueTool } from '../../../electron/store/index.ts';
import { systemClock, systemRandom } from '../../../native/transport/system-clock.ts';
import { fillForm, layCard, openGuide, WORDS } from '../citizen.ts';
import { expect, until, type Journey, type JourneyContext } from '../journey.ts';
import { enterMaintenance } from '../maintenance.ts';

/** Longest path that SQLite opens; a folder beyond it is there and takes files, but no copy. */
const LONGEST_PATH = 512;

/** A case is filed with the network gone, and waits here; gives its tracking number. */
async function keepCase(context: JourneyContext): Promise<string> {
  const { kiosk, stack } = context;
  await stack.platform.faults.vanish();
  await kiosk.seeText('网络中断', 40_000);
  await openGuide(context, 'senior-card');
  await layCard(context, 'elder');
  await fillForm(context, 'senior-card', 'elder');
  await kiosk.tap('button', WORDS.submit['zh-CN']);
  await kiosk.see('heading', /已妥善存在本机/, 40_000);
  await kiosk.seeText('回执已打印', 40_000);
  const paper = (await stack.bench.receiptsPainted())[0]?.lines.join('\n') ?? '';
  await kiosk.tap('button', WORDS.finish['zh-CN']);
  await kiosk.see('button', WORDS.start);
  return /CH03 \d{6} \d{4} \d/.exec(paper)?.[0] ?? '';
}

/** The hall's folder as one that no copy can be written to; taken away by `rm` of it. */
async function blindFolder(place: string): Promise<void> {
  let deep = join(dirname(place), 'deep');
  while (deep.length < LONGEST_PATH) deep = join(deep, 'd'.repeat(100));
  await mkdir(deep, { recursive: true });
  await symlink(deep, place);
}

/** The queue of a machine that is swapped: a copy that fails, taking it back, a copy that is whole, and the next machine. */
export const technicianHandOver: Journey = {
  name: 'technician-hand-over',
  async run(context) {
    const { kiosk, stack, step } = context;
    const number = await keepCase(context);
    expect(number !== '', 'the paper carries the tracking number');
    const place = join(dirname(stack.dataDir), 'hand-over');

    step('nowhere to copy to');
    await enterMaintenance(kiosk);
    await kiosk.tap('tab', /^待送与密钥/);
    await kiosk.tap('button', '移交');
    await kiosk.see('heading', '把没送出的移交给另一台机器');
    await blindFolder(place);
    await kiosk.tap('button', '再找一次');
    step('a copy that fails');
    await kiosk.tap('button', '开始移交');
    await kiosk.seeText('请先选存到哪里');
    await kiosk.tap('button', place);
    await kiosk.seeText(/移交后本机不再收件/);
    await kiosk.shot('hand-over');
    await kiosk.tap('button', '开始移交');
    await kiosk.seeText('没有存成，可以再来一次');
    await kiosk.shot('hand-over-failed');
    await kiosk.tap('button', '先不移交');
    await kiosk.seeText(/还没有一份完整副本/);

    step('taken back');
    await kiosk.tap('button', '收回');
    await kiosk.seeText(/没有完整副本，可以收回/);
    await kiosk.shot('take-back');
    await kiosk.tap('button', '确定收回');
    await kiosk.seeText('收回了，本机接着收和送');
    await kiosk.seeText('没有移交');

    step('handed over');
    await rm(place);
    await mkdir(place);
    await kiosk.tap('button', '移交');
    await kiosk.tap('button', place);
    await kiosk.tap('button', '开始移交');
    await kiosk.see('heading', '副本存好了');
    await kiosk.seeText('1 条没送出的');
    await kiosk.shot('handed-over');
    await kiosk.tap('button', /^返回$/);
    await kiosk.seeText(/1 条已移交，本机不再收也不再送/);
    expect((await kiosk.page.getByRole('button', { name: /^(移交|收回)$/ }).count()) === 0, 'it is over here');
    await kiosk.shot('out');
    await kiosk.tap('button', '退出维护');
    await kiosk.see('button', WORDS.start);
    step('silent with the network back');
    await stack.platform.faults.restore();
    const beats = async (): Promise<number> => (await stack.platform.holdings()).heartbeats[0]?.count ?? 0;
    const before = await beats();
    await until('heard again', async () => (await beats()) > before, 40_000);
    expect((await stack.platform.holdings()).cases.length === 0, 'the old machine sends nothing');

    step('the next machine');
    await kiosk.stop();
    await rename(stack.dataDir, `${stack.dataDir}-of-the-old-machine`);
    await stack.platform.faults.vanish();
    await kiosk.restart();
    await enterMaintenance(kiosk);
    await kiosk.tap('tab', /^待送与密钥/);
    await kiosk.seeText(/本机是空的/);
    await kiosk.shot('next-machine');
    await kiosk.tap('button', /^接收$/);
    await kiosk.see('heading', '接收另一台机器没送出的');
    await kiosk.tap('button', /^接收$/);
    await kiosk.seeText('请先选一份副本');
    const file = (await readdir(place)).find((name) => name.endsWith('.sqlite')) ?? '';
    await kiosk.tap('button', new RegExp(`^${file}`));
    await kiosk.seeText('这份副本只在这一台上用');
    await kiosk.shot('take-over');
    await kiosk.tap('button', /^接收$/);
    await kiosk.see('heading', '下次开机时接收');
    await kiosk.shot('put-by');
    await kiosk.tap('button', /^返回$/);
    await kiosk.seeText(/会在下次开机时接收/);
    await kiosk.stop();

    step('taken over');
    await kiosk.restart();
    await enterMaintenance(kiosk);
    await kiosk.tap('tab', /^待送与密钥/);
    await kiosk.seeText('这次开机接收了 1 条');
    await kiosk.shot('taken-over');
    await kiosk.tap('button', '退出维护');
    await stack.platform.faults.restore();
    await until('case at the platform', async () => (await stack.platform.holdings()).cases.length === 1, 40_000);
    const { cases, keys } = await stack.platform.holdings();
    expect(cases[0]?.trackingNumber === number, 'it is the one on the paper');
    expect(
      keys.every(({ seen }) => seen === 1),
      'the old machine never sent it',
    );
    // A machine that has cases of its own takes no queue over: nothing is mixed.
    await kiosk.stop();
    const said: string[] = [];
    const tool = { clock: systemClock, random: systemRandom, say: (line: string) => void said.push(line) };
    expect((await queueTool(['restore', join(place, file), stack.dataDir], tool)) === 1, 'not a second time');
    expect(said.join(' ').includes('not-empty'), 'and it says why');
  },
};
