import type { EventSource } from './events.ts';

/** The device classes of a hall kiosk. */
export const DEVICE_CLASSES = [
  'id-card-reader',
  'receipt-printer',
  'pickup-locker',
  'evaluation-keypad',
  'code-scanner',
  'social-security-card-reader',
  'page-printer',
  'document-camera',
  'presence-sensor',
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

/** Something that a device uses up or fills, with the threshold at which somebody should see to it. */
export interface Supply {
  readonly name: 'paper' | 'ribbon' | 'toner' | 'waste' | 'battery';
  readonly state: SupplyState;
  /** What is left, in `unit`; absent when the device knows only the state. */
  readonly left?: number;
  /** At this much left, or less, the state is `low`. */
  readonly lowAt?: number;
  readonly unit?: 'percent' | 'sheets' | 'millimetres';
}

/** A supply of which the device tells how much is left (>= 0, in `unit`); `low` from `lowAt` down, `out` at 0. */
export function measuredSupply(
  name: Supply['name'],
  amount: { readonly left: number; readonly lowAt: number; readonly unit: NonNullable<Supply['unit']> },
): Supply {
  const { left, lowAt } = amount;
  const known = Number.isFinite(left) && left >= 0;
  if (!known) return { name, state: 'unknown' };
  return { name, state: left === 0 ? 'out' : left <= lowAt ? 'low' : 'full', ...amount };
}

/**
 * Why a device command failed, in families:
 * line (`not-connected`, `timeout`, `line-lost`, `bad-reply`), request (`cancelled`, `busy`, `not-supported`, `bad-request`),
 * card (`no-card`, `card-unreadable`, `card-moved`, `card-wrong-type`, `reader-refused`),
 * paper (`paper-out`, `paper-jam`, `cover-open`, `cutter-error`, `printer-error`),
 * locker (`unknown-cell`; `sensor-implausible`: the door sensors say what cannot be, as with a polarity set the wrong way).
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
  | 'unknown-cell'
  | 'sensor-implausible';

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
  /** Every supply of a device that has others than paper, or knows how much is left; else `paper` says it all. */
  readonly supplies?: readonly Supply[];
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
