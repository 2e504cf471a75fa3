import { checkCitizenNumber, checkCitizenNumberPartial } from './citizen-number.ts';
import { checkCreditCode, checkCreditCodePartial } from './credit-code.ts';
import { ageOn, checkDate, checkDatePartial, compareDates, isIsoDate } from './date.ts';
import { firstBadChar, problem, problemAt, type FieldProblem } from './field-problem.ts';
import type { FieldLimits, FormField } from './item-pack.ts';
import { checkYuanPartial, formatFen, parseYuan } from './money.ts';
import { charactersOf } from './normal-text.ts';
import { checkPhone, checkPhonePartial } from './phone.ts';
import { isSigned, readSignature, SIGNED_BY_CARD } from './signature.ts';
import type { FormValues } from './case.ts';

/** What a field is checked against besides itself. */
export interface FieldContext {
  /** Today as YYYY-MM-DD by the kiosk's corrected clock. */
  readonly todayISO: string;
  /** The other answers of the form, for limits such as "not before the first day". */
  readonly values: FormValues;
  /**
   * False while a person is still typing: then only what no further typing can make right is reported.
   * True on Next and on the review.
   */
  readonly complete: boolean;
}

/** Limits that hold where a pack sets none. */
const DEFAULT_LENGTHS = {
  text: { min: 1, max: 200 },
  'person-name': { min: 2, max: 50 },
  address: { min: 5, max: 100 },
} as const;

/**
 * Checks one answer. The value is taken as it is, so that `wrong` fits what stands on the screen: bring it through
 * `normaliseTyping` on every key, and through `normaliseField` when the person goes on.
 * @returns the first mistake, or null. An empty answer is a mistake only when `complete` and the field is required.
 */
export function checkField(field: FormField, value: string, context: FieldContext): FieldProblem | null {
  if (value.trim() === '') return context.complete && field.required ? emptyProblem(field) : null;
  return RULES[field.kind](value, field, context);
}

type Rule = (value: string, field: FormField, context: FieldContext) => FieldProblem | null;

const RULES: Readonly<Record<FormField['kind'], Rule>> = {
  text: (value, field, context) => checkText('text', value, limitsOf(field), context.complete),
  address: (value, field, context) => checkText('address', value, limitsOf(field), context.complete),
  'person-name': (value, field, context) =>
    checkName(value) ?? checkLength('person-name', value, limitsOf(field), context.complete),
  'id-number': (value, field, context) => checkIdNumber(value, limitsOf(field), context),
  phone: (value, _field, context) => (context.complete ? problemOf(checkPhone(value)) : checkPhonePartial(value)),
  'credit-code': (value, _field, context) =>
    context.complete ? problemOf(checkCreditCode(value)) : checkCreditCodePartial(value),
  date: (value, field, context) => checkDateField(value, limitsOf(field), context),
  money: (value, field, context) => checkMoney(value, limitsOf(field), context.complete),
  integer: (value, field, context) => checkInteger(value, limitsOf(field), context.complete),
  choice: (value, field) =>
    field.choices?.some((choice) => choice.value === value) === true ? null : problem('choice-unknown'),
  consent: (value) => (value === 'yes' ? null : problem('consent-needed')),
  signature: checkSignature,
};

function limitsOf(field: FormField): FieldLimits {
  return field.limits ?? {};
}

function emptyProblem(field: FormField): FieldProblem {
  if (field.kind === 'choice') return problem('choice-needed');
  if (field.kind === 'signature') return problem('signature-needed');
  return problem(field.kind === 'consent' ? 'consent-needed' : 'required');
}

function checkSignature(value: string): FieldProblem | null {
  if (value === SIGNED_BY_CARD) return null;
  const signature = readSignature(value);
  if (signature === null) return problem('signature-needed');
  return isSigned(signature) ? null : problem('signature-too-short');
}

function problemOf(
  result: { readonly ok: true } | { readonly ok: false; readonly error: FieldProblem },
): FieldProblem | null {
  return result.ok ? null : result.error;
}

function checkText(
  kind: 'text' | 'address',
  value: string,
  limits: FieldLimits,
  complete: boolean,
): FieldProblem | null {
  const bad = firstBadChar(value, (char) => !/[\p{C}\uFFFD]/u.test(char));
  if (bad !== null) return problemAt('text-bad-char', bad.range);
  return checkLength(kind, value, limits, complete);
}

