/**
 * Everything that can be wrong with one typed answer. Texts stand in `assets/locales/<language>/fields.json` under
 * `field.<code>.title` (what is wrong) and `field.<code>.help` (what to do).
 */
export const FIELD_PROBLEM_CODES = [
  'required',
  'choice-needed',
  'consent-needed',
  'choice-unknown',
  'signature-needed',
  'signature-too-short',
  'text-too-short',
  'text-too-long',
  'text-bad-char',
  'name-digit',
  'name-bad-char',
  'name-too-short',
  'id-not-digit',
  'id-x-not-last',
  'id-starts-with-zero',
  'id-year',
  'id-month',
  'id-day',
  'id-birth-in-future',
  'id-too-short',
  'id-too-long',
  'id-old-number',
  'id-check-digit',
  'age-too-young',
  'age-too-old',
  'phone-not-digit',
  'phone-start',
  'phone-second-digit',
  'phone-area-code',
  'phone-too-short',
  'phone-too-long',
  'credit-letter-not-used',
  'credit-bad-char',
  'credit-not-digit',
  'credit-too-short',
  'credit-too-long',
  'credit-check-digit',
  'date-not-a-date',
  'date-year',
  'date-month',
  'date-day',
  'date-incomplete',
  'date-too-early',
  'date-too-late',
  'date-before-today',
  'date-after-today',
  'money-bad-char',
  'money-two-points',
  'money-decimals',
  'money-incomplete',
  'money-too-small',
  'money-too-large',
  'integer-bad-char',
  'integer-too-small',
  'integer-too-large',
  'pickup-not-digit',
  'pickup-too-short',
  'pickup-too-long',
  'pickup-check-digit',
] as const;

export type FieldProblemCode = (typeof FIELD_PROBLEM_CODES)[number];

/**
 * A range of the checked text, `[from, to)` in UTF-16 units as for `String.slice`. It never splits a character.
 */
export type TextRange = readonly [from: number, to: number];

/** What is wrong with an answer, in terms that a screen can say and show. */
export interface FieldProblem<C extends FieldProblemCode = FieldProblemCode> {
  readonly code: C;
  /** Values for the text, e.g. `{ month: '13', from: 11, to: 12 }`. Positions in params count from 1, both ends included. */
  readonly params: Readonly<Record<string, string | number>>;
  /** The characters to underline; absent when the mistake has no place. */
  readonly wrong?: TextRange;
}

/** Builds a problem without a place. */
export function problem<C extends FieldProblemCode>(
  code: C,
  params: Readonly<Record<string, string | number>> = {},
): FieldProblem<C> {
  return { code, params };
}

/** Builds a problem at `[from, to)`; adds the positions as people count them (`from`, `to` from 1, inclusive) to params. */
export function problemAt<C extends FieldProblemCode>(
  code: C,
  wrong: TextRange,
  params: Readonly<Record<string, string | number>> = {},
): FieldProblem<C> {
  return { code, params: { from: wrong[0] + 1, to: wrong[1], ...params }, wrong };
}

/** Problem codes that begin with a prefix and a hyphen, e.g. `CodesOf<'id'>`. */
export type CodesOf<P extends string> = Extract<FieldProblemCode, `${P}-${string}`>;

/** First character of `text` that fails `test`, with its place; null when all pass. */
export function firstBadChar(
  text: string,
  test: (char: string, index: number) => boolean,
): { readonly char: string; readonly range: TextRange } | null {
  let index = 0;
  for (const char of text) {
    if (!test(char, index)) return { char, range: [index, index + char.length] };
    index += char.length;
  }
  return null;
}
