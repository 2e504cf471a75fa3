import i18next from 'i18next';
import { LANGUAGES, type Language } from '../../electron/domain/text.ts';
import { ZONE } from './formats.ts';

/** The language of a hall's pack while it is spoken and the browser knows its dates; null else. */
function packLanguage(): string | null {
  const tag = i18next.language as string | undefined;
  if (tag === undefined || LANGUAGES.some((language) => language === tag)) return null;
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag)[0] ?? null;
  } catch {
    return null;
  }
}

const made = new Map<string, Intl.DateTimeFormat>();

/** A formatter in the hall's time zone. Making one costs more than drawing what it says, so each is made once. */
function formatter(tag: string, how: Readonly<Intl.DateTimeFormatOptions>): Intl.DateTimeFormat {
  const key = `${tag} ${JSON.stringify(how)}`;
  const known = made.get(key);
  if (known) return known;
  const fresh = new Intl.DateTimeFormat(tag, { timeZone: ZONE, ...how });
  made.set(key, fresh);
  return fresh;
}

/** `20:36`. */
export function clockText(moment: Date | string): string {
  return formatter('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(moment));
}

/** `3 月 18 日 周三` / `Wed 18 Mar`; as a pack's language has it while that is spoken. */
export function dateText(moment: Date | string, language: Language): string {
  const pack = packLanguage();
  if (pack !== null) {
    return formatter(pack, { month: 'short', day: 'numeric', weekday: 'short' }).format(new Date(moment));
  }
  const parts = formatter(language === 'en' ? 'en-GB' : 'zh-CN', {
    month: language === 'en' ? 'short' : 'numeric',
    day: 'numeric',
    weekday: 'short',
  }).formatToParts(new Date(moment));
  const part = (type: string): string => (parts.find((one) => one.type === type)?.value ?? '').replace('月', '');
  return language === 'en'
    ? `${part('weekday')} ${part('day')} ${part('month')}`
    : `${part('month')} 月 ${part('day')} 日 ${part('weekday')}`;
}

/** Time alone when it was today, else day and time. */
export function sinceText(moment: string, now: Date, language: Language): string {
  const day = dateText(moment, language);
  return day === dateText(now, language) ? clockText(moment) : `${day} ${clockText(moment)}`;
}

/** Hour of the day, 0 to 23. */
export function hourOf(moment: Date): number {
  return Number(clockText(moment).slice(0, 2));
}

/** `2026-03-18` of the kiosk's day. */
export function isoDay(moment: Date): string {
  const parts = formatter('en-CA', {}).formatToParts(moment);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}
