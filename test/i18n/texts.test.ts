import { describe, expect, it } from 'vitest';
import { CALLS } from '../../electron/contract/calls.ts';
import { pseudoText } from './pseudo.ts';
import { localeTexts, screenTexts, textsIn, type SourceText } from './source-texts.ts';

const HAN = /[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]/;
const LETTERS = /\p{L}{2,}/u;
/** Attributes that a person reads or hears. */
const SPOKEN = new Set([
  'aria-label',
  'aria-description',
  'aria-roledescription',
  'title',
  'placeholder',
  'alt',
  'label',
  'words',
]);

/** Texts that stand in the code although a person would read or hear them. */
function strays(texts: readonly SourceText[]): string[] {
  return texts
    .filter(({ text, role, attribute }) => {
      if (role === 'words') return LETTERS.test(text) || HAN.test(text);
      if (role === 'attribute' && attribute !== null && SPOKEN.has(attribute)) return LETTERS.test(text);
      return HAN.test(text);
    })
    .map(({ file, line, text }) => `${file}:${line} ${text.trim()}`);
}

/**
 * Chinese in code that is data and not words: what keys write, which names of characters are told apart, how dates are
 * taken apart.
 */
const DATA = [
  /^renderer\/ime\//,
  /^renderer\/speech\//,
  /^renderer\/search\//,
  /^renderer\/i18n\//,
  /^renderer\/screens\/find\//,
];

describe('the code of the screens', () => {
  it('holds no words: all of them stand in the locale files', () => {
    const texts = screenTexts().filter(({ file, role }) => role === 'words' || !DATA.some((place) => place.test(file)));
    expect(texts.length).toBeGreaterThan(1000);
    expect(strays(texts)).toEqual([]);
  });

  it('would be found out', () => {
    const code = `export const A = () => <p aria-label="Ring" className="big">办理 <b>{t('x.y')}</b> now</p>; const b = '可办';`;
    expect(strays(textsIn('a.tsx', code))).toHaveLength(4);
    expect(strays(textsIn('a.tsx', `export const A = () => <p className="row big">{t('x.y')} · </p>;`))).toEqual([]);
  });

  it('names only texts that there are, in every namespace', () => {
    const known = new Set(
      [...localeTexts('zh-CN').keys()].map((key) => key.replace(/_(one|other|zero|two|few|many)$/, '')),
    );
    const bare = new Set([...known].map((key) => key.slice(key.indexOf(':') + 1)));
    const namespaces = new Set([...known].map((key) => key.slice(0, key.indexOf(':'))));
    const tops = new Set([...bare].filter((key) => key.includes('.')).map((key) => key.slice(0, key.indexOf('.'))));
    const calls = new Set(Object.keys(CALLS));
    const missing = screenTexts().filter(({ text }) => {
      const whole = /^([a-z]+):([a-zA-Z][\w-]*(?:\.[\w-]+)*)$/.exec(text);
      if (whole !== null && namespaces.has(whole[1] ?? '')) return !known.has(text);
      if (!/^[a-zA-Z]+(\.[a-zA-Z][\w-]*)+$/.test(text) || calls.has(text)) return false;
      return tops.has(text.slice(0, text.indexOf('.'))) && !bare.has(text);
    });
    expect(missing.map(({ file, line, text }) => `${file}:${line} ${text}`)).toEqual([]);
  });
});

describe('plurals', () => {
  it('have the forms that the language needs wherever a number is counted', () => {
    for (const language of ['zh-CN', 'en']) {
      const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
      const texts = localeTexts(language);
      // Words that change with the number follow it: "3 services", "3 were"; "3 found" and "3 s ago" do not change.
      const changing = /\{\{count\}\} (?:\w+ )?(?:\p{L}{2,}s|were|are|have)\b/u;
      const counted = new Set(
        [...texts].filter(([, text]) => changing.test(text)).map(([key]) => key.replace(/_(one|other)$/, '')),
      );
      if (language === 'en') expect(counted.size).toBeGreaterThan(3);
      const lacking = [...counted].filter(
        (key) => forms.length > 1 && !forms.every((form) => texts.has(`${key}_${form}`)),
      );
      expect([language, lacking]).toEqual([language, []]);
    }
  });
});

describe('the pseudo language', () => {
  it('is 40 % longer, accented, and keeps blanks and tags', () => {
    expect(pseudoText('Kept safely here')).toMatch(/^\[Ķéƥţ/);
    for (const [key, text] of localeTexts('en')) {
      const pseudo = pseudoText(text);
      if (text === '') continue;
      expect([key, pseudo.length >= text.length * 1.3]).toEqual([key, true]);
      const parts = (one: string): string[] => [...one.matchAll(/\{\{[^}]+\}\}|<\/?\w+\s*\/?>/g)].map(([part]) => part);
      expect([key, parts(pseudo)]).toEqual([key, parts(text)]);
    }
  });
});
