import { describe, expect, it } from 'vitest';
import type { LockerLayoutDto } from '../../../electron/contract/dto.ts';
import { makePickupCode } from '../../../electron/domain/pickup-code.ts';
import { bodyBox, cellBox } from './locker-shape.ts';
import { mistakeIn, readScan, withDigit } from './typed-code.ts';

const CODE = makePickupCode('1234567');
const WRONG = `1234567${(Number(CODE.at(-1)) + 1) % 10}`;

describe('a typed code', () => {
  it('is taken up to eight digits', () => {
    expect('123456789'.split('').reduce(withDigit, '')).toBe('12345678');
  });
  it('is called short only when asked, wrong at once', () => {
    expect(mistakeIn('1234', false)).toBeNull();
    expect(mistakeIn('1234', true)?.code).toBe('pickup-too-short');
    expect(mistakeIn(WRONG, false)?.code).toBe('pickup-check-digit');
    expect(mistakeIn(CODE, true)).toBeNull();
  });
});

describe('a scan', () => {
  it('is a code with or without the prefix', () => {
    expect(readScan(`HP1:${CODE}`)).toEqual({ kind: 'code', code: CODE });
    expect(readScan(` ${CODE.slice(0, 4)} ${CODE.slice(4)}\r\n`)).toEqual({ kind: 'code', code: CODE });
  });
  it('is a code with a mistake, or something else', () => {
    expect(readScan(`HP1:${WRONG}`)).toMatchObject({ kind: 'wrong', problem: { code: 'pickup-check-digit' } });
    for (const text of ['https://example.invalid/12345678', '', 'HC1:CH0303180042']) {
      expect(readScan(text)).toEqual({ kind: 'other' });
    }
  });
});

describe('the picture of the locker', () => {
  const cells = [0, 6].map((row) => ({ cell: `c${row}`, column: 1, row, width: 1, height: 6 }));
  const layout: LockerLayoutDto = { columns: 2, rows: 12, kioskSide: 'left', cells };
  it('keeps every door inside the body and apart from its neighbour', () => {
    const body = bodyBox('left');
    const [upper, lower] = cells.map((cell) => cellBox(layout, cell));
    if (upper === undefined || lower === undefined) throw new Error('two cells');
    expect(upper.y + upper.height).toBeLessThan(lower.y);
    expect(lower.y + lower.height).toBeLessThanOrEqual(body.y + body.height - 17);
    expect(upper.x + upper.width).toBeLessThanOrEqual(body.x + body.width - 17);
  });
  it('leaves the kiosk its side', () => {
    expect(bodyBox('left').x).toBeGreaterThan(150);
    expect(bodyBox('right').x + bodyBox('right').width).toBeLessThan(936 - 150);
  });
});
