import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIELD_PROBLEM_CODES } from './field-problem.ts';
import { checkField } from './field-rules.ts';
import type { FieldKind, FormField } from './item-pack.ts';
import { normaliseField, normaliseTyping } from './normalise.ts';

const TODAY = '2026-03-18';
const text = { 'zh-CN': '测试', en: 'Test' };
const KINDS: readonly FieldKind[] = [
  'text',
  'person-name',
  'id-number',
  'phone',
  'credit-code',
  'address',
  'date',
  'money',
  'integer',
  'choice',
  'consent',
];

function field(kind: FieldKind, more: Partial<FormField> = {}): FormField {
  return { id: 'it', kind, question: text, label: text, help: text, required: true, ...more };
}

const finished = (of: FormField, value: string, values = {}): unknown => {
  const found = checkField(of, value, { todayISO: TODAY, values, complete: true });
  return found === null ? null : [found.code, found.wrong];
};
const typing = (of: FormField, value: string): unknown =>
  checkField(of, value, { todayISO: TODAY, values: {}, complete: false })?.code ?? null;

describe('checkField', () => {
  it('asks for what is required only when the person goes on', () => {
    expect(finished(field('text'), ' ')).toEqual(['required', undefined]);
    expect(finished(field('choice', { choices: [] }), '')).toEqual(['choice-needed', undefined]);
    expect(finished(field('consent'), '')).toEqual(['consent-needed', undefined]);
    expect(finished(field('text', { required: false }), '')).toBeNull();
    for (const kind of KINDS) expect(typing(field(kind), '')).toBeNull();
  });

  it('checks lengths in characters', () => {
    const short = field('text', { limits: { minLength: 2, maxLength: 3 } });
    expect(finished(short, '𠮷')).toEqual(['text-too-short', undefined]);
    expect(typing(short, '𠮷')).toBeNull();
    expect(finished(short, '𠮷𠮷𠮷')).toBeNull();
    expect(finished(short, '𠮷𠮷𠮷𠮷')).toEqual(['text-too-long', [6, 8]]);
    expect(finished(field('address'), '一号楼')).toEqual(['text-too-short', undefined]);
    expect(finished(field('text'), 'a\u0007b')).toEqual(['text-bad-char', [1, 2]]);
  });

  it('checks names', () => {
    for (const name of ['林测夏', '阿测·热测曼', "Test O'Person", '𠮷测'])
      expect(finished(field('person-name'), name)).toBeNull();
    expect(finished(field('person-name'), '林2夏')).toEqual(['name-digit', [1, 2]]);
    expect(finished(field('person-name'), '林@夏')).toEqual(['name-bad-char', [1, 2]]);
    expect(finished(field('person-name'), '林')).toEqual(['name-too-short', undefined]);
  });

  it('checks ages on dates and ID numbers', () => {
    const senior = { limits: { minAge: 60, maxAge: 110 } };
    expect(finished(field('date', senior), '1966-03-18')).toBeNull();
    expect(finished(field('date', senior), '1966-03-19')).toEqual(['age-too-young', undefined]);
    expect(finished(field('date', senior), '1915-03-18')).toEqual(['age-too-old', undefined]);
    expect(finished(field('id-number', senior), '990001199003070028')).toEqual(['age-too-young', undefined]);
    expect(finished(field('id-number'), '990001199003070028')).toBeNull();
  });

  it('compares dates with other answers and with today', () => {
    const end = field('date', { limits: { notBefore: 'start' } });
    expect(finished(end, '2026-04-01', { start: '2026-04-01' })).toBeNull();
    expect(finished(end, '2026-03-31', { start: '2026-04-01' })).toEqual(['date-too-early', [0, 10]]);
    expect(finished(end, '2026-03-31', { start: '' })).toBeNull();
    expect(finished(field('date', { limits: { notAfter: 'end' } }), '2026-04-02', { end: '2026-04-01' })).toEqual([
      'date-too-late',
      [0, 10],
    ]);
    expect(finished(field('date', { limits: { notAfter: 'today' } }), '2026-03-19')).toEqual([
      'date-after-today',
      [0, 10],
    ]);
    expect(finished(field('date', { limits: { notBefore: 'today' } }), '2026-03-17')).toEqual([
      'date-before-today',
      [0, 10],
    ]);
  });

  it('checks amounts and counts', () => {
    const rent = field('money', { limits: { min: 1, max: 100_000 } });
    expect(finished(rent, '2600.00')).toBeNull();
    expect(finished(rent, '0.99')).toEqual(['money-too-small', [0, 4]]);
    expect(typing(rent, '0')).toBeNull();
    expect(typing(rent, '100000.01')).toBe('money-too-large');
    const area = field('integer', { limits: { min: 5, max: 1000 } });
    expect(finished(area, '89')).toBeNull();
    expect(finished(area, '89.5')).toEqual(['integer-bad-char', [2, 3]]);
    expect(typing(area, '4')).toBeNull();
    expect(finished(area, '4')).toEqual(['integer-too-small', [0, 1]]);
    expect(typing(area, '1001')).toBe('integer-too-large');
  });

  it('takes only listed choices', () => {
    const role = field('choice', { choices: [{ value: 'tenant', label: text }] });
    expect(finished(role, 'tenant')).toBeNull();
    expect(finished(role, 'other')).toEqual(['choice-unknown', undefined]);
    expect(finished(field('consent'), 'yes')).toBeNull();
    expect(finished(field('consent'), 'no')).toEqual(['consent-needed', undefined]);
  });

  it('never throws; names a known code; underlines inside the value', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...KINDS),
        fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[0-9X.-]{0,20}$/)),
        fc.boolean(),
        (kind, value, complete) => {
          const found = checkField(field(kind), value, { todayISO: TODAY, values: {}, complete });
          if (found === null) return;
          expect(FIELD_PROBLEM_CODES).toContain(found.code);
          if (found.wrong === undefined) return;
          expect(found.wrong[0]).toBeLessThan(found.wrong[1]);
          expect(found.wrong[1]).toBeLessThanOrEqual(value.length);
        },
      ),
    );
  });

  it('never refuses while typing what it takes when finished', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...KINDS),
        fc.stringMatching(/^[0-9X.-]{0,18}$/),
        fc.nat(18),
        (kind, value, length) => {
          const context = { todayISO: TODAY, values: {} };
          if (checkField(field(kind), value, { ...context, complete: true }) !== null) return;
          expect(checkField(field(kind), value.slice(0, length), { ...context, complete: false })).toBeNull();
        },
      ),
    );
  });
});

