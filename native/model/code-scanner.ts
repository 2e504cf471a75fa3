import type { DeviceDriver } from './device.ts';

/** A scanned code as text; control characters other than the tail are kept out by the driver. */
export type CodeScannerEvent = { readonly type: 'code'; readonly text: string };

export interface CodeScanner extends DeviceDriver<CodeScannerEvent> {
  /** Switches the scanning light on or off where the device can be triggered; does nothing where it scans by itself. */
  trigger(on: boolean): Promise<void>;
}
