import { escposPrinter } from '../receipt-printer/index.ts';
import { bcc8aLocker, kerongCu48Locker } from '../pickup-locker/index.ts';
import type { DriverRegistry } from './driver-types.ts';

/** Every driver that this build knows. A new one is one more entry in its class's line. */
export const driverRegistry: DriverRegistry = {
  'id-card-reader': [],
  'receipt-printer': [escposPrinter],
  'pickup-locker': [kerongCu48Locker, bcc8aLocker],
  'evaluation-keypad': [],
  'code-scanner': [],
};
