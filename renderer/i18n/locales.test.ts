import { describe, expect, it } from 'vitest';
import { CALLS } from '../../electron/contract/calls.ts';
import { PROBLEM_CODES } from '../../electron/contract/problems.ts';
import { clockText, dateText, isoDay, sinceText } from './format.ts';
import enProblems from '../../assets/locales/en/problems.json' with { type: 'json' };
import enUi from '../../assets/locales/en/ui.json' with { type: 'json' };
import zhProblems from '../../assets/locales/zh-CN/problems.json' with { type: 'json' };
import zhUi from '../../assets/locales/zh-CN/ui.json' with { type: 'json' };

/** The screens of the `ui` namespace. */
const sources = import.meta.glob<string>(
  ['../**/*.tsx', '../**/*.ts', '!../**/*.test.ts', '!../screens/{pickup,rating,technician}/**'],
  { eager: true, import: 'default', query: '?raw' },
);

/** Paths of all texts with the values that they use. */
function shape(tree: object, path = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) => {
    const here = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'object' && value !== null) return shape(value, here);
    const values = [...String(value).matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '').sort();
    // Plural forms differ between languages and count as one text; a singular may leave its number out.
    const text = here.replace(/_(one|other)$/, '');
    return [`${text} ${values.filter((value) => value !== 'count').join(',')}`];
  });
}

describe('texts', () => {
  it('are the same in both languages, with the same values', () => {
    expect([...new Set(shape(enUi))].sort()).toEqual([...new Set(shape(zhUi))].sort());
  });

  it.each(PROBLEM_CODES)('has title, help, technician and log for %s', (code) => {
    for (const texts of [zhProblems, enProblems] as Record<string, Record<string, string>>[]) {
      for (const part of ['title', 'help', 'technician', 'log']) expect(texts[code]?.[part]).toMatch(/\S/);
    }
  });

  it('uses no half-width comma between Chinese characters', () => {
    expect(JSON.stringify([zhUi, zhProblems])).not.toMatch(/[\u4e00-\u9fff],[\u4e00-\u9fff]/);
  });

  it('has every text that a screen names', () => {
    const known = new Set(shape(zhUi).map((line) => line.split(' ')[0]));
    const tops = new Set(Object.keys(zhUi));
    const calls = new Set(Object.keys(CALLS));
    const named = Object.entries(sources).flatMap(([path, source]) =>
      [...source.matchAll(/'([a-zA-Z]+(?:\.[\w-]+)+)'/g)].map((match) => `${match[1] ?? ''} ${path}`),
    );
    const own = named.filter((line) => tops.has(line.split('.')[0] ?? '') && !calls.has(line.split(' ')[0] ?? ''));
    expect(own.length).toBeGreaterThan(100);
    expect(own.filter((line) => !known.has(line.split(' ')[0] ?? ''))).toEqual([]);
  });
});

describe('times', () => {
  const now = new Date('2026-03-18T12:36:00Z');
  it('are those of the hall, whatever the machine is set to', () => {
    expect(clockText(now)).toBe('20:36');
    expect(dateText(now, 'zh-CN')).toBe('3 月 18 日 周三');
    expect(dateText(now, 'en')).toBe('Wed 18 Mar');
    expect(isoDay(new Date('2026-03-18T17:00:00Z'))).toBe('2026-03-19');
  });
  it('name the day when it was another one', () => {
    expect(sinceText('2026-03-18T12:05:00Z', now, 'zh-CN')).toBe('20:05');
    expect(sinceText('2026-03-17T12:05:00Z', now, 'zh-CN')).toBe('3 月 17 日 周二 20:05');
  });
});
