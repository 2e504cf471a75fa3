import { pinyin } from 'pinyin-pro';
import type { Kiosk } from './kiosk.ts';

const HANZI = /\p{Script=Han}/u;
/** Characters on the keyboard's digit plane. */
const DIGIT_PLANE = /[0-9\-/#()·.,：；、“”@&]/u;

/** Types text with the keyboard in the page as a person does: pinyin and candidates, digits, letters. */
export async function typeText(kiosk: Kiosk, text: string): Promise<void> {
  for (const character of text.replaceAll(' ', '')) {
    if (HANZI.test(character)) await typeHanzi(kiosk, character);
    else await typePlain(kiosk, character);
  }
}

async function typeHanzi(kiosk: Kiosk, character: string): Promise<void> {
  // The keyboard of the question before may still be there for a moment.
  await kiosk.page.locator('.ime-pinyin, .ime-latin, .ime-digits').waitFor();
  await leaveDigits(kiosk);
  const toPinyin = kiosk.page.locator('.ime').getByRole('button', { name: /换成拼音|switch to pinyin/ });
  if (await toPinyin.isVisible()) await kiosk.press(toPinyin);
  const syllable = pinyin(character, { toneType: 'none' }).replace('ü', 'v');
  for (const letter of syllable) await key(kiosk, letter);
  const candidates = kiosk.page.getByRole('group', { name: /候选|candidates/i });
  const wanted = candidates.getByRole('button', { name: character, exact: true });
  for (let page = 0; page < 40 && !(await wanted.isVisible()); page += 1) {
    await kiosk.press(candidates.getByRole('button', { name: /更多候选|More/ }));
  }
  if (!kiosk.byKeyboard) return wanted.click();
  const place = (await candidates.getByRole('button').allInnerTexts()).indexOf(character);
  await kiosk.page.keyboard.press(String(place + 1));
}

async function typePlain(kiosk: Kiosk, character: string): Promise<void> {
  if (kiosk.byKeyboard) return kiosk.page.keyboard.type(character);
  const onPlane = kiosk.page.locator('.ime').getByRole('button', { name: character, exact: true });
  if (!(await onPlane.isVisible()) && DIGIT_PLANE.test(character)) {
    await kiosk.page.locator('.ime').getByRole('button', { name: '123', exact: true }).click();
  }
  await onPlane.click();
}

async function leaveDigits(kiosk: Kiosk): Promise<void> {
  const letters = kiosk.page.locator('.ime').getByRole('button', { name: 'ABC', exact: true });
  if (await letters.isVisible()) await kiosk.press(letters);
}

async function key(kiosk: Kiosk, letter: string): Promise<void> {
  if (kiosk.byKeyboard) return kiosk.page.keyboard.type(letter);
  await kiosk.page.locator('.ime').getByRole('button', { name: letter, exact: true }).click();
}
