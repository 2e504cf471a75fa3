import type { Shot, Walk } from './walks.ts';

async function press({ page, en }: Walk, zh: string | RegExp, english: string | RegExp): Promise<void> {
  await page
    .getByRole('button', { name: en ? english : zh })
    .first()
    .click();
}

async function choose({ page, en }: Walk, zh: string, english: string): Promise<void> {
  await page.getByRole('radio', { name: en ? english : zh }).click();
}

async function heading({ page, en }: Walk, zh: RegExp, english: RegExp): Promise<void> {
  await page.getByRole('heading', { level: 1, name: en ? english : zh }).waitFor({ timeout: 10_000 });
}

async function digits({ page }: Walk, text: string): Promise<void> {
  for (const digit of text) await page.locator('.pad').getByRole('button', { name: digit, exact: true }).click();
}

async function code(walk: Walk): Promise<void> {
  await press(walk, /轻触屏幕开始/, /Touch to start/);
  await press(walk, /^领取证照印章/, /^Collect/);
  await walk.page.locator('[data-screen="pickup-code"]').waitFor();
}

/** Types a code whose check digit is right. */
async function typed(walk: Walk): Promise<void> {
  await code(walk);
  await digits(walk, '12345672');
}

async function checked(walk: Walk): Promise<void> {
  await typed(walk);
  await press(walk, '核对并打开柜门', 'Check and open');
}

async function open(walk: Walk): Promise<void> {
  await checked(walk);
  await walk.page.locator('[data-screen="pickup-open"]').waitFor();
}

async function closed(walk: Walk): Promise<void> {
  await open(walk);
  await heading(walk, /关好了/, /is closed$/);
  await walk.page.locator('.printed .btn').waitFor();
}

async function rating(walk: Walk): Promise<void> {
  await closed(walk);
  await press(walk, '评价这次服务', 'Rate this service');
  await walk.page.locator('[data-screen="rating"]').waitFor();
}

async function unlock(walk: Walk): Promise<void> {
  const { page } = walk;
  const clock = page.locator('.clock');
  for (let tap = 0; tap < 7; tap += 1) await clock.click({ delay: 0 });
  const mark = await page.locator('.head-id').boundingBox();
  if (mark === null) throw new Error('no mark');
  await page.mouse.move(mark.x + 20, mark.y + 30);
  await page.mouse.down();
  await page.clock.runFor(3_200);
  await page.mouse.up();
  await page.locator('[data-screen="technician-unlock"]').waitFor();
}

async function technician(walk: Walk): Promise<void> {
  await unlock(walk);
  await digits(walk, '246810');
  await press(walk, '进入维护模式', 'Enter maintenance');
  await walk.page.locator('.tdevs').waitFor();
}

async function edit(walk: Walk): Promise<void> {
  await technician(walk);
  await press(walk, '去处理回执打印机', 'Fix: Receipt printer');
  await walk.page.locator('.port').first().waitFor();
}

async function calibrate(walk: Walk): Promise<void> {
  await technician(walk);
  await press(walk, /^领取柜/, /^Pick-up locker/);
  await press(walk, '校准柜门传感器', 'Calibrate the door sensors');
  await walk.page.locator('.cal .locker').waitFor();
}

async function keys(walk: Walk): Promise<void> {
  await technician(walk);
  await press(walk, '去处理评价器', 'Fix: Rating keypad');
  await choose(walk, '串口评价器', 'Serial keypad');
  await press(walk, '选格式，试按键', 'Choose format, try keys');
  await walk.page.locator('.keys').waitFor();
}

