import type { IdCardType } from '../model/id-card-reader.ts';

/** Weights 2^(18-i) mod 11 and check characters by remainder (GB 11643, ISO 7064 MOD 11-2). */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CHARACTERS = '10X98765432';

/** Form of the number by kind of card; only the foreigner's number of 2017 has letters in front. */
const FORMS: Readonly<Record<IdCardType, RegExp>> = {
  resident: /^\d{17}[\dX]$/u,
  // 81 Hong Kong, 82 Macau, 83 Taiwan.
  'hmt-permit': /^8[123]\d{15}[\dX]$/u,
  'foreigner-2017': /^[A-Z]{3}\d{12}$/u,
  'foreigner-2023': /^9\d{16}[\dX]$/u,
};

/** Check character of the first 17 digits (MOD 11-2), null when there are not exactly 17 digits. */
export function numberCheck(first17: string): string | null {
  if (!/^\d{17}$/u.test(first17)) return null;
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(first17[index]), 0);
  return CHECK_CHARACTERS.charAt(sum % 11);
}

/**
 * Whether a number has the form that its kind of card demands. A wrong check character makes no card unreadable: the
 * security module has proved the chip genuine, so it is a number that was issued wrong and that its holder lives with. It
 * is flagged (`hasWrongCheckDigit`). Only foreigners' cards of 2023 are refused for it: their layout is known from one
 * source, and the check character is what shows that the right bytes were taken for the number.
 * @param number upper-case, without spaces
 */
export function isCardNumber(type: IdCardType, number: string): boolean {
  if (!FORMS[type].test(number)) return false;
  return type !== 'foreigner-2023' || numberCheck(number.slice(0, 17)) === number[17];
}

/** Whether a number of a known form ends with another check character than its first 17 digits ask for. */
export function hasWrongCheckDigit(type: IdCardType, number: string): boolean {
  return type !== 'foreigner-2017' && numberCheck(number.slice(0, 17)) !== number[17];
}
