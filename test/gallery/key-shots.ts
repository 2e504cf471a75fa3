import { chinese, digits, find, landlordName, letters, next, press, type Shot, type Walk } from './walks.ts';

/** One character with the strokes of its regular script, as shares of the sheet: 林. */
const GROVE: readonly (readonly (readonly [number, number])[])[] = [
  [
    [0.16, 0.36],
    [0.46, 0.34],
  ],
  [
    [0.31, 0.12],
    [0.31, 0.88],
  ],
  [
    [0.3, 0.36],
    [0.24, 0.54],
    [0.14, 0.68],
  ],
  [
    [0.32, 0.4],
    [0.38, 0.5],
    [0.46, 0.56],
  ],
  [
    [0.54, 0.34],
    [0.88, 0.32],
  ],
  [
    [0.7, 0.1],
    [0.7, 0.9],
  ],
  [
    [0.69, 0.35],
    [0.62, 0.58],
    [0.5, 0.76],
  ],
  [
    [0.71, 0.38],
    [0.78, 0.58],
    [0.9, 0.74],
  ],
];

/** From the letters that a question in English begins with to pinyin; nothing to do in Chinese. */
async function toPinyin({ page, en }: Walk): Promise<void> {
  if (en) await page.getByRole('button', { name: 'Switch to pinyin' }).click();
}

/** The question for a name with this way of writing Chinese. */
async function way(walk: Walk, zh: RegExp, en: RegExp): Promise<void> {
  await landlordName(walk);
  await toPinyin(walk);
  await press(walk, zh, en);
}

async function nine(walk: Walk, keys: readonly string[]): Promise<void> {
  await way(walk, /^九键/, /^9 keys/);
  for (const key of keys) await walk.page.locator('.nine-keys').getByRole('button', { name: key }).click();
}

async function rare(walk: Walk, keys: string): Promise<void> {
  await way(walk, /^生僻/, /^Rare/);
  await letters(walk, keys);
}

/** Writes with one finger on the pad. */
async function write(walk: Walk): Promise<void> {
  const { page } = walk;
  await way(walk, /^手写/, /^Write/);
  const box = await page.locator('.write-pad').boundingBox();
  if (box === null) throw new Error('there is no pad to write on');
  const side = Math.min(box.width, box.height);
  const left = box.x + (box.width - side) / 2;
  for (const stroke of GROVE) {
    const [first, ...rest] = stroke.map(([x, y]): [number, number] => [left + side * x, box.y + side * y]);
    await page.mouse.move(...(first ?? [0, 0]));
    await page.mouse.down();
    for (const point of rest) await page.mouse.move(...point, { steps: 4 });
    await page.mouse.up();
  }
  await page.locator('.cands').getByRole('button', { name: '林', exact: true }).waitFor();
}

/** The food business licence up to the question for its credit code. */
async function creditCode(walk: Walk): Promise<void> {
  await find(walk);
  await walk.page
    .getByRole('list')
    .getByRole('button', { name: walk.en ? /Food/ : /食品经营/ })
    .first()
    .click();
  await press(walk, '开始办理', 'Apply');
  await walk.page.locator('[data-screen="form"]').waitFor();
  for (let question = 0; question < 12; question += 1) {
    if (await walk.page.locator('.ime-code').isVisible()) return;
    if (await walk.page.locator('.rows.choices').isVisible()) {
      await walk.page.locator('.rows.choices').getByRole('button').first().click();
    } else if (await walk.page.locator('.ime').isVisible()) {
      await chinese(walk, 'ceshi', '测试');
      await chinese(walk, 'yi', '一');
    } else {
      const phone = await walk.page.locator('.kind-phone').isVisible();
      await digits(walk, phone ? '13800000024' : '99000119900307001X');
    }
    await next(walk);
  }
  throw new Error('there is no question for a credit code');
}

/** Every keyboard, on the question that it belongs to. */
export const KEY_SHOTS: readonly Shot[] = [
  {
    name: '50-keys-pinyin',
    walk: async (walk) => {
      await landlordName(walk);
      await toPinyin(walk);
      await letters(walk, 'chenghuqu');
    },
  },
  { name: '50b-keys-nine', walk: (walk) => nine(walk, []) },
  { name: '50c-keys-nine-typed', walk: (walk) => nine(walk, ['WXYZ', 'GHI', 'MNO', 'TUV']) },
  { name: '50d-keys-write-empty', walk: (walk) => way(walk, /^手写/, /^Write/) },
  { name: '50e-keys-write', walk: write },
  { name: '50f-keys-rare-empty', walk: (walk) => rare(walk, '') },
  { name: '50g-keys-rare-parts', walk: (walk) => rare(walk, 'longtian') },
  { name: '50h-keys-rare-code', walk: (walk) => rare(walk, '20bb7') },
  {
    name: '50i-keys-signs',
    walk: async (walk) => {
      await landlordName(walk);
      await press(walk, '123', '123');
    },
  },
  {
    name: '50j-keys-letters',
    walk: async (walk) => {
      await landlordName(walk);
      if (!walk.en) await press(walk, /^中\/英/, /^never/);
      await letters(walk, 'lin');
    },
  },
  {
    name: '50k-keys-email',
    walk: async (walk) => {
      await landlordName(walk);
      if (!walk.en) await press(walk, /^中\/英/, /^never/);
      await press(walk, /^邮箱/, /^Email/);
    },
  },
  { name: '50l-keys-credit-code', walk: creditCode },
];
