import type { DeviceDriver, DeviceError, SupplyState } from './device.ts';
import type { PrintResult } from './receipt-printer.ts';
import type { Result } from './result.ts';

/** What a page printer tells of itself. `unknown` where it does not tell. */
export interface PagePrinterState {
  readonly paper: SupplyState;
  readonly toner: Exclude<SupplyState, 'jammed'>;
  readonly cover: 'closed' | 'open' | 'unknown';
  /** `stopped` keeps jobs for later, `refusing` takes none. */
  readonly queue: 'idle' | 'printing' | 'stopped' | 'refusing';
  /** Reasons in the printer's own words (printer-state-reasons, PWG 5100 and RFC 8011), for the technician. */
  readonly reasons: readonly string[];
}

/** What came of a print, and the job it was. */
export interface PagePrintResult extends PrintResult {
  /** Number of the job at the print server; null when there never was one. */
  readonly jobId: number | null;
}

export interface PrintPdfOptions {
  /** The document, a whole PDF file. It is not kept. */
  readonly pdf: Uint8Array;
  /** How long the printer may take before the job is taken back, in milliseconds (5,000 to 600,000). */
  readonly deadlineMs: number;
  /** 1 to 99; 1 when left out. */
  readonly copies?: number;
  /** Both sides of the paper, along the long edge. */
  readonly duplex?: boolean;
  readonly signal?: AbortSignal;
  /** Called with the number of the job as soon as there is one: whoever keeps it can ask for it after a restart. */
  readonly onJob?: (jobId: number) => void;
}

export type PagePrinterEvent = { readonly type: 'state-changed'; readonly state: PagePrinterState };

/** Prints PDF documents on A4 paper. */
export interface PagePrinter extends DeviceDriver<PagePrinterEvent> {
  /**
   * Reads paper, toner, cover and queue. A print server hears of paper, toner and cover while it prints only: of an idle
   * printer they are what was last known.
   */
  readState(signal?: AbortSignal): Promise<Result<PagePrinterState, DeviceError>>;
  /**
   * Prints one document, and takes everything of it from the spool again. It is submitted at most once. What comes of it
   * is what the print server says of the job:
   * - `printed`: it was completed, and the printer had no trouble at the end
   * - `not-printed`: it never began, or the server itself gave it up
   * - `unknown`: it was taken back while it was being printed, or nobody can tell any more
   * Cancelling takes the job back. Never rejects.
   */
  printPdf(options: PrintPdfOptions): Promise<PagePrintResult>;
  /**
   * What came of a job of an earlier run of this program, by its number; then everything of it is taken from the spool.
   * A job that still waits or prints is taken back. Never prints anything.
   */
  settleJob(jobId: number, signal?: AbortSignal): Promise<PagePrintResult>;
  /** Takes back and forgets every job of this kiosk at the printer; the value is how many there were. */
  purge(signal?: AbortSignal): Promise<Result<number, DeviceError>>;
}
