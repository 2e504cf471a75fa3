import { card, done, guide, landlordName, review, tenant, type Shot, type Walk } from './walks.ts';

/** Presses the first button with this name in the present language. */
async function press({ page, en }: Walk, zh: string | RegExp, english: string | RegExp): Promise<void> {
  await page
    .getByRole('button', { name: en ? english : zh })
    .first()
    .click();
}

async function home(walk: Walk): Promise<void> {
  await press(walk, /轻触屏幕开始/, /Touch to start/);
  await walk.page.locator('[data-screen="home"]').waitFor();
}

async function accessibility(walk: Walk): Promise<void> {
  await home(walk);
  await press(walk, '无障碍', 'Accessibility');
  await walk.page.locator('[data-screen="accessibility"]').waitFor();
}

async function question(walk: Walk): Promise<void> {
  await home(walk);
  await press(walk, /^办理事项/, /^Apply/);
  await walk.page
    .getByRole('list')
    .getByRole('button', { name: walk.en ? /Rent|Lease|Tenan/i : /房屋租赁登记备案/ })
    .first()
    .click();
  await press(walk, '开始办理', 'Apply');
  await walk.page.locator('[data-screen="form"]').waitFor();
  await press(walk, '租客', /Tenant/i);
}

async function carry(walk: Walk): Promise<void> {
  await question(walk);
  await press(walk, '带走', 'Take away');
  await walk.page.locator('.qr-picture').waitFor();
}

async function language(walk: Walk, name: string): Promise<void> {
  await accessibility(walk);
  await walk.page.locator('.chips').getByRole('button', { name, exact: true }).click();
}

async function close({ page }: Walk): Promise<void> {
  await page.locator('[data-screen="accessibility"] .acts .btn.main').click();
}

/** Turns captions and signing on, on the screen that stands. */
async function captions(walk: Walk): Promise<void> {
  await press(walk, '无障碍', 'Accessibility');
  await walk.page.locator('[data-screen="accessibility"]').waitFor();
  await walk.page.getByRole('switch', { name: walk.en ? 'Captions and signing' : '字幕和手语' }).click();
  await close(walk);
  await walk.page.locator('.sign-clip').waitFor();
}

/** Steps that a hall shows in sign language: name of the picture, wish, the way there. */
const SIGNED: readonly (readonly [string, string, (walk: Walk) => Promise<void>])[] = [
  ['28b-sign-clip-guide', 'clip=guide', guide],
  ['28c-sign-clip-card', 'clip=card&card=never', card],
  ['28d-sign-clip-form', 'clip=form', tenant],
  ['28e-sign-clip-keyboard', 'clip=form', landlordName],
  ['28f-sign-clip-review', 'clip=review&network=down', review],
  ['28g-sign-clip-done', 'clip=done', done],
];

/** Screens of the modes, of carrying away, and of what a hall adds. */
export const MODE_SHOTS: readonly Shot[] = [
  { name: '25-carry', walk: carry },
  {
    name: '26-resume',
    walk: async (walk) => {
      await home(walk);
      await press(walk, /接着填带走的表/, /Go on with a form/);
      await walk.page.locator('[data-screen="resume"]').waitFor();
    },
  },
  { name: '27-accessibility-no-voice', wish: 'voice=missing', walk: accessibility },
  {
    name: '28-sign-clip',
    wish: 'clip=home',
    walk: async (walk) => {
      await home(walk);
      await captions(walk);
    },
  },
  ...SIGNED.map(([name, wish, walk]) => ({
    name,
    wish,
    walk: async (to: Walk) => {
      await walk(to);
      await captions(to);
    },
  })),
  {
    name: '29-right-to-left',
    wish: 'packs=yes',
    walk: async (walk) => {
      await language(walk, 'ئۈلگە ئۇيغۇرچە');
      await close(walk);
    },
  },
  { name: '29b-right-to-left-modes', wish: 'packs=yes', walk: (walk) => language(walk, 'ئۈلگە ئۇيغۇرچە') },
  {
    name: '29c-in-columns',
    wish: 'packs=yes',
    walk: async (walk) => {
      await language(walk, '竖排样例');
      await close(walk);
    },
  },
];
