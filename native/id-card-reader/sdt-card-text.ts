import type { IdCard } from '../model/id-card-reader.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import { nationName } from './nations.ts';

/** Length of the text block in bytes: UTF-16LE, padded with spaces. */
export const CARD_TEXT_LENGTH = 256;

/** Place of the type mark that is the same in all layouts: space, J, I or Y. */
const TYPE_MARK_OFFSET = 248;
const LONG_TERM = '长期';

type FieldPlace = readonly [offset: number, length: number];

/** Fields of the resident identity card, offset and length in bytes (protocols: SDT, 256-byte text block). */
const RESIDENT = {
  name: [0, 30],
  sex: [30, 2],
  nationCode: [32, 4],
  birthDate: [36, 16],
  address: [52, 70],
  number: [122, 36],
  issuer: [158, 30],
  validFrom: [188, 16],
  validTo: [204, 16],
} as const satisfies Record<string, FieldPlace>;

export type CardTextField = keyof typeof RESIDENT;

/** Why a text block is not taken; names the field only, never its content. */
export type CardTextError =
  | { readonly code: 'bad-length'; readonly length: number }
  | { readonly code: 'other-type'; readonly mark: string }
  | { readonly code: 'bad-field'; readonly field: CardTextField };

const SEX_BY_CODE: Readonly<Record<string, IdCard['sex']>> = {
  '0': 'unknown',
  '1': 'male',
  '2': 'female',
  '9': 'unstated',
};

/**
 * Layouts by type mark. A further kind of card (J residence permit, I and Y foreigners' cards) is one more entry with a
 * parser of its own.
 */
const PARSERS: Readonly<Record<string, (block: Uint8Array) => Result<IdCard, CardTextError>>> = {
  ' ': parseResident,
};

/** Reads the text block of a card. */
export function parseCardText(block: Uint8Array): Result<IdCard, CardTextError> {
  if (block.length !== CARD_TEXT_LENGTH) return err({ code: 'bad-length', length: block.length });
  // Some modules fill up with zeros instead of spaces.
  const mark = decodeUtf16(block.subarray(TYPE_MARK_OFFSET, TYPE_MARK_OFFSET + 2)).replace('\0', ' ');
  const parse = PARSERS[mark];
  return parse ? parse(block) : err({ code: 'other-type', mark: /^[A-Z]$/u.test(mark) ? mark : 'unknown' });
}

function parseResident(block: Uint8Array): Result<IdCard, CardTextError> {
  const field = (name: CardTextField): string => {
    const [offset, length] = RESIDENT[name];
    return decodeUtf16(block.subarray(offset, offset + length)).replace(/[\s\0]+$/u, '');
  };
  const bad = (name: CardTextField): Result<IdCard, CardTextError> => err({ code: 'bad-field', field: name });

  const name = field('name');
  if (!isText(name) || name === '') return bad('name');
  const sex = SEX_BY_CODE[field('sex')];
  if (!sex) return bad('sex');
  const nationCode = field('nationCode');
  if (!/^(?:\d{2})?$/u.test(nationCode)) return bad('nationCode');
  const birthDate = parseCardDate(field('birthDate'));
  if (!birthDate) return bad('birthDate');
  const address = field('address');
  if (!isText(address)) return bad('address');
  const number = field('number').toUpperCase();
  if (!/^\d{17}[\dX]$/u.test(number)) return bad('number');
  const issuer = field('issuer');
  if (!isText(issuer)) return bad('issuer');
  const validFrom = parseCardDate(field('validFrom'));
  if (!validFrom) return bad('validFrom');
  const until = field('validTo');
  const validTo = until === LONG_TERM ? 'long-term' : parseCardDate(until);
  if (!validTo) return bad('validTo');
  return ok({
    type: 'resident',
    name,
    sex,
    nationCode,
    nation: nationName(nationCode),
    birthDate,
    address,
    number,
    issuer,
    validFrom,
    validTo,
  });
}

/** Writes the text block of a resident card, as a card would hold it: for simulators and tests. */
export function encodeCardText(card: Omit<IdCard, 'type' | 'nation'>): Result<Uint8Array, CardTextError> {
  const sexCode = Object.keys(SEX_BY_CODE).find((code) => SEX_BY_CODE[code] === card.sex) ?? '9';
  const texts: Readonly<Record<CardTextField, string>> = {
    name: card.name,
    sex: sexCode,
    nationCode: card.nationCode,
    birthDate: card.birthDate.replaceAll('-', ''),
    address: card.address,
    number: card.number,
    issuer: card.issuer,
    validFrom: card.validFrom.replaceAll('-', ''),
    validTo: card.validTo === 'long-term' ? LONG_TERM : card.validTo.replaceAll('-', ''),
  };
  const block = new Uint8Array(CARD_TEXT_LENGTH);
  for (let offset = 0; offset < CARD_TEXT_LENGTH; offset += 2) block[offset] = 0x20;
  for (const field of Object.keys(RESIDENT) as CardTextField[]) {
    const [offset, length] = RESIDENT[field];
    const text = texts[field];
    if (text.length * 2 > length) return err({ code: 'bad-field', field });
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      block[offset + index * 2] = unit & 0xff;
      block[offset + index * 2 + 1] = unit >> 8;
    }
  }
  return ok(block);
}

/** `YYYYMMDD` to `YYYY-MM-DD`, null when it is no day of the calendar. */
export function parseCardDate(text: string): string | null {
  const match = /^(\d{4})(\d{2})(\d{2})$/u.exec(text);
  if (!match) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  if (year === 0 || days === undefined || day < 1 || day > days) return null;
  return `${match[1] ?? ''}-${match[2] ?? ''}-${match[3] ?? ''}`;
}

/** No control characters (a damaged block shows them first) and no halves of characters. */
function isText(text: string): boolean {
  return !/[\p{Cc}\p{Cs}\uFFFD]/u.test(text);
}

function decodeUtf16(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index + 1 < bytes.length; index += 2) {
    text += String.fromCharCode((bytes[index] ?? 0) | ((bytes[index + 1] ?? 0) << 8));
  }
  return text;
}
