import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ItemSummary } from '../item-pack.ts';
import { oneSlip } from './query.ts';
import { Readings } from './readings.ts';
import { SearchIndex } from './search-index.ts';

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

const READINGS = new Readings(
  readFileSync(new URL('../../../assets/dictionaries/readings.txt', import.meta.url), 'utf8'),
);
const INDEX = new SearchIndex(
  [
    item('other', '公租房入住备案', 'Public housing', { lifeEvents: ['housing'] }),
    item('rent', '房屋租赁登记备案', 'Register a home rental', {
      keywords: ['租房', 'lease'],
      lifeEvents: ['housing'],
    }),
    item('senior', '老年人优待证', 'Senior card', { keywords: ['老人证'] }),
    item('shop', '食品经营许可', 'Food licence', { keywords: ['小吃店', '开饭店'], applicant: 'enterprise' }),
  ],
  READINGS,
);
const found = (query: string, language: 'zh-CN' | 'en' = 'zh-CN'): readonly string[] =>
  INDEX.search(query, language).map((hit) => hit.item.id);
const marks = (query: string, id = 'rent'): unknown =>
  INDEX.search(query, 'zh-CN').find((hit) => hit.item.id === id)?.matched;

describe('search', () => {
  it('puts the best first', () => {
    expect(found('')).toEqual(['other', 'rent', 'senior', 'shop']);
    expect(found('备案')).toEqual(['other', 'rent']);
    expect(found('房屋')[0]).toBe('rent');
    expect(found('房')[0]).toBe('rent');
    expect(found('老人证')[0]).toBe('senior');
    expect(found('rental', 'en')).toEqual(['rent']);
    expect(found('RENTAL')).toEqual(['rent']);
    expect(found('lease', 'en')).toEqual(['rent']);
    expect(found('home register', 'en')).toEqual(['rent']);
    expect(found('没有的事')).toEqual([]);
  });

  it('finds by pinyin, also under way, by initials, and by both', () => {
    expect(found('fangwuzulin')[0]).toBe('rent');
    expect(found('fangwuzul')[0]).toBe('rent');
    expect(found('fwzl')[0]).toBe('rent');
    expect(found('fwzulin')[0]).toBe('rent');
    expect(found('youdaizheng')[0]).toBe('senior');
    expect(found('房屋zl')[0]).toBe('rent');
    expect(found('ydz')[0]).toBe('senior');
  });

  it('forgives sounds that are mixed up', () => {
    expect(found('fangwuzhuling')[0]).toBe('rent');
    expect(found('laolianren')[0]).toBe('senior');
    expect(found('sipingjingying')[0]).toBe('shop');
  });

  it('forgives a letter that is wrong, missing or swapped, and a wrong character of the same sound', () => {
    expect(found('fangwuzulib')[0]).toBe('rent');
    expect(found('yuodaizheng')[0]).toBe('senior');
    expect(found('shipinjngying')[0]).toBe('shop');
    expect(found('房物租赁')[0]).toBe('rent');
    expect(found('老年人忧待证')[0]).toBe('senior');
    expect(found('senoir', 'en')).toEqual(['senior']);
    expect(oneSlip('zulin', 'zuiln')).toBe(true);
    expect(oneSlip('card', 'dcra')).toBe(false);
    expect(oneSlip('card', 'crad')).toBe(true);
  });

  it('forgives two letters swapped between two syllables, also under way', () => {
    // fang|wu, wu|zu, zu|lin
    for (const typed of ['fanwguzulin', 'fangwzuulin', 'fangwuzluin', 'fangwzuul'])
      expect(found(typed)[0]).toBe('rent');
    expect(found('laonianrneyou')[0]).toBe('senior');
  });

  it('finds all initials in their order among many that have them all', () => {
    const mixed = Array.from({ length: 400 }, (_, index) => item(`mixed-${index}`, '案备记登赁租屋房', 'Mixed'));
    const meant = item('meant', '房屋租赁登记备案', 'Meant');
    const index = new SearchIndex([...mixed, meant], READINGS);
    expect(index.search('fwzldjba', 'zh-CN').map((hit) => hit.item.id)).toEqual(['meant']);
  });

  it('takes a sentence', () => {
    expect(found('我要给老人办优待证')[0]).toBe('senior');
    expect(found('我想开一家小吃店')[0]).toBe('shop');
    expect(found('租的房子怎么登记')[0]).toBe('rent');
  });

  it('narrows down', () => {
    expect(INDEX.search('', 'zh-CN', { applicant: 'enterprise' }).map((hit) => hit.item.id)).toEqual(['shop']);
    expect(INDEX.search('备案', 'zh-CN', { lifeEvent: 'work' })).toEqual([]);
    expect(INDEX.search('', 'zh-CN', { department: '测试局' })).toHaveLength(4);
  });

  it('marks the characters that match', () => {
    expect(marks('备案')).toEqual([[6, 8]]);
    expect(marks('房租 备案')).toEqual([
      [0, 1],
      [2, 3],
      [6, 8],
    ]);
    expect(marks('fwzl')).toEqual([[0, 4]]);
    expect(marks('ｆｗ')).toEqual([[0, 2]]);
    expect(marks('我要给老人办优待证', 'senior')).toEqual([
      [0, 1],
      [2, 6],
    ]);
  });

  it('marks inside the name, in order, without overlap, whatever is typed', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from("房屋租赁登记备案 fwzlREGI'老1")), maxLength: 12 }),
        fc.constantFrom('zh-CN' as const, 'en' as const),
        (query, language) => {
          for (const hit of INDEX.search(query, language)) {
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
