import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCreditCode, checkCreditCodePartial, CREDIT_CODE_ALPHABET, creditCodeCheck } from './credit-code.ts';

const char = fc.constantFrom(...CREDIT_CODE_ALPHABET.split(''));
const digits = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...'0123456789'.split('')), { minLength: length, maxLength: length })
    .map((list) => list.join(''));
const codes = fc
  .tuple(char, char, digits(6), fc.array(char, { minLength: 9, maxLength: 9 }))
  .map(([a, b, division, rest]) => a + b + division + rest.join(''))
  .map((first) => first + creditCodeCheck(first));

describe('credit code', () => {
  // Codes of public authorities, published with their certificates.
  it.each([
    '11310000MB2F30661Y',
    '11370800MB28559184',
    '11100000000013338W',
    '11430000006122244L',
    '11330105002500287C',
    '113700000045046442',
    '11110000000021135M',
    '91350100M000100Y43',
  ])('takes %s', (code) => {
    expect(checkCreditCode(code)).toEqual({
      ok: true,
      value: { code, divisionCode: code.slice(2, 8), organisationCode: code.slice(8, 17) },
    });
  });

  it('points at letters that the standard leaves out', () => {
    for (const letter of 'IOSVZ') {
      const result = checkCreditCodePartial(`91350100M0${letter}`);
      expect(result).toEqual({
        code: 'credit-letter-not-used',
        params: { char: letter, from: 11, to: 11 },
        wrong: [10, 11],
      });
    }
    expect(checkCreditCodePartial('91350100M000100Y4Z')?.wrong).toEqual([17, 18]);
  });

  it.each([
    ['91350100m', 'credit-bad-char', [8, 9]],
    ['9135A1', 'credit-not-digit', [4, 5]],
    ['91350100M000100Y44', 'credit-check-digit', [17, 18]],
    ['91350100M000100Y433', 'credit-too-long', [18, 19]],
    ['91350100M000100Y4', 'credit-too-short', undefined],
  ])('%s: %s', (text, code, wrong) => {
    const result = checkCreditCode(text);
    expect(result.ok ? null : [result.error.code, result.error.wrong]).toEqual([code, wrong]);
  });

  it('takes every code it makes, is silent on its beginnings, finds every single wrong character', () => {
    fc.assert(
      fc.property(codes, fc.nat(17), fc.integer({ min: 1, max: 30 }), (code, index, shift) => {
        expect(checkCreditCode(code).ok).toBe(true);
        expect(checkCreditCodePartial(code.slice(0, index))).toBeNull();
        const other = CREDIT_CODE_ALPHABET.charAt((CREDIT_CODE_ALPHABET.indexOf(code.charAt(index)) + shift) % 31);
        expect(checkCreditCode(code.slice(0, index) + other + code.slice(index + 1)).ok).toBe(false);
      }),
    );
  });
});
