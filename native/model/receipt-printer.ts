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
  /** Whole millimetres left on the roll, by what was printed since it was put in; absent where nobody can know. */
  readonly paperLeftMm?: number;
}

export type ReceiptPrinterEvent = { readonly type: 'state-changed'; readonly state: PrinterState };

/** What is known before a print besides its text. */
export interface PrintHow {
  /**
   * Half a receipt may hang in the printer that this process knows nothing of (the program has just been started): it
   * is brought out and cut off first, because it belongs to somebody else.
   */
  readonly leftovers?: boolean;
}

export interface ReceiptPrinter extends DeviceDriver<ReceiptPrinterEvent> {
  /** Reads paper, cover and cutter (real-time status). */
  readState(signal?: AbortSignal): Promise<Result<PrinterState, DeviceError>>;
  /**
   * Prints and cuts one receipt. Paper and cover are checked before the first byte; the status is read back after the
   * cut, and only that makes `printed`. Never rejects.
   */
  print(document: ReceiptDocument, signal?: AbortSignal, how?: PrintHow): Promise<PrintResult>;
  /**
   * Brings out what hangs in the printer and cuts it off: half a receipt after a crash, or a blank strip. Ends as a
   * print does. Never rejects.
   */
  clearAway(signal?: AbortSignal): Promise<PrintResult>;
  /**
   * Takes the printer out of a stop that it can leave by itself (cutter error) and throws away what it still had to
   * print, so that no receipt comes out a second time. Gives the state afterwards; the error when it is still stopped.
   */
  recover(signal?: AbortSignal): Promise<Result<PrinterState, DeviceError>>;
  /** Somebody put in a new roll: paper is measured from its length again. Nothing is sent to the printer. */
  paperReplaced?(): void;
}
