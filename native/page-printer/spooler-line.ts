import { SPOOLER_PIECE, decodeSpoolerAnswer, encodeSpoolerRequest } from '../codec/spooler-messages.ts';
import type { SpoolerRequest, SpoolerValue } from '../codec/spooler-messages.ts';
import type { Clock } from '../model/clock.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type {
  JobCommand,
  Spooler,
  SpoolerDatatype,
  SpoolerError,
  SpoolerJob,
  SpoolerPrinter,
} from '../model/spooler.ts';
import type { Transport } from '../model/transport.ts';

/** How long the far end may take for one answer, in milliseconds: a little longer than it gives the spooler itself. */
const ANSWER_MS = 12_000;

interface Waiting {
  readonly number: number;
  readonly wake: AbortController;
  answer: Result<SpoolerValue, SpoolerError> | null;
}

/** A printer of the Windows spooler behind a line: one question at a time. */
export class SpoolerLine implements Spooler {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #forget: readonly (() => void)[];
  #number = 0;
  #waiting: Waiting | null = null;
  #lost = false;

  constructor(transport: Transport, clock: Clock) {
    this.#transport = transport;
    this.#clock = clock;
    this.#forget = [
      transport.onData((bytes) => this.#hear(bytes)),
      transport.onClosed(() => {
        this.#lost = true;
        this.#waiting?.wake.abort();
      }),
    ];
  }

  /** Whether the line has ended for good. */
  get lost(): boolean {
    return this.#lost;
  }

  async readPrinter(): Promise<Result<SpoolerPrinter, SpoolerError>> {
    const asked = await this.#ask({ ask: 'printer' });
    if (!asked.ok) return asked;
    return asked.value && 'printer' in asked.value ? ok(asked.value.printer) : err(strange());
  }

  async startDocument(document: string, datatype: SpoolerDatatype): Promise<Result<number, SpoolerError>> {
    const asked = await this.#ask({ ask: 'start', document, datatype });
    if (!asked.ok) return asked;
    return asked.value && 'started' in asked.value ? ok(asked.value.started) : err(strange());
  }

  /** Bytes of any length: they go in pieces that the line carries. */
  async write(bytes: Uint8Array): Promise<Result<void, SpoolerError>> {
    for (let at = 0; at < bytes.length; at += SPOOLER_PIECE) {
      const asked = await this.#ask({ ask: 'write', bytes: bytes.subarray(at, at + SPOOLER_PIECE) });
      if (!asked.ok) return asked;
    }
    return ok(undefined);
  }

  endDocument(): Promise<Result<void, SpoolerError>> {
    return this.#tell({ ask: 'end' });
  }

  abortDocument(): Promise<Result<void, SpoolerError>> {
    return this.#tell({ ask: 'abort' });
  }

  async readJob(id: number): Promise<Result<SpoolerJob | null, SpoolerError>> {
    const asked = await this.#ask({ ask: 'job', id });
    if (!asked.ok) return asked;
    const job = asked.value && 'job' in asked.value ? asked.value.job : undefined;
    return job === undefined || (job !== null && job.id !== id) ? err(strange()) : ok(job);
  }

  async listJobs(document: string): Promise<Result<readonly number[], SpoolerError>> {
    const asked = await this.#ask({ ask: 'jobs', document });
    if (!asked.ok) return asked;
    return asked.value && 'jobs' in asked.value ? ok(asked.value.jobs) : err(strange());
  }

  controlJob(id: number, command: JobCommand): Promise<Result<void, SpoolerError>> {
    return this.#tell({ ask: 'control', id, command });
  }

  dispose(): void {
    for (const forget of this.#forget) forget();
    this.#lost = true;
    this.#waiting?.wake.abort();
  }

  async #tell(request: SpoolerRequest): Promise<Result<void, SpoolerError>> {
    const asked = await this.#ask(request);
    return asked.ok ? ok(undefined) : asked;
  }

  async #ask(request: SpoolerRequest): Promise<Result<SpoolerValue, SpoolerError>> {
    if (this.#lost) return err(away('the line was closed'));
    if (this.#waiting) return err({ code: 'refused', detail: 'another question is under way' });
    this.#number = (this.#number + 1) & 0x7fff_ffff;
    const waiting: Waiting = { number: this.#number, wake: new AbortController(), answer: null };
    this.#waiting = waiting;
    try {
      const written = await this.#transport.write(encodeSpoolerRequest(waiting.number, request));
      if (!written.ok) return err(away(`${written.error.code}: ${written.error.detail}`));
      await this.#clock.sleep(ANSWER_MS, waiting.wake.signal);
      return waiting.answer ?? err(away(this.#lost ? 'the line was closed' : 'no answer'));
    } finally {
      this.#waiting = null;
    }
  }

  #hear(bytes: Uint8Array): void {
    const heard = decodeSpoolerAnswer(bytes);
    // An answer to a question that was given up is nobody's.
    if (!heard.ok || heard.value.number !== this.#waiting?.number) return;
    this.#waiting.answer = heard.value.message;
    this.#waiting.wake.abort();
  }
}

function away(detail: string): SpoolerError {
  return { code: 'away', detail };
}

function strange(): SpoolerError {
  return { code: 'away', detail: 'an answer that fits no question' };
}
