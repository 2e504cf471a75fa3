import type { Page } from 'playwright-core';
import { HALL_SHOTS } from './hall-shots.ts';
import { MODE_SHOTS } from './mode-shots.ts';

export interface Walk {
  readonly page: Page;
  readonly en: boolean;
}

export interface Shot {
  readonly name: string;
  /** Query string for the fake bridge. */
  readonly wish?: string;
  readonly walk: (walk: Walk) => Promise<void>;
}

/** Strokes of an invented name, as shares of the sheet. */
const SIGNATURE: readonly (readonly [number, number][])[] = [
  [
    [0.2, 0.3],
    [0.32, 0.28],
  ],
  [
    [0.26, 0.15],
    [0.27, 0.45],
    [0.24, 0.7],
  ],
  [
    [0.26, 0.35],
    [0.2, 0.55],
  ],
  [
    [0.27, 0.36],
    [0.33, 0.52],
  ],
  [
    [0.36, 0.3],
    [0.46, 0.28],
  ],
  [
    [0.41, 0.16],
    [0.42, 0.44],
    [0.38, 0.7],
  ],
  [
    [0.42, 0.35],
    [0.5, 0.6],
  ],
  [
    [0.56, 0.2],
    [0.6, 0.3],
  ],
  [
    [0.55, 0.42],
    [0.6, 0.48],
    [0.56, 0.68],
    [0.66, 0.6],
    [0.72, 0.4],
    [0.78, 0.3],
    [0.82, 0.5],
    [0.84, 0.66],
  ],
];

/** Presses the button with this name in the present language. */
async function press({ page, en }: Walk, zh: string | RegExp, english: string | RegExp): Promise<void> {
  await page
    .getByRole('button', { name: en ? english : zh })
    .first()
    .click();
}

async function on({ page }: Walk, screen: string): Promise<void> {
  await page.locator(`.layer:not([hidden]) [data-screen="${screen}"]`).waitFor({ timeout: 15_000 });
}

async function start(walk: Walk): Promise<void> {
  await press(walk, /轻触屏幕开始/, /Touch to start/);
  await on(walk, 'home');
}

async function find(walk: Walk): Promise<void> {
  await start(walk);
  await press(walk, /^办理事项/, /^Apply/);
  await on(walk, 'find');
}

async function guide(walk: Walk, zh = /房屋租赁登记备案/, en = /Rent|Lease|Tenan/i): Promise<void> {
  await find(walk);
  await walk.page
    .getByRole('list')
    .getByRole('button', { name: walk.en ? en : zh })
    .first()
    .click();
  await on(walk, 'guide');
}

async function card(walk: Walk): Promise<void> {
  await guide(walk);
  await press(walk, '开始办理', 'Apply');
  await on(walk, 'card');
}

async function form(walk: Walk): Promise<void> {
  await guide(walk);
  await press(walk, '开始办理', 'Apply');
  await on(walk, 'form');
}

async function next(walk: Walk): Promise<void> {
  await press(walk, /^(下一题|填好了，去)/, /^(Next question|Done, )/);
}

async function digits({ page }: Walk, text: string): Promise<void> {
  for (const digit of text) {
    const name = digit === '.' ? /小数点|Decimal point/ : digit;
    await page
      .locator('.pad')
      .getByRole('button', { name, exact: typeof name === 'string' })
      .click();
  }
}

async function letters({ page }: Walk, text: string): Promise<void> {
  for (const letter of text) await page.locator('.ime').getByRole('button', { name: letter, exact: true }).click();
}

/** Types Chinese: switches to pinyin when the keyboard began with letters. */
async function chinese(walk: Walk, pinyin: string, word: string): Promise<void> {
  if (walk.en) {
    const toPinyin = walk.page.getByRole('button', { name: 'Switch to pinyin' });
    if (await toPinyin.isVisible()) await toPinyin.click();
  }
  await letters(walk, pinyin);
  await walk.page.locator('.cands').getByRole('button', { name: word, exact: true }).click();
}

