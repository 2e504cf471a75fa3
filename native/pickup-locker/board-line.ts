import type { Clock } from '../model/clock.ts';
import type { DeviceError } from '../model/device.ts';
import type { Unsubscribe } from '../model/events.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { Transport } from '../model/transport.ts';
import type { Cut } from '../codec/cut-frames.ts';
import { OwedAnswers } from './owed-answers.ts';

/** Timing of a bus with lock boards, all in milliseconds. */
export interface BoardLineTiming {
  /** Silence that ends a reply where {@link BoardLineTiming.quietFor} asks for it; 0 where shapes alone cut frames. */
  readonly quietMs: number;
  /** Silence kept before each frame of ours, so that a half-duplex line can turn round: at least 3.5 characters. */
  readonly spacingMs: number;
}

/** How bytes become frames; `asked` is what {@link Exchange.asked} says, `seen` how many bytes were in the last `rest`. */
export type FrameParser<TFrame, TAsked> = (buffer: Uint8Array, asked: TAsked | null, seen: number) => Cut<TFrame>;

/** One request and what answers it. */
export interface Exchange<TFrame, TAsked> {
  readonly request: Uint8Array;
  /** Hint for the parser. */
  readonly asked: TAsked | null;
  /** Time from the last byte handed over until the answer must be whole. */
  readonly replyMs: number;
  /** Whether a frame answers this request. Others are passed on as unasked. */
  readonly accept: (frame: TFrame) => boolean;
  /** Answers wanted; fewer at the deadline is still a success if at least one came. */
  readonly count: number;
  /** Whether asking again does no harm: then an answer that may be an older question's is made sure of. */
  readonly repeatable: boolean;
  /** Nobody is expected to answer: the question is given up after twice the time that answers take on this bus. */
  readonly quick?: boolean;
  /** The line is left alone so long after the answer, in milliseconds. */
  readonly restMs?: number;
  readonly signal?: AbortSignal | undefined;
}

interface Pending<TFrame, TAsked> {
  readonly exchange: Exchange<TFrame, TAsked>;
  readonly answers: TFrame[];
  wake: () => void;
  /** Since when the older questions are without an answer that frames of this exchange went to. */
  readonly credited: number[];
  received: number;
  lost: DeviceError | null;
}

/** More unparsed bytes than any run of replies can have; older ones are noise. */
const BUFFER_LIMIT = 512;
/** A line that is never quiet is talked over after this long. */
const NOISE_LIMIT_MS = 400;
/** What a usual answer takes longer now and then: an operating system's timer, a board that is busy. */
const SLACK_MS = 4;
/** A deadline that is noticed so much too late was missed by this program, not by the board; milliseconds. */
const STALL_MS = 30;
/** How long what came meanwhile is then looked for, and how often, because such a machine may stall again. */
const STALL_LOOK_MS = 60;
const STALL_LOOKS = 3;
/** No board is given less time, in milliseconds. */
const QUICKEST_MS = 40;

/**
 * A bus on which only one frame may be under way: requests wait in line, replies are matched, what nobody asked for is
 * handed to `onUnasked`. Every wait ends at its deadline, on cancel or when the line goes away.
 *
 * A question that was given up (cancelled, or past its deadline) may still be answered. The next frame is sent only when
 * that answer came, or the time has passed that boards of this bus usually take; and an answer that fits an unanswered
 * older question as well is counted for the older one, so that a late reply is never taken for the next one's answer.
 */
export class BoardLine<TFrame, TAsked = null> {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #timing: BoardLineTiming;
  readonly #parse: FrameParser<TFrame, TAsked>;
  readonly #needsQuiet: (asked: TAsked | null) => boolean;
  readonly #stripEcho: boolean;
  readonly #onUnasked: (frame: TFrame) => void;
  readonly #stops: Unsubscribe[] = [];
  readonly #owed: OwedAnswers<TFrame>;
  #buffer: Uint8Array = new Uint8Array(0);
  /** How many of its bytes the parser has seen. */
  #seen = 0;
  #echo: Uint8Array = new Uint8Array(0);
  /** How many bytes of the echo have come. */
  #echoed = 0;
  #pending: Pending<TFrame, TAsked> | null = null;
  #quiet = new AbortController();
  #tail: Promise<void> = Promise.resolve();
  #lastTraffic = Number.NEGATIVE_INFINITY;
  /** Not before this moment: a board rests, or may be about to answer what was given up. */
  #holdUntil = Number.NEGATIVE_INFINITY;
  /** What the parser was last told, so that a given-up answer can still be recognised. */
  #lastAsked: TAsked | null = null;
  /** How long answers to questions take on this bus at the most; null until one came. */
  #usualMs: number | null = null;
  #end: DeviceError | null = null;

