import { err, ok, type Result } from '../../native/model/result.ts';
import { datePartsOf, isIsoDate } from './date.ts';
import { checkMod11And10 } from './iso7064.ts';
import { compactCode } from './normal-text.ts';

/** What a local tracking number says. */
export interface TrackingNumberParts {
  /** Two letters and two digits, e.g. `CH03`. */
  readonly kioskCode: string;
  /** Day on which the kiosk gave the number, YYYY-MM-DD, 2000 to 2099. */
  readonly dateISO: string;
  /** Number of the day at this kiosk, 1 to 999,999; at least four digits are written. */
  readonly sequence: number;
}

export type TrackingNumberProblem = 'malformed' | 'check-wrong';

const MAX_SEQUENCE = 999_999;

/**
 * Writes a tracking number: kiosk, date, sequence and check digit in groups, e.g. `CH03 260318 0042 7`.
 * The check digit is ISO 7064 MOD 11,10 over the digits, each letter counted as two digits (A = 10 ... Z = 35), so
 * that it can be read out over a telephone. Parts out of range are a bug and throw.
 */
export function formatTrackingNumber(parts: TrackingNumberParts): string {
  const date = datePartsOf(parts.dateISO);
  if (!/^[A-Z]{2}\d{2}$/.test(parts.kioskCode)) throw new RangeError('kiosk code: two letters and two digits');
  if (date === null || date.year < 2000 || date.year > 2099) throw new RangeError('date: 2000 to 2099');
  if (!Number.isInteger(parts.sequence) || parts.sequence < 1 || parts.sequence > MAX_SEQUENCE) {
    throw new RangeError('sequence: 1 to 999,999');
  }
  const day = parts.dateISO.replaceAll('-', '').slice(2);
  const sequence = String(parts.sequence).padStart(4, '0');
  const check = trackingCheck(parts.kioskCode + day + sequence);
  return `${parts.kioskCode} ${day} ${sequence} ${check}`;
}

/**
 * Reads a typed or scanned tracking number; spaces, hyphens, lower case and full-width characters do not matter.
 * `formatTrackingNumber` of the value gives the written form back.
 */
export function parseTrackingNumber(text: string): Result<TrackingNumberParts, TrackingNumberProblem> {
  const compact = compactCode(text);
  const match = /^([A-Z]{2}\d{2})(\d{2})(\d{2})(\d{2})(\d{4,6})(\d)$/.exec(compact);
  if (match === null) return err('malformed');
  const [, kioskCode = '', year, month, day, digits = '', check] = match;
  const dateISO = `20${year}-${month}-${day}`;
  const sequence = Number(digits);
  const written = digits === String(sequence).padStart(4, '0');
  if (!isIsoDate(dateISO) || sequence < 1 || !written) return err('malformed');
  if (trackingCheck(compact.slice(0, -1)) !== check) return err('check-wrong');
  return ok({ kioskCode, dateISO, sequence });
}

/**
 * The tracking number in a scanned text: the text itself, or the end of the address that a receipt's QR code leads to.
 * Null when neither is one.
 */
export function trackingNumberIn(scanned: string): string | null {
  for (const candidate of [scanned, scanned.split(/[/=?#]/).at(-1) ?? '']) {
    const parsed = parseTrackingNumber(candidate);
    if (parsed.ok) return formatTrackingNumber(parsed.value);
  }
  return null;
}

function trackingCheck(compact: string): string {
  return checkMod11And10(compact.replaceAll(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55)));
}
