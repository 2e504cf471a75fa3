/** Digits of a date value, at most eight. */
export function digitsOf(value: string): string {
  return value.replaceAll(/\D/g, '').slice(0, 8);
}

/** Date text as it is being typed: `2026`, `2026-0`, `2026-04-01`. */
export function dateFromDigits(digits: string): string {
  const parts = [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6, 8)];
  return parts.filter((part) => part !== '').join('-');
}

/** A place in the dashed text as a place among the digits. */
export function digitIndex(place: number): number {
  return place - (place > 4 ? 1 : 0) - (place > 7 ? 1 : 0);
}
