import { err, ok, type Result } from '../../native/model/result.ts';
import { firstBadChar, problem, problemAt, type CodesOf, type FieldProblem } from './field-problem.ts';

/** A checked telephone number of the mainland, digits only. Personal data. */
export interface PhoneNumber {
  readonly kind: 'mobile' | 'landline';
  readonly number: string;
  /** Area code of a landline with its 0, else empty. */
  readonly areaCode: string;
}

export type PhoneProblem = FieldProblem<CodesOf<'phone'>>;

const MOBILE_LENGTH = 11;

/** Length of the area code a landline begins with: 010 and 02x have three digits, the others four. */
function areaCodeLength(text: string): 3 | 4 {
  return text.startsWith('010') || text.startsWith('02') ? 3 : 4;
}

/** Fewest and most digits: three-digit areas have 8-digit numbers, the others 7 or 8. */
function lengthsOf(text: string): { readonly min: number; readonly max: number } {
  if (!text.startsWith('0')) return { min: MOBILE_LENGTH, max: MOBILE_LENGTH };
  return areaCodeLength(text) === 3 ? { min: 11, max: 11 } : { min: 11, max: 12 };
}

/** Checks a finished number (digits only): a mobile number (11 digits, 1[3-9]) or a landline with its area code. */
export function checkPhone(text: string): Result<PhoneNumber, PhoneProblem> {
  const early = checkPhonePartial(text);
  if (early !== null) return err(early);
  const { min } = lengthsOf(text);
  if (text.length < min)
    return err(problem('phone-too-short', { length: text.length, missing: min - text.length, min }));
  if (text.startsWith('1')) return ok({ kind: 'mobile', number: text, areaCode: '' });
  return ok({ kind: 'landline', number: text, areaCode: text.slice(0, areaCodeLength(text)) });
}

/** Checks a number while it is being typed: speaks up only when no further typing can make it right. */
export function checkPhonePartial(text: string): PhoneProblem | null {
  const bad = firstBadChar(text, (char) => /^\d$/.test(char));
  if (bad !== null) return problemAt('phone-not-digit', bad.range, { char: bad.char });
  if (/^[2-9]/.test(text)) return problemAt('phone-start', [0, 1], { digit: text.charAt(0) });
  if (/^1[0-2]/.test(text)) return problemAt('phone-second-digit', [1, 2], { digit: text.charAt(1) });
  const area = /^0(0|1[1-9])/.exec(text);
  if (area !== null) return problemAt('phone-area-code', [0, area[0].length], { area: area[0] });
  const { max } = lengthsOf(text);
  if (text.length <= max) return null;
  return problemAt('phone-too-long', [max, text.length], { length: text.length, extra: text.length - max, max });
}
