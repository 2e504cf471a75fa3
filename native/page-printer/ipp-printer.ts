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
import type { Transport } from '../model/transport.ts';
import { IPP, IPP_GROUP, IPP_STATUS, attribute, decodeIpp, encodeIpp, numbersOf, textsOf } from './ipp-codec.ts';
import type { IppAnswer, IppAttribute } from './ipp-codec.ts';
import { AFTERWORD_MS, ASK_MS, AWAY_MS, CANCEL_MS, JOB_NAME, MAX_SETTLED, TROUBLE_MS } from './job-rules.ts';
import { cannotPrint, paperTrouble, problem, stateAsHealth } from './job-rules.ts';
import { STATE_ATTRIBUTES, stateOf, troubleOf } from './printer-reasons.ts';

/** The one user of all jobs: says nothing of anybody. */
const USER = 'hall24';
/** States of a job (RFC 8011, 5.3.7). */
const JOB = { processing: 5, canceled: 7, aborted: 8, completed: 9 } as const;

/** A job as the server tells. */
interface JobView {
  readonly state: number;
  readonly reasons: readonly string[];
  /** When it began to be printed; null before. A job that was begun anew has another time. */
  readonly begunAt: number | null;
}

/** Why an answer could not be had. */
type AskError = DeviceError & { readonly status?: number };

/** A4 printer behind IPP: CUPS, or the printer itself where it takes PDF. */
export class IppPagePrinter implements PagePrinter {
  readonly deviceClass = 'page-printer';
  readonly driverId = 'ipp';
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #events = new Emitter<PagePrinterEvent>();
  readonly #forget: readonly (() => void)[];
  readonly #target: readonly IppAttribute[];
  #requestId = 0;
  #answer: IppAnswer | null = null;
  #lost = false;
  #last = '';
  /** Jobs of an earlier run were settled and forgotten; false again when one could not be forgotten. */
  #tidied = false;
  /** What came of jobs of an earlier run, for who asks by number. */
  readonly #settled = new Map<number, PagePrintResult>();

