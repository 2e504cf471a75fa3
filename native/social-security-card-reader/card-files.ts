import { parseCompactDate } from '../codec/calendar-date.ts';
import { decodeGb18030 } from '../codec/gb18030.ts';
import { nationName } from '../id-card-reader/nations.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { SocialSecurityCard } from '../model/social-security-card-reader.ts';

/** One item of a file: its tag, and the length of its value in bytes (LD/T 32; protocols: section 6). */
export interface CardItem {
  readonly tag: number;
  readonly length: number;
}

/** EF05, what the issuer wrote of the card. */
export const ISSUER_ITEMS = {
  cardCode: { tag: 0x01, length: 16 },
  version: { tag: 0x03, length: 4 },
  initialisedBy: { tag: 0x04, length: 12 },
  issuedOn: { tag: 0x05, length: 4 },
  expiresOn: { tag: 0x06, length: 4 },
  cardNumber: { tag: 0x07, length: 9 },
} as const satisfies Record<string, CardItem>;

/** EF06, what is written of the holder. */
export const HOLDER_ITEMS = {
  number: { tag: 0x08, length: 18 },
  name: { tag: 0x09, length: 30 },
  sex: { tag: 0x0a, length: 1 },
  nation: { tag: 0x0b, length: 1 },
  birthplace: { tag: 0x0c, length: 3 },
  birthDate: { tag: 0x0d, length: 4 },
} as const satisfies Record<string, CardItem>;

/** Values of both files by the names above; an item that the card does not hold is null. */
export type CardValues = Readonly<Record<keyof typeof ISSUER_ITEMS | keyof typeof HOLDER_ITEMS, Uint8Array | null>>;

/** The value of the item `tag` in an answer (tag, length, value); null when the answer holds something else. */
export function itemValue(answer: Uint8Array, tag: number): Uint8Array | null {
  const length = answer[1];
  if (answer[0] !== tag || length === undefined || answer.length < 2 + length) return null;
  return answer.slice(2, 2 + length);
}

const SEXES: Readonly<Record<string, SocialSecurityCard['sex']>> = {
  '0': 'unknown',
  '1': 'male',
  '2': 'female',
  '9': 'unstated',
};

/**
 * What the two files say, checked as far as a card can be: number, name, sex and birth date must be there and be
 * plausible. `error` names the item that is not.
 */
export function parseCard(values: CardValues): Result<SocialSecurityCard, string> {
  const number = ascii(values.number).toUpperCase();
  if (!/^\d{17}[\dX]$/u.test(number)) return err('number');
  const name = decodeGb18030(trimmed(values.name));
  if (name === '' || /[\p{Cc}\uFFFD]/u.test(name)) return err('name');
  const sex = SEXES[ascii(values.sex)];
  if (sex === undefined) return err('sex');
  const birthDate = dateOf(values.birthDate);
  if (!birthDate) return err('birthDate');
  const nationCode = digits(values.nation);
  const [validFrom, validTo] = [dateOf(values.issuedOn), dateOf(values.expiresOn)];
  if (validFrom === null) return err('issuedOn');
  if (validTo === null) return err('expiresOn');
  return ok({
    type: 'social-security',
    name,
    sex,
    nationCode: nationName(nationCode) === '' ? '' : nationCode,
    nation: nationName(nationCode),
    birthDate,
    address: '',
    number,
    issuer: '',
    validFrom,
    validTo,
    cardCode: hex(values.cardCode).replace(/F+$/u, ''),
    cardNumber: ascii(values.cardNumber),
    version: ascii(values.version),
    initialisedBy: hex(values.initialisedBy),
    birthplace: digits(values.birthplace),
  });
}

function trimmed(value: Uint8Array | null): Uint8Array {
  const bytes = value ?? new Uint8Array(0);
  const last = bytes.findLastIndex((byte) => byte !== 0x00 && byte !== 0x20);
  return bytes.subarray(0, last + 1);
}

/** Printable ASCII, empty when there is anything else. */
function ascii(value: Uint8Array | null): string {
  const text = String.fromCharCode(...trimmed(value));
  return /^[\x20-\x7e]*$/u.test(text) ? text : '';
}

function hex(value: Uint8Array | null): string {
  return Array.from(value ?? [], (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();
}

/** Packed decimal digits; empty when there are none or something else. */
function digits(value: Uint8Array | null): string {
  const text = hex(value);
  return /^\d+$/u.test(text) ? text : '';
}

/** `YYYY-MM-DD`, empty where nothing is written (all 00, all FF, no item), null when it is no day of the calendar. */
function dateOf(value: Uint8Array | null): string | null {
  const text = hex(value);
  if (/^(?:0*|F*)$/u.test(text)) return '';
  return parseCompactDate(text);
}
