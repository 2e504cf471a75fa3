import type { Result } from './result.ts';

/** Bits of a job's state (winspool.h, JOB_STATUS_*); several may be set. */
export const JOB_STATUS = {
  paused: 0x0001,
  error: 0x0002,
  deleting: 0x0004,
  spooling: 0x0008,
  printing: 0x0010,
  offline: 0x0020,
  paperOut: 0x0040,
  /** The whole of it was printed. */
  printed: 0x0080,
  deleted: 0x0100,
  /** The driver cannot print it. */
  blocked: 0x0200,
  userIntervention: 0x0400,
  restart: 0x0800,
  /** The last byte was sent; it may not be printed yet. */
  complete: 0x1000,
  /** Kept in the queue after it was printed. */
  retained: 0x2000,
} as const;

/** Bits of a printer's state (winspool.h, PRINTER_STATUS_*) that matter. */
export const PRINTER_STATUS = {
  paused: 0x0000_0001,
  error: 0x0000_0002,
  pendingDeletion: 0x0000_0004,
  paperJam: 0x0000_0008,
  paperOut: 0x0000_0010,
  manualFeed: 0x0000_0020,
  paperProblem: 0x0000_0040,
  offline: 0x0000_0080,
  ioActive: 0x0000_0100,
  busy: 0x0000_0200,
  printing: 0x0000_0400,
  outputBinFull: 0x0000_0800,
  notAvailable: 0x0000_1000,
  processing: 0x0000_4000,
  tonerLow: 0x0002_0000,
  noToner: 0x0004_0000,
  userIntervention: 0x0010_0000,
  outOfMemory: 0x0020_0000,
  doorOpen: 0x0040_0000,
  serverOffline: 0x0200_0000,
} as const;

/** Bits of a printer's attributes (winspool.h, PRINTER_ATTRIBUTE_*) that matter. */
export const PRINTER_ATTRIBUTE = { workOffline: 0x0400 } as const;

/**
 * How the bytes are to be taken: `RAW` as they are; `XPS_PASS` the same for drivers of the newer kind (version 4), which
 * would otherwise try to read them as XPS.
 */
export const SPOOLER_DATATYPES = ['RAW', 'XPS_PASS'] as const;
export type SpoolerDatatype = (typeof SPOOLER_DATATYPES)[number];

/** What can be done to a job (winspool.h, JOB_CONTROL_*). */
export const JOB_COMMANDS = ['pause', 'delete', 'retain', 'release'] as const;
export type JobCommand = (typeof JOB_COMMANDS)[number];

/** A job as the spooler tells. */
export interface SpoolerJob {
  readonly id: number;
  /** Name of the document. */
  readonly document: string;
  /** Bits of {@link JOB_STATUS}. */
  readonly status: number;
  readonly pagesPrinted: number;
}

/** A printer as the spooler tells. */
export interface SpoolerPrinter {
  /** Bits of {@link PRINTER_STATUS}. Zero means "ready" or "nothing is known". */
  readonly status: number;
  /** Bits of {@link PRINTER_ATTRIBUTE}, among others. */
  readonly attributes: number;
  readonly driver: string;
  readonly port: string;
  /** Jobs in its queue. */
  readonly jobs: number;
}

/**
 * Why the spooler did not do it: the printer is not known to it; it does not allow it; it does not answer or is not
 * running, so nobody knows whether it was done; it refused.
 */
export const SPOOLER_ERRORS = ['no-printer', 'denied', 'away', 'refused'] as const;
export type SpoolerErrorCode = (typeof SPOOLER_ERRORS)[number];

export interface SpoolerError {
  readonly code: SpoolerErrorCode;
  /** For the log and the technician. */
  readonly detail: string;
}

type Answer<T> = Promise<Result<T, SpoolerError>>;

/** One printer of the Windows spooler. No call rejects; each has a deadline. One document is open at most. */
export interface Spooler {
  readPrinter(): Answer<SpoolerPrinter>;
  /** Opens a document and gives the number of its job. Nothing of it is known to be complete before `endDocument`. */
  startDocument(document: string, datatype: SpoolerDatatype): Answer<number>;
  /** The next bytes of the open document. */
  write(bytes: Uint8Array): Answer<void>;
  endDocument(): Answer<void>;
  /** Gives up the open document; harmless when there is none. */
  abortDocument(): Answer<void>;
  /** The job, or null when the spooler does not know it. */
  readJob(id: number): Answer<SpoolerJob | null>;
  /** Numbers of the jobs in the queue whose document has this name. */
  listJobs(document: string): Answer<readonly number[]>;
  controlJob(id: number, command: JobCommand): Answer<void>;
}
