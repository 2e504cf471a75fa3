import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, read } from './source.ts';

const FOLDER = 'assets/locales';
const LANGUAGES = ['zh-CN', 'en'] as const;

type Texts = { readonly [key: string]: string | Texts };

/** All texts by their full key. Plural forms differ between languages and count as one key. */
function flatten(texts: Texts, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(texts)) {
    const name = `${prefix}${key.replace(/_(zero|one|two|few|many|other)$/, '')}`;
    if (typeof value === 'string') flat.set(name, value);
    else for (const [inner, text] of flatten(value, `${name}.`)) flat.set(inner, text);
  }
  return flat;
}

function placeholders(text: string): string {
  const names = [...text.matchAll(/\{\{\s*([\w.]+)/g)].map((match) => match[1] ?? '');
  // English may leave out the number in its singular form.
  return [...new Set(names)]
    .filter((name) => name !== 'count')
    .sort()
    .join();
}

function filesOf(language: string): string[] {
  const folder = join(ROOT, FOLDER, language);
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .sort()
    : [];
}

function load(language: string, name: string): Map<string, string> {
  return flatten(JSON.parse(read(`${FOLDER}/${language}/${name}`)) as Texts);
}

describe('locale files', () => {
  it('are the same in both languages', () => {
    expect(filesOf('en').length).toBeGreaterThan(0);
    expect(filesOf('en')).toEqual(filesOf('zh-CN'));
  });

  it.each(filesOf('zh-CN'))(
    '%s has the same keys and the same blanks in both, and is empty in both or in none',
    (name) => {
      const [chinese, english] = LANGUAGES.map((language) => load(language, name)) as [
        Map<string, string>,
        Map<string, string>,
      ];
      expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
      const different = [...chinese].filter(
        ([key, text]) => placeholders(text) !== placeholders(english.get(key) ?? ''),
      );
      expect(different.map(([key]) => key)).toEqual([]);
      const empty = (texts: Map<string, string>): string[] =>
        [...texts.keys()].filter((key) => texts.get(key)?.trim() === '');
      expect(empty(english)).toEqual(empty(chinese));
    },
  );
});
