import type { Clock } from '../model/clock.ts';
import type { DeviceError } from '../model/device.ts';
import type { Unsubscribe } from '../model/events.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { Transport } from '../model/transport.ts';

/** Timing of a bus with lock boards, all in milliseconds. */
export interface BoardLineTiming {
  /** Silence that ends a reply; 0 where frames can be cut by their shape alone. */
  readonly quietMs: number;
  /** Silence kept between two frames of ours, so that a half-duplex line can turn round. */
  readonly spacingMs: number;
}

/** How bytes become frames; `asked` is what {@link Exchange.asked} says. */
export type FrameParser<TFrame, TAsked> = (
  buffer: Uint8Array,
  asked: TAsked | null,
) => { readonly frames: readonly TFrame[]; readonly rest: Uint8Array };

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
  readonly signal?: AbortSignal | undefined;
}

interface Pending<TFrame, TAsked> {
  readonly exchange: Exchange<TFrame, TAsked>;
  readonly answers: TFrame[];
  readonly finish: () => void;
  received: number;
  lost: DeviceError | null;
}

/** More unparsed bytes than any run of replies can have; older ones are noise. */
const BUFFER_LIMIT = 512;

/**
 * A bus on which only one frame may be under way: requests wait in line, replies are matched, what nobody asked for is
 * handed to `onUnasked`. Every wait ends at its deadline, on cancel or when the line goes away.
 */
export class BoardLine<TFrame, TAsked = null> {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #timing: BoardLineTiming;
  readonly #parse: FrameParser<TFrame, TAsked>;
  readonly #stripEcho: boolean;
  readonly #onUnasked: (frame: TFrame) => void;
  readonly #stops: Unsubscribe[] = [];
  #buffer: Uint8Array = new Uint8Array(0);
  #echo: Uint8Array = new Uint8Array(0);
  #pending: Pending<TFrame, TAsked> | null = null;
  #quiet = new AbortController();
  #tail: Promise<void> = Promise.resolve();
  #lastTraffic = Number.NEGATIVE_INFINITY;
  #end: DeviceError | null = null;

  /**
   * @param options.stripEcho take away our own bytes where an adapter hands them back (two-wire RS-485)
   */
  constructor(options: {
    readonly transport: Transport;
    readonly clock: Clock;
    readonly timing: BoardLineTiming;
    readonly parse: FrameParser<TFrame, TAsked>;
    readonly stripEcho: boolean;
    readonly onUnasked: (frame: TFrame) => void;
  }) {
    this.#transport = options.transport;
    this.#clock = options.clock;
    this.#timing = options.timing;
    this.#parse = options.parse;
    this.#stripEcho = options.stripEcho;
    this.#onUnasked = options.onUnasked;
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
      const ready = await this.#ready(exchange.signal);
      if (!ready.ok) return ready;
      const done = new AbortController();
      const cancel = (): void => done.abort();
      const pending: Pending<TFrame, TAsked> = { exchange, answers: [], received: 0, lost: null, finish: cancel };
      this.#buffer = new Uint8Array(0);
      this.#pending = pending;
      exchange.signal?.addEventListener('abort', cancel, { once: true });
      try {
        const written = await this.#write(exchange.request);
        if (!written.ok) return written;
        if (exchange.signal?.aborted === true) cancel();
        await this.#clock.sleep(exchange.replyMs + this.#wireMs(exchange.request.length), done.signal);
        this.#digest();
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

  /** Sends a frame that nothing answers. After an error of `line-lost` it may or may not have left. */
  tell(frame: Uint8Array, signal?: AbortSignal): Promise<Result<void, DeviceError>> {
    return this.#inTurn(async () => {
      const ready = await this.#ready(signal);
      return ready.ok ? this.#write(frame) : ready;
    });
  }

  /** Ends all waits with `cancelled` and lets go of the transport, which stays open. */
  dispose(): void {
    const cause: DeviceError = { code: 'cancelled', detail: 'driver disposed' };
    this.#stop(cause, cause);
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
    const gap = this.#lastTraffic + this.#timing.spacingMs - this.#clock.monotonic();
    if (gap > 0 && this.#end === null) await this.#clock.sleep(gap, signal);
    if (this.#end !== null) return err(this.#end);
    return signal?.aborted === true ? err({ code: 'cancelled', detail: 'cancelled before sending' }) : ok(undefined);
  }

  async #write(frame: Uint8Array): Promise<Result<void, DeviceError>> {
    this.#echo = this.#stripEcho ? frame : new Uint8Array(0);
    const written = await this.#transport.write(frame);
    this.#lastTraffic = this.#clock.monotonic() + this.#wireMs(frame.length);
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
    if (this.#timing.quietMs === 0) {
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

  /** An echo comes first, byte by byte; what differs ends it and is data. */
  #withoutEcho(bytes: Uint8Array): Uint8Array {
    let used = 0;
    while (used < bytes.length && used < this.#echo.length && bytes[used] === this.#echo[used]) used += 1;
    const ended = used < bytes.length;
    this.#echo = ended ? new Uint8Array(0) : this.#echo.slice(used);
    return used === 0 ? bytes : bytes.slice(used);
  }

  #digest(): void {
    if (this.#buffer.length === 0) return;
    const { frames, rest } = this.#parse(this.#buffer, this.#pending?.exchange.asked ?? null);
    this.#buffer = rest;
    for (const frame of frames) {
      const pending = this.#pending;
      if (pending !== null && pending.answers.length < pending.exchange.count && pending.exchange.accept(frame)) {
        pending.answers.push(frame);
        if (pending.answers.length === pending.exchange.count) pending.finish();
      } else {
        this.#onUnasked(frame);
      }
    }
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
      this.#pending.finish();
    }
  }
}
