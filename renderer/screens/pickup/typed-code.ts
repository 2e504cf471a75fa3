import type { FieldProblem } from '../../../electron/domain/field-problem.ts';
import {
  checkPickupCodePartial,
  normalisePickupCode,
  parsePickupCode,
  PICKUP_CODE_LENGTH,
} from '../../../electron/domain/pickup-code.ts';

/** What came from the scanner: a code, a code with a mistake, or something that is no pick-up code at all. */
export type Scan =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'wrong'; readonly code: string; readonly problem: FieldProblem }
  | { readonly kind: 'other' };

/** Reads a scan. Anything that is not digits (with or without the prefix) is something else, e.g. a web address. */
export function readScan(text: string): Scan {
  const code = normalisePickupCode(text);
  if (!/^\d{1,12}$/.test(code)) return { kind: 'other' };
  const parsed = parsePickupCode(text);
  return parsed.ok ? { kind: 'code', code: parsed.value } : { kind: 'wrong', code, problem: parsed.error };
}

/** One more digit; further ones than eight are not taken. */
export function withDigit(code: string, digit: string): string {
  return code.length >= PICKUP_CODE_LENGTH ? code : code + digit;
}

/** The mistake to show: while typing only what no further typing can mend; `asked` also what is missing. */
export function mistakeIn(code: string, asked: boolean): FieldProblem | null {
  if (!asked) return checkPickupCodePartial(code);
  const parsed = parsePickupCode(code);
  return parsed.ok ? null : parsed.error;
}
