import type { DeviceLedger } from '../model/device-ledger.ts';
import type { PaperRoll } from './paper-roll.ts';
import type { PrinterProfile } from './profile.ts';

/**
 * Whether the printer answers status questions: `auto` finds out (a printer that has answered before and is silent
 * now is off), `always` never prints without an answer, `never` does not ask (printers without a way back).
 */
export type StatusAnswers = 'auto' | 'always' | 'never';

export interface EscposSettings {
  readonly profile: PrinterProfile;
  /** Whether the printer is asked to report changes by itself (ASB). */
  readonly reports: boolean;
  readonly statusAnswers: StatusAnswers;
  /**
   * Addresses on which a receipt was broken off after its first byte. Shared by the drivers of one process, because a
   * reconnect makes a new driver while the fragment still hangs in the printer.
   */
  readonly brokenOff: Set<string>;
  /** Measures the paper; nothing is known of the roll without it. */
  readonly roll?: PaperRoll;
  /** Where receipts and cuts are counted. */
  readonly ledger?: DeviceLedger;
}
