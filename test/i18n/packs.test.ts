import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import i18next, { type i18n } from 'i18next';
import { afterEach, describe, expect, it } from 'vitest';
import { loadHallExtras } from '../../electron/app/hall-extras.ts';
import { dateText } from '../../renderer/i18n/format.ts';
import { addFormats } from '../../renderer/i18n/formats.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const AT = '2026-03-18T12:36:00Z';

/** A language as the screens have it: the same i18next, the same formats. */
async function speaking(tag: string, texts: Record<string, string>): Promise<i18n> {
  const one = i18next.createInstance();
  await one.init({
    lng: tag,
    fallbackLng: 'en',
    resources: { [tag]: { ui: texts } },
    defaultNS: 'ui',
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  addFormats(one);
  return one;
}

describe('plurals of a pack', () => {
  it('have as many forms as the language, by keys', async () => {
    const texts = Object.fromEntries(['zero', 'one', 'two', 'few', 'many', 'other'].map((form) => [`n_${form}`, form]));
    const { t } = await speaking('ar', texts);
    expect([0, 1, 2, 3, 11, 100].map((count) => t('n', { count }))).toEqual([
      'zero',
      'one',
      'two',
      'few',
      'many',
      'other',
    ]);
  });

  it('count several things in one text', async () => {
    const { t } = await speaking('pl', {
      both: '{{cases, plural(one: # sprawa; few: # sprawy; many: # spraw; other: # sprawy)}}, {{doors, plural(=0: bez drzwi; one: # drzwi; other: # drzwi)}}',
    });
    expect(t('both', { cases: 1, doors: 0 })).toBe('1 sprawa, bez drzwi');
    expect(t('both', { cases: 3, doors: 2 })).toBe('3 sprawy, 2 drzwi');
    expect(t('both', { cases: 12, doors: 1 })).toBe('12 spraw, 1 drzwi');
  });

  it('number things in order', async () => {
    const { t } = await speaking('en', { place: 'the {{n, ordinal(one: #st; two: #nd; few: #rd; other: #th)}}' });
    expect([1, 2, 3, 4, 11, 22].map((n) => t('place', { n }))).toEqual([
      'the 1st',
      'the 2nd',
      'the 3rd',
      'the 4th',
      'the 11th',
      'the 22nd',
    ]);
  });
});

describe('choices, dates and numbers of a pack', () => {
  it('follow the value and the language', async () => {
    const french = await speaking('fr', {
      who: '{{who, select(person: une personne; enterprise: une entreprise; other: tous)}}',
      when: '{{at, date}} {{at, time}}',
      many: '{{n, number}}',
    });
    expect(french.t('who', { who: 'enterprise' })).toBe('une entreprise');
    expect(french.t('who', { who: 'strange' })).toBe('tous');
    // In the hall's time, 20:36, wherever the machine thinks it stands.
    expect(french.t('when', { at: AT })).toBe('mer. 18 mars 20:36');
    expect(french.t('many', { n: 12345 }).replaceAll(/\s/gu, ' ')).toBe('12 345');
    const arabic = await speaking('ar-EG', { when: '{{at, date}}', many: '{{n, number}}' });
    expect(arabic.t('many', { n: 2026 })).toMatch(/^[٠-٩٬]+$/u);
    expect(arabic.t('when', { at: AT })).toContain('١٨');
  });

  it('leave what is no moment as it is', async () => {
    const { t } = await speaking('en', { when: '{{at, date}}' });
    expect(t('when', { at: 'soon' })).toBe('soon');
  });
});

describe('the dates of the frame', () => {
  afterEach(() => {
    i18next.language = 'zh-CN';
  });
  it('are those of a pack while it is spoken, if the browser knows its language', () => {
    i18next.language = 'fr';
    expect(dateText(AT, 'en')).toBe('mer. 18 mars');
    i18next.language = 'qaa';
    expect(dateText(AT, 'en')).toBe('Wed 18 Mar');
  });
});

describe('the sample packs', () => {
  it('are taken as a hall would bring them, and are plainly samples', async () => {
    const refused: unknown[] = [];
    const log = {
      event: (_level: string, name: string, detail?: { readonly pack?: unknown }): void => {
        if (name === 'locale-pack-refused' && detail?.pack !== 'README.md') refused.push(detail);
      },
      tail: () => [],
    };
    const { locales } = await loadHallExtras(join(ROOT, 'test', 'fixtures'), join(ROOT, 'assets'), log);
    expect(refused).toEqual([]);
    expect(
      locales
        .map(({ manifest }) => [manifest.tag, manifest.direction, manifest.script].join(' '))
        .toSorted((a, b) => a.localeCompare(b, 'en')),
    ).toEqual(['lzh ltr vertical', 'ug rtl horizontal']);
    for (const { manifest } of locales) expect(manifest.name).toMatch(/样例|ئۈلگە/u);
    const readme = readFileSync(join(ROOT, 'test', 'fixtures', 'locales', 'README.md'), 'utf8');
    expect(readme).toContain('not shipped');
  });
});
