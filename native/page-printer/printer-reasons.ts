import type { DeviceErrorCode } from '../model/device.ts';
import type { PagePrinterState } from '../model/page-printer.ts';
import { numbersOf, textsOf } from './ipp-codec.ts';
import type { IppGroup } from './ipp-codec.ts';

/** Attributes that `stateOf` needs. */
export const STATE_ATTRIBUTES = ['printer-state', 'printer-state-reasons', 'printer-is-accepting-jobs'] as const;

/** RFC 8011, 5.4.11. */
const QUEUES: ReadonlyMap<number, PagePrinterState['queue']> = new Map([
  [4, 'printing'],
  [5, 'stopped'],
]);

/**
 * What a printer tells of itself. Its words (RFC 8011 5.4.12, PWG 5100.9) end in `-report`, `-warning` or `-error`; a
 * word without an end counts as an error. What a word does not speak of is `unknown`, unless the printer says `none` or
 * only speaks of other things: then it is taken for fine.
 */
export function stateOf(printer: IppGroup | undefined): PagePrinterState {
  const reasons = textsOf(printer, 'printer-state-reasons').filter((reason) => reason !== 'none');
  const told = (printer?.attributes.get('printer-state-reasons') ?? []).length > 0;
  const has = (...words: readonly string[]): boolean => reasons.some((reason) => words.includes(plain(reason)));
  const accepting = printer?.attributes.get('printer-is-accepting-jobs')?.[0] !== false;
  return {
    paper: has('media-jam')
      ? 'jammed'
      : has('media-empty', 'media-needed')
        ? 'out'
        : has('media-low')
          ? 'low'
          : told
            ? 'full'
            : 'unknown',
    toner: has('toner-empty', 'marker-supply-empty')
      ? 'out'
      : has('toner-low', 'marker-supply-low')
        ? 'low'
        : told
          ? 'full'
          : 'unknown',
    cover: has('cover-open', 'door-open', 'interlock-open') ? 'open' : told ? 'closed' : 'unknown',
    queue: accepting ? (QUEUES.get(numbersOf(printer, 'printer-state')[0] ?? 0) ?? 'idle') : 'refusing',
    reasons,
  };
}

/** What keeps the printer from printing, or null. Low supplies do not. */
export function troubleOf(state: PagePrinterState): { readonly code: DeviceErrorCode; readonly detail: string } | null {
  const detail = state.reasons.join(', ');
  if (state.paper === 'jammed') return { code: 'paper-jam', detail };
  if (state.paper === 'out') return { code: 'paper-out', detail };
  if (state.cover === 'open') return { code: 'cover-open', detail };
  if (state.toner === 'out') return { code: 'printer-error', detail };
  if (state.queue === 'refusing') return { code: 'printer-error', detail: 'the print server takes no jobs for it' };
  if (state.queue === 'stopped') return { code: 'printer-error', detail: detail || 'the queue is stopped' };
  const error = state.reasons.find((reason) => isError(reason));
  return error === undefined ? null : { code: 'printer-error', detail };
}

/** The word without its end. */
function plain(reason: string): string {
  return reason.replace(/-(?:report|warning|error)$/u, '');
}

/** Words about the connection rather than the printer, which come and go while it prints. */
const HARMLESS = /^(?:connecting-to-device|cups-|com\.|job-|moving-to-paused|spool-area-full|hold-new-jobs|resuming)/u;

function isError(reason: string): boolean {
  return !/-(?:report|warning)$/u.test(reason) && !HARMLESS.test(reason);
}
