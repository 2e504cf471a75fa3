import { Emitter } from '../model/events.ts';
import type { DeviceSimulator } from '../model/simulator.ts';
import { IPP, IPP_STATUS, decodeIpp, numbersOf, textsOf } from './ipp-codec.ts';
import type { IppGroup } from './ipp-codec.ts';

/** What a simulated job goes through. `begun` counts how often it was begun to be printed. */
interface SimulatedJob {
  readonly id: number;
  readonly user: string;
  readonly name: string;
  document: Uint8Array | null;
  state: number;
  begun: number;
  /** Questions for it that are left before it goes on by itself. */
  left: number;
}

/** Faults that can be switched at any time. */
export interface PrintServerBehaviour {
  /** What the printer says of itself, e.g. `media-empty-error`. */
  reasons: readonly string[];
  /** What becomes of jobs: done; begun and never done; given up; thrown away; left in the queue. */
  jobs: 'complete' | 'hang' | 'abort' | 'cancel' | 'stop-printer' | 'wait';
  accepting: boolean;
  stopped: boolean;
  /** Prints for somebody else. */
  busy: boolean;
  /** Keeps nothing of jobs that have ended. */
  noHistory: boolean;
  /** Refuses PDF. */
  noPdf: boolean;
  /** Answers nothing. */
  silent: boolean;
  /** Takes what it is asked, but the answer to this operation never arrives. */
  losesAnswerTo: number | null;
  /** Cancelling has no effect. */
  deafToCancel: boolean;
  /** Names of its queues; the first is the default one. */
  queues: readonly string[];
}

const PENDING = 3;
const PROCESSING = 5;
const CANCELED = 7;
const ABORTED = 8;
const COMPLETED = 9;

/** A print server with one queue, as its messages show it. */
export class PrintServerSimulator implements DeviceSimulator {
  readonly output = new Emitter<{ readonly bytes: Uint8Array; readonly delayMs: number }>();
  readonly activity = new Emitter<string>();
  readonly behaviour: PrintServerBehaviour = {
    reasons: ['none'],
    jobs: 'complete',
    accepting: true,
    stopped: false,
    busy: false,
    noHistory: false,
    noPdf: false,
    silent: false,
    losesAnswerTo: null,
    deafToCancel: false,
    queues: ['simulated'],
  };
  /** Documents that came out of the printer. */
  readonly printed: Uint8Array[] = [];
  readonly jobs = new Map<number, SimulatedJob>();
  /** Attributes of every job that was ever made. */
  readonly submitted: IppGroup[] = [];
  #lastId = 0;

  receive(bytes: Uint8Array): void {
    const request = decodeIpp(bytes);
    if (!request.ok || this.behaviour.silent) return;
    const { status: operation, requestId, groups, rest } = request.value;
    const [wanted, template] = groups;
    const answer = this.#answer(operation, wanted, template, rest);
    if (this.behaviour.losesAnswerTo === operation) return;
    this.output.emit({ bytes: write(requestId, answer), delayMs: 0 });
  }

