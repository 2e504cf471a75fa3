import { WORDS } from '../citizen.ts';
import { expect, until, type Journey, type JourneyContext } from '../journey.ts';
import { enterMaintenance } from '../maintenance.ts';

/** Opens and shuts the doors that the screen asks for, as a hand with a key would. */
async function calibrate({ kiosk, stack, step }: JourneyContext): Promise<void> {
  const { actions } = stack.bench;
  await kiosk.see('heading', '请关好所有柜门', 40_000);
  await kiosk.shot('calibrate-close-all');
  await kiosk.tap('button', '都关好了');
  const doors = [
    ['01', { board: 0, lock: 1 }],
    ['02', { board: 0, lock: 2 }],
    ['13', { board: 1, lock: 1 }],
  ] as const;
  for (const [cell, lock] of doors) {
    step(`door ${cell}`);
    await kiosk.see('heading', `请打开 ${cell} 号柜门`);
    if (cell === '01') {
      await kiosk.shot('calibrate-open');
      // Said, but not done: the sensors say otherwise.
      await kiosk.tap('button', '打开了');
      await kiosk.seeText(/传感器没有变化/);
      await kiosk.shot('calibrate-again');
    }
    actions.forceDoor('locker-cu48', lock);
    await kiosk.tap('button', '打开了');
    await kiosk.see('heading', `请关上 ${cell} 号柜门`);
    actions.closeDoor('locker-cu48', lock);
    await kiosk.tap('button', '关上了');
  }
}

/** Presses a key until the screen has heard it, as people do. */
async function press({ kiosk, stack }: JourneyContext, level: 5 | 3, heard: RegExp): Promise<void> {
  await kiosk.seeText(/请现在按/);
  await until(`key ${level} is heard`, async () => {
    stack.bench.actions.pressKey(level);
    await kiosk.page.waitForTimeout(700);
    return kiosk.page.getByText(heard).filter({ visible: true }).first().isVisible();
  });
}

/** A technician sets a locker right whose polarity was set the wrong way, describes a keypad and changes the paper. */
export const technicianWorkbench: Journey = {
  name: 'technician-workbench',
  stack: { lockerTurned: true },
  async run(context) {
    const { kiosk, stack, step } = context;
    await kiosk.see('button', WORDS.start);
    await enterMaintenance(kiosk);
    step('what is plugged in');
    await kiosk.tap('button', '设置扫码器');
    await kiosk.see('heading', '设置扫码器');
    await until('the list is there', async () => !(await kiosk.page.getByText('正在查找设备').isVisible()));
    await kiosk.shot('ports');
    await kiosk.tap('button', '返回设备列表');
    step('calibrate the locker');
    await kiosk.tap('button', /^领取柜/);
    await kiosk.shot('locker');
    await kiosk.tap('button', '校准柜门传感器');
    await calibrate(context);
    await kiosk.see('heading', '校准好了');
    await kiosk.shot('calibrated');
    await kiosk.tap('button', '保存校准结果');
    await kiosk.seeText(/领取柜已保存（第 2 版设置）/);
    await kiosk.tap('button', '测试领取柜');
    await kiosk.tap('button', '打开 11 号柜门');
    await kiosk.seeText('测试通过');
    await kiosk.tap('button', '返回设备列表');
    step('describe the keypad');
    await kiosk.tap('button', '设置评价器');
    await kiosk.tap('button', '选格式，试按键');
    await kiosk.see('heading', '评价器的按键');
    await kiosk.shot('keys');
    await kiosk.tap('radio', '自己描述');
    await kiosk.tap('button', '学：非常满意');
    await press(context, 5, /记下了“非常满意”/);
    await kiosk.shot('key-learnt');
    await kiosk.tap('button', '试：非常满意');
    await press(context, 5, /对了，是“非常满意”/);
    await kiosk.tap('button', '试：基本满意');
    await press(context, 3, /这个格式认不出是哪个键/);
    await kiosk.shot('key-unknown');
    await kiosk.tap('button', '好了，返回设置');
    await kiosk.tap('button', '保存设置');
    await kiosk.seeText(/评价器已保存（第 3 版设置）/);
    step('a new roll');
    await kiosk.tap('button', /^回执打印机/);
    await kiosk.tap('button', '换好了一卷新纸');
    await kiosk.seeText('记下了：换了新纸卷');
    await kiosk.shot('paper-replaced');
    await kiosk.tap('button', '返回设备列表');
    step('on record');
    await kiosk.tap('tab', /^日志/);
    await kiosk.seeText(/audit paper-replaced/);
    await kiosk.seeText(/audit calibration-begun/);
    await kiosk.tap('button', '退出维护');
    await kiosk.see('button', WORDS.start);
    const pulses = stack.bench
      .doors('locker-cu48')
      .all()
      .reduce((sum, door) => sum + door.pulses, 0);
    expect(pulses === 1, 'the calibration moved no door by itself, and the test one');
  },
};
