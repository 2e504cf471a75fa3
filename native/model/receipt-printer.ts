import type { DeviceDriver, DeviceError, SupplyState } from './device.ts';
import type { ReceiptDocument } from './receipt-document.ts';
import type { Result } from './result.ts';

/** What is known after a print: came out whole, surely not (whole), or not known (status could not be read back). */
export type PrintOutcome = 'printed' | 'not-printed' | 'unknown';

export interface PrintResult {
  readonly outcome: PrintOutcome;
  /** Why it is not `printed`; null when printed. */
  readonly cause: DeviceError | null;
}

export interface PrinterState {
  readonly paper: SupplyState;
  readonly cover: 'closed' | 'open' | 'unknown';
  readonly cutter: 'ok' | 'error' | 'unknown';
}

export type ReceiptPrinterEvent = { readonly type: 'state-changed'; readonly state: PrinterState };

export interface ReceiptPrinter extends DeviceDriver<ReceiptPrinterEvent> {
  /** Reads paper, cover and cutter (real-time status). */
  readState(signal?: AbortSignal): Promise<Result<PrinterState, DeviceError>>;
  /**
   * Prints and cuts one receipt. Paper and cover are checked before the first byte; the status is read back after the
   * cut, and only that makes `printed`. Never rejects.
   */
  print(document: ReceiptDocument, signal?: AbortSignal): Promise<PrintResult>;
}