function checkLength(
  kind: keyof typeof DEFAULT_LENGTHS,
  value: string,
  limits: FieldLimits,
  complete: boolean,
): FieldProblem | null {
  const min = limits.minLength ?? DEFAULT_LENGTHS[kind].min;
  const max = limits.maxLength ?? DEFAULT_LENGTHS[kind].max;
  const chars = charactersOf(value);
  if (chars.length > max) {
    const from = chars.slice(0, max).join('').length;
    return problemAt('text-too-long', [from, value.length], { max, extra: chars.length - max });
  }
  const length = charactersOf(value.trim()).length;
  if (!complete || length >= min) return null;
  return problem(kind === 'person-name' ? 'name-too-short' : 'text-too-short', { min, length });
}

function checkName(value: string): FieldProblem | null {
  const bad = firstBadChar(value, (char) => /^[\p{L}\p{M}\p{Co}·' .-]$/u.test(char));
  if (bad === null) return null;
  if (/^\p{Nd}$/u.test(bad.char)) return problemAt('name-digit', bad.range, { char: bad.char });
  return problemAt('name-bad-char', bad.range, { char: bad.char });
}

function checkIdNumber(value: string, limits: FieldLimits, context: FieldContext): FieldProblem | null {
  if (!context.complete && value.length < 18) return checkCitizenNumberPartial(value, context.todayISO);
  const result = checkCitizenNumber(value, context.todayISO);
  return result.ok ? checkAge(result.value.birthDate, limits, context.todayISO) : result.error;
}

function checkDateField(value: string, limits: FieldLimits, context: FieldContext): FieldProblem | null {
  if (!context.complete && value.length < 10) return checkDatePartial(value);
  const result = checkDate(value);
  if (!result.ok) return result.error;
  const whole = [0, value.length] as const;
  for (const [limit, sign] of [
    [limits.notBefore, -1],
    [limits.notAfter, 1],
  ] as const) {
    if (limit === undefined) continue;
    const bound = limit === 'today' ? context.todayISO : (context.values[limit] ?? '');
    if (!isIsoDate(bound) || compareDates(value, bound) !== sign) continue;
    if (limit === 'today') {
      return problemAt(sign < 0 ? 'date-before-today' : 'date-after-today', whole, { date: value, limit: bound });
    }
    return problemAt(sign < 0 ? 'date-too-early' : 'date-too-late', whole, { date: value, limit: bound, other: limit });
  }
  if (limits.minAge === undefined && limits.maxAge === undefined) return null;
  return checkAge(value, limits, context.todayISO);
}

function checkAge(birthDate: string, limits: FieldLimits, todayISO: string): FieldProblem | null {
  const age = ageOn(birthDate, todayISO);
  if (limits.minAge !== undefined && age < limits.minAge) {
    return problem('age-too-young', { age: Math.max(0, age), min: limits.minAge });
  }
  if (limits.maxAge !== undefined && age > limits.maxAge) return problem('age-too-old', { age, max: limits.maxAge });
  return null;
}

function checkMoney(value: string, limits: FieldLimits, complete: boolean): FieldProblem | null {
  const early = checkYuanPartial(value);
  if (early !== null) return early;
  const result = parseYuan(value);
  if (!result.ok) return complete ? result.error : null;
  const fenOf = (yuan: number): number => Math.round(yuan * 100);
  const written = (yuan: number): string => formatFen(fenOf(yuan)).replace(/\.00$/, '');
  // More digits only make an amount larger, so too large is final and too small is not.
  if (limits.max !== undefined && result.value > fenOf(limits.max)) {
    return problemAt('money-too-large', [0, value.length], { max: written(limits.max) });
  }
  if (complete && limits.min !== undefined && result.value < fenOf(limits.min)) {
    return problemAt('money-too-small', [0, value.length], { min: written(limits.min) });
  }
  return null;
}

function checkInteger(value: string, limits: FieldLimits, complete: boolean): FieldProblem | null {
  const bad = firstBadChar(value, (char) => /^\d$/.test(char));
  if (bad !== null) return problemAt('integer-bad-char', bad.range, { char: bad.char });
  const max = limits.max ?? Number.MAX_SAFE_INTEGER;
  const number = Number(value);
  if (number > max) return problemAt('integer-too-large', [0, value.length], { max });
  if (complete && limits.min !== undefined && number < limits.min) {
    return problemAt('integer-too-small', [0, value.length], { min: limits.min });
  }
  return null;
}
