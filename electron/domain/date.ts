import { err, ok, type Result } from '../../native/model/result.ts';
import { problem, problemAt, type CodesOf, type FieldProblem } from './field-problem.ts';

/** A calendar day as `YYYY-MM-DD`. */
export type IsoDate = string;

export type DateProblem = FieldProblem<CodesOf<'date'>>;

/** Parts of a calendar day; month 1 to 12. */
export interface DateParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const SHAPE = 'YYYY-MM-DD';
const MIN_YEAR = 1900;
const MAX_YEAR = 2199;

/** Days (ms since 1970) that a tracking number can say, with room for every time zone. */
const FIRST_DAY = Date.UTC(2000, 0, 2);
const LAST_DAY = Date.UTC(2099, 11, 31);
/** What a platform can mean by "now". */
const EARLIEST = Date.UTC(2020, 0, 1);
const LATEST = Date.UTC(2090, 0, 1);

/** Whether this can be the time now: what somebody else says it is. */
export function canBeNow(at: number): boolean {
  return at >= EARLIEST && at < LATEST;
}

/**
 * Whether things can be dated by a clock. One that is years off can still tell today from tomorrow; one that lost its battery
 * (1970) cannot give a number.
 */
export function canDate(at: number): boolean {
  return at >= FIRST_DAY && at < LAST_DAY;
}

/** Days of a month (1 to 12) of the Gregorian calendar. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Whether the text is a day of the calendar in the form `YYYY-MM-DD`. */
export function isIsoDate(text: string): boolean {
  return datePartsOf(text) !== null;
}

/** Parts of an ISO date, or null when it is not a day of the calendar. Any year from 0001 is a year here. */
export function datePartsOf(text: string): DateParts | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return null;
  const year = Number(match[1]);
  const month = Number(match[2]);
  const day = Number(match[3]);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  return { year, month, day };
}

/** Writes parts as `YYYY-MM-DD`. The parts must be a day of the calendar. */
export function toIsoDate(parts: DateParts): IsoDate {
  const pad = (value: number, width: number): string => String(value).padStart(width, '0');
  return `${pad(parts.year, 4)}-${pad(parts.month, 2)}-${pad(parts.day, 2)}`;
}

/** -1, 0 or 1 as `a` is before, the same as or after `b`. Both must be ISO dates (they sort as text). */
export function compareDates(a: IsoDate, b: IsoDate): -1 | 0 | 1 {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Full years from `birth` to `today`; somebody born on 29 February grows older on 1 March in common years. */
export function ageOn(birth: IsoDate, today: IsoDate): number {
  const from = datePartsOf(birth);
  const to = datePartsOf(today);
  if (from === null || to === null) throw new RangeError('ageOn needs two ISO dates');
  const hadBirthday = to.month > from.month || (to.month === from.month && to.day >= from.day);
  return to.year - from.year - (hadBirthday ? 0 : 1);
}

/** The day `days` after (negative: before) an ISO date. */
export function addDays(date: IsoDate, days: number): IsoDate {
  const parts = datePartsOf(date);
  if (parts === null) throw new RangeError('addDays needs an ISO date');
  let { year, month } = parts;
  let day = parts.day + days;
  while (day < 1) {
    month -= 1;
    if (month < 1) {
      month = 12;
      year -= 1;
    }
    day += daysInMonth(year, month);
  }
  while (day > daysInMonth(year, month)) {
    day -= daysInMonth(year, month);
    month += 1;
    if (month > 12) {
      month = 1;
      year += 1;
    }
  }
  return toIsoDate({ year, month, day });
}

/** Checks a finished date. Years 1900 to 2199 are taken. */
export function checkDate(text: string): Result<DateParts, DateProblem> {
  const early = checkDatePartial(text);
  if (early !== null) return err(early);
  if (text.length < SHAPE.length) return err(problem('date-incomplete'));
  const parts = datePartsOf(text);
  return parts === null ? err(problem('date-not-a-date')) : ok(parts);
}

/** Checks a date while it is being typed as `YYYY-MM-DD`: speaks up only when no further typing can make it right. */
export function checkDatePartial(text: string): DateProblem | null {
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charAt(index);
    const fits = index < SHAPE.length && (SHAPE[index] === '-' ? char === '-' : char >= '0' && char <= '9');
    if (!fits) return problemAt('date-not-a-date', [index, text.length]);
  }
  const found = checkDateDigits({ year: text.slice(0, 4), month: text.slice(5, 7), day: text.slice(8, 10) });
  if (found === null) return null;
  if (found.part === 'year') return problemAt('date-year', [0, Math.min(4, text.length)], { year: text.slice(0, 4) });
  if (found.part === 'month')
    return problemAt('date-month', [5, Math.min(7, text.length)], { month: text.slice(5, 7) });
  return problemAt('date-day', [8, text.length], { ...found.params, day: text.slice(8, 10) });
}

/** Leading digits of a date's parts, each possibly unfinished or empty. */
export interface DateDigits {
  readonly year: string;
  readonly month: string;
  readonly day: string;
}

/** The first part of unfinished date digits that can no longer become right. */
export type DateDigitsFault =
  | { readonly part: 'year' }
  | { readonly part: 'month' }
  | { readonly part: 'day'; readonly params: { readonly year: number; readonly month: number; readonly days: number } };

/**
 * Finds the part of half-typed digits that no further digit can mend, the year first. A year is 1900 to 2199.
 */
export function checkDateDigits(digits: DateDigits): DateDigitsFault | null {
  const canBecome = (prefix: string, width: number, from: number, to: number): boolean => {
    if (prefix === '') return true;
    const scale = 10 ** (width - prefix.length);
    const low = Number(prefix) * scale;
    return low + scale - 1 >= from && low <= to;
  };
  if (!canBecome(digits.year, 4, MIN_YEAR, MAX_YEAR)) return { part: 'year' };
  if (!canBecome(digits.month, 2, 1, 12)) return { part: 'month' };
  if (digits.day === '' || digits.month.length < 2) return null;
  const year = Number(digits.year);
  const month = Number(digits.month);
  const days = daysInMonth(year, month);
  return canBecome(digits.day, 2, 1, days) ? null : { part: 'day', params: { year, month, days } };
}
