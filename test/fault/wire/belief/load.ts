import { READER_BELIEFS } from './id-card-readers.ts';
import { KEYPAD_BELIEFS } from './keypads.ts';
import { LOCKER_BELIEFS } from './lockers.ts';
import { PRINTER_BELIEFS } from './receipt-printers.ts';
import { PRESENCE_BELIEFS } from './presence-sensors.ts';
import type { BeliefSubject } from './subject.ts';

/** Every driver that is tried against a line that spoils what it says. */
export const BELIEFS: readonly BeliefSubject[] = [
  ...LOCKER_BELIEFS,
  ...READER_BELIEFS,
  ...PRINTER_BELIEFS,
  ...KEYPAD_BELIEFS,
  ...PRESENCE_BELIEFS,
];
