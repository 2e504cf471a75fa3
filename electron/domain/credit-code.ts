import { err, ok, type Result } from '../../native/model/result.ts';
import { firstBadChar, problem, problemAt, type CodesOf, type FieldProblem } from './field-problem.ts';

/** A checked unified social credit code (GB 32100-2015). */
export interface CreditCode {
  /** 18 characters. */
  readonly code: string;
  /** Division of the registering authority, six digits. */
  readonly divisionCode: string;
  /** Organisation code, nine characters (GB 11714). */
  readonly organisationCode: string;
}

export type CreditCodeProblem = FieldProblem<CodesOf<'credit'>>;

/** Characters of a credit code by value (GB 32100-2015): no I, O, S, V, Z. */
export const CREDIT_CODE_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const LENGTH = 18;

/** Check character of the first 17 characters. Throws when they are not 17 characters of the alphabet. */
export function creditCodeCheck(first17: string): string {
  if (first17.length !== LENGTH - 1) throw new RangeError('17 characters expected');
  let sum = 0;
  let weight = 1; // 3^(i-1) mod 31
  for (const char of first17) {
    const value = CREDIT_CODE_ALPHABET.indexOf(char);
    if (value < 0) throw new RangeError('not a character of a credit code');
    sum += value * weight;
    weight = (weight * 3) % 31;
  }
  return CREDIT_CODE_ALPHABET.charAt((31 - (sum % 31)) % 31);
}

/** Checks a finished code (upper-case, without spaces): length, alphabet, digits of the division, check character. */
export function checkCreditCode(text: string): Result<CreditCode, CreditCodeProblem> {
  const early = checkCreditCodePartial(text);
  if (early !== null) return err(early);
  if (text.length < LENGTH) {
    return err(problem('credit-too-short', { length: text.length, missing: LENGTH - text.length }));
  }
  return ok({ code: text, divisionCode: text.slice(2, 8), organisationCode: text.slice(8, 17) });
}

/** Checks a code while it is being typed: speaks up only when no further typing can make it right. */
export function checkCreditCodePartial(text: string): CreditCodeProblem | null {
  const bad = firstBadChar(text, (char) => CREDIT_CODE_ALPHABET.includes(char));
  if (bad !== null) {
    const code = /^[IOSVZ]$/.test(bad.char) ? 'credit-letter-not-used' : 'credit-bad-char';
    return problemAt(code, bad.range, { char: bad.char });
  }
  if (text.length > LENGTH) {
    return problemAt('credit-too-long', [LENGTH, text.length], { length: text.length, extra: text.length - LENGTH });
  }
  const letter = /[A-Z]/.exec(text.slice(2, 8));
  if (letter !== null) {
    const index = 2 + letter.index;
    return problemAt('credit-not-digit', [index, index + 1], { char: text.charAt(index) });
  }
  if (text.length < LENGTH || creditCodeCheck(text.slice(0, 17)) === text[17]) return null;
  return problemAt('credit-check-digit', [17, 18], { last: text.charAt(17) });
}
