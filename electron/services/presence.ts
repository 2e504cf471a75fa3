import type { KioskSnapshot } from '../contract/dto.ts';
import type { Presence } from '../../native/model/presence-sensor.ts';

/** Seconds of an option as milliseconds; null when it is off. What cannot be read takes the usual. */
function milliseconds(text: string | undefined, usual: number): number | null {
  if (text === 'off') return null;
  const seconds = Number(text ?? usual);
  return (Number.isFinite(seconds) && seconds > 0 ? seconds : usual) * 1_000;
}

/** Usual seconds until a visit is covered, and until the attract screen rests. */
const COVER_AFTER_S = 10;
const REST_AFTER_S = 20;

/**
 * What the screens are told of who stands before the kiosk; null without a sensor that can be believed. It only ever adds
 * caution: a visit neither begins nor ends by it.
 * @param options of the sensor's driver, from configuration
 */
export function presenceWord(
  presence: Presence,
  options: Readonly<Record<string, string>>,
): NonNullable<KioskSnapshot['presence']> | null {
  if (presence === 'unknown') return null;
  return {
    state: presence === 'present' ? 'near' : 'away',
    coverAfterMs: milliseconds(options['cover-after'], COVER_AFTER_S),
    restAfterMs: milliseconds(options['rest-after'], REST_AFTER_S),
    greeting: options['greeting'] === 'spoken' ? 'spoken' : 'silent',
  };
}