/** Pick-up, rating, maintenance. */
export const HALL_SHOTS: readonly Shot[] = [
  { name: '30-pickup-code', walk: code },
  {
    name: '30b-pickup-typed-offline',
    wish: 'network=down&scanner=none',
    walk: async (walk) => {
      await code(walk);
      await digits(walk, '12345');
    },
  },
  {
    name: '30c-pickup-wrong-digit',
    walk: async (walk) => {
      await code(walk);
      await digits(walk, '12345670');
    },
  },
  {
    name: '30d-pickup-short',
    walk: async (walk) => {
      await code(walk);
      await digits(walk, '1234');
      await press(walk, '核对并打开柜门', 'Check and open');
    },
  },
  ...[
    'L403-code-unknown',
    'L404-code-not-yet-valid',
    'L405-code-expired',
    'L406-code-used',
    'L407-code-withdrawn',
    'L408-too-many-tries',
  ].map((refusal, index): Shot => ({
    name: `31${'abcdef'[index] ?? ''}-pickup-${refusal}`,
    wish: `code=${refusal}`,
    walk: async (walk) => {
      await checked(walk);
      await walk.page.getByRole('alert').locator('.notice').waitFor();
    },
  })),
  {
    name: '31g-pickup-scanned-other',
    wish: 'scan=https://example.invalid/x',
    walk: async (walk) => {
      await code(walk);
      await walk.page.getByRole('alert').locator('.notice').waitFor();
    },
  },
  {
    name: '32-pickup-opening',
    wish: 'door=never',
    walk: async (walk) => {
      await open(walk);
      await walk.page.clock.runFor(6_000);
    },
  },
  {
    name: '33-pickup-open',
    wish: 'network=down',
    walk: async (walk) => {
      await open(walk);
      await heading(walk, /开了，请取走/, /is open$/);
    },
  },
  {
    name: '33b-pickup-stuck',
    walk: async (walk) => {
      await open(walk);
      await press(walk, '柜门没有开', 'Door did not open');
    },
  },
  {
    name: '33c-pickup-close',
    walk: async (walk) => {
      await open(walk);
      await heading(walk, /开了，请取走/, /is open$/);
      await walk.page.clock.runFor(21_000);
      await heading(walk, /请关好/, /Please close/);
    },
  },
  {
    name: '33d-pickup-sensor-lost',
    wish: 'door=lost',
    walk: async (walk) => {
      await open(walk);
      await heading(walk, /请关好/, /Please close/);
    },
  },
  {
    name: '33e-pickup-kiosk-right',
    wish: 'side=right',
    walk: async (walk) => {
      await open(walk);
      await heading(walk, /开了，请取走/, /is open$/);
    },
  },
  {
    name: '34-pickup-not-open',
    wish: 'door=refused',
    walk: async (walk) => {
      await open(walk);
      await heading(walk, /没有打开/, /did not open/);
    },
  },
  {
    name: '34b-pickup-still-not-open',
    wish: 'door=refused',
    walk: async (walk) => {
      await open(walk);
      await press(walk, '再开一次柜门', 'Open it once more');
      await heading(walk, /还是没有打开/, /still did not/);
    },
  },
  {
    name: '34c-pickup-unsure',
    wish: 'door=unknown',
    walk: async (walk) => {
      await open(walk);
      await heading(walk, /说不准/, /Did door/);
    },
  },
  {
    name: '34d-pickup-locker-away',
    wish: 'door=L401-locker-away',
    walk: async (walk) => {
      await open(walk);
      await walk.page.locator('.pickup-side .notice').waitFor();
    },
  },
  { name: '35-pickup-closed', wish: 'door=closes', walk: closed },
  { name: '35b-pickup-closed-no-paper', wish: 'door=closes&printer=paper-out', walk: closed },
  { name: '36-rating', wish: 'door=closes&network=down', walk: rating },
  {
    name: '36b-rating-fails',
    wish: 'door=closes&rate=fails',
    walk: async (walk) => {
      await rating(walk);
      await press(walk, /^满意/, /^Satisfied/);
      await walk.page.getByRole('alert').waitFor();
    },
  },
  {
    name: '36c-rating-thanks',
    wish: 'door=closes',
    walk: async (walk) => {
      await rating(walk);
      await press(walk, /^基本满意/, /^All right/);
      await walk.page.locator('.rated').waitFor();
    },
  },
  {
    name: '36d-rating-already',
    wish: 'door=closes&rate=already',
    walk: async (walk) => {
      await rating(walk);
      await heading(walk, /评过了/, /already/);
    },
  },
  {
    name: '40-technician-pin',
    walk: async (walk) => {
      await unlock(walk);
      await digits(walk, '2468');
    },
  },
  {
    name: '40b-technician-pin-wrong',
    walk: async (walk) => {
      await unlock(walk);
      await digits(walk, '2468');
      await press(walk, '进入维护模式', 'Enter maintenance');
      await walk.page.getByRole('alert').locator('.notice').waitFor();
    },
  },
  { name: '41-technician-devices', wish: 'network=down', walk: technician },
  {
    name: '41c-technician-sound',
    walk: async (walk) => {
      await technician(walk);
      await press(walk, '设置声音和耳机', /Sound and headset/);
    },
  },
  { name: '41b-technician-calm', wish: 'tech=calm', walk: technician },
  {
    name: '42-technician-outbox',
    wish: 'network=down',
    walk: async (walk) => {
      await technician(walk);
      await walk.page.getByRole('tab').nth(1).click();
      await walk.page.locator('.tout').first().waitFor();
    },
  },
  {
    name: '42b-technician-store',
    wish: 'loss=yes',
    walk: async (walk) => {
      await technician(walk);
      await walk.page.getByRole('tab', { name: walk.en ? 'Queue and keys' : '待送与密钥' }).click();
      await walk.page.locator('.touts').waitFor();
    },
  },
  {
    name: '42c-technician-discard',
    walk: async (walk) => {
      await technician(walk);
      await walk.page.getByRole('tab', { name: walk.en ? 'Queue and keys' : '待送与密钥' }).click();
      await press(walk, /^放弃/, /^Give up/);
      await walk.page.getByRole('radio').first().click();
    },
  },
  {
    name: '42d-technician-hand-over',
    walk: async (walk) => {
      await technician(walk);
      await walk.page.getByRole('tab', { name: walk.en ? 'Queue and keys' : '待送与密钥' }).click();
      await press(walk, '移交', 'Hand over');
      await press(walk, /STICK/, /STICK/);
    },
  },
  {
    name: '42d2-technician-take-over',
    wish: 'take-over=yes&tech=calm',
    walk: async (walk) => {
      await technician(walk);
      await walk.page.getByRole('tab', { name: walk.en ? 'Queue and keys' : '待送与密钥' }).click();
      await press(walk, /^接收$/, /^Take over$/);
      await press(walk, /hall24-CH03/, /hall24-CH03/);
    },
  },
  {
    name: '42d3-technician-keys-lost',
    wish: 'key=lost&settings=lost&take-over=yes&tech=calm',
    walk: async (walk) => {
      await technician(walk);
      await walk.page.getByRole('tab', { name: walk.en ? 'Queue and keys' : '待送与密钥' }).click();
      await walk.page.locator('.touts').waitFor();
    },
  },
  {
    name: '43-technician-logs',
    walk: async (walk) => {
      await technician(walk);
      await walk.page.getByRole('tab').nth(3).click();
      await walk.page.locator('.tlog').first().waitFor();
    },
  },
  { name: '44-technician-edit', walk: edit },
  {
    name: '44b-technician-keys',
    walk: async (walk) => {
      await edit(walk);
      await press(walk, '输入地址', 'Type address');
      await walk.page.locator('.ime').waitFor();
    },
  },
  {
    name: '44c-technician-fault',
    wish: 'fault=1',
    walk: async (walk) => {
      await edit(walk);
      await press(walk, '保存设置', 'Save settings');
      await walk.page.getByRole('alert').waitFor();
    },
  },
  {
    name: '44d-technician-saved',
    walk: async (walk) => {
      await edit(walk);
      await press(walk, '保存设置', 'Save settings');
      await walk.page.locator('.notice.ok').waitFor();
    },
  },
  {
    name: '45-technician-test-wait',
    wish: 'test=never',
    walk: async (walk) => {
      await technician(walk);
      await press(walk, '测试身份证阅读器', 'Test: ID card reader');
      await walk.page.clock.runFor(6_000);
    },
  },
  {
    name: '45b-technician-test-passed',
    walk: async (walk) => {
      await technician(walk);
      await press(walk, '测试回执打印机', 'Test: Receipt printer');
      await walk.page.locator('.notice.ok').waitFor();
    },
  },
  {
    name: '45c-technician-test-failed',
    wish: 'test=failed',
    walk: async (walk) => {
      await technician(walk);
      await press(walk, '测试回执打印机', 'Test: Receipt printer');
      await walk.page.locator('.notice.err').waitFor();
    },
  },
  {
    name: '45d-technician-cells',
    walk: async (walk) => {
      await technician(walk);
      await press(walk, '测试领取柜', 'Test: Pick-up locker');
      await walk.page.locator('.cell').first().waitFor();
    },
  },
  {
    name: '46-technician-device',
    walk: async (walk) => {
      await technician(walk);
      await press(walk, /^回执打印机/, /^Receipt printer/);
      await walk.page.locator('.tedges li').first().waitFor();
    },
  },
  {
    name: '46b-technician-paper',
    wish: 'tech=calm',
    walk: async (walk) => {
      await technician(walk);
      await press(walk, /^回执打印机/, /^Receipt printer/);
      await press(walk, '换好了一卷新纸', 'A new roll is in');
      await walk.page.locator('.notice.ok').waitFor();
    },
  },
  { name: '47-calibrate-close', walk: calibrate },
  {
    name: '47b-calibrate-open',
    walk: async (walk) => {
      await calibrate(walk);
      await press(walk, '都关好了', 'All are shut');
      await walk.page.locator('.lk-aim').waitFor();
    },
  },
  {
    name: '47c-calibrate-again',
    wish: 'cal=again',
    walk: async (walk) => {
      await calibrate(walk);
      await press(walk, '都关好了', 'All are shut');
      await press(walk, '打开了', 'It is open');
      await walk.page.locator('.notice.wait').waitFor();
    },
  },
  {
    name: '47d-calibrate-done',
    walk: async (walk) => {
      await calibrate(walk);
      await press(walk, '都关好了', 'All are shut');
      await press(walk, '打开了', 'It is open');
      await press(walk, '关上了', 'It is shut');
      await walk.page.locator('.tfacts').waitFor();
    },
  },
  {
    name: '47e-calibrate-cannot-tell',
    wish: 'cal=cannot',
    walk: async (walk) => {
      await calibrate(walk);
      await press(walk, '都关好了', 'All are shut');
      await press(walk, '打开了', 'It is open');
      await walk.page.locator('.notice.err').waitFor();
    },
  },
  { name: '48-keypad-keys', walk: keys },
  {
    name: '48b-keypad-right',
    walk: async (walk) => {
      await keys(walk);
      await choose(walk, '31 – 35 (ASCII 1 – 5)', '31 – 35 (ASCII 1 – 5)');
      await press(walk, '试：基本满意', 'Try: All right');
      await walk.page.locator('.notice.ok').waitFor();
    },
  },
  {
    name: '48c-keypad-press',
    wish: 'key=never',
    walk: async (walk) => {
      await keys(walk);
      await choose(walk, '31 – 35 (ASCII 1 – 5)', '31 – 35 (ASCII 1 – 5)');
      await press(walk, '试：满意', 'Try: Satisfied');
      await walk.page.locator('.keys-wait').waitFor();
    },
  },
  {
    name: '48d-keypad-typed',
    walk: async (walk) => {
      await keys(walk);
      await choose(walk, '31 – 35 (ASCII 1 – 5)', '31 – 35 (ASCII 1 – 5)');
      await press(walk, '写：满意', 'Type: Satisfied');
      await walk.page.locator('.ime').waitFor();
    },
  },
  {
    name: '49-take-card',
    wish: 'cardleft=take',
    walk: async ({ page }) => page.locator('[data-screen="take-card"]').waitFor(),
  },
  {
    name: '49b-card-left',
    wish: 'cardleft=left',
    walk: async ({ page }) => page.locator('[data-screen="attract"] .notice').waitFor(),
  },
];
