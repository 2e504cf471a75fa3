import type { DeviceDriver, DeviceError } from './device.ts';
import type { Result } from './result.ts';

/** A scanned code as text; control characters other than the tail are kept out by the driver. */
export type CodeScannerEvent = { readonly type: 'code'; readonly text: string };

/** When a scanner reads: on command or button, when something moves before it, or always. */
export const SCAN_MODES = ['trigger', 'sense', 'continuous'] as const;
export type ScanMode = (typeof SCAN_MODES)[number];

/** Settings of a scanner; what is left out stays as it is. */
export interface ScannerChange {
  readonly mode?: ScanMode;
  /** Whether a good read beeps. */
  readonly beep?: boolean;
  /** Whether a good read lights the lamp. */
  readonly lamp?: boolean;
  /** Back to the factory's settings before the others are made. */
  readonly factoryReset?: boolean;
  /** Keeps the settings over a loss of power. */
  readonly keep?: boolean;
}

/** What a scanner tells of itself; null where it does not. */
export interface ScannerInfo {
  readonly model: string | null;
  readonly firmware: string | null;
  readonly serialNumber: string | null;
  readonly mode: ScanMode | null;
  readonly beep: boolean | null;
  readonly lamp: boolean | null;
  /** Speed of its serial line in bits a second. */
  readonly baud: number | null;
}

/**
 * A scanner of bar codes and QR codes. Commands need a scanner that understands commands (option `trigger`); the others
 * say `not-supported`. Errors: `not-connected`, `line-lost`, `timeout` (no answer), `bad-reply` (damaged answer),
 * `bad-request` (the scanner refuses the value), `not-supported` (it does not know the command), `cancelled`.
 */
export interface CodeScanner extends DeviceDriver<CodeScannerEvent> {
  /** Switches the scanning light on or off where the device can be triggered; does nothing where it scans by itself. */
  trigger(on: boolean, signal?: AbortSignal): Promise<Result<void, DeviceError>>;
  /** One beep. */
  beep?(signal?: AbortSignal): Promise<Result<void, DeviceError>>;
  configure?(change: ScannerChange, signal?: AbortSignal): Promise<Result<void, DeviceError>>;
  info?(signal?: AbortSignal): Promise<Result<ScannerInfo, DeviceError>>;
}
