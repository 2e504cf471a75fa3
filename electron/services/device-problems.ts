import type { Problem } from '../contract/problems.ts';
import type { DeviceClass, DeviceError, DeviceErrorCode } from '../../native/model/device.ts';

type ProblemCode = Problem['code'];

const AWAY: Readonly<Record<DeviceClass, ProblemCode>> = {
  'id-card-reader': 'C201-reader-away',
  'receipt-printer': 'P301-printer-away',
  'pickup-locker': 'L401-locker-away',
  'evaluation-keypad': 'T605-device-test-failed',
  'code-scanner': 'T605-device-test-failed',
  'social-security-card-reader': 'C201-reader-away',
  'page-printer': 'P301-printer-away',
  'document-camera': 'T605-device-test-failed',
  'presence-sensor': 'T605-device-test-failed',
};

const BY_CODE: Partial<Record<DeviceErrorCode, ProblemCode>> = {
  cancelled: 'K106-cancelled',
  'no-card': 'C202-no-card',
  'card-unreadable': 'C203-card-unreadable',
  'card-moved': 'C204-card-moved',
  'card-wrong-type': 'C205-card-wrong-type',
  'reader-refused': 'C206-reader-refused',
  'paper-out': 'P302-paper-out',
  'paper-jam': 'P303-paper-jam',
  'cover-open': 'P304-cover-open',
  'cutter-error': 'P305-cutter-error',
  'sensor-implausible': 'L413-door-sensors-wrong',
};

/** The problem that a citizen is told for a device failure. Line failures mean: this device is away. */
export function problemOf(deviceClass: DeviceClass, error: DeviceError): Problem {
  // A locker that cannot do a thing has no sensor to tell what became of a door; the door may well be open.
  const unseen = deviceClass === 'pickup-locker' && error.code === 'not-supported';
  return { code: unseen ? 'L414-door-without-sensor' : (BY_CODE[error.code] ?? AWAY[deviceClass]), params: {} };
}

/** The problem behind a fault that a device told of itself, or null where the fault has no words of its own. */
export function faultProblem(fault: DeviceErrorCode): ProblemCode | null {
  return BY_CODE[fault] ?? null;
}