describe('normalise', () => {
  it('writes a date on a keypad of digits, key by key', () => {
    const after = (keys: string): string => {
      let shown = '';
      for (const key of keys) shown = normaliseTyping({ kind: 'date' }, shown + key);
      return shown;
    };
    expect(after('20260401')).toBe('2026-04-01');
    expect(after('2026-4-1')).toBe('2026-04-1');
    expect(after('2026年4月')).toBe('2026-04-');
    expect(after('202613')).toBe('2026-13');
    expect(typing(field('date'), after('2026/04'))).toBeNull();
  });

  it.each([
    ['id-number', '９９０００１ 19900307 002x', '99000119900307002X'],
    ['phone', '+86 138-0000-0024', '13800000024'],
    ['phone', '（0571）0000 0024', '057100000024'],
    ['credit-code', '9199 0001 ma00 0000 1r', '91990001MA0000001R'],
    ['date', '2026年4月1日', '2026-04-01'],
    ['date', '2026/4/1', '2026-04-01'],
    ['date', '20261301', '2026-13-01'],
    ['date', '２０２６．４．１', '2026-04-01'],
    ['money', '￥2,600', '2600.00'],
    ['money', '2600.5元', '2600.50'],
    ['money', 'abc', 'abc'],
    ['integer', ' 089 ', '89'],
    ['integer', '0', '0'],
    ['person-name', ' 林 测夏 ', '林测夏'],
    ['person-name', '阿测•热测曼', '阿测·热测曼'],
    ['person-name', 'Test   Person ', 'Test Person'],
    ['address', '望溪路１８号（３幢）', '望溪路18号（3幢）'],
  ] as const)('%s %s: %s', (kind, typed, stored) => {
    expect(normaliseField({ kind }, typed)).toBe(stored);
  });

  it('changes nothing the second time, and typing first changes nothing either', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...KINDS),
        fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[0-9０-９ .,/年月日·林x+()-]{0,14}$/)),
        (kind, value) => {
          const once = normaliseField({ kind }, value);
          expect(normaliseField({ kind }, once)).toBe(once);
          const typed = normaliseTyping({ kind }, value);
          expect(normaliseTyping({ kind }, typed)).toBe(typed);
          expect(normaliseField({ kind }, typed)).toBe(once);
        },
      ),
    );
  });
});
