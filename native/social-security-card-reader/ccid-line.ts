import { CCID, CCID_ERROR, decodeCcid, encodeCcidCommand } from '../codec/ccid.ts';
import type { CcidCard, CcidMessage } from '../codec/ccid.ts';
import type { Clock } from '../model/clock.ts';
import type { DeviceError } from '../model/device.ts';
import { Emitter } from '../model/events.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { Transport } from '../model/transport.ts';

/** How long the reader may take for its own state, in milliseconds. */
const STATUS_MS = 1_000;
/** How long a card may take to answer to power or to one command, in milliseconds. */
const CARD_MS = 3_000;

type Answer = Extract<CcidMessage, { kind: 'answer' }>;

interface Waiting {
  readonly sequence: number;
  readonly wake: AbortController;
  answer: Answer | null;
}

/** Questions to a chip card reader, one at a time, and word of cards that come and go. */
export class CcidLine {
  /** Whether a card is in the reader, each time that changes. */
  readonly presence = new Emitter<boolean>();
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #forget: readonly (() => void)[];
  #lost: DeviceError | null = null;
  #sequence = 0;
  #waiting: Waiting | null = null;
  #present: boolean | null = null;

  constructor(transport: Transport, clock: Clock) {
    this.#transport = transport;
    this.#clock = clock;
    this.#forget = [
      transport.onData((bytes) => this.#hear(bytes)),
      transport.onClosed((error) => this.#end(error?.detail ?? 'line was closed')),
    ];
  }

  /** Whether a card is in the reader, as last told; null before the first word. */
  get present(): boolean | null {
    return this.#present;
  }

  /** The line's end, or null while it lives. */
  get lost(): DeviceError | null {
    return this.#lost;
  }

  /** Asks the reader for its state. */
  async status(signal?: AbortSignal): Promise<Result<CcidCard, DeviceError>> {
    const asked = await this.#ask(CCID.slotStatus, new Uint8Array(0), STATUS_MS, signal);
    return asked.ok ? ok(asked.value.card) : asked;
  }

  /** Gives the card power; the value is its answer to reset. */
  powerOn(signal?: AbortSignal): Promise<Result<Uint8Array, DeviceError>> {
    return this.#command(CCID.powerOn, new Uint8Array(0), signal);
  }

  /** Takes power away. What comes of it does not matter: the card may be gone already. */
  async powerOff(): Promise<void> {
    await this.#ask(CCID.powerOff, new Uint8Array(0), STATUS_MS);
  }

  /** Sends one command to the card; the value is its whole response. */
  transmit(apdu: Uint8Array, signal?: AbortSignal): Promise<Result<Uint8Array, DeviceError>> {
    return this.#command(CCID.transfer, apdu, signal);
  }

  dispose(): void {
    for (const forget of this.#forget) forget();
    this.#end('driver was disposed');
  }

  async #command(type: number, data: Uint8Array, signal?: AbortSignal): Promise<Result<Uint8Array, DeviceError>> {
    const asked = await this.#ask(type, data, CARD_MS, signal);
    if (!asked.ok) return asked;
    const { error, card } = asked.value;
    if (error === null) return ok(asked.value.data);
    if (card === 'absent') return err({ code: 'card-moved', detail: 'the card is no longer in the reader' });
    if (error === CCID_ERROR.busy) return err({ code: 'busy', detail: 'another program holds the card' });
    if (error === CCID_ERROR.mute) return err({ code: 'card-unreadable', detail: 'the card does not answer' });
    return err({
      code: 'card-unreadable',
      detail: `reader error ${error.toString(16).toUpperCase().padStart(2, '0')}`,
    });
  }

  async #ask(
    type: number,
    data: Uint8Array,
    deadlineMs: number,
    signal?: AbortSignal,
  ): Promise<Result<Answer, DeviceError>> {
    if (this.#lost) return err(this.#lost);
    if (this.#waiting) return err({ code: 'busy', detail: 'another command is under way' });
    if (signal?.aborted) return err({ code: 'cancelled', detail: 'cancelled' });
    this.#sequence = (this.#sequence + 1) & 0xff;
    const waiting: Waiting = { sequence: this.#sequence, wake: new AbortController(), answer: null };
    this.#waiting = waiting;
    const cancel = (): void => waiting.wake.abort();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const written = await this.#transport.write(encodeCcidCommand({ type, sequence: waiting.sequence, data }));
      if (!written.ok) return err({ code: 'line-lost', detail: written.error.detail });
      await this.#clock.sleep(deadlineMs, waiting.wake.signal);
      if (waiting.answer) return ok(waiting.answer);
      if (this.#lost) return err(this.#lost);
      if (signal?.aborted) return err({ code: 'cancelled', detail: 'cancelled' });
      return err({ code: 'timeout', detail: 'the reader did not answer' });
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.#waiting = null;
    }
  }

  #hear(bytes: Uint8Array): void {
    const message = decodeCcid(bytes);
    if (!message.ok) return;
    const heard = message.value;
    if (heard.kind === 'change') {
      this.#note(heard.present);
      return;
    }
    const waiting = this.#waiting;
    // An answer to a question that was given up is nobody's; "wait" means that the real one follows.
    if (!waiting || heard.sequence !== waiting.sequence || heard.wait) return;
    waiting.answer = heard;
    this.#note(heard.card !== 'absent');
    waiting.wake.abort();
  }

  #note(present: boolean): void {
    if (this.#present === present) return;
    this.#present = present;
    this.presence.emit(present);
  }

  #end(detail: string): void {
    this.#lost ??= { code: 'line-lost', detail };
    this.#waiting?.wake.abort();
    this.presence.emit(false);
  }
}