async function tenant(walk: Walk): Promise<void> {
  await form(walk);
  await press(walk, '租客', /Tenant/i);
  await next(walk);
  await digits(walk, '13800000024');
}

async function landlordName(walk: Walk): Promise<void> {
  await tenant(walk);
  await next(walk);
}

async function landlordNumber(walk: Walk): Promise<void> {
  await landlordName(walk);
  await chinese(walk, 'zhou', '周');
  await chinese(walk, 'ceshi', '测试');
  await next(walk);
}

async function address(walk: Walk): Promise<void> {
  await landlordNumber(walk);
  await digits(walk, '99000119900307001X');
  await next(walk);
}

async function consent(walk: Walk): Promise<void> {
  await address(walk);
  await chinese(walk, 'wangxilu', '望溪路');
  await press(walk, '123', '123');
  await letters(walk, '18');
  await next(walk);
  await digits(walk, '2600');
  await next(walk);
  await digits(walk, '20260401');
  await next(walk);
  await digits(walk, '20270331');
  await next(walk);
  await press(walk, /同意/, /agree/i);
}

/** The longevity allowance up to its signature; the wish names a holder who is old enough. */
async function signature(walk: Walk): Promise<void> {
  await guide(walk, /高龄老人长寿补贴/, /Longevity|long/i);
  await press(walk, '开始办理', 'Apply');
  await on(walk, 'form');
  await press(walk, '自己家里', 'At home');
  await next(walk);
  await digits(walk, '13800000024');
  await next(walk);
  await chinese(walk, 'zhou', '周');
  await chinese(walk, 'ceshi', '测试');
  await next(walk);
  await digits(walk, '13800000025');
  await next(walk);
  await press(walk, '社会保障卡', 'Social security card');
  await next(walk);
  await press(walk, /同意/, /agree/i);
  await next(walk);
  await walk.page.locator('.sign canvas').waitFor();
}

/** A name in one line, with one finger. */
async function sign({ page }: Walk): Promise<void> {
  const box = await page.locator('.sign canvas').boundingBox();
  if (box === null) throw new Error('there is no sheet to sign on');
  const at = (x: number, y: number): [number, number] => [box.x + box.width * x, box.y + box.height * y];
  for (const stroke of SIGNATURE) {
    await page.mouse.move(...at(...(stroke[0] ?? [0, 0])));
    await page.mouse.down();
    for (const point of stroke.slice(1)) await page.mouse.move(...at(...point), { steps: 4 });
    await page.mouse.up();
  }
}

async function review(walk: Walk): Promise<void> {
  await consent(walk);
  await next(walk);
  await on(walk, 'review');
}

async function papers(walk: Walk): Promise<void> {
  await consent(walk);
  await next(walk);
  await on(walk, 'papers');
}

async function done(walk: Walk): Promise<void> {
  await review(walk);
  await press(walk, '内容属实，提交', 'It is true, submit');
  await on(walk, 'done');
  await walk.page.locator('.printed .btn').waitFor();
}

async function help(walk: Walk): Promise<void> {
  await tenant(walk);
  await press(walk, '求助', 'Help');
}

async function called(walk: Walk): Promise<void> {
  await help(walk);
  await press(walk, '呼叫值班员', 'Call duty staff');
  await quiet(walk, 2_000);
  await walk.page.locator('.help-state .notice').waitFor();
}

async function reasons(walk: Walk): Promise<void> {
  await help(walk);
  await press(walk, /^没办成，说原因/, /^It did not work/);
  await walk.page.locator('.help .rows.choices').waitFor();
}

async function quiet(walk: Walk, ms: number): Promise<void> {
  await walk.page.clock.runFor(ms);
}

