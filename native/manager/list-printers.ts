import type { DeviceClass } from '../model/device.ts';
import { ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { TransportError } from '../model/transport.ts';
import { cupsQueues } from '../page-printer/cups-queues.ts';
import type { PrinterQueue } from '../page-printer/cups-queues.ts';
import { formatAddress, portOf } from '../transport/address.ts';
import { openIpp } from '../transport/ipp.ts';
import type { DeviceSettings } from './driver-types.ts';

/** An A4 printer that this machine knows: a CUPS queue, or on Windows a printer of the spooler. */
export interface FoundPrinter extends PrinterQueue {
  readonly kind: 'printer';
  /** Address for the settings. */
  readonly address: string;
  /** Driver of the class `page-printer` that works with it. */
  readonly driver: string;
  /** `page-printer` when the settings name it already. */
  readonly usedBy: DeviceClass | null;
}

/** Where the list comes from; left out: this machine. */
export interface PrinterSources {
  readonly cups?: () => Promise<Result<readonly PrinterQueue[], TransportError>>;
}

/** Where the print server of this machine listens. */
const SERVER = { scheme: 'ipp', host: 'localhost', port: 631 } as const;

/**
 * The A4 printers of this machine, without printing anything; the default one first, else by name.
 * `unreachable`: there is no print server, which is not the same as one without printers (an empty list).
 * @param settings what is configured, to mark what is in use
 */
export async function listPrinters(
  settings: readonly DeviceSettings[] = [],
  sources: PrinterSources = {},
): Promise<Result<readonly FoundPrinter[], TransportError>> {
  const queues = await (sources.cups ?? localQueues)();
  if (!queues.ok) return queues;
  const found = queues.value.map((queue): FoundPrinter => {
    const address = formatAddress({ ...SERVER, path: `/printers/${encodeURIComponent(queue.name)}` });
    const used = settings.find((one) => portOf(one.address) === portOf(address));
    return { ...queue, kind: 'printer', address, driver: 'ipp', usedBy: used?.deviceClass ?? null };
  });
  return ok(found.toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault) || (a.name < b.name ? -1 : 1)));
}

async function localQueues(): Promise<Result<readonly PrinterQueue[], TransportError>> {
  const opened = await openIpp({ ...SERVER, path: '/' });
  if (!opened.ok) return opened;
  try {
    return await cupsQueues(opened.value);
  } finally {
    await opened.value.close();
  }
}
