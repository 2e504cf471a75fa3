import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ItemSummary } from './item-pack.ts';
import { searchItems } from './search.ts';

function item(id: string, zh: string, en: string, more: Partial<ItemSummary> = {}): ItemSummary {
  return {
    id,
    version: 1,
    name: { 'zh-CN': zh, en },
    summary: { 'zh-CN': `${zh}的说明`, en: `About: ${en}` },
    department: { 'zh-CN': '测试局', en: 'Test Bureau' },
    applicant: 'person',
    keywords: [],
    lifeEvents: [],
    decision: 'instant',
    ...more,
  };
}

const ITEMS = [
  item('other', '公租房入住备案', 'Public housing'),
  item('rent', '房屋租赁登记备案', 'Register a home rental', { keywords: ['租房', 'lease'], pinyin: 'fwzldjba' }),
  item('senior', '老年人优待证', 'Senior card', { keywords: ['老人证'] }),
];
const found = (query: string, language: 'zh-CN' | 'en' = 'zh-CN'): readonly string[] =>
  searchItems(ITEMS, query, language).map((hit) => hit.item.id);

describe('search', () => {
  it('puts the best first', () => {
    expect(found('')).toEqual(['other', 'rent', 'senior']);
    expect(found('备案')).toEqual(['other', 'rent']);
    expect(found('房屋')).toEqual(['rent']);
    expect(found('房')).toEqual(['rent', 'other']);
    expect(found('老人证')).toEqual(['senior']);
    expect(found('rental', 'en')).toEqual(['rent']);
    expect(found('RENTAL')).toEqual(['rent']);
    expect(found('lease', 'en')).toEqual(['rent']);
    expect(found('home register', 'en')).toEqual(['rent']);
    expect(found('没有的事')).toEqual([]);
  });

  it('marks the characters that match', () => {
    const marks = (query: string): unknown =>
      searchItems(ITEMS, query, 'zh-CN').find((hit) => hit.item.id === 'rent')?.matched;
    expect(marks('备案')).toEqual([[6, 8]]);
    expect(marks('房租 备案')).toEqual([
      [0, 1],
      [2, 3],
      [6, 8],
    ]);
    expect(marks('fwzl')).toEqual([[0, 4]]);
    expect(marks('租房')).toEqual([]);
    expect(marks('ｆｗ')).toEqual([[0, 2]]);
  });

  it('marks inside the name, in order, without overlap, whatever is typed', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'房屋租赁登记备案 fwzlREGI老'.split('')), maxLength: 8 }),
        fc.constantFrom('zh-CN' as const, 'en' as const),
        (query, language) => {
          for (const hit of searchItems(ITEMS, query, language)) {
            let last = -1;
            for (const [from, to] of hit.matched) {
              expect(from).toBeGreaterThan(last);
              expect(to).toBeGreaterThan(from);
              last = to;
            }
            expect(last).toBeLessThanOrEqual(hit.item.name[language].length);
          }
        },
      ),
    );
  });
});
