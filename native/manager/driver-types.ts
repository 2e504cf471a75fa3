import type { CodeScanner } from '../model/code-scanner.ts';
import type { DeviceClass, DeviceStatus, SupplyState } from '../model/device.ts';
import type { DriverDefinition } from '../model/driver-registry.ts';
import type { EvaluationKeypad } from '../model/evaluation-keypad.ts';
import type { IdCardReader } from '../model/id-card-reader.ts';
import type { PickupLocker } from '../model/pickup-locker.ts';
import type { ReceiptPrinter } from '../model/receipt-printer.ts';

/** The driver contract of each device class. */
export interface DriverOfClass {
  readonly 'id-card-reader': IdCardReader;
  readonly 'receipt-printer': ReceiptPrinter;
  readonly 'pickup-locker': PickupLocker;
  readonly 'evaluation-keypad': EvaluationKeypad;
  readonly 'code-scanner': CodeScanner;
}

/** All known drivers, by class. */
export type DriverRegistry = { readonly [C in DeviceClass]: readonly DriverDefinition<DriverOfClass[C]>[] };

/** What the technician sets for one device. A class without settings has no device (`noDevice`). */
export interface DeviceSettings {
  readonly deviceClass: DeviceClass;
  /** Driver id, e.g. `sdt`. */
  readonly driver: string;
  /** e.g. `serial:///dev/ttyUSB0?baud=115200` */
  readonly address: string;
  /** Values of the driver's options; missing ones take their fallback. */
  readonly options: Readonly<Record<string, string>>;
}

/** State of one device as screens, heartbeat and technician see it. Holds no personal data. */
export interface DeviceHealth {
  readonly deviceClass: DeviceClass;
  /** Driver id, or null when this kiosk has no such device. */
  readonly driver: string | null;
  readonly address: string | null;
  readonly status: DeviceStatus;
  /** Cause of a status other than online, for the technician. */
  readonly detail: string;
  readonly paper: SupplyState | null;
  readonly identity: string | null;
  /** Wall time of the last change of status, milliseconds since 1970. */
  readonly since: number;
  /** Milliseconds since the device last answered or told something; null when it never did. */
  readonly lastAnswerAgoMs: number | null;
}

/** One change of a device's health, kept for the technician. */
export interface HealthEdge {
  /** Wall time, milliseconds since 1970. */
  readonly at: number;
  readonly status: DeviceStatus;
  readonly detail: string;
  readonly paper: SupplyState | null;
}