  constructor(transport: Transport, clock: Clock) {
    this.#transport = transport;
    this.#clock = clock;
    this.#target = [
      attribute('printer-uri', 'uri', transport.address),
      attribute('requesting-user-name', 'name', USER),
    ];
    this.#forget = [
      transport.onData((bytes) => {
        const answer = decodeIpp(bytes);
        this.#answer = answer.ok ? answer.value : null;
      }),
      transport.onClosed(() => {
        this.#lost = true;
      }),
    ];
  }

  readonly events = { subscribe: (listener: (event: PagePrinterEvent) => void) => this.#events.subscribe(listener) };

  async probe(): Promise<DeviceState> {
    const read = await this.readState();
    // What an earlier run left in the spool belongs to nobody any more.
    if (read.ok && !this.#tidied) this.#tidied = await this.#tidy();
    return stateAsHealth(read, this.#transport.address);
  }

  async readState(): Promise<Result<PagePrinterState, DeviceError>> {
    const asked = await this.#ask(IPP.getPrinterAttributes, [
      ...this.#target,
      attribute('requested-attributes', 'keyword', ...STATE_ATTRIBUTES),
    ]);
    if (!asked.ok) return asked;
    const state = stateOf(asked.value.groups.find(({ tag }) => tag === IPP_GROUP.printer));
    const words = JSON.stringify(state);
    if (words !== this.#last && this.#last !== '') this.#events.emit({ type: 'state-changed', state });
    this.#last = words;
    return ok(state);
  }

  async printPdf(options: PrintPdfOptions): Promise<PagePrintResult> {
    const { pdf, deadlineMs, copies = 1, signal } = options;
    const none = (error: DeviceError): PagePrintResult => ({ outcome: 'not-printed', cause: error, jobId: null });
    const wrong = cannotPrint(options);
    if (wrong) return none(wrong);
    const end = this.#clock.monotonic() + deadlineMs;
    const before = await this.readState();
    if (!before.ok) return none(before.error);
    // Of an idle printer the server only knows what was last: paper may have been filled in since, and only a job tells.
    const trouble = troubleOf(before.value);
    if (trouble && before.value.queue !== 'idle') return none(trouble);

    const created = await this.#ask(IPP.createJob, [...this.#target, attribute('job-name', 'name', JOB_NAME)], {
      job: [
        attribute('copies', 'integer', copies),
        attribute('media', 'keyword', 'iso_a4_210x297mm'),
        attribute('sides', 'keyword', options.duplex === true ? 'two-sided-long-edge' : 'one-sided'),
        attribute('job-sheets', 'keyword', 'none'),
      ],
    });
    const jobId = created.ok ? numbersOf(jobGroup(created.value), 'job-id')[0] : undefined;
    if (jobId === undefined) {
      // A job without its document prints nothing; one whose number got lost is found among the kiosk's own.
      await this.purge();
      return none(created.ok ? problem('bad-reply', 'the server gave no job number') : created.error);
    }
    options.onJob?.(jobId);
    const sent = await this.#ask(
      IPP.sendDocument,
      [
        ...this.#job(jobId),
        attribute('document-format', 'mediaType', 'application/pdf'),
        attribute('last-document', 'boolean', true),
      ],
      { document: pdf },
    );
    // A refusal is certain. No answer is not: the document may have arrived, so the job is asked.
    if (!sent.ok && sent.error.status !== undefined) {
      await this.#takeBack(jobId);
      await this.#purgeJob(jobId);
      return { outcome: 'not-printed', cause: sent.error, jobId };
    }
    return this.#settle(jobId, { end, signal, arrived: sent.ok });
  }

  async settleJob(jobId: number): Promise<PagePrintResult> {
    return (
      this.#settled.get(jobId) ??
      this.#settle(jobId, { end: this.#clock.monotonic(), signal: undefined, arrived: true })
    );
  }

  async purge(): Promise<Result<number, DeviceError>> {
    const ids = await this.#ownJobs();
    if (!ids.ok) return ids;
    for (const id of ids.value) {
      const purged = await this.#purgeJob(id);
      if (!purged.ok) return purged;
    }
    return ok(ids.value.length);
  }

  dispose(): void {
    for (const forget of this.#forget) forget();
    this.#lost = true;
  }

  /** Settles and forgets what an earlier run left behind. */
  async #tidy(): Promise<boolean> {
    const ids = await this.#ownJobs();
    if (!ids.ok) return false;
    for (const id of ids.value) {
      const result = await this.#settle(id, { end: this.#clock.monotonic(), signal: undefined, arrived: true });
      if (this.#settled.size < MAX_SETTLED) this.#settled.set(id, result);
    }
    const left = await this.#ownJobs();
    return left.ok && left.value.length === 0;
  }

  /** Numbers of all jobs of this kiosk that the server still knows. */
  async #ownJobs(): Promise<Result<readonly number[], DeviceError>> {
    const wanted = [
      ...this.#target,
      attribute('my-jobs', 'boolean', true),
      attribute('requested-attributes', 'keyword', 'job-id'),
    ];
    let listed = await this.#ask(IPP.getJobs, [...wanted, attribute('which-jobs', 'keyword', 'all')]);
    // Servers without a history know no `all`.
    if (!listed.ok && listed.error.status !== undefined) listed = await this.#ask(IPP.getJobs, wanted);
    if (!listed.ok) return listed;
    return ok(
      listed.value.groups.filter(({ tag }) => tag === IPP_GROUP.job).flatMap((one) => numbersOf(one, 'job-id')),
    );
  }

  /** Asks for the job until it has ended, takes it back when time is up, and forgets it. */
  async #settle(
    jobId: number,
    {
      end,
      signal,
      arrived,
    }: { readonly end: number; readonly signal: AbortSignal | undefined; readonly arrived: boolean },
  ): Promise<PagePrintResult> {
    const clock = this.#clock;
    let known = arrived;
    let cause: DeviceError = problem('timeout', 'the printer did not finish in time');
    let awaySince: number | null = null;
    let troubleSince: number | null = null;
    for (;;) {
      const asked = await this.#view(jobId);
      if (asked.ok) {
        const view = asked.value;
        known = true;
        awaySince = null;
        if (view.state >= JOB.canceled) return this.#ended(jobId, view);
        const printer = await this.readState();
        const trouble = printer.ok ? troubleOf(printer.value) : null;
        troubleSince = trouble ? (troubleSince ?? clock.monotonic()) : null;
        cause = trouble ?? problem('timeout', 'the printer did not finish in time');
        const hopeless = troubleSince !== null && clock.monotonic() - troubleSince >= TROUBLE_MS;
        // A stopped queue would print it for nobody, whenever somebody starts it again.
        const stopped = printer.ok && printer.value.queue === 'stopped' && view.state !== JOB.processing;
        if (signal?.aborted) cause = problem('cancelled', 'taken back');
        if (stopped || hopeless || signal?.aborted === true || clock.monotonic() >= end) break;
      } else {
        // The server answers, and does not know the job: it keeps no history, or lost it.
        if (asked.error.status === IPP_STATUS.notFound) {
          const lostCause = problem('printer-error', 'the print server no longer knows the job');
          return { outcome: known ? 'unknown' : 'not-printed', cause: lostCause, jobId };
        }
        awaySince ??= clock.monotonic();
        cause = asked.error;
        if (this.#lost || (clock.monotonic() >= end && clock.monotonic() - awaySince >= AWAY_MS)) {
          return { outcome: 'unknown', cause, jobId };
        }
      }
      await clock.sleep(ASK_MS);
    }
    const { view, waited } = await this.#takeBack(jobId);
    if (view?.state === JOB.completed) return this.#ended(jobId, view);
    await this.#forgetJob(jobId);
    return { outcome: waited ? 'not-printed' : 'unknown', cause, jobId };
  }

  /** What a job that has ended means, and its end in the spool. */
  async #ended(jobId: number, view: JobView): Promise<PagePrintResult> {
    let result: PagePrintResult;
    if (view.state === JOB.completed) {
      // "Completed" means that the last byte was taken; a printer in trouble may still hold the paper back.
      await this.#clock.sleep(AFTERWORD_MS);
      const printer = await this.readState();
      const trouble = printer.ok ? paperTrouble(printer.value) : problem(printer.error.code, printer.error.detail);
      result = { outcome: trouble ? 'unknown' : 'printed', cause: trouble, jobId };
    } else {
      const word = view.state === JOB.aborted ? 'aborted' : 'canceled';
      const detail = `the print server ${word} it: ${view.reasons.join(', ') || 'no reason given'}`;
      result = { outcome: 'not-printed', cause: problem('printer-error', detail), jobId };
    }
    await this.#forgetJob(jobId);
    return result;
  }

  /**
   * Takes a job back and waits until it has ended; `view` is null when the server does not say. `waited`: it was in the
   * queue at that moment, because it was never begun or because the backend itself had given it up, so nothing whole came
   * out of it.
   */
  async #takeBack(jobId: number): Promise<{ readonly view: JobView | null; readonly waited: boolean }> {
    const before = await this.#view(jobId);
    await this.#ask(IPP.cancelJob, this.#job(jobId));
    const end = this.#clock.monotonic() + CANCEL_MS;
    for (;;) {
      const asked = await this.#view(jobId);
      if (asked.ok && asked.value.state >= JOB.canceled) {
        // Between the two looks it may have been begun: then it was not waiting.
        const waited = before.ok && before.value.state < JOB.processing && before.value.begunAt === asked.value.begunAt;
        return { view: asked.value, waited };
      }
      if (this.#lost || this.#clock.monotonic() >= end) return { view: asked.ok ? asked.value : null, waited: false };
      await this.#clock.sleep(ASK_MS);
    }
  }

  /** Takes a job from the spool; what cannot be taken now is looked for again at the next probe. */
  async #forgetJob(jobId: number): Promise<void> {
    const purged = await this.#purgeJob(jobId);
    if (!purged.ok) this.#tidied = false;
  }

  /** Takes a job with all its files from the spool. */
  async #purgeJob(jobId: number): Promise<Result<void, DeviceError>> {
    const purged = await this.#ask(IPP.cancelJob, [...this.#job(jobId), attribute('purge-job', 'boolean', true)]);
    const gone =
      purged.ok || purged.error.status === IPP_STATUS.notFound || purged.error.status === IPP_STATUS.notPossible;
    return gone ? ok(undefined) : purged;
  }

  async #view(jobId: number): Promise<Result<JobView, AskError>> {
    const asked = await this.#ask(IPP.getJobAttributes, [
      ...this.#job(jobId),
      attribute('requested-attributes', 'keyword', 'job-state', 'job-state-reasons', 'time-at-processing'),
    ]);
    if (!asked.ok) return asked;
    const group = jobGroup(asked.value);
    const state = numbersOf(group, 'job-state')[0];
    if (state === undefined) return err(problem('bad-reply', 'the server told no state of the job'));
    const reasons = textsOf(group, 'job-state-reasons').filter((reason) => reason !== 'none');
    return ok({ state, reasons, begunAt: numbersOf(group, 'time-at-processing')[0] ?? null });
  }

  #job(jobId: number): readonly IppAttribute[] {
    const [printer, user] = this.#target;
    return printer && user ? [printer, attribute('job-id', 'integer', jobId), user] : [];
  }

  async #ask(
    operation: number,
    attributes: readonly IppAttribute[],
    more: { readonly job?: readonly IppAttribute[]; readonly document?: Uint8Array } = {},
  ): Promise<Result<IppAnswer, AskError>> {
    if (this.#lost) return err(problem('line-lost', 'the line was closed'));
    this.#requestId += 1;
    this.#answer = null;
    const written = await this.#transport.write(
      encodeIpp({ operation, requestId: this.#requestId, attributes, ...more }),
    );
    if (!written.ok) {
      const code = written.error.code === 'unreachable' ? 'timeout' : 'line-lost';
      return err(problem(code, `${written.error.code}: ${written.error.detail}`));
    }
    const answer = this.#answer as IppAnswer | null;
    this.#answer = null;
    if (!answer || answer.requestId !== this.#requestId) return err(problem('bad-reply', 'no IPP answer'));
    if (answer.status <= IPP_STATUS.lastSuccess) return ok(answer);
    const code: DeviceErrorCode = answer.status === IPP_STATUS.formatNotSupported ? 'not-supported' : 'printer-error';
    const detail = `IPP status ${answer.status.toString(16).padStart(4, '0')}`;
    return err({ ...problem(code, detail), status: answer.status });
  }
}

function jobGroup(answer: IppAnswer) {
  return answer.groups.find(({ tag }) => tag === IPP_GROUP.job);
}
