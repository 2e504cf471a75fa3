import type * as Koffi from 'koffi';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { TransportError } from '../model/transport.ts';
import { messageOf, transportError } from './transport-core.ts';

/** A handle of the spooler; never 0. */
export type Handle = number | bigint;

/** What a function of the spooler gave: its value, and the system's error code, which means something after failures only. */
export interface Called {
  readonly value: number;
  readonly error: number;
}

/** Levels, flags and commands of winspool.h. */
const FLAG = { local: 2, connections: 4 } as const;
export const JOB_CONTROL = { pause: 1, delete: 5, retain: 8, release: 9 } as const;

/** What EnumPrinters and GetPrinter tell of a printer (PRINTER_INFO_2). */
export interface PrinterRecord {
  readonly name: string;
  readonly port: string;
  readonly driver: string;
  readonly comment: string;
  readonly location: string;
  readonly attributes: number;
  readonly status: number;
  readonly jobs: number;
}

/** What EnumJobs and GetJob tell of a job (JOB_INFO_1). */
export interface JobRecord {
  readonly id: number;
  readonly document: string | null;
  readonly status: number;
  readonly pagesPrinted: number;
}

type Async = { readonly async: (...args: unknown[]) => void };
type Texts = Readonly<Record<string, string | null>>;
type Numbers = Readonly<Record<string, number>>;

/** First size of buffers for answers, and the largest ever given, in bytes. */
const ROOM = 64 * 1024;
const MAX_ROOM = 4 * 1024 * 1024;
/** Jobs that are looked at in one queue. */
const MAX_JOBS = 1_000;

/** Functions of winspool.drv. Every call runs on a thread of its own, so a printer that hangs holds up nobody else. */
export class WinspoolLibrary {
  readonly #koffi: typeof Koffi;
  readonly #lastError: () => number;
  readonly #library: Koffi.LibraryHandle;
  readonly #functions = new Map<string, Async>();
  readonly #document: Koffi.TypeObject;
  readonly #printer: Koffi.TypeObject;
  readonly #job: Koffi.TypeObject;

