import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkYuanPartial, formatFen, formatYuan, parseYuan } from './money.ts';

describe('money', () => {
  it('reads what it writes, to the fen', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999_999_999 }), (fen) => {
        expect(parseYuan(formatFen(fen))).toEqual({ ok: true, value: fen });
      }),
    );
    expect(parseYuan('2600')).toEqual({ ok: true, value: 260_000 });
    expect(parseYuan('0.29')).toEqual({ ok: true, value: 29 });
    expect(parseYuan('1.5')).toEqual({ ok: true, value: 150 });
  });

  it.each([
    ['12a', 'money-bad-char', [2, 3]],
    ['1.2.3', 'money-two-points', [3, 4]],
    ['1.234', 'money-decimals', [4, 5]],
    ['.5', 'money-incomplete', [0, 1]],
    ['1234567890123', 'money-too-large', undefined],
  ])('says what is wrong with %s while it is typed', (text, code, wrong) => {
    const found = checkYuanPartial(text);
    expect([found?.code, found?.wrong]).toEqual([code, wrong]);
  });

  it('waits for the digit after the point', () => {
    expect(checkYuanPartial('12.')).toBeNull();
    expect(parseYuan('12.')).toMatchObject({ ok: false, error: { code: 'money-incomplete' } });
    expect(parseYuan('')).toMatchObject({ ok: false, error: { code: 'money-incomplete' } });
  });

  it('writes amounts for people', () => {
    expect(formatYuan(260_000, 'zh-CN')).toBe('2,600 元');
    expect(formatYuan(260_050, 'en')).toBe('2,600.50 yuan');
    expect(formatYuan(123_456_789_00, 'en')).toBe('123,456,789 yuan');
    expect(formatYuan(5, 'zh-CN')).toBe('0.05 元');
    expect(() => formatFen(1.5)).toThrow(RangeError);
  });
});
