import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCitizenNumber, checkCitizenNumberPartial, citizenNumberCheck } from './citizen-number.ts';
import { addDays } from './date.ts';

const TODAY = '2026-03-18';

/** Numbers of regions that do not exist (99....), born 1900-01-01 up to today. */
const numbers = fc
  .record({
    region: fc.integer({ min: 0, max: 9999 }),
    age: fc.integer({ min: 0, max: 46_000 }),
    serial: fc.integer({ min: 0, max: 999 }),
  })
  .map(({ region, age, serial }) => {
    const birth = addDays(TODAY, -age).replaceAll('-', '');
    const first = `99${String(region).padStart(4, '0')}${birth}${String(serial).padStart(3, '0')}`;
    return first + citizenNumberCheck(first);
  });

const codeOf = (text: string): string | undefined => {
  const result = checkCitizenNumber(text, TODAY);
  return result.ok ? undefined : result.error.code;
};

describe('citizen number', () => {
  it('has the check character of GB 11643', () => {
    // The standard's own examples.
    expect(citizenNumberCheck('11010519491231002')).toBe('X');
    expect(citizenNumberCheck('44052418800101001')).toBe('4');
  });

  it('tells birth date and sex', () => {
    const first = '99000119900307002';
    expect(checkCitizenNumber(first + citizenNumberCheck(first), TODAY)).toEqual({
      ok: true,
      value: { number: '990001199003070028', regionCode: '990001', birthDate: '1990-03-07', sex: 'female' },
    });
  });

  it('names a month written as 13 and its place', () => {
    expect(checkCitizenNumber('33010019901307002X', TODAY)).toEqual({
      ok: false,
      error: { code: 'id-month', params: { month: '13', from: 11, to: 12 }, wrong: [10, 12] },
    });
  });

  it.each([
    ['9900011990030700', 'id-too-short'],
    ['990001199003070', 'id-too-short'],
    ['990001900307002', 'id-old-number'],
    ['9900011990030700280', 'id-too-long'],
    ['99000119900307X028', 'id-x-not-last'],
    ['9900011990030700Y8', 'id-not-digit'],
    ['090001199003070028', 'id-starts-with-zero'],
    ['990001189903070028', 'id-year'],
    ['990001199000070028', 'id-month'],
    ['990001199002300028', 'id-day'],
    ['990001199003000028', 'id-day'],
    ['990001202603190028', 'id-birth-in-future'],
    ['990001199003070027', 'id-check-digit'],
  ])('%s: %s', (text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  it('knows 29 February', () => {
    expect(checkCitizenNumberPartial('99000120000229', TODAY)).toBeNull();
    expect(checkCitizenNumberPartial('99000119000229', TODAY)?.code).toBe('id-day');
  });

  it('takes every right number and is silent on every beginning of it', () => {
    fc.assert(
      fc.property(numbers, fc.nat(18), (number, length) => {
        expect(checkCitizenNumber(number, TODAY).ok).toBe(true);
        expect(checkCitizenNumberPartial(number.slice(0, length), TODAY)).toBeNull();
      }),
    );
  });

  it('finds every single wrong digit', () => {
    fc.assert(
      fc.property(numbers, fc.nat(16), fc.integer({ min: 1, max: 9 }), (number, index, shift) => {
        const digit = String((Number(number[index]) + shift) % 10);
        expect(checkCitizenNumber(number.slice(0, index) + digit + number.slice(index + 1), TODAY).ok).toBe(false);
      }),
    );
  });

  it('is silent only while typing can still end well', () => {
    const canEndWell = (text: string): boolean => {
      if (text.length >= 18) return checkCitizenNumber(text, TODAY).ok;
      return '1209834567X'.split('').some((next) => {
        const longer = text + next;
        return checkCitizenNumberPartial(longer, TODAY) === null && canEndWell(longer);
      });
    };
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{4}[0-9]{2}(19|20|1|2)[0-9]{0,10}X?$/), (text) => {
        expect(canEndWell(text)).toBe(checkCitizenNumberPartial(text, TODAY) === null);
      }),
    );
  });

  it('never throws, and underlines inside the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 24 }), (text) => {
        const result = checkCitizenNumber(text, TODAY);
        if (result.ok || result.error.wrong === undefined) return;
        const [from, to] = result.error.wrong;
        expect(from).toBeLessThan(to);
        expect(to).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});