export const SHOTS: readonly Shot[] = [
  {
    name: '00-out-of-service',
    wish: 'start=K107-config-damaged',
    walk: async ({ page }) => page.locator('[data-screen="out-of-service"]').waitFor(),
  },
  { name: '01b-attract-store-trouble', wish: 'apply=K103-store-unavailable&network=down', walk: async () => undefined },
  { name: '02b-home-store-trouble', wish: 'apply=K103-store-unavailable&network=down', walk: start },
  { name: '02c-home-no-space', wish: 'apply=K104-no-space&locker=away', walk: start },
  { name: '02d-home-no-key', wish: 'apply=S505-no-sealing-key', walk: start },
  { name: '02e-home-no-reader', wish: 'apply=C201-reader-away&network=down', walk: start },
  {
    name: '02f-problem-before',
    wish: 'apply=K104-no-space',
    walk: async (walk) => {
      await start(walk);
      await press(walk, /^办理事项/, /^Apply/);
      await on(walk, 'problem');
    },
  },
  { name: '01-attract', wish: 'printer=paper-out', walk: async () => undefined },
  { name: '02-home', wish: 'locker=away', walk: start },
  { name: '03-find', walk: find },
  {
    name: '03b-find-typed',
    walk: async (walk) => {
      await find(walk);
      await press(walk, '打开键盘', 'Show keyboard');
      if (walk.en) await letters(walk, 'li');
      else await chinese(walk, 'fangzu', '房租');
      if (!walk.en) await letters(walk, 'beian');
    },
  },
  { name: '04-guide', walk: (walk) => guide(walk) },
  { name: '04b-guide-long', walk: (walk) => guide(walk, /企业开办/, /Start|Open|business/i) },
  { name: '05-card', wish: 'card=never', walk: card },
  {
    name: '05b-card-found',
    wish: 'card=found',
    walk: async (walk) => {
      await card(walk);
      await walk.page.getByText(walk.en ? 'Card seen. Please leave it' : '看到身份证了，请别拿开').waitFor();
    },
  },
  {
    name: '05c-card-unreadable',
    wish: 'card=C203-card-unreadable',
    walk: async (walk) => {
      await card(walk);
      await walk.page.getByRole('button', { name: walk.en ? 'Try the card again' : '再放一次身份证' }).waitFor();
    },
  },
  {
    name: '05d-card-too-young',
    walk: async (walk) => {
      await guide(walk, /高龄老人长寿补贴/, /Longevity|long/i);
      await press(walk, '开始办理', 'Apply');
      await walk.page.getByRole('button', { name: walk.en ? 'Find another service' : '找别的事项' }).waitFor();
    },
  },
  { name: '06-form-choice', walk: form },
  { name: '06b-form-phone', walk: tenant },
  {
    name: '06c-form-name',
    walk: async (walk) => {
      await landlordName(walk);
      await chinese(walk, 'zhou', '周');
      await letters(walk, 'ceshi');
    },
  },
  {
    name: '06d-form-id-wrong',
    walk: async (walk) => {
      await landlordNumber(walk);
      await digits(walk, '990001199013');
      await quiet(walk, 1000);
    },
  },
  {
    name: '06f-form-id-whole',
    walk: async (walk) => {
      await landlordNumber(walk);
      await digits(walk, '99000119900307001X');
    },
  },
  {
    name: '06g-form-consent',
    walk: async (walk) => {
      await consent(walk);
    },
  },
  {
    name: '06e-form-address-empty',
    walk: async (walk) => {
      await address(walk);
      await next(walk);
    },
  },
  {
    name: '06h-form-group',
    walk: async (walk) => {
      await address(walk);
      await chinese(walk, 'wangxilu', '望溪路');
      await press(walk, '123', '123');
      await letters(walk, '18');
      await next(walk);
      await digits(walk, '2600');
    },
  },
  { name: '06i-form-signature-empty', wish: 'holder=elder', walk: signature },
  {
    name: '06j-form-signature',
    wish: 'holder=elder',
    walk: async (walk) => {
      await signature(walk);
      await sign(walk);
    },
  },
  {
    name: '06k-form-signature-short',
    wish: 'holder=elder',
    walk: async (walk) => {
      await signature(walk);
      await walk.page.locator('.sign canvas').click();
      await next(walk);
      await walk.page.getByRole('alert').locator('.notice').waitFor();
    },
  },
  { name: '06p-papers', wish: 'papers=0', walk: papers },
  { name: '06q-papers-kept', wish: 'papers=2', walk: papers },
  {
    name: '06r-papers-no-picture',
    wish: 'papers=0',
    walk: async (walk) => {
      await papers(walk);
      await press(walk, /^拍房屋租赁合同/, /^Photograph: /);
      await walk.page.getByRole('button', { name: walk.en ? 'Try again' : '再试一次' }).waitFor();
    },
  },
  { name: '07-review', wish: 'network=down', walk: review },
  {
    name: '07c-review-rare-name',
    wish: 'holder=rare',
    walk: async (walk) => {
      await signature(walk);
      await sign(walk);
      await next(walk);
      await on(walk, 'review');
    },
  },
  {
    name: '07b-submitting',
    wish: 'submit=never',
    walk: async (walk) => {
      await review(walk);
      await press(walk, '内容属实，提交', 'It is true, submit');
      await on(walk, 'submitting');
      await quiet(walk, 16_000);
    },
  },
  { name: '08-done-kept', wish: 'network=down&submit=kept', walk: done },
  { name: '08b-done-approved', wish: 'submit=approved', walk: done },
  { name: '08c-done-refused-paper', wish: 'submit=refused&printer=paper-out', walk: done },
  { name: '08e-done-parked', wish: 'submit=parked', walk: done },
  { name: '08d-done-unsure', wish: 'submit=received&printer=unsure', walk: done },
  {
    name: '10-progress',
    walk: async (walk) => {
      await start(walk);
      await press(walk, /查办理进度/, /Check progress/);
      await on(walk, 'progress');
    },
  },
  {
    name: '10b-progress-found',
    wish: 'submit=received',
    walk: async (walk) => {
      await start(walk);
      await press(walk, /查办理进度/, /Check progress/);
      await letters(walk, 'CH0303');
      await press(walk, '查进度', 'Check progress');
      await walk.page.locator('.prog').waitFor();
    },
  },
  {
    name: '10c-progress-none',
    walk: async (walk) => {
      await start(walk);
      await press(walk, /查办理进度/, /Check progress/);
      await letters(walk, 'X0303');
      await press(walk, '查进度', 'Check progress');
      await walk.page.getByRole('alert').waitFor();
    },
  },
  {
    name: '11-timeout',
    walk: async (walk) => {
      await tenant(walk);
      await quiet(walk, 64_000);
      await walk.page.locator('[data-screen="timeout"]').waitFor();
    },
  },
  {
    name: '12-problem',
    wish: 'submit=K104-no-space',
    walk: async (walk) => {
      await review(walk);
      await press(walk, '内容属实，提交', 'It is true, submit');
      await on(walk, 'problem');
    },
  },
  {
    name: '22-accessibility',
    walk: async (walk) => {
      await tenant(walk);
      await press(walk, '无障碍', 'Accessibility');
    },
  },
  {
    name: '23-help',
    walk: help,
  },
  { name: '23b-help-sent', wish: 'help=sent', walk: called },
  { name: '23c-help-kept', wish: 'network=down', walk: called },
  { name: '23d-help-reasons', wish: 'help=sent', walk: reasons },
  {
    name: '23e-help-reason-sent',
    wish: 'help=sent',
    walk: async (walk) => {
      await reasons(walk);
      await walk.page.locator('.help .rows.choices').getByRole('button').first().click();
      await quiet(walk, 2_000);
      await walk.page.locator('.help-state .notice').waitFor();
    },
  },
  ...HALL_SHOTS,
  ...MODE_SHOTS,
];
