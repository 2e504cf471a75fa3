/** Eight digits `YYYYMMDD` as cards hold them to `YYYY-MM-DD`; null when they name no day of the calendar (year 1 to 9999). */
export function parseCompactDate(text: string): string | null {
  const match = /^(\d{4})(\d{2})(\d{2})$/u.exec(text);
  if (!match) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  if (year === 0 || days === undefined || day < 1 || day > days) return null;
  return `${match[1] ?? ''}-${match[2] ?? ''}-${match[3] ?? ''}`;
}
