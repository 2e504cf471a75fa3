import type { DeviceError, DeviceErrorCode, DeviceState } from '../model/device.ts';
import type { PagePrinterState, PrintPdfOptions } from '../model/page-printer.ts';
import type { Result } from '../model/result.ts';
import { troubleOf } from './printer-reasons.ts';

/** How often a job is asked for, in milliseconds. */
export const ASK_MS = 500;
/** How long a job that was taken back may need to end, in milliseconds. */
export const CANCEL_MS = 10_000;
/** How long the server may be away at the end before nobody can tell any more, in milliseconds. */
export const AWAY_MS = 15_000;
/** How long a job waits for somebody who fills in paper or closes the cover, in milliseconds. */
export const TROUBLE_MS = 30_000;
/** After "completed" the printer's own words may come a moment later, in milliseconds. */
export const AFTERWORD_MS = 400;
/** Results of jobs of an earlier run that are kept. */
export const MAX_SETTLED = 100;
/** The one name of all jobs: names stand in control files, logs and on banner pages. */
export const JOB_NAME = 'hall24';

/** What is wrong with the order itself, or null. */
export function cannotPrint({ pdf, deadlineMs, copies = 1, signal }: PrintPdfOptions): DeviceError | null {
  if (!(deadlineMs >= 5_000 && deadlineMs <= 600_000)) return problem('bad-request', 'deadline must be 5 to 600 s');
  if (!(Number.isInteger(copies) && copies >= 1 && copies <= 99)) return problem('bad-request', '1 to 99 copies');
  if (!isPdf(pdf)) return problem('bad-request', 'not a PDF document');
  return signal?.aborted ? problem('cancelled', 'cancelled before it was sent') : null;
}

/** A printer's state in the words of device health. */
export function stateAsHealth(read: Result<PagePrinterState, DeviceError>, identity: string): DeviceState {
  if (!read.ok) {
    return { status: 'offline', detail: `${read.error.code}: ${read.error.detail}`, paper: null, identity: null };
  }
  const trouble = troubleOf(read.value);
  const { paper } = read.value;
  if (!trouble) return { status: 'online', detail: '', paper, identity };
  const byHand: readonly DeviceErrorCode[] = ['paper-out', 'paper-jam', 'cover-open'];
  const status = byHand.includes(trouble.code) ? 'userError' : 'hardwareError';
  return { status, detail: trouble.detail, fault: trouble.code, paper, identity };
}

/** A queue that is stopped after the last byte says nothing of the sheet; paper, cover and toner do. */
export function paperTrouble(state: PagePrinterState): DeviceError | null {
  return troubleOf({ ...state, queue: 'idle' });
}

/** Whether the bytes begin as a PDF document does. */
function isPdf(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(0, 5)) === '%PDF-';
}

export function problem(code: DeviceErrorCode, detail: string): DeviceError {
  return { code, detail };
}
