import i18next from 'i18next';
import type { CallOutput } from '../../electron/contract/calls.ts';
import type { LocalePackDto } from '../../electron/contract/dto.ts';
import { LANGUAGES, type Language } from '../../electron/domain/text.ts';
import { call } from '../api/bridge.ts';
import { bytesOf } from '../api/bytes.ts';

/** What the hall added to this kiosk. */
export type HallExtras = CallOutput<'hall.extras'>;

let extras: HallExtras = { locales: [], clips: [] };
const listeners = new Set<() => void>();

export function hallExtras(): HallExtras {
  return extras;
}

export function subscribeHallExtras(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Asks once what the hall added; without an answer the product stands as it was shipped. */
export async function loadHallExtras(): Promise<void> {
  const answer = await call('hall.extras', {});
  if (!answer.ok) return;
  extras = answer.value;
  for (const listener of listeners) listener();
}

const isShipped = (tag: string): tag is Language => LANGUAGES.some((language) => language === tag);

function packOf(tag: string): LocalePackDto | undefined {
  return extras.locales.find((one) => one.tag === tag);
}

/** The shipped language that speaks where the chosen one is silent: catalogue, receipts, what a pack leaves out. */
export function shippedLanguage(tag: string): Language {
  if (isShipped(tag)) return tag;
  return packOf(tag)?.fallback ?? 'zh-CN';
}

/** Languages in which a text is looked for, after the chosen one. */
export function fallbacksOf(tag: string): readonly Language[] {
  return [...new Set<Language>([shippedLanguage(tag), 'zh-CN'])];
}

/** Every language that this kiosk speaks, with its own name; shipped ones first. */
export function locales(
  shipped: (language: Language) => string,
): readonly { readonly tag: string; readonly name: string }[] {
  return [
    ...LANGUAGES.map((tag) => ({ tag, name: shipped(tag) })),
    ...extras.locales.map(({ tag, name }) => ({ tag, name })),
  ];
}

/** Marks the page with language, direction and script. */
export function markPage(tag: string): void {
  const root = document.documentElement;
  const pack = packOf(tag);
  root.lang = tag;
  root.dir = pack?.direction ?? 'ltr';
  root.dataset['script'] = pack?.script ?? 'horizontal';
}

/** Family of a pack's own font; the stylesheet asks for it first where a pack is in use. */
const PACK_FONT = 'hall24-pack';

/** Loads a pack's font from this page's memory. One that is broken is left out: the text stands in whatever there is. */
async function loadFont(base64: string): Promise<void> {
  const font = await new FontFace(PACK_FONT, bytesOf(base64)).load().catch(() => null);
  if (font !== null) document.fonts.add(font);
}

/** Switches to any language of this kiosk; a pack's texts are fetched when it is first chosen. */
export async function switchLocale(tag: string): Promise<void> {
  if (!isShipped(tag)) {
    if (packOf(tag) === undefined) return;
    const answer = await call('hall.locale', { tag });
    if (!answer.ok) return;
    for (const [namespace, texts] of Object.entries(answer.value.texts)) {
      i18next.addResourceBundle(tag, namespace, texts, true, true);
    }
    if (answer.value.font !== null) await loadFont(answer.value.font);
  }
  markPage(tag);
  await i18next.changeLanguage(tag);
}
