import type { Clock } from '../model/clock.ts';
import type { DeviceError, DeviceErrorCode, DeviceState } from '../model/device.ts';
import { Emitter } from '../model/events.ts';
import type {
  PagePrintResult,
  PagePrinter,
  PagePrinterEvent,
  PagePrinterState,
  PrintPdfOptions,
} from '../model/page-printer.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { SpoolerDatatype, SpoolerError, SpoolerErrorCode, SpoolerJob } from '../model/spooler.ts';
import type { Transport } from '../model/transport.ts';
import { AFTERWORD_MS, ASK_MS, AWAY_MS, CANCEL_MS, JOB_NAME, MAX_SETTLED, TROUBLE_MS } from './job-rules.ts';
import { cannotPrint, paperTrouble, problem, stateAsHealth } from './job-rules.ts';
import { troubleOf } from './printer-reasons.ts';
import { SpoolerLine } from './spooler-line.ts';
import { jobBegun, jobHas, spoolerState } from './spooler-states.ts';

const CODES: Readonly<Record<SpoolerErrorCode, DeviceErrorCode>> = {
  'no-printer': 'not-connected',
  denied: 'printer-error',
  away: 'timeout',
  refused: 'printer-error',
};

/** What was seen of a job so far. */
interface Watched {
  readonly id: number;
  /** The last look; null before the first. */
  last: SpoolerJob | null;
  /** At some look it had reached the printer. */
  begun: boolean;
}

/** When to give up waiting for a job. */
interface Until {
  /** By the monotonic clock. */
  readonly end: number;
  readonly signal: AbortSignal | undefined;
}

/** A4 printer behind the Windows spooler, one that takes PDF as it is. */
export class WindowsSpoolerPrinter implements PagePrinter {
  readonly deviceClass = 'page-printer';
  readonly driverId = 'windows-spooler';
  readonly #spooler: SpoolerLine;
  readonly #clock: Clock;
  readonly #address: string;
  readonly #datatype: SpoolerDatatype;
  readonly #events = new Emitter<PagePrinterEvent>();
  #last = '';
  /** Jobs of an earlier run were settled and deleted; false again when one could not be deleted. */
  #tidied = false;
  /** What came of jobs of an earlier run, for who asks by number. */
  readonly #settled = new Map<number, PagePrintResult>();

  constructor(transport: Transport, clock: Clock, datatype: SpoolerDatatype) {
    this.#spooler = new SpoolerLine(transport, clock);
    this.#clock = clock;
    this.#address = transport.address;
    this.#datatype = datatype;
  }

