import { JOB_STATUS, PRINTER_ATTRIBUTE, PRINTER_STATUS } from '../model/spooler.ts';
import type { SpoolerJob, SpoolerPrinter } from '../model/spooler.ts';
import type { PagePrinterState } from '../model/page-printer.ts';

/** Bits that a technician has to see to, in words. */
const PRINTER_WORDS = {
  error: PRINTER_STATUS.error,
  'pending-deletion': PRINTER_STATUS.pendingDeletion,
  'paper-jam': PRINTER_STATUS.paperJam,
  'paper-out': PRINTER_STATUS.paperOut,
  'manual-feed': PRINTER_STATUS.manualFeed,
  'paper-problem': PRINTER_STATUS.paperProblem,
  offline: PRINTER_STATUS.offline,
  'output-bin-full': PRINTER_STATUS.outputBinFull,
  'not-available': PRINTER_STATUS.notAvailable,
  'toner-low-warning': PRINTER_STATUS.tonerLow,
  'no-toner': PRINTER_STATUS.noToner,
  'user-intervention': PRINTER_STATUS.userIntervention,
  'out-of-memory': PRINTER_STATUS.outOfMemory,
  'door-open': PRINTER_STATUS.doorOpen,
  'server-offline': PRINTER_STATUS.serverOffline,
} as const;

const JOB_WORDS = {
  error: JOB_STATUS.error,
  offline: JOB_STATUS.offline,
  'paper-out': JOB_STATUS.paperOut,
  blocked: JOB_STATUS.blocked,
  'user-intervention': JOB_STATUS.userIntervention,
} as const;

const { printing, busy, processing, ioActive } = PRINTER_STATUS;
/** It keeps jobs until it is back. */
const AWAY = PRINTER_STATUS.offline | PRINTER_STATUS.notAvailable | PRINTER_STATUS.serverOffline;

/**
 * What a printer and, while there is one, its job tell. Many printers tell the spooler nothing: without a bit nothing is
 * known of paper, toner and cover.
 */
export function spoolerState(printer: SpoolerPrinter, job: SpoolerJob | null = null): PagePrinterState {
  const { status, attributes } = printer;
  const has = (bits: number): boolean => (status & bits) !== 0;
  const reasons = [...new Set([...wordsOf(PRINTER_WORDS, status), ...wordsOf(JOB_WORDS, job?.status ?? 0)])];
  const out = has(PRINTER_STATUS.paperOut) || ((job?.status ?? 0) & JOB_STATUS.paperOut) !== 0;
  const workOffline = (attributes & PRINTER_ATTRIBUTE.workOffline) !== 0;
  const stopped = workOffline || has(PRINTER_STATUS.paused | AWAY);
  return {
    paper: has(PRINTER_STATUS.paperJam) ? 'jammed' : out ? 'out' : 'unknown',
    toner: has(PRINTER_STATUS.noToner) ? 'out' : has(PRINTER_STATUS.tonerLow) ? 'low' : 'unknown',
    cover: has(PRINTER_STATUS.doorOpen) ? 'open' : 'unknown',
    queue: has(PRINTER_STATUS.pendingDeletion)
      ? 'refusing'
      : stopped
        ? 'stopped'
        : has(printing | busy | processing | ioActive)
          ? 'printing'
          : 'idle',
    reasons,
  };
}

function wordsOf(words: Readonly<Record<string, number>>, bits: number): readonly string[] {
  return Object.entries(words)
    .filter(([, bit]) => (bits & bit) !== 0)
    .map(([word]) => word);
}

/** Whether any of the bits is set. */
export function jobHas(job: SpoolerJob, ...names: readonly (keyof typeof JOB_STATUS)[]): boolean {
  return names.some((name) => (job.status & JOB_STATUS[name]) !== 0);
}

/** Whether something of the job may have reached the printer. */
export function jobBegun(job: SpoolerJob): boolean {
  return job.pagesPrinted > 0 || jobHas(job, 'printing', 'printed', 'complete', 'restart');
}
