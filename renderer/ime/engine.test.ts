import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidatesFor, shownPinyin, splitPinyin } from './engine.ts';
import { candidatePage, startTyping, type, withoutLast, type Typing } from './typing.ts';

const texts = (typed: string): readonly string[] => candidatesFor(typed).map((candidate) => candidate.text);

describe('pinyin', () => {
  it.each([
    ['beian', "bei'an"],
    ['fangzu', "fang'zu"],
    ["xi'an", "xi'an"],
    ['wangxilu', "wang'xi'lu"],
    ['zhongguo', "zhong'guo"],
    ['nv', 'nv'],
    ['beianzh', "bei'an'zh"],
  ])('splits %s into %s', (typed, shown) => {
    expect(shownPinyin(typed)).toBe(shown);
  });

  it('finds whole words first, then the characters of the first syllable', () => {
    expect(texts('beian')[0]).toBe('备案');
    expect(texts('fangzu')[0]).toBe('房租');
    expect(texts('wangxilu')[0]).toBe('望溪路');
    expect(texts('lin')).toContain('林');
    expect(texts('zhuang')).toContain('幢');
    expect(texts('lv')).toContain('绿');
  });

  it('finds something for the beginning of a syllable and for initials', () => {
    expect(texts('zh').length).toBeGreaterThan(20);
    expect(texts('bei').length).toBeGreaterThan(10);
    expect(texts('yyzz')).toContain('营业执照');
  });

  it('takes letters only as far as the candidate reads them', () => {
    const single = candidatesFor('beian').find((candidate) => candidate.text === '北');
    expect(single?.used).toBe(3);
    expect(candidatesFor('beian')[0]?.used).toBe(5);
    expect(candidatesFor("xi'an").find((candidate) => candidate.text === '西')?.used).toBe(3);
  });

  it('splits anything without losing a letter, and every candidate takes at least one', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z']{0,20}$/), (typed) => {
        const letters = typed.replaceAll("'", '');
        expect(
          splitPinyin(typed)
            .map((piece) => piece.letters)
            .join(''),
        ).toBe(letters);
        for (const candidate of candidatesFor(typed)) {
          expect(candidate.used).toBeGreaterThan(0);
          expect(candidate.used).toBeLessThanOrEqual(typed.length);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('typing', () => {
  const keys = (typing: Typing, letters: string): { typing: Typing; out: string } => {
    let state = typing;
    let out = '';
    for (const key of letters) {
      const step = key === ' ' ? type(state, { type: 'space' }) : type(state, { type: 'key', key });
      state = step.typing;
      out += step.insert;
    }
    return { typing: state, out };
  };

  it('turns letters into the first candidate on space and keeps the rest composing', () => {
    expect(keys(startTyping('pinyin'), 'fangzu ').out).toBe('房租');
    expect(keys(startTyping('pinyin'), 'beian beian ').out).toBe('备案备案');
    expect(keys(startTyping('pinyin'), 'fangzu').typing.pending).toBe('fangzu');
  });

  it('erases composing letters before it erases the field', () => {
    const { typing } = keys(startTyping('pinyin'), 'fa');
    const once = type(typing, { type: 'backspace' });
    expect(once.erase).toBe(false);
    const twice = type(once.typing, { type: 'backspace' });
    expect(twice.typing.pending).toBe('');
    expect(type(twice.typing, { type: 'backspace' }).erase).toBe(true);
  });

  it('writes letters, one capital and digits as they are', () => {
    const latin = type(startTyping('latin'), { type: 'shift' }).typing;
    expect(keys(latin, 'ab c').out).toBe('Ab c');
    const digits = type(startTyping('pinyin'), { type: 'mode', mode: 'digits' }).typing;
    expect(keys(digits, '18').out).toBe('18');
    expect(type(digits, { type: 'mode', mode: digits.letters }).typing.mode).toBe('pinyin');
  });

  it('takes a whole character away, also one of two code units', () => {
    expect(withoutLast('王𬱖')).toBe('王');
    expect(withoutLast('')).toBe('');
  });

  it('pages through all candidates without leaving one out', () => {
    const all = candidatesFor('shi');
    const seen: string[] = [];
    for (let from = 0; from < all.length;) {
      const page = candidatePage(all, from, 890, 42);
      seen.push(...page.map((candidate) => candidate.text));
      from += page.length;
    }
    expect(seen).toEqual(all.map((candidate) => candidate.text));
  });
});