  /**
   * @param options.stripEcho take away our own bytes where an adapter hands them back (two-wire RS-485)
   * @param options.needsQuiet whether answers to this question are cut by silence and not by shape; default: all, where
   *   `quietMs` is not 0
   */
  constructor(options: {
    readonly transport: Transport;
    readonly clock: Clock;
    readonly timing: BoardLineTiming;
    readonly parse: FrameParser<TFrame, TAsked>;
    readonly stripEcho: boolean;
    readonly onUnasked: (frame: TFrame) => void;
    readonly needsQuiet?: (asked: TAsked | null) => boolean;
  }) {
    this.#transport = options.transport;
    this.#clock = options.clock;
    this.#timing = options.timing;
    this.#parse = options.parse;
    this.#stripEcho = options.stripEcho;
    this.#onUnasked = options.onUnasked;
    this.#needsQuiet = options.needsQuiet ?? ((): boolean => options.timing.quietMs > 0);
    this.#owed = new OwedAnswers(options.clock);
    this.#stops.push(
      this.#transport.onData((bytes) => this.#receive(bytes)),
      this.#transport.onClosed((error) => {
        const detail = error === null ? 'line closed' : `${error.code}: ${error.detail}`;
        this.#stop({ code: 'line-lost', detail }, { code: 'not-connected', detail });
      }),
    );
  }

  /** Sends a request and waits for its answers. Errors: `timeout`, `bad-reply`, `cancelled`, `line-lost`, `not-connected`. */
  ask(exchange: Exchange<TFrame, TAsked>): Promise<Result<readonly TFrame[], DeviceError>> {
    return this.#inTurn(async () => {
      const pending: Pending<TFrame, TAsked> = {
        exchange,
        answers: [],
        credited: [],
        received: 0,
        lost: null,
        wake: () => undefined,
      };
      const cancel = (): void => pending.wake();
      exchange.signal?.addEventListener('abort', cancel, { once: true });
      try {
        const failure = await this.#converse(pending);
        if (failure !== null) return err(failure);
      } finally {
        this.#pending = null;
        exchange.signal?.removeEventListener('abort', cancel);
      }
      if (pending.answers.length > 0) return ok(pending.answers);
      if (pending.lost !== null) return err(pending.lost);
      if (exchange.signal?.aborted === true) return err({ code: 'cancelled', detail: 'cancelled while waiting' });
      if (pending.received === 0) return err({ code: 'timeout', detail: `no answer in ${exchange.replyMs} ms` });
      return err({ code: 'bad-reply', detail: `${pending.received} bytes, no valid frame in ${exchange.replyMs} ms` });
    });
  }

  /**
   * Sends a frame that nothing answers. After an error of `line-lost` it may or may not have left.
   * @param restMs the line is left alone so long afterwards
   */
  tell(frame: Uint8Array, restMs: number, signal?: AbortSignal): Promise<Result<void, DeviceError>> {
    return this.#inTurn(async () => {
      const ready = await this.#ready(signal);
      if (!ready.ok) return ready;
      const written = await this.#write(frame);
      this.#holdUntil = this.#lastTraffic + restMs;
      return written;
    });
  }

  /** Ends all waits with `cancelled` and lets go of the transport, which stays open. */
  dispose(): void {
    const cause: DeviceError = { code: 'cancelled', detail: 'driver disposed' };
    this.#stop(cause, cause);
  }

  /** Asks until an answer came that is surely to this question. Gives an error when nothing was (or may have been) sent. */
  async #converse(pending: Pending<TFrame, TAsked>): Promise<DeviceError | null> {
    const { exchange } = pending;
    const { signal } = exchange;
    let sent = 0;
    let again = true;
    while (again) {
      const ready = await this.#ready(signal);
      if (!ready.ok) return sent === 0 ? ready.error : null;
      const credited = pending.credited.length;
      const asked = this.#clock.monotonic();
      if (sent === 0) {
        this.#buffer = new Uint8Array(0);
        this.#seen = 0;
        this.#lastAsked = exchange.asked;
      }
      this.#pending = pending;
      const written = await this.#write(exchange.request);
      if (!written.ok) return written.error;
      sent += 1;
      const deadline = this.#lastTraffic + this.#waitMs(exchange);
      await this.#answered(pending, deadline, credited);
      this.#learn(pending, asked);
      // What came may have been the older question's answer: a read is asked again, and the next frame is surely new.
      again =
        exchange.repeatable &&
        pending.answers.length === 0 &&
        pending.credited.length > credited &&
        pending.lost === null &&
        signal?.aborted !== true;
    }
    this.#settle(pending, sent);
    return null;
  }

  /** Waits for the answers; once a frame went to an older question, only as long as answers usually take. */
  async #answered(pending: Pending<TFrame, TAsked>, deadline: number, creditedBefore: number): Promise<void> {
    const { exchange } = pending;
    const over = (): boolean =>
      pending.lost !== null || pending.answers.length >= exchange.count || exchange.signal?.aborted === true;
    let until = deadline;
    let credited = creditedBefore;
    let looks = STALL_LOOKS;
    while (!over() && this.#clock.monotonic() < until) {
      const woken = new AbortController();
      pending.wake = (): void => woken.abort();
      await this.#clock.sleep(until - this.#clock.monotonic(), woken.signal);
      if (exchange.repeatable && pending.credited.length > credited) {
        credited = pending.credited.length;
        until = Math.min(deadline, this.#clock.monotonic() + this.#patienceMs(exchange.replyMs));
      }
      // After a stall of this program the timer is due before the bytes are read that came meanwhile.
      if (looks > 0 && this.#clock.monotonic() - until > STALL_MS) {
        looks -= 1;
        until = this.#clock.monotonic() + STALL_LOOK_MS;
      }
    }
    pending.wake = (): void => undefined;
    // Where silence cuts frames, the deadline ends the silence too.
    if (!over()) this.#digest();
  }

  /** Notes how long an answer took; answers to pulses wait for a lock to move and say nothing of the others. */
  #learn(pending: Pending<TFrame, TAsked>, asked: number): void {
    if (pending.answers.length === 0 || pending.exchange.count > 1 || !pending.exchange.repeatable) return;
    const took = this.#clock.monotonic() - asked;
    this.#usualMs = Math.max(took, (this.#usualMs ?? 0) * 0.9);
  }

  /** How long an answer may be waited for that will probably not come, out of what this bus is used to. */
  #patienceMs(replyMs: number): number {
    return this.#usualMs === null ? replyMs : Math.min(replyMs, this.#usualMs * 1.25 + SLACK_MS);
  }

  #waitMs({ quick, replyMs }: Exchange<TFrame, TAsked>): number {
    return quick === true ? Math.min(replyMs, Math.max(QUICKEST_MS, 2 * this.#patienceMs(replyMs))) : replyMs;
  }

  /** Writes down what is owed when a conversation ends, and leaves the bus to a board that may just be answering. */
  #settle(pending: Pending<TFrame, TAsked>, sent: number): void {
    const { exchange } = pending;
    const rest = exchange.restMs ?? 0;
    if (exchange.count > 1) {
      // Of a call to all boards nobody knows how many will still come, so all are waited for.
      if (exchange.signal?.aborted === true) this.#holdUntil = this.#lastTraffic + exchange.replyMs;
      return;
    }
    const missing = sent - pending.answers.length;
    for (let each = 0; each < missing; each += 1) this.#owed.add(exchange.accept, pending.credited[each]);
    if (rest > 0) this.#holdUntil = this.#lastTraffic + rest;
    else if (missing > 0 && exchange.signal?.aborted === true) {
      this.#holdUntil = this.#lastTraffic + this.#patienceMs(exchange.replyMs);
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#tail;
    let release = (): void => undefined;
    this.#tail = new Promise((resolve) => {
      release = resolve;
    });
    try {
      await before;
      return await work();
    } finally {
      release();
    }
  }

  /** Waits for silence on the line; an error means that nothing was sent. */
  async #ready(signal: AbortSignal | undefined): Promise<Result<void, DeviceError>> {
    const begun = this.#clock.monotonic();
    for (;;) {
      if (this.#end !== null) return err(this.#end);
      if (signal?.aborted === true) return err({ code: 'cancelled', detail: 'cancelled before sending' });
      const now = this.#clock.monotonic();
      const noisy = now - begun > NOISE_LIMIT_MS && now >= this.#holdUntil;
      const gap = Math.max(this.#lastTraffic + this.#timing.spacingMs, this.#holdUntil) - now;
      if (gap <= 0 || noisy) return ok(undefined);
      await this.#clock.sleep(gap, signal);
    }
  }

  async #write(frame: Uint8Array): Promise<Result<void, DeviceError>> {
    this.#echo = this.#stripEcho ? frame : new Uint8Array(0);
    this.#echoed = 0;
    const written = await this.#transport.write(frame);
    this.#lastTraffic = Math.max(this.#lastTraffic, this.#clock.monotonic() + this.#wireMs(frame.length));
    if (written.ok) return ok(undefined);
    return err({ code: 'line-lost', detail: `write: ${written.error.code}: ${written.error.detail}` });
  }

  #receive(bytes: Uint8Array): void {
    this.#lastTraffic = this.#clock.monotonic();
    const fresh = this.#withoutEcho(bytes);
    if (fresh.length === 0) return;
    if (this.#pending !== null) this.#pending.received += fresh.length;
    const joined = new Uint8Array(this.#buffer.length + fresh.length);
    joined.set(this.#buffer);
    joined.set(fresh, this.#buffer.length);
    this.#buffer = joined.length > BUFFER_LIMIT ? joined.slice(-BUFFER_LIMIT) : joined;
    this.#seen = Math.max(0, this.#seen - (joined.length - this.#buffer.length));
    if (!this.#needsQuiet(this.#lastAsked)) {
      this.#digest();
      return;
    }
    this.#quiet.abort();
    const quiet = new AbortController();
    this.#quiet = quiet;
    void this.#clock.sleep(this.#timing.quietMs, quiet.signal).then(() => {
      if (!quiet.signal.aborted) this.#digest();
    });
  }

  /** A whole echo that comes first is dropped; what only begins like one is data. */
  #withoutEcho(bytes: Uint8Array): Uint8Array {
    const echo = this.#echo;
    let used = 0;
    while (used < bytes.length && this.#echoed < echo.length && bytes[used] === echo[this.#echoed]) {
      used += 1;
      this.#echoed += 1;
    }
    if (used === bytes.length && this.#echoed < echo.length) return new Uint8Array(0);
    const held = this.#echoed < echo.length ? echo.subarray(0, this.#echoed) : new Uint8Array(0);
    this.#echo = new Uint8Array(0);
    this.#echoed = 0;
    return Uint8Array.from([...held, ...bytes.subarray(used)]);
  }

  #digest(): void {
    if (this.#buffer.length === 0) return;
    const { frames, rest } = this.#parse(this.#buffer, this.#lastAsked, this.#seen);
    this.#buffer = rest;
    this.#seen = rest.length;
    for (const frame of frames) this.#take(frame);
  }

  #take(frame: TFrame): void {
    const pending = this.#pending;
    if (pending !== null && pending.answers.length < pending.exchange.count && pending.exchange.accept(frame)) {
      const since = pending.exchange.count === 1 ? this.#owed.credit(frame) : null;
      if (since === null) pending.answers.push(frame);
      else pending.credited.push(since);
      if (since !== null || pending.answers.length === pending.exchange.count) pending.wake();
      return;
    }
    // The answer to a question that was given up: the bus is free again.
    if (this.#owed.credit(frame) !== null) {
      if (pending === null) this.#holdUntil = this.#lastTraffic;
    } else this.#onUnasked(frame);
  }

  #wireMs(bytes: number): number {
    const { baud } = this.#transport;
    return baud === null ? 0 : (bytes * 10_000) / baud;
  }

  #stop(now: DeviceError, later: DeviceError): void {
    if (this.#end !== null) return;
    this.#end = later;
    for (const stop of this.#stops) stop();
    this.#quiet.abort();
    if (this.#pending !== null) {
      this.#pending.lost = now;
      this.#pending.wake();
    }
  }
}
