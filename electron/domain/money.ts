import { err, ok, type Result } from '../../native/model/result.ts';
import { firstBadChar, problem, problemAt, type CodesOf, type FieldProblem } from './field-problem.ts';
import type { Language } from './text.ts';

export type MoneyProblem = FieldProblem<CodesOf<'money'>>;

/** Most digits before the point; keeps every amount in fen a safe integer. */
const MAX_YUAN_DIGITS = 12;

/**
 * Reads an amount in yuan (`2600`, `2600.5`, `2600.00`) as whole fen. Never goes through a fraction.
 */
export function parseYuan(text: string): Result<number, MoneyProblem> {
  const early = checkYuanPartial(text);
  if (early !== null) return err(early);
  const [yuan = '', decimals] = text.split('.');
  if (yuan === '' || decimals === '') return err(problem('money-incomplete'));
  return ok(Number(yuan) * 100 + Number((decimals ?? '').padEnd(2, '0')));
}

/** Checks an amount while it is being typed: speaks up only when no further typing can make it right. */
export function checkYuanPartial(text: string): MoneyProblem | null {
  const bad = firstBadChar(text, (char) => /^[\d.]$/.test(char));
  if (bad !== null) return problemAt('money-bad-char', bad.range, { char: bad.char });
  const point = text.indexOf('.');
  const second = point < 0 ? -1 : text.indexOf('.', point + 1);
  if (second >= 0) return problemAt('money-two-points', [second, second + 1]);
  if (point === 0) return problemAt('money-incomplete', [0, 1]);
  if (point > 0 && text.length - point - 1 > 2) return problemAt('money-decimals', [point + 3, text.length]);
  const digits = (point < 0 ? text : text.slice(0, point)).replace(/^0+/, '');
  if (digits.length > MAX_YUAN_DIGITS) return problem('money-too-large', { max: '9'.repeat(MAX_YUAN_DIGITS) });
  return null;
}

/** Fen as the stored text in yuan: `260000` -> `2600.00`. `fen` is a whole number from 0. */
export function formatFen(fen: number): string {
  assertFen(fen);
  const digits = String(fen).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Fen for people: `2,600 元`, `2,600.50 yuan`. Whole yuan have no decimals. */
export function formatYuan(fen: number, language: Language): string {
  return `${groupedYuan(fen)} ${language === 'zh-CN' ? '元' : 'yuan'}`;
}

/** Fen as a figure with thousands commas and no unit: `2,600`, `2,600.50`. */
export function groupedYuan(fen: number): string {
  const [yuan = '', decimals = ''] = formatFen(fen).split('.');
  const grouped = yuan.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return decimals === '00' ? grouped : `${grouped}.${decimals}`;
}

function assertFen(fen: number): void {
  if (!Number.isSafeInteger(fen) || fen < 0) throw new RangeError('fen must be a whole number from 0');
}
