import type { DriverDefinition } from '../model/driver-registry.ts';
import type { PagePrinter } from '../model/page-printer.ts';
import type { DeviceSimulator } from '../model/simulator.ts';
import { PRINTER_STATUS } from '../model/spooler.ts';
import { ippPrinter, windowsSpooler } from './index.ts';
import { PrintServerSimulator } from './simulator.ts';
import { SpoolerSimulator } from './simulator-spooler.ts';

/** What may become of a printer's jobs, in the words of no protocol. */
export type Habit =
  | 'prints'
  | 'hangs'
  | 'is thrown away'
  | 'stops the queue'
  | 'waits'
  | 'is forgotten'
  | 'cannot be taken back';

/** What may be wrong with a printer. */
export type Ill = 'well' | 'paper out' | 'jam' | 'cover open' | 'no toner';

/** A simulated print server with one printer and one queue. */
export interface PageServer {
  readonly simulator: DeviceSimulator;
  /** Documents that came out whole. */
  readonly printed: readonly Uint8Array[];
  jobsLeft(): number;
  /** Jobs that were ever made. */
  jobsMade(): number;
  be(habit: Habit): void;
  ail(ill: Ill): void;
  /** The queue is stopped, or goes on. */
  stop(stopped: boolean): void;
  /** It prints for somebody else. */
  busy(busy: boolean): void;
  silent(silent: boolean): void;
}

/** One driver with the server it is made for. */
export interface PageSubject {
  readonly definition: DriverDefinition<PagePrinter>;
  readonly address: string;
  simulate(): PageServer;
}

const IPP_FATES = {
  prints: { jobs: 'complete' },
  hangs: { jobs: 'hang' },
  'is thrown away': { jobs: 'cancel' },
  'stops the queue': { jobs: 'stop-printer' },
  waits: { jobs: 'wait' },
  'is forgotten': { jobs: 'complete', noHistory: true },
  'cannot be taken back': { jobs: 'hang', deafToCancel: true },
} as const;
const IPP_ILLS = {
  well: 'none',
  'paper out': 'media-empty-error',
  jam: 'media-jam-error',
  'cover open': 'cover-open',
  'no toner': 'toner-empty-error',
} as const;

function printServer(): PageServer {
  const simulator = new PrintServerSimulator();
  const { behaviour } = simulator;
  return {
    simulator,
    printed: simulator.printed,
    jobsLeft: () => simulator.jobs.size,
    jobsMade: () => simulator.submitted.length,
    be: (habit) => void Object.assign(behaviour, { noHistory: false, deafToCancel: false }, IPP_FATES[habit]),
    ail: (ill) => void (behaviour.reasons = [IPP_ILLS[ill]]),
    stop: (stopped) => void (behaviour.stopped = stopped),
    busy: (busy) => void (behaviour.busy = busy),
    silent: (silent) => void (behaviour.silent = silent),
  };
}

const SPOOLER_FATES = {
  prints: { jobs: 'complete' },
  hangs: { jobs: 'hang' },
  'is thrown away': { jobs: 'delete' },
  'stops the queue': { jobs: 'pause-queue' },
  waits: { jobs: 'wait' },
  'is forgotten': { jobs: 'complete', forgets: true },
  'cannot be taken back': { jobs: 'hang', deafTo: 'everything' },
} as const;
const SPOOLER_ILLS = {
  well: 0,
  'paper out': PRINTER_STATUS.paperOut,
  jam: PRINTER_STATUS.paperJam,
  'cover open': PRINTER_STATUS.doorOpen,
  'no toner': PRINTER_STATUS.noToner,
} as const;

function spooler(): PageServer {
  const simulator = new SpoolerSimulator();
  const { behaviour } = simulator;
  const others = ~Object.values(SPOOLER_ILLS).reduce<number>((all, bit) => all | bit, 0);
  const set = (bit: number, on: boolean): void =>
    void (behaviour.status = (on ? behaviour.status | bit : behaviour.status & ~bit) >>> 0);
  return {
    simulator,
    printed: simulator.printed,
    jobsLeft: () => simulator.jobs.size,
    jobsMade: () => simulator.submitted.length,
    be: (habit) => void Object.assign(behaviour, { forgets: false, deafTo: 'nothing' }, SPOOLER_FATES[habit]),
    ail: (ill) => void (behaviour.status = ((behaviour.status & others) | SPOOLER_ILLS[ill]) >>> 0),
    stop: (stopped) => set(PRINTER_STATUS.paused, stopped),
    busy: (busy) => set(PRINTER_STATUS.printing, busy),
    silent: (silent) => void (behaviour.silent = silent),
  };
}

/** Every driver of the class. */
export const PAGE_SUBJECTS: readonly PageSubject[] = [
  { definition: ippPrinter, address: 'ipp://localhost/printers/A4', simulate: printServer },
  { definition: windowsSpooler, address: 'winspool://A4', simulate: spooler },
];
