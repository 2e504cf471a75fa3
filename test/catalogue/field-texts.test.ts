import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInstance } from 'i18next';
import { describe, expect, it } from 'vitest';
import { FIELD_PROBLEM_CODES, type FieldProblem, type FieldProblemCode } from '../../electron/domain/field-problem.ts';
import { checkField } from '../../electron/domain/field-rules.ts';
import type { FieldKind, FieldLimits } from '../../electron/domain/item-pack.ts';
import { parsePickupCode } from '../../electron/domain/pickup-code.ts';
import { LANGUAGES } from '../../electron/domain/text.ts';

const TODAY = '2026-03-18';
const text = { 'zh-CN': '测试', en: 'Test' };

interface FieldTexts {
  readonly field: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

function load(language: string): FieldTexts {
  const path = join(import.meta.dirname, '..', '..', 'assets', 'locales', language, 'fields.json');
  return JSON.parse(readFileSync(path, 'utf8')) as FieldTexts;
}

function found(kind: FieldKind, value: string, limits: FieldLimits = {}, values = {}): FieldProblem | null {
  const choices = [{ value: 'a', label: text }];
  const field = { id: 'it', kind, question: text, label: text, help: text, required: true, limits, choices };
  return checkField(field, value, { todayISO: TODAY, values, complete: true });
}

function pickup(typed: string): FieldProblem | null {
  const result = parsePickupCode(typed);
  return result.ok ? null : result.error;
}

/** A real mistake of each kind, as the rules find it. */
const EXAMPLES: Readonly<Record<FieldProblemCode, FieldProblem | null>> = {
  required: found('text', ''),
  'choice-needed': found('choice', ''),
  'consent-needed': found('consent', ''),
  'choice-unknown': found('choice', 'b'),
  'signature-needed': found('signature', ''),
  'signature-too-short': found('signature', 'sig1;800,300;5.5 1.0;'),
  'text-too-short': found('text', '一', { minLength: 2 }),
  'text-too-long': found('text', '一二三', { maxLength: 2 }),
  'text-bad-char': found('text', '一\u0000'),
  'name-digit': found('person-name', '林2夏'),
  'name-bad-char': found('person-name', '林@夏'),
  'name-too-short': found('person-name', '林'),
  'id-not-digit': found('id-number', '99000A'),
  'id-x-not-last': found('id-number', '9900X'),
  'id-starts-with-zero': found('id-number', '0'),
  'id-year': found('id-number', '9900011899'),
  'id-month': found('id-number', '33010019901307002X'),
  'id-day': found('id-number', '99000119900230'),
  'id-birth-in-future': found('id-number', '99000120260319'),
  'id-too-short': found('id-number', '9900011990'),
  'id-too-long': found('id-number', '9900011990030700281'),
  'id-old-number': found('id-number', '990001900307002'),
  'id-check-digit': found('id-number', '990001199003070027'),
  'age-too-young': found('date', '1990-03-07', { minAge: 60 }),
  'age-too-old': found('date', '1990-03-07', { maxAge: 30 }),
  'phone-not-digit': found('phone', '138a'),
  'phone-start': found('phone', '8'),
  'phone-second-digit': found('phone', '12'),
  'phone-area-code': found('phone', '00'),
  'phone-too-short': found('phone', '138'),
  'phone-too-long': found('phone', '138000000241'),
  'credit-letter-not-used': found('credit-code', '9199O'),
  'credit-bad-char': found('credit-code', '91-'),
  'credit-not-digit': found('credit-code', '9199A'),
  'credit-too-short': found('credit-code', '9199'),
  'credit-too-long': found('credit-code', '91990001MA000002451'),
  'credit-check-digit': found('credit-code', '91990001MA00000244'),
  'date-not-a-date': found('date', '2026/'),
  'date-year': found('date', '1800-01-01'),
  'date-month': found('date', '2026-13-01'),
  'date-day': found('date', '2026-02-30'),
  'date-incomplete': found('date', '2026-02'),
  'date-too-early': found('date', '2026-02-01', { notBefore: 'from' }, { from: '2026-02-02' }),
  'date-too-late': found('date', '2026-02-03', { notAfter: 'to' }, { to: '2026-02-02' }),
  'date-before-today': found('date', '2026-03-17', { notBefore: 'today' }),
  'date-after-today': found('date', '2026-03-19', { notAfter: 'today' }),
  'money-bad-char': found('money', '1a'),
  'money-two-points': found('money', '1..'),
  'money-decimals': found('money', '1.234'),
  'money-incomplete': found('money', '1.'),
  'money-too-small': found('money', '1', { min: 2 }),
  'money-too-large': found('money', '3', { max: 2 }),
  'integer-bad-char': found('integer', '1.5'),
  'integer-too-small': found('integer', '1', { min: 2 }),
  'integer-too-large': found('integer', '3', { max: 2 }),
  'pickup-not-digit': pickup('12a'),
  'pickup-too-short': pickup('12'),
  'pickup-too-long': pickup('123456789'),
  'pickup-check-digit': pickup('12345678'),
};

describe('texts of field problems', () => {
  it.each(FIELD_PROBLEM_CODES)('the rules find %s', (code) => {
    expect(EXAMPLES[code]?.code).toBe(code);
  });

  it.each(LANGUAGES)('%s has title and help of each code, and no others', (language) => {
    const { field } = load(language);
    expect(Object.keys(field).sort()).toEqual([...FIELD_PROBLEM_CODES].sort());
    for (const texts of Object.values(field)) expect(Object.keys(texts)).toEqual(['title', 'help']);
  });

  it.each(LANGUAGES)('%s reads whole with the values of a real mistake', async (language) => {
    const i18n = createInstance();
    await i18n.init({ lng: language, resources: { [language]: { translation: load(language) } } });
    const faults: string[] = [];
    for (const code of FIELD_PROBLEM_CODES) {
      const params = EXAMPLES[code]?.params ?? {};
      for (const part of ['title', 'help']) {
        const said = i18n.t(`field.${code}.${part}`, { ...params, interpolation: { escapeValue: false } });
        if (/undefined|\{\{|^field\.|^$/.test(said)) faults.push(`${code}.${part}: ${said}`);
        for (const hit of (load(language).field[code]?.[part] ?? '').matchAll(/\{\{(\w+)\}\}/g)) {
          if (!((hit[1] ?? '') in params)) faults.push(`${code}.${part}: no value ${hit[1]}`);
        }
      }
    }
    expect(faults).toEqual([]);
  });

  it('names a month written as 13', async () => {
    const i18n = createInstance();
    await i18n.init({ lng: 'zh-CN', resources: { 'zh-CN': { translation: load('zh-CN') } } });
    expect(i18n.t('field.id-month.title', EXAMPLES['id-month']?.params ?? {})).toBe('出生月份写成了 13');
  });

  it('says nothing vague', () => {
    for (const texts of Object.values(load('zh-CN').field)) {
      for (const words of Object.values(texts)) expect(words).not.toMatch(/等|必要时|格式错误|[,;!?]/);
    }
  });
});
