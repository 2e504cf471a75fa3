import type { DriverOption } from '../model/driver-registry.ts';

/** Values of options that the kiosk reads by itself, in seconds. */
const OFF = 'off';

/** Whether a text is a whole number of a range, written in decimal or as `0x..`. */
export function wholeNumber(text: string, from: number, to: number): number | null {
  if (!/^(?:0x[0-9a-f]{1,4}|\d{1,5})$/iu.test(text)) return null;
  const value = Number(text);
  return value >= from && value <= to ? value : null;
}

/** An option that takes any whole number of a range beside the usual ones. */
export function numberOption(
  option: Omit<DriverOption, 'check'>,
  from: number,
  to: number,
): DriverOption & { read(options: Readonly<Record<string, string>>): number } {
  return {
    ...option,
    check: (value) => (wholeNumber(value, from, to) === null ? `a whole number from ${from} to ${to}` : null),
    read: (options) =>
      wholeNumber(options[option.key] ?? option.fallback, from, to) ?? wholeNumber(option.fallback, from, to) ?? from,
  };
}

/** Options as the registry lists them: without what only their driver uses. */
export function listed(options: readonly DriverOption[]): readonly DriverOption[] {
  return options.map(({ key, label, values, fallback, check }) => ({
    ...{ key, label, values, fallback },
    ...(check ? { check } : {}),
  }));
}

/** How a contact is wired: detectors for doors and light close it, those of alarm systems open it. */
export const CONTACT_OPTION: DriverOption = {
  key: 'contact',
  label: { 'zh-CN': '有人时触点', en: 'Contact while somebody is there' },
  values: ['closed', 'open'],
  fallback: 'closed',
};

/** Whether a contact's state means that somebody is there. */
export function contactSays(options: Readonly<Record<string, string>>, closed: boolean): boolean {
  return options[CONTACT_OPTION.key] === 'open' ? !closed : closed;
}

const seconds = (option: Omit<DriverOption, 'check'>): DriverOption => ({
  ...option,
  check: (value) => (wholeNumber(value, 3, 600) === null ? 'seconds from 3 to 600, or off' : null),
});

/**
 * What the kiosk does with what is believed; every driver of the class has these. Detectors of motion alone (PIR) lose
 * who stands still: for them the cover is set to a longer time or off.
 */
export const KIOSK_OPTIONS: readonly DriverOption[] = [
  seconds({
    key: 'cover-after',
    label: { 'zh-CN': '人离开几秒后遮住屏幕', en: 'Cover a visit when nobody is there for (seconds)' },
    values: ['10', '5', '20', '30', '60', OFF],
    fallback: '10',
  }),
  seconds({
    key: 'rest-after',
    label: { 'zh-CN': '没人几秒后调暗待机画面', en: 'Dim the attract screen when nobody is there for (seconds)' },
    values: ['20', '10', '60', '300', OFF],
    fallback: '20',
  }),
  {
    key: 'greeting',
    label: { 'zh-CN': '有人走近时', en: 'When somebody comes' },
    values: ['silent', 'spoken'],
    fallback: 'silent',
  },
];
