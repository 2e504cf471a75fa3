import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Code128Run } from './code128.ts';
import {
  code128Data,
  code128Modules,
  code128Runs,
  code128Values,
  code128Widths,
  fitsCode128,
  safeCode128Runs,
} from './code128.ts';

const text = fc.stringMatching(/^[ -~]{1,24}$/);
const digits = fc.stringMatching(/^[0-9]{1,24}$/);

/** Reads bars back by the sums of their widths: bar, gap, bar, gap, bar, gap of 11 modules. */
function read(widths: readonly number[]): number[] {
  const table = new Map<string, number>();
  // One code of every value of set B and the switches between the sets gives every pattern but C's own pairs.
  for (let value = 0; value < 95; value += 1) {
    const runs: Code128Run[] = [{ set: 'B', text: String.fromCharCode(value + 32) }];
    table.set(code128Widths(runs).slice(6, 12).join(''), value);
  }
  for (let value = 0; value < 100; value += 1) {
    const runs: Code128Run[] = [{ set: 'C', text: String(value).padStart(2, '0') }];
    table.set(code128Widths(runs).slice(6, 12).join(''), value);
  }
  const switched = code128Widths([
    { set: 'B', text: 'A' },
    { set: 'C', text: '00' },
    { set: 'B', text: 'A' },
  ]);
  table.set(switched.slice(12, 18).join(''), 99);
  table.set(switched.slice(24, 30).join(''), 100);
  const values: number[] = [];
  for (let at = 6; at < widths.length - 13; at += 6) {
    values.push(table.get(widths.slice(at, at + 6).join('')) ?? -1);
  }
  return values;
}

describe('Code 128', () => {
  it('has the check symbol of the standard’s example', () => {
    expect(code128Values([{ set: 'B', text: 'PJJ123C' }]).at(-1)).toBe(55);
  });

  it.each([
    ['12', 'C12'],
    ['123', 'B123'],
    ['1234', 'C1234'],
    ['12345', 'C1234 B5'],
    ['A12345', 'BA1 C2345'],
    ['A12345B', 'BA12345B'],
    ['A123456B', 'BA C123456 BB'],
    ['CH03031800427', 'BCH0 C3031800427'],
  ])('divides %s into %s', (data, sets) => {
    expect(
      code128Runs(data)
        .map((run) => run.set + run.text)
        .join(' '),
    ).toBe(sets);
  });

  it('says the whole text, in as many modules as it says', () => {
    fc.assert(
      fc.property(fc.oneof(text, digits), (data) => {
        const runs = code128Runs(data);
        expect(runs.map((run) => run.text).join('')).toBe(data);
        for (const run of runs) if (run.set === 'C') expect(run.text).toMatch(/^(\d\d)+$/u);
        const widths = code128Widths(runs);
        expect(widths.reduce((sum, width) => sum + width, 0)).toBe(code128Modules(runs));
        expect(read(widths)).toEqual(code128Values(runs).slice(1, -1));
      }),
    );
  });

  it('never sends a real-time command', () => {
    const dangerous = fc.array(fc.constantFrom('16', '04', '05', '20', '07'), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          digits,
          dangerous.map((pairs) => pairs.join('')),
        ),
        (data) => {
          const runs = safeCode128Runs(data);
          expect(runs.map((run) => run.text).join('')).toBe(data);
          const bytes = code128Data(runs);
          expect(bytes).not.toBeNull();
          expect(bytes?.some((byte, at) => byte === 0x10 && [0x04, 0x05, 0x14].includes(bytes[at + 1] ?? 0))).toBe(
            false,
          );
        },
      ),
    );
    expect(code128Data(code128Runs('160400'))).toBeNull();
    expect(safeCode128Runs('160400')).toEqual([{ set: 'B', text: '160400' }]);
  });

  it('writes a brace twice and names the sets', () => {
    expect(
      code128Data([
        { set: 'B', text: 'a{' },
        { set: 'C', text: '0299' },
      ]),
    ).toEqual([0x7b, 0x42, 0x61, 0x7b, 0x7b, 0x7b, 0x43, 2, 99]);
  });

  it('takes printable ASCII only', () => {
    expect(['A1', '', '测', 'a\n', 'x'.repeat(81)].map(fitsCode128)).toEqual([true, false, false, false, false]);
  });
});
