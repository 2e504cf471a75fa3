import type { Clock } from '../model/clock.ts';
import type { DeviceError } from '../model/device.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { Transport } from '../model/transport.ts';
import { SDT_STATUS, SdtFrameReader, decodeResponse } from './sdt-frame.ts';
import type { SdtFound, SdtResponse } from './sdt-frame.ts';

/** Preamble, length, three status bytes, check byte. */
const RESPONSE_OVERHEAD = 11;
/** Slack for drivers, USB latency and the event loop, in milliseconds. */
const SLACK_MS = 100;
/** Behind a serial device server the wire may be as slow as this. */
const SLOWEST_BAUD = 9_600;
/** As long as the line was not silent for this long, in milliseconds, an answer may still be on its way. */
const SILENCE_MS = 150;
/** A wire slower than its setting gets at most this many times the time that it should need. */
const SLOW_WIRE_FACTOR = 8;

/** What the answer to a command may look like. */
export interface SdtExpectation {
  /** SW3 of success: 90, or 9F for "find card". */
  readonly success: number;
  /** Lengths of data that a success may carry. */
  readonly dataLengths: readonly number[];
  /** Time the module needs to think, in milliseconds. */
  readonly deviceMs: number;
}

/**
 * Question and answer over one transport. The protocol numbers nothing, so an answer is only taken when it can belong
 * to the question; what comes late is dropped.
 */
export class SdtLine {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #reader = new SdtFrameReader(3);
  readonly #forget: readonly (() => void)[];
  #lost: DeviceError | null = null;
  #take: ((found: readonly SdtFound[]) => void) | null = null;
  #wake: AbortController | null = null;
  #heardAt = Number.NEGATIVE_INFINITY;

  constructor(transport: Transport, clock: Clock) {
    this.#transport = transport;
    this.#clock = clock;
    this.#forget = [
      transport.onData((bytes) => {
        this.#heardAt = clock.monotonic();
        this.#take?.(this.#reader.push(bytes));
      }),
      transport.onClosed((error) => this.#end(error?.detail ?? 'line was closed')),
    ];
  }

  /** Releases the listeners; what waits ends with `line-lost`. */
  dispose(): void {
    for (const forget of this.#forget) forget();
    this.#end('driver was disposed');
  }

  /** Sends one request and waits for its answer: wire time x 1.5 + thinking time + 100 ms, more while bytes come. */
  async exchange(request: Uint8Array, expected: SdtExpectation): Promise<Result<SdtResponse, DeviceError>> {
    if (this.#lost) return err(this.#lost);
    if (this.#take) return err({ code: 'busy', detail: 'another command is under way' });
    const answer: { response: SdtResponse | null; damaged: boolean } = { response: null, damaged: false };
    const wake = new AbortController();
    const take = (found: readonly SdtFound[]): void => {
      for (const one of found) {
        if (one.kind === 'bad-checksum') answer.damaged = true;
        else {
          const response = decodeResponse(one.body);
          if (answer.response === null && fits(response, expected)) answer.response = response;
        }
      }
      if (answer.response !== null) wake.abort();
    };
    this.#reader.reset();
    this.#take = take;
    this.#wake = wake;
    try {
      const written = await this.#transport.write(request);
      if (!written.ok) return err({ code: 'line-lost', detail: written.error.detail });
      await this.#wait(this.#timeout(request.length, expected), wake.signal);
      if (answer.response === null) take(this.#reader.recover());
      if (answer.response !== null) return ok(answer.response);
      if (this.#lost) return err(this.#lost);
      return answer.damaged
        ? err({ code: 'bad-reply', detail: 'the answer was damaged' })
        : err({ code: 'timeout', detail: 'the reader did not answer' });
    } finally {
      this.#take = null;
      this.#wake = null;
    }
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

  #end(detail: string): void {
    this.#lost ??= { code: 'line-lost', detail };
    this.#wake?.abort();
  }
}

/** Whether a response can answer the question: a success of the right shape, or a failure, which carries no data. */
function fits(response: SdtResponse, expected: SdtExpectation): boolean {
  if (response.sw3 === expected.success) return expected.dataLengths.includes(response.data.length);
  return response.sw3 !== SDT_STATUS.success && response.sw3 !== SDT_STATUS.cardFound && response.data.length === 0;
}
