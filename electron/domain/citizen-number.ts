import { err, ok, type Result } from '../../native/model/result.ts';
import { checkDateDigits } from './date.ts';
import { firstBadChar, problem, problemAt, type CodesOf, type FieldProblem } from './field-problem.ts';

/** A checked citizen identification number (GB 11643-1999). Personal data. */
export interface CitizenNumber {
  /** 18 characters, the last a digit or `X`. */
  readonly number: string;
  /** Region of first registration, six digits (GB/T 2260). Not looked up: regions come and go. */
  readonly regionCode: string;
  /** YYYY-MM-DD */
  readonly birthDate: string;
  readonly sex: 'male' | 'female';
}

export type CitizenNumberProblem = FieldProblem<CodesOf<'id'>>;

const LENGTH = 18;
/** Weights 2^(18-i) mod 11 and check characters by sum mod 11 (GB 11643-1999, ISO 7064 MOD 11-2). */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CHARACTERS = '10X98765432';

/** Check character of the first 17 digits. Throws when there are not exactly 17 digits: callers check first. */
export function citizenNumberCheck(first17: string): string {
  if (!/^\d{17}$/.test(first17)) throw new RangeError('17 digits expected');
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(first17[index]), 0);
  return CHECK_CHARACTERS.charAt(sum % 11);
}

/**
 * Checks a finished number: length, digits, a birth date that exists and is not after today, check character.
 * @param text upper-case, without spaces (see `normaliseField`)
 * @param todayISO today as YYYY-MM-DD
 * The right check character is never told: the mistake may as well be in another digit.
 */
export function checkCitizenNumber(text: string, todayISO: string): Result<CitizenNumber, CitizenNumberProblem> {
  const early = checkCitizenNumberPartial(text, todayISO);
  if (early !== null) return err(isOldNumber(text) ? problem('id-old-number', { length: text.length }) : early);
  if (text.length < LENGTH) {
    return err(problem('id-too-short', { length: text.length, missing: LENGTH - text.length }));
  }
  return ok({
    number: text,
    regionCode: text.slice(0, 6),
    birthDate: `${text.slice(6, 10)}-${text.slice(10, 12)}-${text.slice(12, 14)}`,
    sex: Number(text[16]) % 2 === 1 ? 'male' : 'female',
  });
}

/** Whether the text looks like a number of the kind with 15 digits (year with two digits), no longer valid since 2013. */
function isOldNumber(text: string): boolean {
  if (!/^[1-9]\d{14}$/.test(text)) return false;
  return checkDateDigits({ year: `19${text.slice(6, 8)}`, month: text.slice(8, 10), day: text.slice(10, 12) }) === null;
}

/** Checks a number while it is being typed: speaks up only when no further typing can make it right. */
export function checkCitizenNumberPartial(text: string, todayISO: string): CitizenNumberProblem | null {
  const bad = firstBadChar(text, (char, index) => /^\d$/.test(char) || (char === 'X' && index === LENGTH - 1));
  if (bad !== null) {
    if (bad.char === 'X') return problemAt('id-x-not-last', bad.range);
    return problemAt('id-not-digit', bad.range, { char: bad.char });
  }
  if (text.length > LENGTH) {
    return problemAt('id-too-long', [LENGTH, text.length], { length: text.length, extra: text.length - LENGTH });
  }
  if (text.startsWith('0')) return problemAt('id-starts-with-zero', [0, 1]);
  return checkBirth(text, todayISO) ?? checkLast(text);
}

function checkBirth(text: string, todayISO: string): CitizenNumberProblem | null {
  const digits = { year: text.slice(6, 10), month: text.slice(10, 12), day: text.slice(12, 14) };
  const fault = checkDateDigits(digits);
  if (fault?.part === 'year') return problemAt('id-year', [6, 6 + digits.year.length], { year: digits.year });
  if (fault?.part === 'month') return problemAt('id-month', [10, 10 + digits.month.length], { month: digits.month });
  if (fault?.part === 'day') {
    return problemAt('id-day', [12, 12 + digits.day.length], { ...fault.params, day: digits.day });
  }
  const birth = text.slice(6, 14);
  const today = todayISO.replaceAll('-', '').slice(0, birth.length);
  if (birth <= today) return null;
  return problemAt('id-birth-in-future', [6, 6 + birth.length], { birth, year: digits.year });
}

function checkLast(text: string): CitizenNumberProblem | null {
  if (text.length < LENGTH || citizenNumberCheck(text.slice(0, 17)) === text[17]) return null;
  return problemAt('id-check-digit', [17, 18], { last: text.charAt(17) });
}
