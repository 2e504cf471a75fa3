import { realTimeStatus } from '../codec/escpos.ts';
import type { Clock } from '../model/clock.ts';
import type { DeviceError } from '../model/device.ts';
import type { Result } from '../model/result.ts';
import { err, ok } from '../model/result.ts';
import type { Transport } from '../model/transport.ts';
import type { PrinterCondition } from './escpos-status.ts';
import { conditionFromAsb, conditionFromRealTime, isQueuedPaperByte, isRealTimeByte } from './escpos-status.ts';
import { StatusBytes } from './status-bytes.ts';

/** An answer is complete when nothing more came for this long (ms). USB serial adapters deliver every 16 ms. */
const QUIET_MS = 25;
/** A printer that answers at all answers a real-time question within this time (ms). */
const ANSWER_MS = 600;
/** Longest pause inside a report of four bytes (ms); USB serial adapters deliver every 16 ms. */
const REPORT_GAP_MS = 100;
/** How long an unanswered question may still be answered, so that its answer is not taken for another's (ms). */
const LATE_MS = 1500;
/** How long a printer that said XOFF is waited for in one go; noise may look like it (ms). */
const PAUSE_MS = 1000;
/** Rounds of one question on a noisy line. */
const ROUNDS = 16;
/**
 * How often in a row an answer must be the same. It is one byte with four fixed bits, so one byte of noise in 16 looks like
 * one: what is new needs more than what was so before, and what stands among noise more than what came alone.
 */
const NEEDED = { alone: { known: 2, fresh: 4 }, amongNoise: { known: 5, fresh: 8 } } as const;

const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;

/**
 * The printer's answers on the line. They are single bytes without address, checksum or length, so this class keeps
 * questions apart in time, sorts out unasked ASB reports and asks again when an answer did not come alone.
 */
export class StatusLine {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #onAsb: (condition: PrinterCondition) => void;
  readonly #unsubscribe: (() => void)[] = [];
  #bytes: number[] = [];
  readonly #sorter = new StatusBytes();
  #lastAt = 0;
  #wake: (() => void) | null = null;
  #closed = false;
  #late = false;
  #everAnswered = false;
  #silences = 0;
  #spareAnswers = 0;
  #noisy = false;
  #queuedLike = 0;
  #paused = false;
  /** The answers that were believed last, by question. */
  readonly #known = new Map<number, number>();

