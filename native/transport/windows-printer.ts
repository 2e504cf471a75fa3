import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type {
  JobCommand,
  Spooler,
  SpoolerDatatype,
  SpoolerError,
  SpoolerErrorCode,
  SpoolerJob,
  SpoolerPrinter,
} from '../model/spooler.ts';
import { messageOf } from './transport-core.ts';
import { JOB_CONTROL } from './winspool-library.ts';
import type { Called, Handle, JobRecord, WinspoolLibrary } from './winspool-library.ts';

/** How long one call may take, in milliseconds. */
const CALL_MS = 10_000;
/** Most jobs that are told of one list. */
const MAX_LISTED = 256;

/** Error codes of the system (winerror.h). */
const ACCESS_DENIED = 5;
const INVALID_HANDLE = 6;
const INVALID_PRINTER_NAME = 1801;
/**
 * The spooler, or the machine that it is on, is not there: network path or name gone, semaphore timeout, service not active, shutdown, and what RPC says of a server that is away.
 */
const AWAY: ReadonlySet<number> = new Set([53, 59, 64, 121, 1062, 1115, 1702, 1717, 1722, 1726, 1727, 1753]);

type Asked<T> = Result<T, SpoolerError>;

/**
 * One printer of the Windows spooler. Every question opens the printer anew, because handles do not outlive a spooler that is
 * started anew; only the open document keeps its own. One call at a time: while one hangs, all others are `away` at once.
 */
export class WindowsPrinter implements Spooler {
  readonly #library: WinspoolLibrary;
  readonly #name: string;
  readonly #callMs: number;
  #document: Handle | null = null;
  /** Calls go one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #hanging = false;

  /** @param callMs how long one call may take; tests shorten it */
  constructor(library: WinspoolLibrary, name: string, callMs = CALL_MS) {
    this.#library = library;
    this.#name = name;
    this.#callMs = callMs;
  }

