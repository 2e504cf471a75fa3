import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { prefillFromCard, questionsToAsk } from '../../electron/domain/form.ts';
import { fieldsOf, type FormField, type ItemPack } from '../../electron/domain/item-pack.ts';
import type { Language } from '../../electron/domain/text.ts';
import { ItemPackSchema } from '../../electron/platform-api/item-pack-schema.ts';
import { TEST_CARDS, type TestCardKey } from '../fixtures/cards.ts';
import { SAMPLE_FORMS } from '../fixtures/forms.ts';
import type { JourneyContext } from './journey.ts';
import type { Kiosk } from './kiosk.ts';
import { typeText } from './typing.ts';

/** Words of the controls that a citizen touches, in both languages. */
export const WORDS = {
  start: /轻触屏幕开始/,
  apply: { 'zh-CN': /^办理事项/, en: /^Apply/ },
  collect: { 'zh-CN': /^领取证照印章/, en: /^Collect/ },
  begin: { 'zh-CN': /^开始办理/, en: /^(Apply|Start)/ },
  next: { 'zh-CN': /^(下一题|填好了，去)/, en: /^(Next|Done|Go to|To )/ },
  submit: { 'zh-CN': /^内容属实，提交/, en: /submit/i },
  rate: { 'zh-CN': /^评价这次服务/, en: /^Rate/ },
  finish: { 'zh-CN': /^结束并清除/, en: /^Finish and clear/ },
  printed: { 'zh-CN': /^回执已打印/, en: /^Receipt printed/ },
} as const;

/** A shipped item pack. */
export function itemPack(itemId: string): ItemPack {
  const path = join(import.meta.dirname, '..', '..', 'assets', 'catalogue', 'items', `${itemId}.json`);
  return ItemPackSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/** From the attract screen to the guide of an item, with a picture of each screen. */
export async function openGuide(context: JourneyContext, itemId: string, language: Language = 'zh-CN'): Promise<void> {
  const { kiosk, step } = context;
  step('attract');
  await kiosk.see('button', WORDS.start);
  await kiosk.shot('attract');
  await kiosk.tap('button', WORDS.start);
  if (language === 'en') await kiosk.tap('button', 'English');
  step('home');
  await kiosk.see('button', WORDS.apply[language]);
  await kiosk.shot('home');
  await kiosk.tap('button', WORDS.apply[language]);
  step('find');
  const name = itemPack(itemId).name[language];
  await kiosk.see('button', new RegExp(`^${name}`));
  await kiosk.shot('find');
  await kiosk.tap('button', new RegExp(`^${name}`));
  step('guide');
  await kiosk.see('heading', name);
  await kiosk.shot('guide');
}

/** People lay their card a moment after they were asked: the reader makes sure that its place is empty. Milliseconds. */
const ASKED_MS = 1_500;

/** From the attract screen to the first question of the rent filing, without pictures; the card is taken back. */
export async function toFirstQuestion(
  kiosk: Kiosk,
  { actions }: JourneyContext['stack']['bench'],
  /** Rest behind it, in milliseconds: the reader has seen that the card is gone. */
  restMs: number,
): Promise<void> {
  await kiosk.tap('button', WORDS.start);
  await kiosk.tap('button', WORDS.apply['zh-CN']);
  await kiosk.tap('button', new RegExp(`^${itemPack('rent-filing').name['zh-CN']}`));
  await kiosk.tap('button', WORDS.begin['zh-CN']);
  await kiosk.see('heading', /身份证/);
  await new Promise((resolve) => setTimeout(resolve, ASKED_MS));
  actions.layCard('lin');
  await kiosk.see('button', /^下一题/);
  actions.removeCard();
  await new Promise((resolve) => setTimeout(resolve, restMs));
}

/** From the guide through the card to the first question. */
export async function layCard(context: JourneyContext, card: TestCardKey, language: Language = 'zh-CN'): Promise<void> {
  const { kiosk, stack, step } = context;
  await kiosk.tap('button', WORDS.begin[language]);
  step('card');
  await kiosk.see('heading', language === 'en' ? /card/i : /身份证/);
  await kiosk.shot('card');
  stack.bench.actions.layCard(card);
  await kiosk.see('button', WORDS.next[language]);
  stack.bench.actions.removeCard();
}

/**
 * Answers every question that the card did not, with a picture of each kind, up to the review page, or up to the page of
 * this heading where another one follows.
 */
export async function fillForm(
  context: JourneyContext,
  itemId: string,
  card: TestCardKey,
  language: Language = 'zh-CN',
  until?: { readonly heading: string },
): Promise<void> {
  const { kiosk, step } = context;
  const pack = itemPack(itemId);
  const sample = SAMPLE_FORMS[itemId];
  if (!sample) throw new Error(`no sample form for ${itemId}`);
  const prefilled = prefillFromCard(pack, TEST_CARDS[card].card);
  const values = { ...prefilled, ...sample.answers };
  const photographed = new Set<FormField['kind']>();
  for (const field of questionsToAsk(pack, values, prefilled)) {
    step(`question ${field.id}`);
    await kiosk.see('heading', field.question[language]);
    await answer(context, field, values[field.id] ?? '', language);
    if (!photographed.has(field.kind)) await kiosk.shot(`question-${field.kind}`);
    photographed.add(field.kind);
    if (kiosk.byKeyboard && TYPED.has(field.kind)) await kiosk.page.keyboard.press('Enter');
    else await kiosk.tap('button', WORDS.next[language]);
  }
  if (until !== undefined) return kiosk.see('heading', until.heading);
  step('review');
  await kiosk.see('button', WORDS.submit[language]);
  await kiosk.shot('review');
}

/** Kinds behind which the Enter key of a real keyboard goes on. */
const TYPED: ReadonlySet<FormField['kind']> = new Set([
  ...(['phone', 'person-name', 'id-number', 'address', 'money', 'date', 'integer', 'text', 'credit-code'] as const),
]);

async function answer(context: JourneyContext, field: FormField, value: string, language: Language): Promise<void> {
  const { kiosk } = context;
  switch (field.kind) {
    case 'choice': {
      const choice = field.choices?.find((one) => one.value === value);
      return kiosk.tap('button', choice?.label[language] ?? value);
    }
    case 'consent':
      return kiosk.tap('button', language === 'en' ? /agree/i : /同意/);
    case 'date':
      return kiosk.digits(value.replaceAll('-', ''));
    case 'money':
      return kiosk.digits(value.replace(/\.00$/, ''));
    case 'id-number':
    case 'phone':
    case 'integer':
      return kiosk.digits(value);
    case 'signature':
      return sign(kiosk);
    case 'text':
    case 'person-name':
    case 'credit-code':
    case 'address':
      return typeText(kiosk, value);
  }
}

/** Writes two strokes on the sheet with one finger. */
export async function sign({ page }: Kiosk): Promise<void> {
  const box = await page.locator('.sign canvas').boundingBox();
  if (box === null) throw new Error('there is no sheet to sign on');
  for (const height of [0.3, 0.6]) {
    await page.mouse.move(box.x + box.width * 0.2, box.y + box.height * height);
    await page.mouse.down();
    for (let part = 1; part <= 8; part += 1) {
      await page.mouse.move(box.x + box.width * (0.2 + part * 0.07), box.y + box.height * (height + (part % 2) * 0.08));
    }
    await page.mouse.up();
  }
}

/** Ids of the fields that a filled form of this item has. */
export function fieldIds(itemId: string): readonly string[] {
  return fieldsOf(itemPack(itemId)).map((field) => field.id);
}
