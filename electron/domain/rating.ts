/** Satisfaction, 1 very bad to 5 very good (GB/T 39735 levels). */
export type RatingLevel = 1 | 2 | 3 | 4 | 5;

/** Where the rating was given: the keypad, or the kiosk's screen. */
export type RatingChannel = 'keypad' | 'screen';

/** What is rated. */
export type RatingSubject = 'case' | 'pickup';
