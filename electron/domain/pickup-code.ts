import { err, ok, type Result } from '../../native/model/result.ts';
import { firstBadChar, problem, problemAt, type CodesOf, type FieldProblem } from './field-problem.ts';
import { checkMod11And10 } from './iso7064.ts';
import { compactCode } from './normal-text.ts';

export type PickupCodeProblem = FieldProblem<CodesOf<'pickup'>>;

/** Digits of a pick-up code; the last is an ISO 7064 MOD 11,10 check digit. */
export const PICKUP_CODE_LENGTH = 8;
/** What a pick-up code begins with when it is a scanned picture (QR). */
export const PICKUP_SCAN_PREFIX = 'HP1:';

/**
 * Cost (N of scrypt) that pick-up codes are hashed with where the list says nothing of it. Hashing is not what keeps a stolen
 * list from giving codes away (ten million codes are soon tried at any cost that a person can wait for): the local data key is.
 */
export const LEGACY_CODE_COST = 16_384;
/** Cost of new lists: about 3 ms on kiosk hardware. */
export const CODE_COST = 2_048;

/** The whole code of seven free digits. Throws on anything but seven digits. */
export function makePickupCode(first7: string): string {
  if (!/^\d{7}$/.test(first7)) throw new RangeError('seven digits expected');
  return first7 + checkMod11And10(first7);
}

/** Typed text without spaces and prefix; full-width digits become plain ones. Safe on every keystroke. */
export function normalisePickupCode(text: string): string {
  const compact = compactCode(text);
  return compact.startsWith(PICKUP_SCAN_PREFIX) ? compact.slice(PICKUP_SCAN_PREFIX.length) : compact;
}

/**
 * Reads a typed or scanned code (`1234 5678`, `HP1:12345678`) to its eight digits.
 * Places in a problem are those of `normalisePickupCode(text)`.
 */
export function parsePickupCode(text: string): Result<string, PickupCodeProblem> {
  const code = normalisePickupCode(text);
  const early = checkPickupCodePartial(code);
  if (early !== null) return err(early);
  if (code.length < PICKUP_CODE_LENGTH) {
    return err(problem('pickup-too-short', { length: code.length, missing: PICKUP_CODE_LENGTH - code.length }));
  }
  return ok(code);
}

/** Checks a normalised code while it is being typed: speaks up only when no further typing can make it right. */
export function checkPickupCodePartial(code: string): PickupCodeProblem | null {
  const bad = firstBadChar(code, (char) => /^\d$/.test(char));
  if (bad !== null) return problemAt('pickup-not-digit', bad.range, { char: bad.char });
  if (code.length > PICKUP_CODE_LENGTH) {
    return problemAt('pickup-too-long', [PICKUP_CODE_LENGTH, code.length], {
      length: code.length,
      extra: code.length - PICKUP_CODE_LENGTH,
    });
  }
  if (code.length < PICKUP_CODE_LENGTH || checkMod11And10(code.slice(0, -1)) === code.at(-1)) return null;
  return problem('pickup-check-digit', { last: code.slice(-1) });
}

/** Groups the digits four and four for reading: `1234 5678`. Also for a code that is being typed. */
export function formatPickupCode(code: string): string {
  return code.length <= 4 ? code : `${code.slice(0, 4)} ${code.slice(4)}`;
}
