import { decodeSpoolerRequest, encodeSpoolerAnswer } from '../codec/spooler-messages.ts';
import type { SpoolerAnswer, SpoolerRequest, SpoolerValue } from '../codec/spooler-messages.ts';
import { Emitter } from '../model/events.ts';
import { err, ok } from '../model/result.ts';
import type { DeviceSimulator } from '../model/simulator.ts';
import { JOB_STATUS, PRINTER_ATTRIBUTE, PRINTER_STATUS } from '../model/spooler.ts';
import type { JobCommand, SpoolerErrorCode } from '../model/spooler.ts';

/** A job in the simulated queue. */
interface QueuedJob {
  readonly id: number;
  readonly document: string;
  readonly pieces: Uint8Array[];
  status: number;
  pagesPrinted: number;
  retained: boolean;
  /** Looks that are left before it goes on by itself. */
  left: number;
}

/** Faults that can be switched at any time. */
export interface SpoolerBehaviour {
  /** Bits of `PRINTER_STATUS` that the printer shows. */
  status: number;
  /** The technician took it offline in the system's settings. */
  workOffline: boolean;
  /**
   * What becomes of jobs: printed; begun and never done; sent and never said to be printed; stuck with an error before the
   * first sheet; deleted by somebody in the queue, or while it prints; left in the queue; the queue is paused under it.
   */
  jobs: 'complete' | 'hang' | 'sent-only' | 'error' | 'delete' | 'delete-printing' | 'wait' | 'pause-queue';
  /** Bits of `JOB_STATUS` that a job shows besides its own. */
  jobTrouble: number;
  /** What every request fails with. */
  fails: SpoolerErrorCode | null;
  /** Which request fails, with `refused`. */
  refuses: SpoolerRequest['ask'] | null;
  /** Answers nothing. */
  silent: boolean;
  /** Does what it is asked, but the answer to this never arrives. */
  losesAnswerTo: SpoolerRequest['ask'] | null;
  /** Commands for jobs to which it says yes and which it does not heed, as spoolers do that lack them. */
  deafTo: 'nothing' | 'pause' | 'everything';
  /** Forgets a job the moment it was printed, though it was to be retained. */
  forgets: boolean;
  /** Does not delete a retained job before it is released. */
  clings: boolean;
}

/** A Windows spooler with one printer, as its messages show it (winspool.h and the documentation of its functions). */
export class SpoolerSimulator implements DeviceSimulator {
  readonly output = new Emitter<{ readonly bytes: Uint8Array; readonly delayMs: number }>();
  readonly activity = new Emitter<string>();
  readonly behaviour: SpoolerBehaviour = {
    status: 0,
    workOffline: false,
    jobs: 'complete',
    jobTrouble: 0,
    fails: null,
    refuses: null,
    silent: false,
    losesAnswerTo: null,
    deafTo: 'nothing',
    forgets: false,
    clings: false,
  };
  /** Documents that came out of the printer, or the beginning of those that broke off. */
  readonly printed: Uint8Array[] = [];
  readonly jobs = new Map<number, QueuedJob>();
  /** Datatype of every document that was ever opened. */
  readonly submitted: string[] = [];
  #lastId = 0;
  #open: QueuedJob | null = null;

  receive(bytes: Uint8Array): void {
    const request = decodeSpoolerRequest(bytes);
    if (!request.ok || this.behaviour.silent) return;
    const { number, message } = request.value;
    const answer = this.#answer(message);
    if (this.behaviour.losesAnswerTo === message.ask) return;
    this.output.emit({ bytes: encodeSpoolerAnswer(number, answer), delayMs: 0 });
  }

  /** Somebody else's job takes a number. */
  skipNumbers(count: number): void {
    this.#lastId += count;
  }

