import { SpoolerSimulator } from '../../../native/page-printer/simulator-spooler.ts';
import { PrintServerSimulator } from '../../../native/page-printer/simulator.ts';
import { PRINTER_STATUS } from '../../../native/model/spooler.ts';
import { behave, plain, toggle } from './far-end.ts';
import type { FarEnd } from './far-end.ts';
import type { FarEndMaker } from './table.ts';

/** What becomes of jobs. */
const FATES = ['complete', 'hang', 'abort', 'cancel', 'stop-printer', 'wait'] as const;

/** A print server with one printer, and a person at its paper tray. */
function printServer(): FarEnd {
  const simulator = new PrintServerSimulator();
  const { behaviour } = simulator;
  const says = (reason: string): void => void (behaviour.reasons = [reason]);
  return {
    deviceClass: 'page-printer',
    driver: 'ipp',
    kind: 'reports',
    simulator,
    actions: [
      {
        word: 'reason',
        help: 'what the printer says of itself, e.g. reason=media-jam-error',
        parameters: [{ name: 'reason', kind: 'text', fallback: 'none' }],
        keys: [],
        run: ({ reason }) => {
          says(String(reason));
          return null;
        },
      },
      plain('out', 'takes the paper out', 'o', () => says('media-empty-error')),
      plain('jam', 'jams the paper', 'j', () => says('media-jam-error')),
      plain('open-cover', 'opens the cover', 'c', () => says('cover-open-error')),
      plain('well', 'puts everything right', 'w', () => says('none')),
      {
        word: 'jobs',
        help: 'what becomes of jobs',
        parameters: [{ name: 'fate', kind: 'text', oneOf: FATES, fallback: 'complete' }],
        keys: FATES.map((fate, index) => ({ key: String(index + 1), help: fate, values: () => ({ fate }) })),
        run: ({ fate }) => {
          behaviour.jobs = FATES.find((one) => one === fate) ?? 'complete';
          return null;
        },
      },
      toggle(
        'stopped',
        'the queue is stopped',
        's',
        () => behaviour.stopped,
        (on) => void (behaviour.stopped = on),
      ),
      behave(
        () => behaviour,
        (fields) => void Object.assign(behaviour, fields),
      ),
    ],
    state: () => ({ printed: simulator.printed.length, jobs: simulator.jobs.size, behaviour }),
    dispose: () => undefined,
  };
}

/** What becomes of jobs of a spooler. */
const SPOOLER_FATES = [
  ...(['complete', 'hang', 'sent-only', 'error'] as const),
  ...(['delete', 'delete-printing', 'wait', 'pause-queue'] as const),
];

/** A Windows spooler with one printer, and a person at its paper tray. */
function spooler(): FarEnd {
  const simulator = new SpoolerSimulator();
  const { behaviour } = simulator;
  const shows = (status: number): void => void (behaviour.status = status);
  return {
    deviceClass: 'page-printer',
    driver: 'windows-spooler',
    kind: 'reports',
    simulator,
    actions: [
      plain('out', 'takes the paper out', 'o', () => shows(PRINTER_STATUS.paperOut)),
      plain('jam', 'jams the paper', 'j', () => shows(PRINTER_STATUS.paperJam)),
      plain('open-cover', 'opens the cover', 'c', () => shows(PRINTER_STATUS.doorOpen)),
      plain('offline', 'switches the printer off', 'f', () => shows(PRINTER_STATUS.offline)),
      plain('well', 'puts everything right', 'w', () => shows(0)),
      {
        word: 'jobs',
        help: 'what becomes of jobs',
        parameters: [{ name: 'fate', kind: 'text', oneOf: SPOOLER_FATES, fallback: 'complete' }],
        keys: SPOOLER_FATES.map((fate, index) => ({ key: String(index + 1), help: fate, values: () => ({ fate }) })),
        run: ({ fate }) => {
          behaviour.jobs = SPOOLER_FATES.find((one) => one === fate) ?? 'complete';
          return null;
        },
      },
      toggle(
        'stopped',
        'the queue is paused',
        's',
        () => (behaviour.status & PRINTER_STATUS.paused) !== 0,
        (on) => shows(on ? behaviour.status | PRINTER_STATUS.paused : behaviour.status & ~PRINTER_STATUS.paused),
      ),
      behave(
        () => behaviour,
        (fields) => void Object.assign(behaviour, fields),
      ),
    ],
    state: () => ({ printed: simulator.printed.length, jobs: simulator.jobs.size, behaviour }),
    dispose: () => undefined,
  };
}

export const PAGE_PRINTERS: Readonly<Record<string, FarEndMaker>> = {
  ipp: () => printServer(),
  'windows-spooler': () => spooler(),
};
