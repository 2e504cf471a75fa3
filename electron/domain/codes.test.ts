import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from './date.ts';
import { checkMod11And10, checkMod37And36 } from './iso7064.ts';
import { parseItemCode } from './item-code.ts';
import { checkPickupCodePartial, formatPickupCode, makePickupCode, parsePickupCode } from './pickup-code.ts';
import { formatTrackingNumber, parseTrackingNumber, trackingNumberIn } from './tracking-number.ts';

const toFullWidth = (text: string): string =>
  text.replaceAll(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0));

describe('ISO 7064', () => {
  it('MOD 37,36 agrees with published identifiers', () => {
    // Electronic certificates (GB/T 36904) and the standard's GRid example.
    expect(checkMod37And36('11100000000013338W01111430000006122244L20230000403001')).toBe('U');
    expect(checkMod37And36('11100000MB03271699022340100000000016001')).toBe('9');
    expect(checkMod37And36('11100000000013338W00911330105002500287C2025052201002')).toBe('0');
    expect(checkMod37And36('A12425GABC1234002')).toBe('M');
  });

  it('MOD 11,10 agrees with the example of the standard', () => {
    expect(checkMod11And10('0794')).toBe('5');
    expect(() => checkMod11And10('07A4')).toThrow(RangeError);
  });
});

describe('item code', () => {
  it('takes 31 and 33 characters apart', () => {
    expect(parseItemCode('11370800MB285591843370117002011')).toEqual({
      ok: true,
      value: { creditCode: '11370800MB28559184', level: 3, basicCode: '370117002011', handlingCode: '' },
    });
    expect(parseItemCode('11310000MB2F30661Y231200356400001')).toEqual({
      ok: true,
      value: { creditCode: '11310000MB2F30661Y', level: 2, basicCode: '312003564000', handlingCode: '01' },
    });
  });

  it.each([
    ['11370800MB28559184337011700201', 'wrong-length'],
    ['11370800MB285591853370117002011', 'bad-credit-code'],
    ['11370800MB285591847370117002011', 'bad-level'],
    ['11370800MB28559184337011700201A', 'not-digits'],
  ])('%s: %s', (text, error) => {
    expect(parseItemCode(text)).toEqual({ ok: false, error });
  });
});

describe('tracking number', () => {
  const parts = fc.record({
    kioskCode: fc.stringMatching(/^[A-Z]{2}[0-9]{2}$/),
    dateISO: fc.nat(36_000).map((days) => addDays('2000-01-01', days)),
    sequence: fc.integer({ min: 1, max: 999_999 }),
  });

  it('is written in groups', () => {
    expect(formatTrackingNumber({ kioskCode: 'CH03', dateISO: '2026-03-18', sequence: 42 })).toBe('CH03 260318 0042 4');
  });

  it('reads what it writes, however it is typed', () => {
    fc.assert(
      fc.property(parts, (value) => {
        const text = formatTrackingNumber(value);
        const read = { ok: true, value };
        expect(parseTrackingNumber(text)).toEqual(read);
        expect(parseTrackingNumber(` ${text.toLowerCase().replaceAll(' ', '-')} `)).toEqual(read);
        expect(parseTrackingNumber(toFullWidth(text))).toEqual(read);
      }),
    );
  });

  it('finds every single wrong digit', () => {
    fc.assert(
      fc.property(parts, fc.nat(30), fc.integer({ min: 1, max: 9 }), (value, place, shift) => {
        const text = formatTrackingNumber(value).replaceAll(' ', '');
        const index = 2 + (place % (text.length - 2));
        const digit = String((Number(text[index]) + shift) % 10);
        expect(parseTrackingNumber(text.slice(0, index) + digit + text.slice(index + 1)).ok).toBe(false);
      }),
    );
  });

  it('refuses what is not one', () => {
    expect(parseTrackingNumber('CH03 260318 0042 5')).toEqual({ ok: false, error: 'check-wrong' });
    for (const text of ['', 'CH03', 'CH03 261318 0042 4', 'CH03 260318 0000 1', 'CH03 260318 00042 4', '您好']) {
      expect(parseTrackingNumber(text)).toEqual({ ok: false, error: 'malformed' });
    }
    expect(() => formatTrackingNumber({ kioskCode: 'C3', dateISO: '2026-03-18', sequence: 1 })).toThrow(RangeError);
    expect(() => formatTrackingNumber({ kioskCode: 'CH03', dateISO: '2026-02-30', sequence: 1 })).toThrow(RangeError);
    expect(() => formatTrackingNumber({ kioskCode: 'CH03', dateISO: '2026-03-18', sequence: 0 })).toThrow(RangeError);
  });
});

describe('pick-up code', () => {
  const codes = fc.stringMatching(/^[0-9]{7}$/).map(makePickupCode);

  it('reads typed and scanned forms', () => {
    fc.assert(
      fc.property(codes, fc.nat(8), (code, length) => {
        for (const text of [code, formatPickupCode(code), toFullWidth(code), `HP1:${code}`, ` hp1: ${code}\r\n`]) {
          expect(parsePickupCode(text)).toEqual({ ok: true, value: code });
        }
        expect(checkPickupCodePartial(code.slice(0, length))).toBeNull();
      }),
    );
  });

  it('finds every single wrong digit', () => {
    fc.assert(
      fc.property(codes, fc.nat(7), fc.integer({ min: 1, max: 9 }), (code, index, shift) => {
        const digit = String((Number(code[index]) + shift) % 10);
        const result = parsePickupCode(code.slice(0, index) + digit + code.slice(index + 1));
        expect(result.ok ? null : result.error.code).toBe('pickup-check-digit');
      }),
    );
  });

  it('says what is wrong', () => {
    expect(parsePickupCode('1234')).toEqual({
      ok: false,
      error: { code: 'pickup-too-short', params: { length: 4, missing: 4 } },
    });
    expect(parsePickupCode('123A')).toMatchObject({ ok: false, error: { code: 'pickup-not-digit', wrong: [3, 4] } });
    expect(parsePickupCode('123456789')).toMatchObject({
      ok: false,
      error: { code: 'pickup-too-long', wrong: [8, 9] },
    });
    expect(parsePickupCode('https://example.invalid/')).toMatchObject({ ok: false });
    expect(formatPickupCode('12345')).toBe('1234 5');
  });
});

describe('tracking number in a scanned text', () => {
  const number = formatTrackingNumber({ kioskCode: 'CH03', dateISO: '2026-03-18', sequence: 42 });

  it.each([
    ['the number itself', number],
    ['without spaces', number.replaceAll(' ', '')],
    ['the address on a receipt', `https://chenghu.example/r/${number.replaceAll(' ', '')}`],
    ['an address with a query', `https://chenghu.example/look?r=${number.replaceAll(' ', '').toLowerCase()}`],
  ])('finds %s', (_, scanned) => {
    expect(trackingNumberIn(scanned)).toBe(number);
  });

  it.each(['', 'https://chenghu.example/', 'HP1:12345672', `${number}9`])('finds none in %j', (scanned) => {
    expect(trackingNumberIn(scanned)).toBeNull();
  });
});
