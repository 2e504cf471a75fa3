import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPhone, checkPhonePartial } from './phone.ts';

const mobiles = fc.stringMatching(/^1[3-9][0-9]{9}$/);
const landlines = fc.oneof(fc.stringMatching(/^010[2-8][0-9]{7}$/), fc.stringMatching(/^0571[2-8][0-9]{6,7}$/));

describe('phone', () => {
  it('tells mobile and landline apart', () => {
    expect(checkPhone('13800000024')).toEqual({
      ok: true,
      value: { kind: 'mobile', number: '13800000024', areaCode: '' },
    });
    expect(checkPhone('02000000024')).toEqual({
      ok: true,
      value: { kind: 'landline', number: '02000000024', areaCode: '020' },
    });
    expect(checkPhone('05710000024')).toMatchObject({ ok: true, value: { areaCode: '0571' } });
    expect(checkPhone('057100000024')).toMatchObject({ ok: true, value: { areaCode: '0571' } });
  });

  it.each([
    ['1380000002', 'phone-too-short', undefined],
    ['138000000244', 'phone-too-long', [11, 12]],
    ['12800000024', 'phone-second-digit', [1, 2]],
    ['23800000024', 'phone-start', [0, 1]],
    ['138O0000024', 'phone-not-digit', [3, 4]],
    ['01100000024', 'phone-area-code', [0, 3]],
    ['00100000024', 'phone-area-code', [0, 2]],
    ['0571000002', 'phone-too-short', undefined],
    ['0571000000244', 'phone-too-long', [12, 13]],
  ])('%s: %s', (text, code, wrong) => {
    const result = checkPhone(text);
    expect(result.ok ? null : [result.error.code, result.error.wrong]).toEqual([code, wrong]);
  });

  it('takes right numbers and is silent on their beginnings', () => {
    fc.assert(
      fc.property(fc.oneof(mobiles, landlines), fc.nat(12), (number, length) => {
        expect(checkPhone(number).ok).toBe(true);
        expect(checkPhonePartial(number.slice(0, length))).toBeNull();
      }),
    );
  });
});
