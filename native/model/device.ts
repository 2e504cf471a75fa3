import type { EventSource } from './events.ts';

/** The device classes of a hall kiosk. */
export const DEVICE_CLASSES = [
  'id-card-reader',
  'receipt-printer',
  'pickup-locker',
  'evaluation-keypad',
  'code-scanner',
] as const;
export type DeviceClass = (typeof DEVICE_CLASSES)[number];

/**
 * Common device states in the words of XFS4IoT. `noDevice` is configuration (this kiosk has none), not a fault;
 * `starting` must be temporary.
 */
export type DeviceStatus =
  | 'online'
  | 'offline'
  | 'powerOff'
  | 'noDevice'
  | 'hardwareError'
  | 'userError'
  | 'deviceBusy'
  | 'fraudAttempt'
  | 'potentialFraud'
  | 'starting';

/** State of something that is used up. */
export type SupplyState = 'full' | 'low' | 'out' | 'jammed' | 'unknown';

/**
 * Why a device command failed, in families:
 * line (`not-connected`, `timeout`, `line-lost`, `bad-reply`), request (`cancelled`, `busy`, `not-supported`, `bad-request`),
 * card (`no-card`, `card-unreadable`, `card-moved`, `card-wrong-type`, `reader-refused`),
 * paper (`paper-out`, `paper-jam`, `cover-open`, `cutter-error`, `printer-error`),
 * locker (`unknown-cell`).
 */
export type DeviceErrorCode =
  | 'not-connected'
  | 'timeout'
  | 'line-lost'
  | 'bad-reply'
  | 'cancelled'
  | 'busy'
  | 'not-supported'
  | 'bad-request'
  | 'no-card'
  | 'card-unreadable'
  | 'card-moved'
  | 'card-wrong-type'
  | 'reader-refused'
  | 'paper-out'
  | 'paper-jam'
  | 'cover-open'
  | 'cutter-error'
  | 'printer-error'
  | 'unknown-cell';

/** An expected failure of a device; `detail` is for log and technician and holds no personal data. */
export interface DeviceError {
  readonly code: DeviceErrorCode;
  readonly detail: string;
}

/** What a driver knows of its device at one moment. */
export interface DeviceState {
  readonly status: DeviceStatus;
  /** Cause of a status other than online, for the technician; empty when online. */
  readonly detail: string;
  /** The fault behind a status other than online, where the device told one; a screen picks its words by this. */
  readonly fault?: DeviceErrorCode;
  /** Receipt printers: paper; null for devices without supplies. */
  readonly paper: SupplyState | null;
  /** Identification read from the device (SAM id, firmware), or null when it does not tell. */
  readonly identity: string | null;
}

/** What every driver of every class offers. */
export interface DeviceDriver<TEvent> {
  readonly deviceClass: DeviceClass;
  /** Driver id as in configuration, e.g. `sdt`, `kerong-cu48`. */
  readonly driverId: string;
  /**
   * Asks the device for its state (one round trip, own deadline). A device that does not answer gives `offline`.
   * Never rejects.
   */
  probe(signal?: AbortSignal): Promise<DeviceState>;
  /** Things the device tells unasked. */
  readonly events: EventSource<TEvent>;
  /** Releases timers and listeners. The transport is closed by whoever opened it. */
  dispose(): void;
}
