import type { Clock } from '../model/clock.ts';
import type { DeviceError } from '../model/device.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { Transport } from '../model/transport.ts';
import type { SdtFraming } from './framing.ts';
import { SDT_STATUS, SdtFrameReader, decodeResponse } from './sdt-frame.ts';
import type { SdtFound, SdtResponse } from './sdt-frame.ts';

/** Preamble, length, three status bytes, check byte. */
const RESPONSE_OVERHEAD = 11;
/** Status bytes at the start of a body. */
const STATUS_LENGTH = 3;
/** Slack for drivers, USB latency and the event loop, in milliseconds. */
const SLACK_MS = 100;
/** Behind a serial device server the wire may be as slow as this. */
const SLOWEST_BAUD = 9_600;
/** As long as the line was not silent for this long, in milliseconds, an answer may still be on its way. */
const SILENCE_MS = 150;
/** A line on which something was damaged is not trusted for so long, in milliseconds: what counts is read twice. */
const DISTRUST_MS = 600_000;
/** A wire slower than its setting gets at most this many times the time that it should need. */
const SLOW_WIRE_FACTOR = 8;

/** What the answer to a command may look like. */
export interface SdtExpectation {
  /** SW3 of success: 90, or 9F for "find card". */
  readonly success: number;
  /** Lengths of data that a success may carry. */
  readonly dataLengths: readonly number[];
  /** Whether the data of a success can be meant; left out where nothing can be said of them. */
  readonly plausible?: (data: Uint8Array) => boolean;
  /** Time the module needs to think, in milliseconds. */
  readonly deviceMs: number;
}

/** An answer that was taken. */
export interface SdtAnswer extends SdtResponse {
  /** False when noise or damage was on the line while it was waited for, or not long before. */
  readonly clean: boolean;
}

/** What was heard while an answer was waited for. */
interface Heard {
  response: SdtResponse | null;
  damaged: boolean;
  /** A failure with a status word that no paper has: believed only when nothing better came. */
  unknownStatus: number | null;
}

const KNOWN_FAILURES: readonly number[] = Object.values(SDT_STATUS).filter(
  (status) => status !== SDT_STATUS.success && status !== SDT_STATUS.cardFound,
);

/**
 * Question and answer over one transport. The protocol numbers nothing and its check byte has 8 bits, so an answer is
 * only taken when its length, its status word and, where they can be judged, its data belong to the question; what comes
 * late is dropped.
 */
export class SdtLine {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #framing: SdtFraming;
  readonly #reader = new SdtFrameReader(3);
  readonly #forget: readonly (() => void)[];
  #lost: DeviceError | null = null;
  #take: ((piece: Uint8Array) => void) | null = null;
  #wake: AbortController | null = null;
  #heardAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #noiseAt = Number.NEGATIVE_INFINITY;