  private constructor(koffi: typeof Koffi, path: string) {
    this.#koffi = koffi;
    this.#library = koffi.load(path);
    const kernel = koffi.load('kernel32.dll');
    this.#lastError = kernel.func('__stdcall', 'GetLastError', 'uint32_t', []) as () => number;
    const text = 'str16';
    this.#document = koffi.struct({ pDocName: text, pOutputFile: text, pDatatype: text });
    this.#printer = koffi.struct({
      ...{ pServerName: text, pPrinterName: text, pShareName: text, pPortName: text, pDriverName: text },
      ...{ pComment: text, pLocation: text, pDevMode: 'void *', pSepFile: text, pPrintProcessor: text },
      ...{ pDatatype: text, pParameters: text, pSecurityDescriptor: 'void *' },
      ...{ Attributes: 'uint32_t', Priority: 'uint32_t', DefaultPriority: 'uint32_t', StartTime: 'uint32_t' },
      ...{ UntilTime: 'uint32_t', Status: 'uint32_t', cJobs: 'uint32_t', AveragePPM: 'uint32_t' },
    });
    this.#job = koffi.struct({
      ...{ JobId: 'uint32_t', pPrinterName: text, pMachineName: text, pUserName: text, pDocument: text },
      ...{ pDatatype: text, pStatus: text, Status: 'uint32_t', Priority: 'uint32_t', Position: 'uint32_t' },
      ...{ TotalPages: 'uint32_t', PagesPrinted: 'uint32_t', Submitted: koffi.array('uint16_t', 8) },
    });
  }

  /**
   * Loads the library; `unsupported` elsewhere than on Windows, or where the optional package koffi is not installed.
   * @param path another library with the same functions
   */
  static async load(path = 'winspool.drv'): Promise<Result<WinspoolLibrary, TransportError>> {
    if (process.platform !== 'win32') {
      return err(transportError('unsupported', 'the Windows spooler is on Windows only'));
    }
    try {
      return ok(new WinspoolLibrary(await import('koffi'), path));
    } catch (error) {
      const why = messageOf(error).split('\n')[0] ?? '';
      return err(transportError('unsupported', `the spooler cannot be reached: ${why}`));
    }
  }

  async openPrinter(name: string): Promise<Called & { readonly handle: Handle }> {
    const handle: Handle[] = [0];
    const called = await this.#call('OpenPrinterW', ['str16', '_Out_ uintptr_t *', 'void *'], name, handle, null);
    return { ...called, handle: handle[0] ?? 0 };
  }

  closePrinter(handle: Handle): Promise<Called> {
    return this.#call('ClosePrinter', ['uintptr_t'], handle);
  }

  /** The value is the number of the job, 0 for none. */
  startDocument(handle: Handle, document: string, datatype: string): Promise<Called> {
    const info = { pDocName: document, pOutputFile: null, pDatatype: datatype };
    const types = ['uintptr_t', 'uint32_t', this.#koffi.pointer(this.#document)];
    return this.#call('StartDocPrinterW', types, handle, 1, info);
  }

  startPage(handle: Handle): Promise<Called> {
    return this.#call('StartPagePrinter', ['uintptr_t'], handle);
  }

  async write(handle: Handle, bytes: Uint8Array): Promise<Called & { readonly written: number }> {
    const written = [0];
    const types = ['uintptr_t', 'void *', 'uint32_t', '_Out_ uint32_t *'];
    const called = await this.#call('WritePrinter', types, handle, bytes, bytes.length, written);
    return { ...called, written: written[0] ?? 0 };
  }

  endPage(handle: Handle): Promise<Called> {
    return this.#call('EndPagePrinter', ['uintptr_t'], handle);
  }

  endDocument(handle: Handle): Promise<Called> {
    return this.#call('EndDocPrinter', ['uintptr_t'], handle);
  }

  abort(handle: Handle): Promise<Called> {
    return this.#call('AbortPrinter', ['uintptr_t'], handle);
  }

  setJob(handle: Handle, id: number, command: number): Promise<Called> {
    const types = ['uintptr_t', 'uint32_t', 'uint32_t', 'void *', 'uint32_t'];
    return this.#call('SetJobW', types, handle, id, 0, null, command);
  }

  async getJob(handle: Handle, id: number): Promise<Called & { readonly job: JobRecord | null }> {
    const types = ['uintptr_t', 'uint32_t', 'uint32_t', 'void *', 'uint32_t', '_Out_ uint32_t *'];
    const { room, ...called } = await this.#fill((into, needed) =>
      this.#call('GetJobW', types, handle, id, 1, into, into.length, needed),
    );
    return { ...called, job: called.value === 0 ? null : this.#jobAt(room, 0) };
  }

  async enumJobs(handle: Handle): Promise<Called & { readonly jobs: readonly JobRecord[] }> {
    const three = ['uint32_t', 'uint32_t', 'uint32_t'];
    const types = ['uintptr_t', ...three, 'void *', 'uint32_t', '_Out_ uint32_t *', '_Out_ uint32_t *'];
    const count = [0];
    const { room, ...called } = await this.#fill((into, needed) =>
      this.#call('EnumJobsW', types, handle, 0, MAX_JOBS, 1, into, into.length, needed, count),
    );
    const size = this.#koffi.sizeof(this.#job);
    const found = called.value === 0 ? 0 : (count[0] ?? 0);
    return { ...called, jobs: Array.from({ length: found }, (_, index) => this.#jobAt(room, index * size)) };
  }

  async getPrinter(handle: Handle): Promise<Called & { readonly printer: PrinterRecord | null }> {
    const types = ['uintptr_t', 'uint32_t', 'void *', 'uint32_t', '_Out_ uint32_t *'];
    const { room, ...called } = await this.#fill((into, needed) =>
      this.#call('GetPrinterW', types, handle, 2, into, into.length, needed),
    );
    return { ...called, printer: called.value === 0 ? null : this.#printerAt(room, 0) };
  }

  /** Printers of this machine and those of others that it is connected to. */
  async enumPrinters(): Promise<Called & { readonly printers: readonly PrinterRecord[] }> {
    const types = ['uint32_t', 'str16', 'uint32_t', 'void *', 'uint32_t', '_Out_ uint32_t *', '_Out_ uint32_t *'];
    const count = [0];
    const flags = FLAG.local | FLAG.connections;
    const { room, ...called } = await this.#fill((into, needed) =>
      this.#call('EnumPrintersW', types, flags, null, 2, into, into.length, needed, count),
    );
    const size = this.#koffi.sizeof(this.#printer);
    const found = called.value === 0 ? 0 : (count[0] ?? 0);
    return { ...called, printers: Array.from({ length: found }, (_, index) => this.#printerAt(room, index * size)) };
  }

  /** Name of the default printer; null when there is none. */
  async defaultPrinter(): Promise<string | null> {
    const name = Buffer.alloc(1_024);
    const length = [name.length / 2];
    const called = await this.#call('GetDefaultPrinterW', ['void *', '_Inout_ uint32_t *'], name, length);
    // The length counts the zero at the end.
    return called.value === 0 ? null : name.toString('utf16le', 0, Math.max(0, (length[0] ?? 0) - 1) * 2) || null;
  }

  /** Calls with a buffer for the answer, and once more with a larger one when the spooler asks for that. */
  async #fill(call: (into: Buffer, needed: number[]) => Promise<Called>): Promise<Called & { readonly room: Buffer }> {
    const needed = [0];
    const first = Buffer.alloc(ROOM);
    const called = await call(first, needed);
    const more = needed[0] ?? 0;
    if (called.value !== 0 || more <= first.length || more > MAX_ROOM) return { ...called, room: first };
    // Between the two another job may have come.
    const second = Buffer.alloc(more + ROOM);
    return { ...(await call(second, needed)), room: second };
  }

  #printerAt(room: Buffer, offset: number): PrinterRecord {
    const read = this.#koffi.decode(room, offset, this.#printer) as Texts & Numbers;
    const text = (name: string): string => (read as Texts)[name] ?? '';
    const number = (name: string): number => (read as Numbers)[name] ?? 0;
    return {
      name: text('pPrinterName'),
      port: text('pPortName'),
      driver: text('pDriverName'),
      comment: text('pComment'),
      location: text('pLocation'),
      attributes: number('Attributes'),
      status: number('Status'),
      jobs: number('cJobs'),
    };
  }

  #jobAt(room: Buffer, offset: number): JobRecord {
    const read = this.#koffi.decode(room, offset, this.#job) as Texts & Numbers;
    const number = (name: string): number => (read as Numbers)[name] ?? 0;
    return {
      id: number('JobId'),
      document: (read as Texts)['pDocument'] ?? null,
      status: number('Status'),
      pagesPrinted: number('PagesPrinted'),
    };
  }

  #call(name: string, types: (string | Koffi.TypeObject)[], ...args: readonly unknown[]): Promise<Called> {
    let found = this.#functions.get(name);
    if (!found) {
      found = this.#library.func('__stdcall', name, 'uint32_t', types) as Async;
      this.#functions.set(name, found);
    }
    const call = found;
    return new Promise((resolve, reject) => {
      call.async(...args, (failure: unknown, value: number) => {
        // Asked for within the callback, it is the error of this call and not of another thread's.
        const error = this.#lastError();
        if (failure) reject(new Error(messageOf(failure)));
        else resolve({ value, error });
      });
    });
  }
}