  #answer(request: SpoolerRequest): SpoolerAnswer {
    const { fails, refuses } = this.behaviour;
    if (fails !== null) return err({ code: fails, detail: 'as told' });
    if (refuses === request.ask) return refused('as told');
    switch (request.ask) {
      case 'printer': {
        const { status, workOffline } = this.behaviour;
        const printing = this.#printing() ? PRINTER_STATUS.printing : 0;
        const attributes = workOffline ? PRINTER_ATTRIBUTE.workOffline : 0;
        const jobs = this.jobs.size;
        const names = { driver: 'Simulated', port: 'SIM:' };
        return ok({ printer: { status: (status | printing) >>> 0, attributes, ...names, jobs } });
      }
      case 'start': {
        this.#lastId += 1;
        const { document } = request;
        const spooling = { status: JOB_STATUS.spooling, pagesPrinted: 0, retained: false, left: 2 };
        const job: QueuedJob = { id: this.#lastId, document, pieces: [], ...spooling };
        this.jobs.set(job.id, job);
        this.#open = job;
        this.submitted.push(request.datatype);
        return ok({ started: job.id });
      }
      case 'write':
        if (!this.#open) return refused('no document is open');
        this.#open.pieces.push(request.bytes.slice());
        return ok(null);
      case 'end': {
        if (!this.#open) return refused('no document is open');
        const job = this.#open;
        this.#open = null;
        job.status &= ~JOB_STATUS.spooling;
        this.activity.emit(`job ${job.id}: ${joined(job.pieces).length} bytes`);
        return ok(null);
      }
      case 'abort':
        if (this.#open) this.jobs.delete(this.#open.id);
        this.#open = null;
        return ok(null);
      case 'jobs': {
        const named = [...this.jobs.values()].filter(({ document }) => document === request.document);
        return ok({ jobs: named.map(({ id }) => id) });
      }
      case 'job':
        return ok(this.#look(request.id));
      case 'control':
        return this.#control(request.id, request.command);
    }
  }

  #printing(): boolean {
    return [...this.jobs.values()].some(({ status }) => (status & JOB_STATUS.printing) !== 0);
  }

  #look(id: number): SpoolerValue {
    const job = this.jobs.get(id);
    if (job) this.#goOn(job);
    if (!job || !this.jobs.has(id)) return { job: null };
    const { document, status, pagesPrinted } = job;
    return { job: { id, document, status: (status | this.behaviour.jobTrouble) >>> 0, pagesPrinted } };
  }

  #control(id: number, command: JobCommand): SpoolerAnswer {
    const job = this.jobs.get(id);
    if (!job) return refused('no such job');
    const { deafTo } = this.behaviour;
    if (deafTo === 'everything' || deafTo === command) return ok(null);
    switch (command) {
      case 'pause':
        job.status |= JOB_STATUS.paused;
        return ok(null);
      case 'retain':
        job.retained = true;
        return ok(null);
      case 'release':
        job.retained = false;
        if ((job.status & JOB_STATUS.printed) !== 0) this.jobs.delete(id);
        return ok(null);
      case 'delete':
        if (job.retained && this.behaviour.clings) return refused('it is retained');
        if (this.#open === job) this.#open = null;
        // The port lets go of a job that prints a moment later.
        if ((job.status & JOB_STATUS.printing) !== 0) job.status |= JOB_STATUS.deleting;
        else this.jobs.delete(id);
        return ok(null);
    }
  }

  /** A job goes on each time somebody looks. */
  #goOn(job: QueuedJob): void {
    const { behaviour } = this;
    const has = (bit: number): boolean => (job.status & bit) !== 0;
    if (has(JOB_STATUS.spooling | JOB_STATUS.printed | JOB_STATUS.complete)) return;
    if (has(JOB_STATUS.deleting)) {
      this.jobs.delete(job.id);
      return;
    }
    if (!has(JOB_STATUS.printing)) {
      const held = (behaviour.status & (PRINTER_STATUS.paused | PRINTER_STATUS.offline)) !== 0 || behaviour.workOffline;
      if (has(JOB_STATUS.paused | JOB_STATUS.error) || held || behaviour.jobs === 'wait') return;
      if (behaviour.jobs === 'delete') job.status |= JOB_STATUS.deleting;
      else if (behaviour.jobs === 'error') job.status |= JOB_STATUS.error;
      else if (behaviour.jobs === 'pause-queue') behaviour.status |= PRINTER_STATUS.paused;
      else job.status |= JOB_STATUS.printing;
      return;
    }
    job.left -= 1;
    if (job.left > 0 || behaviour.jobs === 'hang') return;
    if (behaviour.jobs === 'delete-printing') {
      job.status |= JOB_STATUS.deleting;
      return;
    }
    this.printed.push(joined(job.pieces));
    job.pagesPrinted = 1;
    if (behaviour.jobs === 'sent-only') {
      job.status = JOB_STATUS.complete;
      return;
    }
    job.status = JOB_STATUS.printed | (job.retained ? JOB_STATUS.retained : 0);
    if (!job.retained || behaviour.forgets) this.jobs.delete(job.id);
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

function refused(detail: string): SpoolerAnswer {
  return err({ code: 'refused', detail });
}