  readPrinter(): Promise<Asked<SpoolerPrinter>> {
    return this.#inTurn(() =>
      this.#opened(async (handle) => {
        const { printer, ...called } = await this.#library.getPrinter(handle);
        if (!printer) return err(failure('GetPrinter', called));
        const { status, attributes, driver, port, jobs } = printer;
        return ok({ status, attributes, driver, port, jobs });
      }),
    );
  }

  startDocument(document: string, datatype: SpoolerDatatype): Promise<Asked<number>> {
    return this.#inTurn(async () => {
      await this.#giveUp();
      const library = this.#library;
      const { handle, ...opened } = await library.openPrinter(this.#name);
      if (opened.value === 0) return err(failure('OpenPrinter', opened));
      const started = await library.startDocument(handle, document, datatype);
      if (started.value === 0) {
        await library.closePrinter(handle);
        return err(failure('StartDocPrinter', started));
      }
      this.#document = handle;
      const page = await library.startPage(handle);
      if (page.value !== 0) return ok(started.value);
      await this.#giveUp();
      return err(failure('StartPagePrinter', page));
    });
  }

  write(bytes: Uint8Array): Promise<Asked<void>> {
    return this.#inTurn(async () => {
      if (this.#document === null) return err(refused('no document is open'));
      let rest = bytes;
      while (rest.length > 0) {
        const { written, ...called } = await this.#library.write(this.#document, rest);
        if (called.value === 0) return err(documentFailure('WritePrinter', called));
        if (written === 0) return err(refused('WritePrinter took nothing'));
        rest = rest.subarray(written);
      }
      return ok(undefined);
    });
  }

  endDocument(): Promise<Asked<void>> {
    return this.#inTurn(async () => {
      const handle = this.#document;
      if (handle === null) return err(refused('no document is open'));
      this.#document = null;
      const library = this.#library;
      // The page's end is a courtesy to drivers; the document's end is what counts.
      await library.endPage(handle);
      const ended = await library.endDocument(handle);
      await library.closePrinter(handle);
      return ended.value === 0 ? err(documentFailure('EndDocPrinter', ended)) : ok(undefined);
    });
  }

  abortDocument(): Promise<Asked<void>> {
    return this.#inTurn(() => this.#giveUp());
  }

  readJob(id: number): Promise<Asked<SpoolerJob | null>> {
    return this.#inTurn(() =>
      this.#opened(async (handle) => {
        const { job, ...called } = await this.#library.getJob(handle, id);
        if (job) return ok({ ...job, document: job.document ?? '' });
        // The printer was opened a moment ago, so what is wrong is the number.
        const why = failure('GetJob', called);
        return why.code === 'refused' || why.code === 'no-printer' ? ok(null) : err(why);
      }),
    );
  }

  listJobs(document: string): Promise<Asked<readonly number[]>> {
    return this.#inTurn(() =>
      this.#opened(async (handle) => {
        const { jobs, ...called } = await this.#library.enumJobs(handle);
        if (called.value === 0) return err(failure('EnumJobs', called));
        const ours = jobs.filter((job: JobRecord) => job.document === document);
        return ok(ours.slice(0, MAX_LISTED).map(({ id }) => id));
      }),
    );
  }

  controlJob(id: number, command: JobCommand): Promise<Asked<void>> {
    return this.#inTurn(() =>
      this.#opened(async (handle) => {
        const called = await this.#library.setJob(handle, id, JOB_CONTROL[command]);
        return called.value === 0 ? err(failure('SetJob', called)) : ok(undefined);
      }),
    );
  }

  /** Gives up the open document. */
  async #giveUp(): Promise<Asked<void>> {
    const handle = this.#document;
    this.#document = null;
    if (handle === null) return ok(undefined);
    const aborted = await this.#library.abort(handle);
    await this.#library.closePrinter(handle);
    return aborted.value === 0 ? err(failure('AbortPrinter', aborted)) : ok(undefined);
  }

  async #opened<T>(work: (handle: Handle) => Promise<Asked<T>>): Promise<Asked<T>> {
    const { handle, ...called } = await this.#library.openPrinter(this.#name);
    if (called.value === 0) return err(failure('OpenPrinter', called));
    try {
      return await work(handle);
    } finally {
      await this.#library.closePrinter(handle);
    }
  }

  /** Does one thing at a time, within the deadline. A call cannot be broken off: it is left alone until it comes back. */
  #inTurn<T>(work: () => Promise<Asked<T>>): Promise<Asked<T>> {
    const done = this.#turn.then(async (): Promise<Asked<T>> => {
      if (this.#hanging) return err(away('an earlier call has not come back'));
      const running = work()
        .catch((error: unknown): Asked<T> => err(refused(messageOf(error))))
        .finally(() => {
          this.#hanging = false;
        });
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<Asked<T>>((resolve) => {
        timer = setTimeout(() => {
          this.#hanging = true;
          resolve(err(away(`no answer within ${this.#callMs} ms`)));
        }, this.#callMs);
      });
      try {
        return await Promise.race([running, late]);
      } finally {
        clearTimeout(timer);
      }
    });
    this.#turn = done;
    return done;
  }
}

function failure(name: string, { error }: Called): SpoolerError {
  const code: SpoolerErrorCode =
    error === INVALID_PRINTER_NAME
      ? 'no-printer'
      : error === ACCESS_DENIED
        ? 'denied'
        : AWAY.has(error)
          ? 'away'
          : 'refused';
  return { code, detail: `${name}: Windows error ${error}` };
}

/** The handle of a document that was opened before the spooler was started anew is invalid. */
function documentFailure(name: string, called: Called): SpoolerError {
  if (called.error === INVALID_HANDLE) return away(`${name}: the spooler was started anew`);
  return failure(name, called);
}

function refused(detail: string): SpoolerError {
  return { code: 'refused', detail };
}

function away(detail: string): SpoolerError {
  return { code: 'away', detail };
}
