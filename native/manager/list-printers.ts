import type { DeviceClass } from '../model/device.ts';
import { ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { TransportError } from '../model/transport.ts';
import { cupsQueues } from '../page-printer/cups-queues.ts';
import type { PrinterQueue } from '../page-printer/cups-queues.ts';
import { troubleOf } from '../page-printer/printer-reasons.ts';
import { spoolerState } from '../page-printer/spooler-states.ts';
import { formatAddress, portOf } from '../transport/address.ts';
import type { DeviceAddress } from '../transport/address.ts';
import { openIpp } from '../transport/ipp.ts';
import { listWinspoolPrinters } from '../transport/winspool.ts';
import type { WinspoolPrinterInfo } from '../transport/winspool.ts';
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

/** Where the list comes from; left out: this machine's spooler on Windows, its CUPS server elsewhere. */
export interface PrinterSources {
  readonly cups?: () => Promise<Result<readonly PrinterQueue[], TransportError>>;
  readonly windows?: () => Promise<Result<readonly WinspoolPrinterInfo[], TransportError>>;
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
  sources: PrinterSources = process.platform === 'win32' ? { windows: listWinspoolPrinters } : { cups: localQueues },
): Promise<Result<readonly FoundPrinter[], TransportError>> {
  const found: FoundPrinter[] = [];
  const add = (queue: PrinterQueue, driver: string, at: DeviceAddress): void => {
    const address = formatAddress(at);
    const used = settings.find((one) => portOf(one.address) === portOf(address));
    found.push({ ...queue, kind: 'printer', address, driver, usedBy: used?.deviceClass ?? null });
  };
  if (sources.windows) {
    const printers = await sources.windows();
    if (!printers.ok) return printers;
    for (const one of printers.value) {
      add(queueOf(one), 'windows-spooler', { scheme: 'winspool', printer: one.name });
    }
  }
  if (sources.cups) {
    const queues = await sources.cups();
    if (!queues.ok) return queues;
    for (const queue of queues.value) {
      add(queue, 'ipp', { ...SERVER, path: `/printers/${encodeURIComponent(queue.name)}` });
    }
  }
  return ok(found.toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault) || (a.name < b.name ? -1 : 1)));
}

function queueOf(printer: WinspoolPrinterInfo): PrinterQueue {
  const { name, comment: info, driver: model, location, isDefault, status, attributes } = printer;
  const state = spoolerState({ status, attributes, driver: model, port: '', jobs: 0 });
  return { name, info, model, location, isDefault, trouble: troubleOf(state)?.detail ?? '' };
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
