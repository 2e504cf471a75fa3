import type { Page } from 'playwright-core';

export interface Walk {
  readonly page: Page;
  readonly en: boolean;
}

export interface Shot {
  readonly name: string;
  /** Query string for the fake bridge. */
  readonly wish?: string;
  /** A part of the page of components instead of the product's screens; it is photographed whole, however long. */
  readonly part?: string;
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
export async function press({ page, en }: Walk, zh: string | RegExp, english: string | RegExp): Promise<void> {
  await page
    .getByRole('button', { name: en ? english : zh })
    .first()
    .click();
}

export async function on({ page }: Walk, screen: string): Promise<void> {
  await page.locator(`.layer:not([hidden]) [data-screen="${screen}"]`).waitFor({ timeout: 15_000 });
}

export async function start(walk: Walk): Promise<void> {
  await press(walk, /轻触屏幕开始/, /Touch to start/);
  await on(walk, 'home');
}

export async function find(walk: Walk): Promise<void> {
  await start(walk);
  await press(walk, /^办理事项/, /^Apply/);
  await on(walk, 'find');
}

export async function guide(walk: Walk, zh = /房屋租赁登记备案/, en = /Rent|Lease|Tenan/i): Promise<void> {
  await find(walk);
  await walk.page
    .getByRole('list')
    .getByRole('button', { name: walk.en ? en : zh })
    .first()
    .click();
  await on(walk, 'guide');
}

export async function card(walk: Walk): Promise<void> {
  await guide(walk);
  await press(walk, '开始办理', 'Apply');
  await on(walk, 'card');
}

export async function form(walk: Walk): Promise<void> {
  await guide(walk);
  await press(walk, '开始办理', 'Apply');
  await on(walk, 'form');
}

export async function next(walk: Walk): Promise<void> {
  await press(walk, /^(下一题|填好了，去)/, /^(Next question|Done, )/);
}

export async function digits({ page }: Walk, text: string): Promise<void> {
  for (const digit of text) {
    const name = digit === '.' ? /小数点|Decimal point/ : digit;
    await page
      .locator('.pad')
      .getByRole('button', { name, exact: typeof name === 'string' })
      .click();
  }
}

export async function letters({ page }: Walk, text: string): Promise<void> {
  for (const letter of text) await page.locator('.ime').getByRole('button', { name: letter, exact: true }).click();
}

/** Types Chinese: switches to pinyin when the keyboard began with letters. */
export async function chinese(walk: Walk, pinyin: string, word: string): Promise<void> {
  if (walk.en) {
    const toPinyin = walk.page.getByRole('button', { name: 'Switch to pinyin' });
    if (await toPinyin.isVisible()) await toPinyin.click();
  }
  await letters(walk, pinyin);
  await walk.page.locator('.cands').getByRole('button', { name: word, exact: true }).click();
}

export async function tenant(walk: Walk): Promise<void> {
  await form(walk);
  await press(walk, '租客', /Tenant/i);
  await next(walk);
  await digits(walk, '13800000024');
}

export async function landlordName(walk: Walk): Promise<void> {
  await tenant(walk);
  await next(walk);
}

export async function landlordNumber(walk: Walk): Promise<void> {
  await landlordName(walk);
  await chinese(walk, 'zhou', '周');
  await chinese(walk, 'ceshi', '测试');
  await next(walk);
}

export async function address(walk: Walk): Promise<void> {
  await landlordNumber(walk);
  await digits(walk, '99000119900307001X');
  await next(walk);
}

export async function consent(walk: Walk): Promise<void> {
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
export async function signature(walk: Walk): Promise<void> {
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
export async function sign({ page }: Walk): Promise<void> {
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

export async function review(walk: Walk): Promise<void> {
  await consent(walk);
  await next(walk);
  await on(walk, 'review');
}

export async function papers(walk: Walk): Promise<void> {
  await consent(walk);
  await next(walk);
  await on(walk, 'papers');
}

export async function done(walk: Walk): Promise<void> {
  await review(walk);
  await press(walk, '内容属实，提交', 'It is true, submit');
  await on(walk, 'done');
  await walk.page.locator('.printed .btn').waitFor();
}

export async function help(walk: Walk): Promise<void> {
  await tenant(walk);
  await press(walk, '求助', 'Help');
}

export async function called(walk: Walk): Promise<void> {
  await help(walk);
  await press(walk, '呼叫值班员', 'Call duty staff');
  await quiet(walk, 2_000);
  await walk.page.locator('.help-state .notice').waitFor();
}

export async function reasons(walk: Walk): Promise<void> {
  await help(walk);
  await press(walk, /^没办成，说原因/, /^It did not work/);
  await walk.page.locator('.help .rows.choices').waitFor();
}

export async function quiet(walk: Walk, ms: number): Promise<void> {
  await walk.page.clock.runFor(ms);
}