  constructor(transport: Transport, clock: Clock, onAsb: (condition: PrinterCondition) => void) {
    this.#transport = transport;
    this.#clock = clock;
    this.#onAsb = onAsb;
    this.#unsubscribe.push(
      transport.onData((bytes) => this.#take(bytes)),
      transport.onClosed(() => {
        this.#closed = true;
        this.#wake?.();
      }),
    );
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Whether this printer ever gave an answer on this line. */
  get everAnswered(): boolean {
    return this.#everAnswered;
  }

  /** Begins to watch whether every question is answered. */
  watch(): void {
    this.#silences = 0;
    this.#spareAnswers = 0;
    this.#noisy = false;
  }

  /**
   * Whether a question since `watch` was never answered: then the printer may have been reset and forgotten what it had
   * received. A late answer counts on a clean line only; among noise it cannot be told from noise.
   */
  get lostAnswer(): boolean {
    return this.#silences > (this.#noisy ? 0 : this.#spareAnswers);
  }

  /** Whether any question since `watch` went unanswered, be it that its answer came late. */
  get anySilence(): boolean {
    return this.#silences > 0;
  }

  /** Bytes so far that could have been the answer to GS r 1, whatever they stood next to. */
  get queuedLike(): number {
    return this.#queuedLike;
  }

  dispose(): void {
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
  }

  #take(bytes: Uint8Array): void {
    const now = this.#clock.monotonic();
    if (now - this.#lastAt > REPORT_GAP_MS) this.#sorter.quiet();
    this.#lastAt = now;
    for (const byte of bytes) {
      if (isRealTimeByte(byte)) this.#spareAnswers += 1;
      if (isQueuedPaperByte(byte)) this.#queuedLike += 1;
      const piece = this.#sorter.push(byte);
      if (piece?.kind === 'flow') this.#paused = piece.paused;
      if (piece?.kind === 'report') {
        const condition = conditionFromAsb(piece.bytes);
        if (condition !== null) this.#onAsb(condition);
      }
      if (piece?.kind === 'byte') {
        this.#bytes.push(byte);
        if (!isRealTimeByte(byte) && !isQueuedPaperByte(byte)) this.#noisy = true;
      }
    }
    this.#wake?.();
  }

  /** Sleeps until a byte comes, the line closes, `signal` is aborted or `ms` are over. */
  async #wait(ms: number, signal?: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const abort = (): void => stop.abort();
    this.#wake = abort;
    signal?.addEventListener('abort', abort);
    try {
      if (this.#closed || isAborted(signal)) return;
      await this.#clock.sleep(ms, stop.signal);
    } finally {
      this.#wake = null;
      signal?.removeEventListener('abort', abort);
    }
  }

  /**
   * The next burst of bytes (up to a pause of 25 ms), empty when none began within `ms`.
   */
  async burst(ms: number, signal?: AbortSignal): Promise<readonly number[]> {
    const until = this.#clock.monotonic() + ms;
    while (this.#bytes.length === 0 && !this.#closed && !isAborted(signal)) {
      const left = until - this.#clock.monotonic();
      if (left <= 0) break;
      await this.#wait(left, signal);
    }
    let seen = -1;
    while (this.#bytes.length > 0 && this.#bytes.length !== seen && !this.#closed) {
      seen = this.#bytes.length;
      const quiet = this.#clock.monotonic() + QUIET_MS;
      while (this.#bytes.length === seen && !this.#closed && this.#clock.monotonic() < quiet) {
        await this.#wait(quiet - this.#clock.monotonic());
      }
    }
    const burst = this.#bytes;
    this.#bytes = [];
    return burst;
  }

  /** Whether the printer said that its buffer is full (XOFF) and not yet that there is room again (XON). */
  get paused(): boolean {
    return this.#paused;
  }

  /** Waits for XON, at most 1 s. */
  async flowing(signal?: AbortSignal): Promise<void> {
    const until = this.#clock.monotonic() + PAUSE_MS;
    while (this.#paused && !this.#closed && !isAborted(signal)) {
      const left = until - this.#clock.monotonic();
      if (left <= 0) break;
      await this.#wait(left, signal);
    }
  }

  /** Writes; the error is in the words of the device contract. */
  async send(bytes: readonly number[] | Uint8Array): Promise<Result<void, DeviceError>> {
    if (this.#closed) return err({ code: 'not-connected', detail: 'line is closed' });
    const written = await this.#transport.write(Uint8Array.from(bytes));
    if (written.ok) return ok(undefined);
    return err({ code: 'line-lost', detail: `write failed: ${written.error.code}` });
  }

  /**
   * Asks DLE EOT n. Errors: `not-connected`, `line-lost`, `cancelled`, `timeout` (no answer in 600 ms), `bad-reply`
   * (only noise came).
   * @param quick the same as before will do when it came once: a look between two pieces of a receipt, or a routine one
   */
  async ask(n: 1 | 2 | 3 | 4, signal?: AbortSignal, quick = false): Promise<Result<number, DeviceError>> {
    if (this.#late) {
      while ((await this.burst(LATE_MS, signal)).length > 0 && !this.#closed && !isAborted(signal));
      this.#late = false;
    }
    let last: number | null = null;
    let same = 0;
    let amongNoise = false;
    for (let round = 0; round < ROUNDS; round += 1) {
      this.#bytes = [];
      this.#sorter.quiet();
      const sent = await this.send(realTimeStatus(n));
      if (!sent.ok) return sent;
      const burst = await this.burst(ANSWER_MS, signal);
      if (this.#closed) return err({ code: 'line-lost', detail: 'line closed while asking for status' });
      if (isAborted(signal)) {
        this.#late = true;
        return err({ code: 'cancelled', detail: 'cancelled while asking for status' });
      }
      // Noise mostly stands before an answer.
      const answer = burst.findLast(isRealTimeByte);
      if (answer === undefined) this.#silences += 1;
      else this.#spareAnswers -= 1;
      if (answer !== undefined) {
        same = answer === last ? same + 1 : 1;
        amongNoise = burst.length > 1 || (amongNoise && same > 1);
        last = answer;
        const needed = NEEDED[amongNoise ? 'amongNoise' : 'alone'];
        const known = this.#known.get(n) === answer;
        const enough = known && quick && !amongNoise ? 1 : known ? needed.known : needed.fresh;
        if (same >= enough) {
          this.#known.set(n, answer);
          this.#everAnswered = true;
          return ok(answer);
        }
      } else if (burst.length > 0) {
        last = null;
      }
      if (burst.length === 0) {
        this.#late = true;
        return err({ code: 'timeout', detail: `no answer to DLE EOT ${n}` });
      }
    }
    return err({ code: 'bad-reply', detail: `no valid answer to DLE EOT ${n}` });
  }

  /** Asks DLE EOT 2, 3, 4 and 1. Errors and `quick` as with `ask`. */
  async condition(signal?: AbortSignal, quick = false): Promise<Result<PrinterCondition, DeviceError>> {
    const offline = await this.ask(2, signal, quick);
    if (!offline.ok) return offline;
    const error = await this.ask(3, signal, quick);
    if (!error.ok) return error;
    const paper = await this.ask(4, signal, quick);
    if (!paper.ok) return paper;
    const printer = await this.ask(1, signal, quick);
    if (!printer.ok) return printer;
    return ok(conditionFromRealTime(printer.value, offline.value, error.value, paper.value));
  }
}
