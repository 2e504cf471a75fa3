import type { Clock } from '../../../native/model/clock.ts';
import type { DeviceClass } from '../../../native/model/device.ts';
import type { FarEnd } from './far-end.ts';
import { KEYPADS } from './evaluation-keypad.ts';
import { READERS } from './id-card-reader.ts';
import { LOCKERS } from './pickup-locker.ts';
import { PAGE_PRINTERS } from './page-printer.ts';
import { PRINTERS } from './receipt-printer.ts';
import { PRESENCE_SENSORS } from './presence-sensor.ts';
import { SCANNERS } from './code-scanner.ts';
import { CHIP_CARD_READERS } from './social-security-card-reader.ts';

export interface FarEndOptions {
  readonly clock: Clock;
  /** Options of the driver: the device is wired as they say, so that a driver with the same ones fits. */
  readonly options: Readonly<Record<string, string>>;
  /** When somebody shuts an opened locker door again; null: only by hand. */
  readonly doorsCloseAfterMs: number | null;
}

export type FarEndMaker = (options: FarEndOptions) => FarEnd;

/** The far end of every driver. A new driver is one more entry in its class's file. */
export const FAR_ENDS: Readonly<Partial<Record<DeviceClass, Readonly<Record<string, FarEndMaker>>>>> = {
  'id-card-reader': READERS,
  'receipt-printer': PRINTERS,
  'pickup-locker': LOCKERS,
  'evaluation-keypad': KEYPADS,
  'code-scanner': SCANNERS,
  'social-security-card-reader': CHIP_CARD_READERS,
  'page-printer': PAGE_PRINTERS,
  'presence-sensor': PRESENCE_SENSORS,
};
