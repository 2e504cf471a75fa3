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
  date: (value) => toHalfWidth(value).trimStart(),
  'person-name': (value) => cleanWords(value.replaceAll(/[•‧∙・⋅●]/g, '·')),
  text: cleanWords,
  address: cleanWords,
  choice: keep,
  consent: keep,
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

function finishMoney(text: string): string {
  const fen = parseYuan(text.replace(/元$/, ''));
  return fen.ok ? formatFen(fen.value) : text;
}

/** A day that does not exist is written plainly as well, so that the wrong digits can be underlined. */
function finishDate(text: string): string {
  const match =
    /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$/.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (match === null) return text;
  const [, year = '', month = '', day = ''] = match;
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}
