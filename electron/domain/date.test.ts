import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  ageOn,
  checkDate,
  checkDatePartial,
  compareDates,
  datePartsOf,
  daysInMonth,
  isIsoDate,
} from './date.ts';

const days = fc.date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true });
const isoOf = (date: Date): string => date.toISOString().slice(0, 10);

describe('date', () => {
  it('agrees with the calendar of the language', () => {
    fc.assert(
      fc.property(days, fc.integer({ min: -800, max: 800 }), (date, shift) => {
        const iso = isoOf(date);
        expect(isIsoDate(iso)).toBe(true);
        expect(checkDate(iso).ok).toBe(true);
        const moved = new Date(date);
        moved.setUTCDate(moved.getUTCDate() + shift);
        expect(addDays(iso, shift)).toBe(isoOf(moved));
        expect(compareDates(iso, addDays(iso, shift))).toBe(Math.sign(-shift) + 0);
      }),
    );
    for (let month = 1; month <= 12; month += 1) {
      for (const year of [1900, 2000, 2023, 2024, 2100]) {
        expect(daysInMonth(year, month)).toBe(new Date(Date.UTC(year, month, 0)).getUTCDate());
      }
    }
  });

  it.each([
    '2023-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-04-31',
    '2024-4-1',
    '20240401',
    '2024-04-1',
    '',
    '0000-01-01',
  ])('does not take %s', (text) => {
    expect(datePartsOf(text)).toBeNull();
    expect(checkDate(text).ok).toBe(false);
  });

  it.each([
    ['2026-13', 'date-month', [5, 7]],
    ['2026-04-31', 'date-day', [8, 10]],
    ['2026-02-3', 'date-day', [8, 9]],
    ['1899', 'date-year', [0, 4]],
    ['2026/04', 'date-not-a-date', [4, 7]],
    ['2026-04-011', 'date-not-a-date', [10, 11]],
  ])('says what is wrong with %s while it is typed', (text, code, wrong) => {
    const found = checkDatePartial(text);
    expect([found?.code, found?.wrong]).toEqual([code, wrong]);
  });

  it('is silent on every beginning of a right date', () => {
    fc.assert(
      fc.property(days, fc.nat(10), (date, length) => {
        expect(checkDatePartial(isoOf(date).slice(0, length))).toBeNull();
      }),
    );
    expect(checkDate('2026-04')).toEqual({ ok: false, error: { code: 'date-incomplete', params: {} } });
  });

  it('counts full years', () => {
    expect(ageOn('1966-03-18', '2026-03-18')).toBe(60);
    expect(ageOn('1966-03-19', '2026-03-18')).toBe(59);
    expect(ageOn('2004-02-29', '2026-02-28')).toBe(21);
    expect(ageOn('2004-02-29', '2026-03-01')).toBe(22);
  });
});
