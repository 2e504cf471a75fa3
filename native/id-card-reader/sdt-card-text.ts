import { parseCompactDate } from '../codec/calendar-date.ts';
import type { IdCard, IdCardType, PrivateUseField } from '../model/id-card-reader.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import { CARD_LAYOUTS } from './card-layouts.ts';
import type { CardLayout, CardTextField } from './card-layouts.ts';
import { hasWrongCheckDigit, isCardNumber } from './card-numbers.ts';
import { nationName } from './nations.ts';

/** Length of the text block in bytes: UTF-16LE, padded with spaces. */
export const CARD_TEXT_LENGTH = 256;

/** Place of the type mark that is the same in all layouts: space, J, I or Y. */
const TYPE_MARK_OFFSET = 248;
const LONG_TERM = '长期';

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

/** Texts that only some kinds of card have, and what they may look like. */
const EXTRA_FORMS = {
  permitNumber: /^[A-Z\d]{0,9}$/u,
  englishName: /./u,
  nationality: /^[A-Z]{3}$/u,
  cardVersion: /^[A-Z\d.]{0,2}$/iu,
  authorityCode: /^[A-Z\d]{0,4}$/iu,
  olderNumberLink: /^[A-Z\d]{0,3}$/iu,
} as const;
const EXTRA_TEXTS = Object.keys(EXTRA_FORMS) as (keyof typeof EXTRA_FORMS)[];
type ExtraField = keyof typeof EXTRA_FORMS | 'issueCount';

/** What can be written on a card: the nation's name is not on it, only the code; without a type it is a resident's. */
export type WritableCard = Omit<IdCard, 'type' | 'nation' | 'privateUse' | 'wrongCheckDigit'> & {
  readonly type?: IdCardType;
};

/** Reads the text block of a card of any of the four kinds. */
export function parseCardText(block: Uint8Array): Result<IdCard, CardTextError> {
  if (block.length !== CARD_TEXT_LENGTH) return err({ code: 'bad-length', length: block.length });
  // Some modules fill up with zeros instead of spaces.
  const mark = decodeUtf16(block.subarray(TYPE_MARK_OFFSET, TYPE_MARK_OFFSET + 2)).replace('\0', ' ');
  const layout = Object.values(CARD_LAYOUTS).find((known) => known.mark === mark);
  return layout
    ? parseWith(layout, block)
    : err({ code: 'other-type', mark: /^[A-Z]$/u.test(mark) ? mark : 'unknown' });
}

function parseWith({ type, fields }: CardLayout, block: Uint8Array): Result<IdCard, CardTextError> {
  /** Text of a field without its filling; empty when this kind of card has no such field. */
  const field = (name: CardTextField): string =>
    (fields[name] ?? [])
      .map(([offset, length]) => decodeUtf16(block.subarray(offset, offset + length)))
      .join('')
      .replace(/[\s\0]+$/u, '');
  const bad = (name: CardTextField): Result<IdCard, CardTextError> => err({ code: 'bad-field', field: name });
  const foreign = type === 'foreigner-2017' || type === 'foreigner-2023';

  const name = field('name');
  // A foreigner need not have a Chinese name.
  if (!isText(name) || (name === '' && !foreign)) return bad('name');
  const sex = SEX_BY_CODE[field('sex')];
  if (!sex) return bad('sex');
  const nationCode = field('nationCode');
  if (!/^(?:\d{2})?$/u.test(nationCode)) return bad('nationCode');
  const birthDate = parseCompactDate(field('birthDate'));
  if (!birthDate) return bad('birthDate');
  const address = field('address');
  if (!isText(address)) return bad('address');
  const number = field('number').toUpperCase();
  if (!isCardNumber(type, number)) return bad('number');
  const issuer = field('issuer');
  if (!isText(issuer)) return bad('issuer');
  const validFrom = parseCompactDate(field('validFrom'));
  if (!validFrom) return bad('validFrom');
  const until = field('validTo');
  const validTo = until === LONG_TERM ? 'long-term' : parseCompactDate(until);
  if (!validTo) return bad('validTo');

  const more: { -readonly [K in ExtraField]?: IdCard[K] } = {};
  for (const extra of EXTRA_TEXTS) {
    if (!fields[extra]) continue;
    // Fields of the second part may be filled in front, and zeros may fill the first half of a name.
    const text = field(extra).replaceAll('\0', ' ').trim();
    if (!EXTRA_FORMS[extra].test(text) || !isText(text)) return bad(extra);
    more[extra] = text;
  }
  if (fields.issueCount) {
    const count = field('issueCount').trim();
    if (!/^\d{0,2}$/u.test(count)) return bad('issueCount');
    if (count !== '') more.issueCount = Number(count);
  }
  return ok({
    type,
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
    ...more,
    ...privateUseOf({ name, address, issuer, englishName: more.englishName ?? '' }),
    ...(hasWrongCheckDigit(type, number) ? { wrongCheckDigit: true } : {}),
  });
}

