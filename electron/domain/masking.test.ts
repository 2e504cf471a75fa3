import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskAddress, maskCreditCode, maskIdNumber, maskName, maskOrganisation, maskPhone } from './masking.ts';

describe('masking', () => {
  it.each([
    ['林测夏', '林*夏'],
    ['周测', '周*'],
    ['欧阳测试', '欧阳**'],
    ['欧阳测', '欧阳*'],
    ['欧阳', '欧*'],
    ['林小测夏', '林**夏'],
    ['阿测·热测曼', '阿*·**曼'],
    ['Test Person', 'T*** P***'],
    ['测', '*'],
    ['', ''],
  ])('name %s: %s', (name, masked) => {
    expect(maskName(name)).toBe(masked);
  });

  it('numbers', () => {
    expect(maskIdNumber('990001199003070024')).toBe('990***********0024');
    expect(maskPhone('13800000024')).toBe('138****0024');
    expect(maskPhone('057100000024')).toBe('0571******24');
    expect(maskPhone('02000000024')).toBe('020******24');
    expect(maskCreditCode('91990001MA0000001R')).toBe('9199**********001R');
    expect(maskPhone('123')).toBe('**3');
  });

  it.each([
    ['测试省澄湖市望溪区望溪路 18 号 3 幢 602 室', '测试省澄湖市望溪区****'],
    ['测试省澄湖县小区路 1 号', '测试省澄湖县****'],
    ['望溪路 18 号 3 幢 602 室', '望溪路****'],
    ['澄湖市测试大厦 8 楼', '澄湖市****'],
    ['测试楼', '测试****'],
    ['', ''],
  ])('address %s: %s', (address, masked) => {
    expect(maskAddress(address)).toBe(masked);
  });

  it('organisations', () => {
    expect(maskOrganisation('山月测试咖啡店')).toBe('山月****店');
    expect(maskOrganisation('山月')).toBe('山*');
  });

  it('shows at most seven characters of a number and always hides something of two or more', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9A-Z]{2,20}$/), (number) => {
        for (const mask of [maskIdNumber, maskPhone, maskCreditCode]) {
          const masked = mask(number);
          expect(masked).toContain('*');
          expect(masked.replaceAll('*', '').length).toBeLessThanOrEqual(8);
          expect(masked).toHaveLength(number.length);
        }
      }),
    );
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'林测夏欧阳周·王ab '.split('')), minLength: 1, maxLength: 8 }),
        (name) => {
          fc.pre(name.trim() !== '');
          expect(maskName(name)).toContain('*');
        },
      ),
    );
  });
});