  #answer(operation: number, wanted: IppGroup | undefined, template: IppGroup | undefined, rest: Uint8Array): Answer {
    const { behaviour } = this;
    const busy = behaviour.busy || [...this.jobs.values()].some((one) => one.state === PROCESSING);
    const job = this.jobs.get(numbersOf(wanted, 'job-id')[0] ?? 0);
    switch (operation) {
      case IPP.getPrinterAttributes:
        return {
          group: 0x04,
          groups: [
            [
              ['printer-state', 0x23, [behaviour.stopped ? 5 : busy ? 4 : 3]],
              ['printer-state-reasons', 0x44, behaviour.reasons],
              ['printer-is-accepting-jobs', 0x22, [behaviour.accepting]],
            ],
          ],
        };
      case IPP.cupsGetPrinters:
      case IPP.cupsGetDefault: {
        const names = operation === IPP.cupsGetDefault ? behaviour.queues.slice(0, 1) : behaviour.queues;
        if (names.length === 0) return { status: IPP_STATUS.notFound };
        return {
          group: 0x04,
          groups: names.map((name) => [
            ['printer-name', 0x42, [name]],
            ['printer-info', 0x41, [`Printer ${name}`]],
            ['printer-make-and-model', 0x41, ['Simulated']],
            ['printer-location', 0x41, ['']],
            ['printer-state', 0x23, [behaviour.stopped ? 5 : 3]],
            ['printer-state-reasons', 0x44, behaviour.reasons],
            ['printer-is-accepting-jobs', 0x22, [behaviour.accepting]],
          ]),
        };
      }
      case IPP.createJob:
        return this.#create(wanted, template);
      case IPP.getJobs: {
        const user = textsOf(wanted, 'requesting-user-name')[0];
        const mine = [...this.jobs.values()].filter((one) => one.user === user);
        return { group: 0x02, groups: mine.map((one) => [['job-id', 0x21, [one.id]]]) };
      }
      default:
        if (!job) return { status: IPP_STATUS.notFound };
        return this.#ofJob(operation, job, wanted, rest);
    }
  }

  #create(wanted: IppGroup | undefined, template: IppGroup | undefined): Answer {
    if (!this.behaviour.accepting) return { status: IPP_STATUS.notAcceptingJobs };
    this.#lastId += 1;
    const id = this.#lastId;
    const [user = '', name = ''] = ['requesting-user-name', 'job-name'].map((key) => textsOf(wanted, key)[0]);
    this.jobs.set(id, { id, user, name, document: null, state: PENDING, begun: 0, left: 2 });
    if (template) this.submitted.push(template);
    return { group: 0x02, groups: [[['job-id', 0x21, [id]]]] };
  }

  #ofJob(operation: number, job: SimulatedJob, wanted: IppGroup | undefined, rest: Uint8Array): Answer {
    switch (operation) {
      case IPP.sendDocument:
        if (this.behaviour.noPdf) return { status: IPP_STATUS.formatNotSupported };
        job.document = rest.slice();
        this.activity.emit(`job ${job.id}: ${rest.length} bytes`);
        return {};
      case IPP.cancelJob: {
        if (job.state < CANCELED && !this.behaviour.deafToCancel) job.state = CANCELED;
        if (wanted?.attributes.get('purge-job')?.[0] === true) this.jobs.delete(job.id);
        return {};
      }
      default: {
        this.#goOn(job);
        if (this.behaviour.noHistory && job.state >= CANCELED) {
          this.jobs.delete(job.id);
          return { status: IPP_STATUS.notFound };
        }
        const begun = job.begun === 0 ? (['time-at-processing', 0x13, ['']] as const) : null;
        return {
          group: 0x02,
          groups: [
            [
              ['job-state', 0x23, [job.state]],
              ['job-state-reasons', 0x44, ['none']],
              begun ?? ['time-at-processing', 0x21, [1_000 + job.begun]],
            ],
          ],
        };
      }
    }
  }

  /** A job goes on each time somebody looks. */
  #goOn(job: SimulatedJob): void {
    if (!job.document || job.state >= CANCELED || this.behaviour.jobs === 'wait' || this.behaviour.stopped) return;
    if (job.state === PENDING) {
      job.state = PROCESSING;
      job.begun += 1;
      return;
    }
    job.left -= 1;
    if (job.left > 0) return;
    switch (this.behaviour.jobs) {
      case 'complete':
        job.state = COMPLETED;
        this.printed.push(job.document);
        return;
      case 'abort':
        job.state = ABORTED;
        return;
      case 'cancel':
        job.state = CANCELED;
        return;
      case 'stop-printer':
        job.state = PENDING;
        this.behaviour.stopped = true;
        return;
      default:
        return;
    }
  }
}

type Written = readonly [name: string, tag: number, values: readonly (string | number | boolean)[]];

interface Answer {
  readonly status?: number;
  readonly group?: number;
  readonly groups?: readonly (readonly Written[])[];
}

function write(requestId: number, { status = 0, group = 0x02, groups = [] }: Answer): Uint8Array {
  const out: number[] = [0x01, 0x01, status >> 8, status & 0xff, 0, 0, requestId >> 8, requestId & 0xff, 0x01];
  const put = (tag: number, name: string, value: string | number | boolean): void => {
    const content =
      typeof value === 'number'
        ? [value >>> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff]
        : typeof value === 'boolean'
          ? [value ? 1 : 0]
          : Array.from(value, (char) => char.charCodeAt(0));
    const label = Array.from(name, (char) => char.charCodeAt(0));
    out.push(tag, 0, label.length, ...label, 0, content.length, ...content);
  };
  put(0x47, 'attributes-charset', 'utf-8');
  put(0x48, 'attributes-natural-language', 'en');
  for (const attributes of groups) {
    out.push(group);
    for (const [name, tag, values] of attributes) {
      for (const [index, value] of values.entries()) put(tag, index === 0 ? name : '', value);
    }
  }
  out.push(0x03);
  return Uint8Array.from(out);
}