/** Names the texts with private-use characters; nothing when there are none. */
function privateUseOf(texts: Readonly<Record<PrivateUseField, string>>): Pick<IdCard, 'privateUse'> {
  const fields = (Object.keys(texts) as PrivateUseField[]).filter((field) => hasPrivateUse(texts[field]));
  return fields.length === 0 ? {} : { privateUse: fields };
}

/**
 * Writes the text block as a card of its kind would hold it: for simulators and tests. Refuses a text that is longer
 * than its field, and one for which this kind of card has no field.
 */
export function encodeCardText(card: WritableCard): Result<Uint8Array, CardTextError> {
  const { mark, fields } = CARD_LAYOUTS[card.type ?? 'resident'];
  const block = new Uint8Array(CARD_TEXT_LENGTH);
  for (let offset = 0; offset < CARD_TEXT_LENGTH; offset += 2) block[offset] = 0x20;
  putUtf16(block, TYPE_MARK_OFFSET, mark);
  for (const [field, text] of Object.entries(textsOf(card)) as [CardTextField, string][]) {
    const places = fields[field] ?? [];
    const room = places.reduce((sum, [, length]) => sum + length / 2, 0);
    if (text.length > room) return err({ code: 'bad-field', field });
    let written = 0;
    for (const [offset, length] of places) {
      putUtf16(block, offset, text.slice(written, written + length / 2));
      written += length / 2;
    }
  }
  return ok(block);
}

/** What stands in each field; empty where the card says nothing. */
function textsOf(card: WritableCard): Readonly<Record<CardTextField, string>> {
  return {
    name: card.name,
    sex: Object.keys(SEX_BY_CODE).find((code) => SEX_BY_CODE[code] === card.sex) ?? '9',
    nationCode: card.nationCode,
    birthDate: card.birthDate.replaceAll('-', ''),
    address: card.address,
    number: card.number,
    issuer: card.issuer,
    validFrom: card.validFrom.replaceAll('-', ''),
    validTo: card.validTo === 'long-term' ? LONG_TERM : card.validTo.replaceAll('-', ''),
    permitNumber: card.permitNumber ?? '',
    issueCount: card.issueCount === undefined ? '' : String(card.issueCount).padStart(2, '0'),
    englishName: card.englishName ?? '',
    nationality: card.nationality ?? '',
    cardVersion: card.cardVersion ?? '',
    authorityCode: card.authorityCode ?? '',
    olderNumberLink: card.olderNumberLink ?? '',
  };
}

/** Length of an appended address in bytes (protocols: SDT 30 03). */
export const NEW_ADDRESS_LENGTH = 70;

/** Reads an appended address, null when the field is blank. */
export function parseNewAddress(bytes: Uint8Array): Result<string | null, CardTextError> {
  if (bytes.length !== NEW_ADDRESS_LENGTH) return err({ code: 'bad-length', length: bytes.length });
  const text = decodeUtf16(bytes).replace(/[\s\0]+$/u, '');
  return isText(text) ? ok(text === '' ? null : text) : err({ code: 'bad-field', field: 'address' });
}

/** Writes an appended address as a card would hold it: for simulators and tests. */
export function encodeNewAddress(address: string): Result<Uint8Array, CardTextError> {
  if (address.length * 2 > NEW_ADDRESS_LENGTH) return err({ code: 'bad-field', field: 'address' });
  const bytes = new Uint8Array(NEW_ADDRESS_LENGTH);
  putUtf16(bytes, 0, address.padEnd(NEW_ADDRESS_LENGTH / 2, ' '));
  return ok(bytes);
}

/**
 * No control characters (a damaged block shows them first), no halves of characters, no erased memory (FFFF). Characters
 * that are not yet in this program's Unicode are taken: rare ones are added every few years.
 */
function isText(text: string): boolean {
  // By hand: a table of character classes, built at the first card, would make somebody wait for it.
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x20 || (unit >= 0x7f && unit < 0xa0) || unit >= 0xfffd) return false;
    if (unit < 0xd800 || unit > 0xdfff) continue;
    const next = text.charCodeAt(index + 1);
    if (unit > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return false;
    index += 1;
  }
  return true;
}

/** Characters from E000 to F8FF, and those of the planes 15 and 16, which begin with DB80 to DBFF. */
function hasPrivateUse(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if ((unit >= 0xe000 && unit <= 0xf8ff) || (unit >= 0xdb80 && unit <= 0xdbff)) return true;
  }
  return false;
}

/** Writes UTF-16LE at a byte offset. */
function putUtf16(block: Uint8Array, offset: number, text: string): void {
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    block[offset + index * 2] = unit & 0xff;
    block[offset + index * 2 + 1] = unit >> 8;
  }
}

/** Text of a block of UTF-16LE. */
function decodeUtf16(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index + 1 < bytes.length; index += 2) {
    text += String.fromCharCode((bytes[index] ?? 0) | ((bytes[index + 1] ?? 0) << 8));
  }
  return text;
}