  readonly events = { subscribe: (listener: (event: PagePrinterEvent) => void) => this.#events.subscribe(listener) };

  async probe(): Promise<DeviceState> {
    const read = await this.readState();
    if (read.ok && !this.#tidied) this.#tidied = await this.#tidy();
    return stateAsHealth(read, this.#address);
  }

  async readState(): Promise<Result<PagePrinterState, DeviceError>> {
    return this.#stateWith(null);
  }

  async printPdf(options: PrintPdfOptions): Promise<PagePrintResult> {
    const { pdf, signal } = options;
    const none = (cause: DeviceError): PagePrintResult => ({ outcome: 'not-printed', cause, jobId: null });
    const wrong = cannotPrint(options) ?? this.#beyondRaw(options);
    if (wrong) return none(wrong);
    const until: Until = { end: this.#clock.monotonic() + options.deadlineMs, signal };
    const before = await this.readState();
    if (!before.ok) return none(before.error);
    // Of an idle printer only the last is known: paper may have been filled in since, and only a job tells.
    const trouble = troubleOf(before.value);
    if (trouble && before.value.queue !== 'idle') return none(trouble);

    const started = await this.#spooler.startDocument(JOB_NAME, this.#datatype);
    if (!started.ok) {
      // A document that never ended prints nothing; one whose number got lost is found among the kiosk's own.
      this.#tidied = false;
      if (started.error.code === 'away') await this.#spooler.abortDocument();
      await this.purge();
      return none(asDeviceError(started.error));
    }
    const watched: Watched = { id: started.value, last: null, begun: false };
    options.onJob?.(watched.id);
    // Without this the spooler forgets a job the moment it was printed, and nobody can say that it was.
    await this.#spooler.controlJob(watched.id, 'retain');
    const written = await this.#spooler.write(pdf);
    const sent = written.ok ? await this.#spooler.endDocument() : written;
    if (!sent.ok && (!written.ok || sent.error.code !== 'away')) {
      return this.#withdraw(watched, asDeviceError(sent.error), 'still open');
    }
    // No answer to the end of the document leaves it open whether that arrived: the job is asked.
    return this.#settle(watched, until);
  }

  async settleJob(jobId: number): Promise<PagePrintResult> {
    const settled = this.#settled.get(jobId);
    if (settled) return settled;
    const end = this.#clock.monotonic();
    return this.#settle({ id: jobId, last: null, begun: false }, { end, signal: undefined });
  }

  async purge(): Promise<Result<number, DeviceError>> {
    const ids = await this.#spooler.listJobs(JOB_NAME);
    if (!ids.ok) return err(asDeviceError(ids.error));
    for (const id of ids.value) {
      const gone = await this.#delete(id);
      if (!gone.ok) return err(gone.error);
    }
    return ok(ids.value.length);
  }

  dispose(): void {
    this.#spooler.dispose();
  }

  /** The document goes to the printer as it is, so nothing can be said about it beside. */
  #beyondRaw({ copies = 1, duplex = false }: PrintPdfOptions): DeviceError | null {
    if (copies === 1 && !duplex) return null;
    return problem('not-supported', 'one copy on one side: a PDF that is passed on as it is takes no settings');
  }

  async #stateWith(job: SpoolerJob | null): Promise<Result<PagePrinterState, DeviceError>> {
    const asked = await this.#spooler.readPrinter();
    if (!asked.ok) return err(asDeviceError(asked.error));
    const state = spoolerState(asked.value, job);
    const words = JSON.stringify(state);
    if (words !== this.#last && this.#last !== '') this.#events.emit({ type: 'state-changed', state });
    this.#last = words;
    return ok(state);
  }

  /** Settles and deletes what an earlier run left behind. */
  async #tidy(): Promise<boolean> {
    const ids = await this.#spooler.listJobs(JOB_NAME);
    if (!ids.ok) return false;
    for (const id of ids.value) {
      const result = await this.settleJob(id);
      if (this.#settled.size < MAX_SETTLED) this.#settled.set(id, result);
    }
    const left = await this.#spooler.listJobs(JOB_NAME);
    return left.ok && left.value.length === 0;
  }

  /** Looks at the job until it has ended, takes it back when time is up, and deletes it. */
  async #settle(watched: Watched, { end, signal }: Until): Promise<PagePrintResult> {
    const clock = this.#clock;
    let awaySince: number | null = null;
    let troubleSince: number | null = null;
    for (;;) {
      let cause: DeviceError = problem('timeout', 'the printer did not finish in time');
      const look = await this.#look(watched);
      if (look.ok) {
        awaySince = null;
        if (look.value === 'gone') return this.#vanished(watched);
        if (jobHas(look.value, 'printed')) return this.#printed(watched, look.value);
        const printer = await this.#stateWith(look.value);
        const trouble = printer.ok ? troubleOf(printer.value) : null;
        troubleSince = trouble ? (troubleSince ?? clock.monotonic()) : null;
        cause = trouble ?? cause;
        const hopeless = troubleSince !== null && clock.monotonic() - troubleSince >= TROUBLE_MS;
        // A stopped queue would print it for nobody, whenever somebody starts it again.
        const stopped = printer.ok && printer.value.queue === 'stopped' && !jobHas(look.value, 'printing');
        if (signal?.aborted) cause = problem('cancelled', 'taken back');
        if (stopped || hopeless || signal?.aborted === true || clock.monotonic() >= end) {
          return this.#withdraw(watched, cause);
        }
      } else {
        awaySince ??= clock.monotonic();
        if (this.#spooler.lost || (clock.monotonic() >= end && clock.monotonic() - awaySince >= AWAY_MS)) {
          this.#tidied = false;
          return { outcome: 'unknown', cause: look.error, jobId: watched.id };
        }
      }
      await clock.sleep(ASK_MS);
    }
  }

  /** One look at the job; a number that now belongs to somebody else's document means that ours is gone. */
  async #look(watched: Watched): Promise<Result<SpoolerJob | 'gone', DeviceError>> {
    const asked = await this.#spooler.readJob(watched.id);
    if (!asked.ok) return err(asDeviceError(asked.error));
    const job = asked.value;
    if (job === null || job.document !== JOB_NAME) return ok('gone');
    watched.last = job;
    watched.begun ||= jobBegun(job);
    return ok(job);
  }

  /** The spooler no longer knows the job. Only one that was seen to be deleted before it was begun is surely not printed. */
  #vanished({ id, last, begun }: Watched): PagePrintResult {
    if (last && !begun && jobHas(last, 'deleting', 'deleted')) {
      return { outcome: 'not-printed', cause: problem('printer-error', 'the job was deleted'), jobId: id };
    }
    return { outcome: 'unknown', cause: problem('printer-error', 'the spooler no longer knows the job'), jobId: id };
  }