  constructor(transport: Transport, clock: Clock, framing: SdtFraming) {
    this.#transport = transport;
    this.#clock = clock;
    this.#framing = framing;
    this.#forget = [
      transport.onData((bytes) => {
        this.#heardAt = clock.monotonic();
        this.#take?.(bytes);
      }),
      transport.onClosed((error) => this.retire(error?.detail ?? 'line was closed')),
    ];
  }

  /** Wire speed, or null where there is none. */
  get baud(): number | null {
    return this.#transport.baud;
  }

  /** Bytes held back, for bounds checks. */
  get pending(): number {
    return this.#reader.pending + this.#framing.pending;
  }

  /** Why nothing can be asked over this line any more; null while it can. */
  get lost(): DeviceError | null {
    return this.#lost;
  }

  /** From now on nothing is sent; what waits ends with `line-lost`. */
  retire(detail: string): void {
    this.#lost ??= { code: 'line-lost', detail };
    this.#wake?.abort();
  }

  /** Releases the listeners; what waits ends with `line-lost`. */
  dispose(): void {
    for (const forget of this.#forget) forget();
    this.retire('driver was disposed');
  }

  /** Sends one request and waits for its answer: wire time x 1.5 + thinking time + 100 ms, more while bytes come. */
  async exchange(request: Uint8Array, expected: SdtExpectation): Promise<Result<SdtAnswer, DeviceError>> {
    if (this.#lost) return err(this.#lost);
    if (this.#take) return err({ code: 'busy', detail: 'another command is under way' });
    const heard: Heard = { response: null, damaged: false, unknownStatus: null };
    const wake = new AbortController();
    const judge = (found: readonly SdtFound[]): void => {
      for (const one of found) hear(heard, one, expected);
      if (heard.response !== null) wake.abort();
    };
    this.#reader.reset([STATUS_LENGTH, ...expected.dataLengths.map((length) => STATUS_LENGTH + length)]);
    this.#framing.reset();
    this.#take = (piece) => {
      const bytes = this.#framing.unwrap(piece);
      if (bytes) judge(this.#reader.push(bytes));
      else heard.damaged = true;
    };
    this.#wake = wake;
    this.#askedAt = this.#clock.monotonic();
    try {
      for (const piece of this.#framing.wrap(request)) {
        const written = await this.#transport.write(piece);
        if (!written.ok) return err({ code: 'line-lost', detail: written.error.detail });
      }
      await this.#wait(this.#timeout(request.length, expected), wake.signal);
      // Whatever looked like the start of a longer frame did not go on: the answer may stand behind it.
      while (heard.response === null && this.#reader.pending > 0) judge(this.#reader.recover());
      return this.#outcome(heard);
    } finally {
      this.#take = null;
      this.#wake = null;
      // No copy of a card's text stays here.
      this.#reader.reset();
      this.#framing.reset();
    }
  }

  #outcome({ response, damaged, unknownStatus }: Heard): Result<SdtAnswer, DeviceError> {
    const now = this.#clock.monotonic();
    // What came without an answer is noise as well.
    if (damaged || this.#reader.skipped > 0 || (response === null && this.#heardAt > this.#askedAt))
      this.#noiseAt = now;
    if (response !== null) return ok({ ...response, clean: now - this.#noiseAt > DISTRUST_MS });
    if (this.#lost) return err(this.#lost);
    if (unknownStatus !== null) {
      const status = unknownStatus.toString(16).toUpperCase().padStart(2, '0');
      return err({ code: 'bad-reply', detail: `reader status ${status}, which is not known` });
    }
    return damaged
      ? err({ code: 'bad-reply', detail: 'the answer was damaged' })
      : err({ code: 'timeout', detail: 'the reader did not answer' });
  }

  async #wait(ms: number, wake: AbortSignal): Promise<void> {
    const clock = this.#clock;
    const end = clock.monotonic() + ms * SLOW_WIRE_FACTOR;
    await clock.sleep(ms, wake);
    while (!wake.aborted && clock.monotonic() < end) {
      const silence = clock.monotonic() - this.#heardAt;
      if (silence >= SILENCE_MS) return;
      await clock.sleep(SILENCE_MS - silence, wake);
    }
  }

  #timeout(requestLength: number, expected: SdtExpectation): number {
    const bytes = requestLength + RESPONSE_OVERHEAD + Math.max(...expected.dataLengths);
    const wireMs = (bytes * 10_000) / (this.#transport.baud ?? SLOWEST_BAUD);
    return wireMs * 1.5 + expected.deviceMs + SLACK_MS;
  }
}

/** Notes what one frame says; the first answer that belongs to the question counts. */
function hear(heard: Heard, found: SdtFound, expected: SdtExpectation): void {
  if (found.kind === 'bad-checksum') {
    heard.damaged = true;
    return;
  }
  const response = decodeResponse(found.body);
  if (heard.response === null && answers(response, expected)) {
    heard.response = response;
    return;
  }
  const failed = response.data.length === 0 && response.sw3 !== SDT_STATUS.success;
  if (failed && response.sw3 !== SDT_STATUS.cardFound) heard.unknownStatus ??= response.sw3;
  else heard.damaged = true;
  response.data.fill(0);
}

/** Whether a response can answer the question: a success of the right shape, or a known failure, which carries no data. */
export function answers({ sw3, data }: SdtResponse, expected: SdtExpectation): boolean {
  if (sw3 !== expected.success) return data.length === 0 && KNOWN_FAILURES.includes(sw3);
  return expected.dataLengths.includes(data.length) && (expected.plausible?.(data) ?? true);
}
