import type { i18n } from 'i18next';

/** Halls stand in China: one time zone whatever the machine is set to. */
export const ZONE = 'Asia/Shanghai';

/** What stands in the brackets of a format, by its names: `plural(one: # day; other: # days)`. */
type Options = Readonly<Record<string, unknown>> | undefined;

function words(options: Options, name: string): string | null {
  const found = options?.[name];
  return typeof found === 'string' || typeof found === 'number' ? String(found) : null;
}

/** The form of a number in a language; an exact one (`=0: none`) counts before those of the language. */
function counted(value: unknown, language: string | undefined, options: Options, type: Intl.PluralRuleType): string {
  const number = Number(value);
  const form = new Intl.PluralRules(language, { type }).select(number);
  const text = words(options, `=${number}`) ?? words(options, form) ?? words(options, 'other') ?? '';
  return text.replaceAll('#', new Intl.NumberFormat(language).format(number));
}

/** A moment in a language, in the hall's time. Anything that is no moment stands as it is. */
function moment(value: unknown, language: string | undefined, how: Intl.DateTimeFormatOptions): string {
  const date = value instanceof Date ? value : new Date(String(value));
  if (Number.isNaN(date.getTime())) return String(value);
  return new Intl.DateTimeFormat(language, { timeZone: ZONE, ...how }).format(date);
}

/**
 * What a text may do with a value besides showing it, in the rules of its own language (`Intl`, the browser's ICU):
 * - `{{n, plural(one: # door; other: # doors)}}`, any number of them in one text; `=0` for an exact number
 * - `{{n, ordinal(one: #st; two: #nd; few: #rd; other: #th)}}`
 * - `{{kind, select(person: ...; other: ...)}}`
 * - `{{at, date}}`, `{{at, time}}`, and `{{n, number}}`, which i18next brings itself
 */
export function addFormats({ services }: Pick<i18n, 'services'>): void {
  const { formatter } = services;
  if (formatter === undefined) return;
  formatter.add('plural', (value: unknown, language, options: Options) =>
    counted(value, language, options, 'cardinal'),
  );
  formatter.add('ordinal', (value: unknown, language, options: Options) =>
    counted(value, language, options, 'ordinal'),
  );
  formatter.add(
    'select',
    (value: unknown, _language, options: Options) => words(options, String(value)) ?? words(options, 'other') ?? '',
  );
  formatter.add('date', (value: unknown, language) =>
    moment(value, language, { month: 'long', day: 'numeric', weekday: 'short' }),
  );
  formatter.add('time', (value: unknown, language) =>
    moment(value, language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  );
}
