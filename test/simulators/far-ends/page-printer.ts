import { PrintServerSimulator } from '../../../native/page-printer/simulator.ts';
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

export const PAGE_PRINTERS: Readonly<Record<string, FarEndMaker>> = { ipp: () => printServer() };
