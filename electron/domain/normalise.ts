import type { FieldKind } from './item-pack.ts';
import { formatFen, parseYuan } from './money.ts';
import { compactCode, toHalfWidth, toHalfWidthWords } from './normal-text.ts';

/** Only the kind matters, so that single inputs outside a form can use it too. */
type Kinded = { readonly kind: FieldKind };

const cleanWords = (value: string): string => toHalfWidthWords(value).replaceAll(/\s+/g, ' ').trimStart();
const keep = (value: string): string => value;

const TYPING: Readonly<Record<FieldKind, (value: string) => string>> = {
  'id-number': compactCode,
  'credit-code': compactCode,
  phone: (value) =>
    compactCode(value)
      .replaceAll(/[()]/g, '')
      .replace(/^(?:\+|00)86/, ''),
  money: (value) =>
    toHalfWidth(value)
      .replaceAll(/[\s,\u00A5\uFFE5]/g, '')
      .replaceAll('。', '.'),
  integer: (value) => toHalfWidth(value).replaceAll(/[\s,]/g, ''),
  date: typeDate,
  'person-name': (value) => cleanWords(value.replaceAll(/[•‧∙・⋅●]/g, '·')),
  text: cleanWords,
  address: cleanWords,
  choice: keep,
  consent: keep,
  signature: keep,
};

const FINISHED: Readonly<Partial<Record<FieldKind, (value: string) => string>>> = {
  date: finishDate,
  money: finishMoney,
  integer: (value) => (/^\d+$/.test(value) ? value.replace(/^0+(?=\d)/, '') : value),
  'person-name': (value) => value.replaceAll(/(?<=\p{Script=Han}|·) +(?=\p{Script=Han}|·)/gu, ''),
};

/**
 * Cleans a value while it is being typed or pasted: full-width to half-width, capital X, no spaces in numbers.
 * Never takes away what the next key may need, so it is safe on every keystroke.
 */
export function normaliseTyping(field: Kinded, value: string): string {
  return TYPING[field.kind](value);
}

/**
 * Brings a finished value to the form in which it is checked and stored: dates `YYYY-MM-DD` (also from 2026/4/1,
 * 2026年4月1日, 20260401), money with two decimals, names without stray spaces. What it cannot read stays as it is, for
 * `checkField` to say what is wrong. Applying it twice changes nothing.
 */
export function normaliseField(field: Kinded, value: string): string {
  const typed = normaliseTyping(field, value).trim();
  return FINISHED[field.kind]?.(typed) ?? typed;
}

/** Puts the hyphens where they belong as soon as it is clear, also for digits from a keypad without hyphen. */
function typeDate(value: string): string {
  return toHalfWidth(value)
    .replaceAll(/[\s日]/g, '')
    .replaceAll(/[-/.年月\u2010-\u2015]+/g, '-')
    .replace(/^(\d{4})(?=\d)/, '$1-')
    .replace(/^(\d{4})-(\d)-/, '$1-0$2-')
    .replace(/^(\d{4}-\d{2})(?=\d)/, '$1-');
}

function finishMoney(text: string): string {
  const fen = parseYuan(text.replace(/元$/, ''));
  return fen.ok ? formatFen(fen.value) : text;
}

/** A day that does not exist is padded as well, so that the wrong digits can be underlined. */
function finishDate(text: string): string {
  return text.replace(/^(\d{4}-\d{2})-(\d)$/, '$1-0$2');
}
