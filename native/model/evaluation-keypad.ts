import type { DeviceDriver } from './device.ts';

/** Satisfaction level of the national rating system: 1 very bad, 5 very good. */
export type RatingLevel = 1 | 2 | 3 | 4 | 5;

export type EvaluationKeypadEvent = { readonly type: 'rating'; readonly level: RatingLevel };

/** A keypad with five rating keys. Presses are debounced (300 ms) by the driver; whether a press counts is the app's matter. */
export interface EvaluationKeypad extends DeviceDriver<EvaluationKeypadEvent> {
  /** Lights or speaks the invitation to rate where the keypad can; does nothing where it cannot. */
  invite(on: boolean): Promise<void>;
}