  /** The job was printed, as the spooler says; a printer in trouble may still hold the paper back. */
  async #printed({ id }: Watched, job: SpoolerJob): Promise<PagePrintResult> {
    await this.#clock.sleep(AFTERWORD_MS);
    const printer = await this.#stateWith(job);
    const trouble = printer.ok ? paperTrouble(printer.value) : printer.error;
    await this.#delete(id);
    return { outcome: trouble ? 'unknown' : 'printed', cause: trouble, jobId: id };
  }

  /**
   * Takes a job back. It is paused first: one that is seen paused, and of which nothing has reached the printer, cannot be
   * begun any more, so it was surely not printed.
   */
  async #withdraw(watched: Watched, cause: DeviceError, document?: 'still open'): Promise<PagePrintResult> {
    const { id } = watched;
    await this.#spooler.controlJob(id, 'pause');
    const look = await this.#look(watched);
    if (look.ok && look.value === 'gone') {
      const gone = this.#vanished(watched);
      return { ...gone, cause };
    }
    if (look.ok && look.value !== 'gone' && jobHas(look.value, 'printed')) return this.#printed(watched, look.value);
    const held = look.ok && look.value !== 'gone' && jobHas(look.value, 'paused') && !watched.begun;
    if (document) await this.#spooler.abortDocument();
    const deleted = await this.#delete(id, watched);
    if (deleted.ok && deleted.value && jobHas(deleted.value, 'printed')) return this.#printed(watched, deleted.value);
    return { outcome: held && deleted.ok ? 'not-printed' : 'unknown', cause, jobId: id };
  }

  /**
   * Deletes a job with its file and waits until it is gone. The value is the job when it turned out to be printed meanwhile
   * and `watched` was given: then it is still there.
   */
  async #delete(id: number, watched?: Watched): Promise<Result<SpoolerJob | null, DeviceError>> {
    const end = this.#clock.monotonic() + CANCEL_MS;
    let released = false;
    let deleting = false;
    for (;;) {
      if (!deleting) await this.#spooler.controlJob(id, 'delete');
      const asked = await this.#spooler.readJob(id);
      if (asked.ok && (asked.value === null || asked.value.document !== JOB_NAME)) return ok(null);
      if (asked.ok && asked.value) {
        if (watched && jobHas(asked.value, 'printed')) return ok(asked.value);
        deleting = jobHas(asked.value, 'deleting');
        // A job that was to be retained may be kept from being deleted.
        if (!released && !deleting) {
          released = true;
          await this.#spooler.controlJob(id, 'release');
          continue;
        }
      }
      if (this.#spooler.lost || this.#clock.monotonic() >= end) {
        this.#tidied = false;
        return err(asked.ok ? problem('printer-error', 'the job cannot be deleted') : asDeviceError(asked.error));
      }
      await this.#clock.sleep(ASK_MS);
    }
  }
}

function asDeviceError({ code, detail }: SpoolerError): DeviceError {
  return problem(CODES[code], `${code}: ${detail}`);
}
