import type { CodeScanner } from '../model/code-scanner.ts';
import type { DeviceClass, DeviceErrorCode, DeviceStatus, Supply, SupplyState } from '../model/device.ts';
import type { DocumentCamera } from '../model/document-camera.ts';
import type { DriverDefinition } from '../model/driver-registry.ts';
import type { EvaluationKeypad } from '../model/evaluation-keypad.ts';
import type { IdCardReader } from '../model/id-card-reader.ts';
import type { PagePrinter } from '../model/page-printer.ts';
import type { PickupLocker } from '../model/pickup-locker.ts';
import type { PresenceSensor } from '../model/presence-sensor.ts';
import type { ReceiptPrinter } from '../model/receipt-printer.ts';
import type { SocialSecurityCardReader } from '../model/social-security-card-reader.ts';

/** The driver contract of each device class. */
export interface DriverOfClass {
  readonly 'id-card-reader': IdCardReader;
  readonly 'receipt-printer': ReceiptPrinter;
  readonly 'pickup-locker': PickupLocker;
  readonly 'evaluation-keypad': EvaluationKeypad;
  readonly 'code-scanner': CodeScanner;
  readonly 'social-security-card-reader': SocialSecurityCardReader;
  readonly 'page-printer': PagePrinter;
  readonly 'document-camera': DocumentCamera;
  readonly 'presence-sensor': PresenceSensor;
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
  /** The fault behind a status other than online: told by the device, or by its line; null when none is known. */
  readonly fault: DeviceErrorCode | null;
  readonly paper: SupplyState | null;
  /** All that the device uses up, paper too; empty when it uses up nothing or is away. */
  readonly supplies: readonly Supply[];
  /**
   * What the device did so far, as its driver counted it: `prints`, `cuts`, `opens`, `reads`, `codes`, `ratings`,
   * `paperUsedMm`. From the beginning of the ledger, not of the connection.
   */
  readonly counters?: Readonly<Record<string, number>>;
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
  readonly fault: DeviceErrorCode | null;
  readonly paper: SupplyState | null;
  readonly supplies: readonly Supply[];
  /** How long it stayed so, in milliseconds on the monotonic clock; null while it is so still. */
  readonly lastedMs: number | null;
}

/** Times of something that was done again and again, in milliseconds; over the last 256 of them. */
export interface TimesSummary {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** What has happened at one device since the program started; for heartbeat and technician. No personal data. */
export interface DeviceCounters {
  readonly deviceClass: DeviceClass;
  /** Commands that were begun, whatever became of them. */
  readonly commands: number;
  /** How the others ended that did not succeed, also those that never began (`not-connected`, `busy`, `cancelled`). */
  readonly failures: Readonly<Partial<Record<DeviceErrorCode, number>>>;
  /** Probes that were answered, and those that were not; given up ones count as neither. */
  readonly probesAnswered: number;
  readonly probesSilent: number;
  /** How often the line was opened, and how often the device could be used again after it could not. */
  readonly opened: number;
  readonly reconnects: number;
  /** How often the slot gave up on a driver or a line that did not end what it was asked for. */
  readonly hangs: number;
  /** How long the device takes to answer a probe; null when it never did. */
  readonly answer: TimesSummary | null;
  /** Milliseconds for which a device was configured, and of them those for which it could be used. */
  readonly configuredMs: number;
  readonly usableMs: number;
}
