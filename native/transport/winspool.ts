import { decodeSpoolerRequest, encodeSpoolerAnswer } from '../codec/spooler-messages.ts';
import type { SpoolerAnswer, SpoolerRequest } from '../codec/spooler-messages.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { Spooler } from '../model/spooler.ts';
import type { Transport, TransportError, TransportErrorCode } from '../model/transport.ts';
import { formatAddress } from './address.ts';
import type { WinspoolAddress } from './address.ts';
import { TransportCore, transportError } from './transport-core.ts';
import { WinspoolLibrary } from './winspool-library.ts';
import { WindowsPrinter } from './windows-printer.ts';

/** A printer of the spooler as the technician picks it. */
export interface WinspoolPrinterInfo {
  /** Name as the spooler wants it: `\\SERVER\NAME` for one of another machine. */
  readonly name: string;
  readonly comment: string;
  readonly location: string;
  readonly driver: string;
  readonly isDefault: boolean;
  /** Bits of `PRINTER_STATUS` and `PRINTER_ATTRIBUTE`. */
  readonly status: number;
  readonly attributes: number;
}

/** Another library with the functions of winspool.drv, for trials. */
export interface WinspoolOptions {
  readonly library?: string;
}

/** How long the spooler may take to tell its printers, in milliseconds: connections to other machines are slow. */
const LIST_MS = 20_000;

const CODES: Readonly<Record<string, TransportErrorCode>> = {
  'no-printer': 'not-found',
  denied: 'denied',
  away: 'unreachable',
};

/** The printers that this Windows machine knows. `unsupported` on other systems. */
export async function listWinspoolPrinters(
  options: WinspoolOptions = {},
): Promise<Result<readonly WinspoolPrinterInfo[], TransportError>> {
  const library = await WinspoolLibrary.load(options.library);
  if (!library.ok) return library;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), LIST_MS);
  });
  try {
    const told = await Promise.race([
      Promise.all([library.value.enumPrinters(), library.value.defaultPrinter()]).catch(() => null),
      late,
    ]);
    if (!told) return err(transportError('unreachable', 'the spooler does not answer'));
    const [{ value, error, printers }, first] = told;
    if (value === 0)
      return err(transportError('unreachable', `the spooler does not tell its printers: error ${error}`));
    return ok(
      printers.map(({ name, comment, location, driver, status, attributes }) => {
        return { name, comment, location, driver, isDefault: name === first, status, attributes };
      }),
    );
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Opens a printer of the Windows spooler. There is no wire: each write is one request (`native/codec/spooler-messages`), each
 * piece of data its answer. A write resolves when the answer was handed out. The line stays open while the spooler is away.
 */
export async function openWinspool(
  address: WinspoolAddress,
  options: WinspoolOptions = {},
): Promise<Result<Transport, TransportError>> {
  const library = await WinspoolLibrary.load(options.library);
  if (!library.ok) return library;
  const printer = new WindowsPrinter(library.value, address.printer);
  const there = await printer.readPrinter();
  if (!there.ok) return err(transportError(CODES[there.error.code] ?? 'io', there.error.detail));
  return ok(new WinspoolTransport(formatAddress(address), printer));
}

class WinspoolTransport implements Transport {
  readonly kind = 'reports';
  readonly address: string;
  readonly baud = null;
  readonly #core = new TransportCore();
  readonly #printer: WindowsPrinter;

  constructor(address: string, printer: WindowsPrinter) {
    this.address = address;
    this.#printer = printer;
  }

  onData: Transport['onData'] = (listener) => this.#core.onData(listener);
  onClosed: Transport['onClosed'] = (listener) => this.#core.onClosed(listener);

  async write(bytes: Uint8Array): Promise<Result<void, TransportError>> {
    if (this.#core.closed) return err(transportError('lost', 'the line is closed'));
    const request = decodeSpoolerRequest(bytes);
    if (!request.ok) return err(transportError('io', 'not a request to the spooler'));
    const answer = await perform(this.#printer, request.value.message);
    this.#core.deliver(encodeSpoolerAnswer(request.value.number, answer));
    return ok(undefined);
  }

  async close(): Promise<void> {
    this.#core.end(null);
    // A document that is still open is nobody's any more; it must not come out as a part.
    await this.#printer.abortDocument();
  }
}

/** Does what a request asks. */
async function perform(spooler: Spooler, request: SpoolerRequest): Promise<SpoolerAnswer> {
  switch (request.ask) {
    case 'printer': {
      const asked = await spooler.readPrinter();
      return asked.ok ? ok({ printer: asked.value }) : asked;
    }
    case 'start': {
      const asked = await spooler.startDocument(request.document, request.datatype);
      return asked.ok ? ok({ started: asked.value }) : asked;
    }
    case 'job': {
      const asked = await spooler.readJob(request.id);
      return asked.ok ? ok({ job: asked.value }) : asked;
    }
    case 'jobs': {
      const asked = await spooler.listJobs(request.document);
      return asked.ok ? ok({ jobs: asked.value }) : asked;
    }
    case 'write':
      return nothing(await spooler.write(request.bytes));
    case 'end':
      return nothing(await spooler.endDocument());
    case 'abort':
      return nothing(await spooler.abortDocument());
    case 'control':
      return nothing(await spooler.controlJob(request.id, request.command));
  }
}

function nothing(asked: Awaited<ReturnType<Spooler['endDocument']>>): SpoolerAnswer {
  return asked.ok ? ok(null) : asked;
}
