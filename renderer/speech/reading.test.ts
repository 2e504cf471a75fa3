import { describe, expect, it } from 'vitest';
import { inWords, numbersInWords } from './numbers.ts';
import { readEnglish } from './reading-en.ts';
import { readChinese } from './reading-zh.ts';
import { captionOf, segmentsOf } from './segments.ts';

describe('figures in Chinese', () => {
  it.each([
    [0, '零'],
    [10, '十'],
    [15, '十五'],
    [20, '二十'],
    [105, '一百零五'],
    [110, '一百一十'],
    [1_430, '一千四百三十'],
    [10_005, '一万零五'],
    [100_000, '十万'],
    [20_300_000, '二千零三十万'],
  ])('%d is %s', (value, words) => {
    expect(inWords(value)).toBe(words);
  });

  it.each([
    ['24 小时自助厅', '二十四小时自助厅'],
    ['20:36', '二十点三十六分'],
    ['02:05 起', '两点零五分起'],
    ['3 月 18 日 周三', '三月十八日周三'],
    ['2026-03-18', '二零二六年三月十八日'],
    ['¥2,600', '二千六百元'],
    ['2600.5 元', '二千六百点五元'],
    ['热线 12345', '热线幺二三四五'],
    ['03 号机', '零三号机'],
    ['CH03 0318 0042 7', 'CH零三零三幺八零零四二七'],
    ['138****0024', '幺三八零零二四'],
    ['共 2 项', '共两项'],
    ['第 2 题', '第二题'],
    ['50%', '百分之五十'],
  ])('%s', (text, words) => {
    expect(numbersInWords(text)).toBe(words);
  });
});

describe('readings', () => {
  it.each([
    ['重庆银行长江路', 'chong2 qing4 yin2 hang2 chang2 jiang1 lu4'],
    ['行长', 'hang2 zhang3'],
    ['办理事项', 'ban4 li3 shi4 xiang4'],
    ['房屋租赁登记备案', 'fang2 wu1 zu1 lin4 deng1 ji4 bei4 an4'],
    ['我还要时间', 'wo3 hai2 yao4 shi2 jian1'],
    ['着急', 'zhao2 ji2'],
    ['女儿', 'nv3 er2'],
    ['慢慢来，不着急。', 'man4 man4 lai2, bu4 zhao2 ji2.'],
    ['好的', 'hao3 de5'],
    ['A4 纸', 'ei1 si4 zhi3'],
    ['幺二三', 'yao1 er4 san1'],
  ])('%s is %s', (text, syllables) => {
    expect(readChinese(text)).toBe(syllables);
  });

  it('are nothing but syllables, tone digits and pauses', () => {
    expect(readChinese('“林*夏”《身份证》· 𠮷 <b>办</b> 12:00 CH03-X')).toMatch(/^[a-z0-9 ,.?!ê]*$/u);
  });
});

describe('English', () => {
  it.each([
    ['Call 5550124', 'Call 5 5 5 0 1 2 4'],
    ['CH03 0318 0042 7', 'C H 0 3 0 3 1 8 0 0 4 2 7'],
    ['¥2,600 a month', '2600 yuan a month'],
    ['After 60 s', 'After 60 s'],
  ])('%s', (text, words) => {
    expect(readEnglish(text)).toBe(words);
  });
});

describe('voices', () => {
  it('take turns where a Chinese text has English words', () => {
    expect(segmentsOf('按 English 换语言，A4 纸', 'zh')).toEqual([
      { voice: 'zh', text: '按' },
      { voice: 'en', text: 'English' },
      { voice: 'zh', text: '换语言，A4 纸' },
    ]);
  });
  it('take turns where an English text has Chinese words', () => {
    expect(segmentsOf('Press 中文 to go on', 'en').map((one) => one.voice)).toEqual(['en', 'zh', 'en']);
  });
});

describe('a caption', () => {
  it('has the signs of its language', () => {
    const said = 'Duty staff have your call，Please stay. Steps：card；form， 2 of 3。';
    expect(captionOf(said, 'en')).toBe('Duty staff have your call. Please stay. Steps: card; form, 2 of 3.');
    expect(captionOf('您好，请放证件。', 'zh')).toBe('您好，请放证件。');
  });
});
