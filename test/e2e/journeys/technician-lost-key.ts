import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KioskConfig } from '../../../electron/app/config/schema.ts';
import { TEST_PIN } from '../../dev/kiosk-config.ts';
import { readableCredentials } from '../../dev/readable-credentials.ts';
import { WORDS } from '../citizen.ts';
import { expect, until, type Journey } from '../journey.ts';
import { enterMaintenance, openMaintenance } from '../maintenance.ts';

/** The newest configuration in a data folder. */
async function newestConfig(dataDir: string): Promise<{ readonly path: string; readonly config: KioskConfig }> {
  const dir = join(dataDir, 'config');
  const versions = (await readdir(dir)).map((name) => Number(/^kiosk\.(\d+)\.json$/.exec(name)?.[1] ?? 0));
  const path = join(dir, `kiosk.${Math.max(...versions)}.json`);
  return { path, config: JSON.parse(await readFile(path, 'utf8')) as KioskConfig };
}

/** Every key is lost: the kiosk says so, a person gives the credentials anew, the technician begins the lists afresh. */
export const technicianLostKey: Journey = {
  name: 'technician-lost-key',
  async run({ kiosk, stack, step }) {
    await kiosk.see('button', WORDS.start);
    await until('told', async () => ((await stack.platform.holdings()).heartbeats[0]?.count ?? 0) > 0);
    await kiosk.stop();
    expect((await readableCredentials(stack)).length === 0, 'neither token nor PIN can be read in the data folder');

    step('keys lost');
    await rm(join(stack.dataDir, 'keys'), { recursive: true });
    await kiosk.restart();
    await kiosk.see('button', WORDS.start);
    await openMaintenance(kiosk);
    await kiosk.digits(TEST_PIN);
    await kiosk.tap('button', '进入维护模式');
    await kiosk.seeText('口令核对不了');
    await kiosk.seeText(/要在设置文件里重新写入口令/);
    await kiosk.shot('pin-unreadable');
    await kiosk.stop();

    step('the PIN is given anew');
    const { path, config } = await newestConfig(stack.dataDir);
    const { technician, platform } = stack.config;
    await writeFile(path, JSON.stringify({ ...config, technician }));
    await kiosk.restart();
    await enterMaintenance(kiosk);
    await kiosk.tap('tab', /^待送与密钥/);
    await kiosk.seeText(/读不出：平台凭证/);
    await kiosk.shot('keys-lost');
    step('the lists begin afresh');
    await kiosk.tap('button', '重新开始');
    await kiosk.seeText(/丢了的密钥保护的清单作废/);
    await kiosk.shot('renew');
    await kiosk.tap('button', '确定重来');
    await kiosk.seeText(/已重新开始/);
    await kiosk.see('button', '换新密钥');
    await kiosk.shot('renewed');
    await kiosk.tap('button', '退出维护');
    await kiosk.see('button', WORDS.start);
    await kiosk.stop();

    step('the token is given anew');
    const now = await newestConfig(stack.dataDir);
    await writeFile(now.path, JSON.stringify({ ...now.config, platform }));
    const before = (await stack.platform.holdings()).heartbeats[0]?.count ?? 0;
    await kiosk.restart();
    await until(
      'heard again',
      async () => ((await stack.platform.holdings()).heartbeats[0]?.count ?? 0) > before,
      40_000,
    );
    await enterMaintenance(kiosk);
    await kiosk.tap('tab', /^待送与密钥/);
    await kiosk.see('button', '换新密钥');
    await until('nothing is lost', async () => (await kiosk.page.getByText('丢了', { exact: true }).count()) === 0);
    await kiosk.shot('all-there');
    expect((await readableCredentials(stack)).length === 0, 'what was given anew cannot be read either');
  },
};
