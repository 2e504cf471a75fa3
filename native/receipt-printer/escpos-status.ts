import type { DeviceError, DeviceState } from '../model/device.ts';
import type { PrinterState } from '../model/receipt-printer.ts';

/**
 * Status bytes of ESC/POS printers (protocols: real-time status `10 04 n`, ASB `1D 61 n`, queued status `1D 72 n`).
 * Each kind has fixed bits by which it is told apart from the others and from noise.
 */

/** Answer to DLE EOT n: bits 0 and 7 clear, 1 and 4 set. */
export const isRealTimeByte = (byte: number): boolean => (byte & 0x93) === 0x12;
/** First of the four ASB bytes: bits 0, 1 and 7 clear, 4 set. */
export const isAsbStart = (byte: number): boolean => (byte & 0x93) === 0x10;
/** Second to fourth ASB byte: bits 4 and 7 clear. */
export const isAsbRest = (byte: number): boolean => (byte & 0x90) === 0;
/** Answer to GS r 1: bits 4 to 7 clear; each sensor reports on two bits that agree. */
export const isQueuedPaperByte = (byte: number): boolean =>
  (byte & 0xf0) === 0 &&
  ((byte & 0x03) === 0 || (byte & 0x03) === 0x03) &&
  ((byte & 0x0c) === 0 || (byte & 0x0c) === 0x0c);

/** Whether a GS r 1 answer says that paper is there. */
export const queuedPaperPresent = (byte: number): boolean => (byte & 0x0c) === 0;

/** XON and XOFF of a printer with software flow control: no status byte has their fixed bits. */
export const XON = 0x11;
export const XOFF = 0x13;

/** What DLE EOT 1 to 4 tell together, or one ASB report. */
export interface PrinterCondition {
  /** The printer says that it takes nothing, whatever the cause. */
  readonly offline: boolean;
  readonly coverOpen: boolean;
  readonly paperOut: boolean;
  readonly paperNearEnd: boolean;
  readonly cutterError: boolean;
  /** Paper jam or another mechanical fault. */
  readonly mechanicalError: boolean;
  readonly unrecoverable: boolean;
  /** Passes by itself, e.g. print head too hot. */
  readonly autoRecoverable: boolean;
  /** The printer says that it stopped for an error. */
  readonly error: boolean;
}

export const GOOD_CONDITION: PrinterCondition = {
  offline: false,
  coverOpen: false,
  paperOut: false,
  paperNearEnd: false,
  cutterError: false,
  mechanicalError: false,
  unrecoverable: false,
  autoRecoverable: false,
  error: false,
};

/** Condition from the answers to DLE EOT 1 (printer), 2 (offline cause), 3 (error) and 4 (paper). */
export function conditionFromRealTime(
  printer: number,
  offline: number,
  error: number,
  paper: number,
): PrinterCondition {
  return {
    offline: (printer & 0x08) !== 0,
    coverOpen: (offline & 0x04) !== 0,
    paperOut: (offline & 0x20) !== 0 || (paper & 0x60) === 0x60,
    paperNearEnd: (paper & 0x0c) !== 0,
    cutterError: (error & 0x08) !== 0,
    mechanicalError: (error & 0x04) !== 0,
    unrecoverable: (error & 0x20) !== 0,
    autoRecoverable: (error & 0x40) !== 0,
    error: (offline & 0x40) !== 0,
  };
}

/** Whether an answer to DLE EOT 2 alone says that the printer stopped (cover open, paper end, error). */
export const stoppedByOffline = (offline: number): boolean => (offline & 0x64) !== 0;

/** Condition from four ASB bytes, or null when the fixed bits are wrong. */
export function conditionFromAsb(bytes: Uint8Array): PrinterCondition | null {
  const [first, second, third, fourth] = bytes;
  if (first === undefined || second === undefined || third === undefined || fourth === undefined) return null;
  if (!isAsbStart(first) || ![second, third, fourth].every(isAsbRest)) return null;
  return {
    offline: (first & 0x08) !== 0,
    coverOpen: (first & 0x20) !== 0,
    paperOut: (third & 0x0c) !== 0,
    paperNearEnd: (third & 0x03) !== 0,
    cutterError: (second & 0x08) !== 0,
    mechanicalError: (second & 0x04) !== 0,
    unrecoverable: (second & 0x20) !== 0,
    autoRecoverable: (second & 0x40) !== 0,
    error: (second & 0x6c) !== 0,
  };
}

/** Why the printer cannot print now, the most specific cause first, or null when it can. */
export function conditionFault(condition: PrinterCondition): DeviceError | null {
  if (condition.coverOpen) return { code: 'cover-open', detail: 'cover open' };
  if (condition.paperOut) return { code: 'paper-out', detail: 'paper end' };
  if (condition.cutterError) return { code: 'cutter-error', detail: 'auto-cutter error' };
  if (condition.mechanicalError) return { code: 'paper-jam', detail: 'mechanical error' };
  if (condition.unrecoverable) return { code: 'printer-error', detail: 'unrecoverable error' };
  if (condition.autoRecoverable) return { code: 'printer-error', detail: 'auto-recoverable error (head temperature)' };
  if (condition.error) return { code: 'printer-error', detail: 'stopped for an error' };
  if (condition.offline) return { code: 'printer-error', detail: 'printer says that it is offline' };
  return null;
}

/** Contract state of a condition. */
export function printerState(condition: PrinterCondition): PrinterState {
  let paper: PrinterState['paper'] = 'full';
  if (condition.paperNearEnd) paper = 'low';
  if (condition.mechanicalError) paper = 'jammed';
  if (condition.paperOut) paper = 'out';
  return {
    paper,
    cover: condition.coverOpen ? 'open' : 'closed',
    cutter: condition.cutterError ? 'error' : 'ok',
  };
}

/**
 * Device state in the common words: what a person at the printer can put right (paper, cover) is `userError`, a fault
 * of the mechanism `hardwareError`.
 */
export function deviceState(condition: PrinterCondition): DeviceState {
  const fault = conditionFault(condition);
  const { paper } = printerState(condition);
  if (fault === null) return { status: 'online', detail: '', paper, identity: null };
  const { code, detail } = fault;
  const byUser = code === 'cover-open' || code === 'paper-out';
  return { status: byUser ? 'userError' : 'hardwareError', detail, fault: code, paper, identity: null };
}
