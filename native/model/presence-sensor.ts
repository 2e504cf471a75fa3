import type { DeviceDriver } from './device.ts';

/**
 * Whether somebody stands before the kiosk, as far as its sensor can be believed. `unknown` until the sensor has said the
 * same often enough, and from the moment that it says nothing any more.
 */
export type Presence = 'present' | 'absent' | 'unknown';

export type PresenceSensorEvent =
  /** What is believed has changed. */
  | { readonly type: 'presence-changed'; readonly presence: Presence }
  /** The sensor fell silent, or speaks again: its health deserves a look. */
  | { readonly type: 'state-changed' };

/**
 * A sensor that tells whether somebody stands before the kiosk: motion detector, radar, range finder. It knows nothing
 * of who that is; nothing of what it says is kept, counted or logged.
 */
export interface PresenceSensor extends DeviceDriver<PresenceSensorEvent> {
  /** What is believed now. */
  readonly presence: Presence;
}
