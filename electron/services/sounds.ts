/** Tones and their quiet hours, from configuration. Times are `HH:mm` in the hall's time zone. */
export interface SoundSetting {
  readonly chimes: 'on' | 'off';
  readonly quietFrom: string;
  readonly quietTo: string;
  /** What quiet hours leave of the tones. */
  readonly quiet: 'softer' | 'off';
}

/** A kiosk that nobody set. */
export const USUAL_SOUNDS: SoundSetting = { chimes: 'on', quietFrom: '22:00', quietTo: '07:00', quiet: 'softer' };

/** How loud tones are at a local time `HH:mm`. Equal ends of the quiet hours mean that there are none. */
export function loudnessAt(setting: SoundSetting, time: string): 'usual' | 'softer' | 'off' {
  if (setting.chimes === 'off') return 'off';
  const { quietFrom: from, quietTo: to } = setting;
  const quiet = from <= to ? time >= from && time < to : time >= from || time < to;
  return quiet ? setting.quiet : 'usual';
}
