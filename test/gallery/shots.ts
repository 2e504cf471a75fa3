import { HALL_SHOTS } from './hall-shots.ts';
import { KEY_SHOTS } from './key-shots.ts';
import { MODE_SHOTS } from './mode-shots.ts';
import {
  address,
  called,
  card,
  chinese,
  consent,
  digits,
  done,
  find,
  form,
  guide,
  help,
  landlordName,
  landlordNumber,
  letters,
  next,
  on,
  papers,
  press,
  quiet,
  reasons,
  review,
  sign,
  signature,
  start,
  tenant,
  type Shot,
} from './walks.ts';

/** The scenarios, each photographed in every language, layout and mode. */
export const SHOTS: readonly Shot[] = [
  {
    name: '00-out-of-service',
    wish: 'start=K107-config-damaged',
    walk: async ({ page }) => page.locator('[data-screen="out-of-service"]').waitFor(),
  },
  { name: '01b-attract-store-trouble', wish: 'apply=K103-store-unavailable&network=down', walk: async () => undefined },
  {
    name: '01e-attract-no-camera',
    wish: 'camera=away',
    walk: ({ page }) => page.locator('.truth .no').waitFor(),
  },
  { name: '02b-home-store-trouble', wish: 'apply=K103-store-unavailable&network=down', walk: start },
  { name: '02c-home-no-space', wish: 'apply=K104-no-space&locker=away', walk: start },
  { name: '02d-home-no-key', wish: 'apply=S505-no-sealing-key', walk: start },
  { name: '02e-home-no-reader', wish: 'apply=C201-reader-away&network=down', walk: start },
  { name: '02g-home-no-camera', wish: 'camera=away', walk: start },
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
  { name: '01c-attract-awake', wish: 'presence=near', walk: async () => undefined },
  { name: '01d-attract-resting', wish: 'presence=away', walk: async () => undefined },
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
  { name: '05e-card-unsure', wish: 'card=never&cardleft=unsure', walk: card },
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
    name: '11b-still-there',
    wish: 'presence=away',
    walk: async (walk) => {
      await tenant(walk);
      await quiet(walk, 12_000);
      await walk.page.locator('[data-screen="still-there"]').waitFor();
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
  ...KEY_SHOTS,
];
