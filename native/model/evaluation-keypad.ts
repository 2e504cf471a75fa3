import type { DeviceDriver, DeviceError } from './device.ts';
import type { Result } from './result.ts';

/** Satisfaction levels of the national rating system: 1 very bad, 5 very good. */
export const RATING_LEVELS = [1, 2, 3, 4, 5] as const;
export type RatingLevel = (typeof RATING_LEVELS)[number];

export type EvaluationKeypadEvent = { readonly type: 'rating'; readonly level: RatingLevel };

/** A keypad with rating keys. Presses are debounced (300 ms) by the driver; whether a press counts is the app's matter. */
export interface EvaluationKeypad extends DeviceDriver<EvaluationKeypadEvent> {
  /**
   * Lights or speaks the invitation to rate (`true`), or ends it (`false`). `sent` when the keypad's command went out,
   * `cannot` when this keypad has none: then nothing was sent.
   */
  invite(on: boolean): Promise<Result<'sent' | 'cannot', DeviceError>>;
}
