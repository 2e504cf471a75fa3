import type { Clock } from '../model/clock.ts';
import type { DeviceError, DeviceErrorCode, DeviceState } from '../model/device.ts';
import { Emitter } from '../model/events.ts';
import type { IdCard, IdCardReader, IdCardReaderEvent } from '../model/id-card-reader.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { Transport } from '../model/transport.ts';
import { CARD_TEXT_LENGTH, parseCardText, parseNewAddress } from './sdt-card-text.ts';
import { SDT_COMMANDS, SDT_STATUS, encodeRequest, formatSamId } from './sdt-frame.ts';
import type { SdtResponse } from './sdt-frame.ts';
import { SdtLine } from './sdt-line.ts';
import type { SdtExpectation } from './sdt-line.ts';

/** The module must not be asked for a card more often than this, in milliseconds (vendor notes). */
const FIND_INTERVAL_MS = 300;
/** Failed answers in a row after which the wait for a card ends with the line's error. */
const MAX_LINE_FAILURES = 3;
/** Tries of select and read while the card lies on the reader. */
const READ_ATTEMPTS = 2;

/** Thinking times of the module in milliseconds, on top of the wire time. */
const STATUS: SdtExpectation = { success: SDT_STATUS.success, dataLengths: [0], deviceMs: 1_000 };
const SAM_ID: SdtExpectation = { success: SDT_STATUS.success, dataLengths: [16], deviceMs: 1_000 };
const FIND: SdtExpectation = { success: SDT_STATUS.cardFound, dataLengths: [4], deviceMs: 1_000 };
const SELECT: SdtExpectation = { success: SDT_STATUS.success, dataLengths: [8], deviceMs: 1_000 };
/** Text length, photo length (2 bytes each), 256 bytes text, 1024 bytes photo. */
const READ: SdtExpectation = { success: SDT_STATUS.success, dataLengths: [1_284], deviceMs: 3_000 };
/** 35 characters; a card without one is answered by a status word. */
const READ_NEW_ADDRESS: SdtExpectation = { success: SDT_STATUS.success, dataLengths: [70], deviceMs: 1_500 };

/** How one try of select and read ended. */
type ReadTry<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: DeviceError }
  /** Trying again has no sense. */
  | { readonly kind: 'final'; readonly error: DeviceError };

/** What is read of a selected card, and whom to tell that one was found. */
interface Reading<T> {
  readonly read: () => Promise<ReadTry<T>>;
  readonly onCardFound?: (() => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Identity card reader with a SAM module behind the SDT frame protocol. */
export class SdtReader implements IdCardReader {
  readonly deviceClass = 'id-card-reader';
  readonly driverId = 'sdt';
  readonly #line: SdtLine;
  readonly #clock: Clock;
  readonly #events = new Emitter<IdCardReaderEvent>();
  #identity: string | null = null;
  #cardLies = false;
  /**
   * A card read before may still lie there: the module then answers "find" as if there were none. True at the start,
   * because a restart of this program does not lift the card.
   */
  #mayBeSameCard = true;

  constructor(transport: Transport, clock: Clock) {
    this.#clock = clock;
    this.#line = new SdtLine(transport, clock);
  }

  readonly events = {
    subscribe: (listener: (event: IdCardReaderEvent) => void) => this.#events.subscribe(listener),
  };

  async probe(): Promise<DeviceState> {
    let status = await this.#line.exchange(encodeRequest(SDT_COMMANDS.samStatus), STATUS);
    // One lost or damaged answer is no missing reader.
    if (!status.ok && status.error.code !== 'line-lost') {
      status = await this.#line.exchange(encodeRequest(SDT_COMMANDS.samStatus), STATUS);
    }
    if (!status.ok) {
      this.#identity = null;
      return state('offline', `${status.error.code}: ${status.error.detail}`, null);
    }
    if (status.value.sw3 !== SDT_STATUS.success)
      return state('hardwareError', statusText(status.value.sw3), this.#identity);
    if (this.#identity === null) {
      const id = await this.#line.exchange(encodeRequest(SDT_COMMANDS.samId), SAM_ID);
      if (id.ok && id.value.sw3 === SDT_STATUS.success) this.#identity = formatSamId(id.value.data);
    }
    return state('online', '', this.#identity);
  }

  readCard(options: Parameters<IdCardReader['readCard']>[0]): Promise<Result<IdCard, DeviceError>> {
    const { deadlineMs, signal, onCardFound } = options;
    return this.#awaitCard(deadlineMs, { read: () => this.#readText(), onCardFound, signal });
  }

  readNewAddress(
    options: Parameters<NonNullable<IdCardReader['readNewAddress']>>[0],
  ): Promise<Result<string | null, DeviceError>> {
    const { deadlineMs, signal } = options;
    return this.#awaitCard(deadlineMs, { read: () => this.#readNewAddress(), signal });
  }

  /** Waits until a card lies there and reads something of it. */
  async #awaitCard<T>(deadlineMs: number, reading: Reading<T>): Promise<Result<T, DeviceError>> {
    const { signal } = reading;
    if (!(deadlineMs >= 1_000 && deadlineMs <= 300_000)) return fail('bad-request', 'deadline must be 1 to 300 s');
    const end = this.#clock.monotonic() + deadlineMs;
    let lineFailures = 0;
    for (;;) {
      if (signal?.aborted) return fail('cancelled', 'reading was cancelled');
      const found = await this.#find();
      if (!found.ok) {
        lineFailures += 1;
        if (found.error.code === 'line-lost' || lineFailures >= MAX_LINE_FAILURES) return found;
      } else if (found.value.sw3 === SDT_STATUS.cardFound) {
        this.#laid();
        reading.onCardFound?.();
        return this.#readLyingCard(reading);
      } else if (found.value.sw3 === SDT_STATUS.findFailed) {
        lineFailures = 0;
        const same = await this.#readSameCard(reading);
        if (same) return same;
      } else {
        const error = errorOf(found.value.sw3);
        if (error.code === 'reader-refused') return err(error);
        lineFailures += 1;
        if (lineFailures >= MAX_LINE_FAILURES) return err(error);
      }
      const left = end - this.#clock.monotonic();
      if (left <= 0) return fail('no-card', 'no card was laid on the reader');
      await this.#clock.sleep(Math.min(FIND_INTERVAL_MS, left), signal);
    }
  }

  dispose(): void {
    this.#line.dispose();
  }

  #find(): Promise<Result<SdtResponse, DeviceError>> {
    return this.#line.exchange(encodeRequest(SDT_COMMANDS.findCard), FIND);
  }

  #select(): Promise<Result<SdtResponse, DeviceError>> {
    return this.#line.exchange(encodeRequest(SDT_COMMANDS.selectCard), SELECT);
  }

  /** After "found": select and read, once more when the card still lies there. */
  async #readLyingCard<T>({ read, signal }: Reading<T>): Promise<Result<T, DeviceError>> {
    let last: DeviceError = { code: 'card-unreadable', detail: 'not tried' };
    for (let attempt = 0; attempt < READ_ATTEMPTS; attempt += 1) {
      const tried = await this.#tryRead(read);
      if (tried.kind === 'read') return ok(tried.value);
      if (tried.kind === 'final') return err(tried.error);
      last = tried.error;
      if (signal?.aborted) return fail('cancelled', 'reading was cancelled');
      await this.#clock.sleep(FIND_INTERVAL_MS, signal);
      const present = await this.#stillThere();
      if (!present.ok) return present;
      if (!present.value) {
        this.#removed();
        return fail('card-moved', `${last.detail}; then no card was found`);
      }
    }
    return err(last);
  }

  /**
   * The module says "no card" also while the card it read last still lies there. Then select, or read alone, works
   * (both are seen in the field). Returns null when there is really no card.
   */
  async #readSameCard<T>({ read, onCardFound }: Reading<T>): Promise<Result<T, DeviceError> | null> {
    if (!this.#mayBeSameCard) return null;
    this.#mayBeSameCard = false;
    const selected = await this.#select();
    const announced = selected.ok && selected.value.sw3 === SDT_STATUS.success;
    if (announced) {
      this.#laid();
      onCardFound?.();
    }
    const tried = await read();
    if (tried.kind === 'read') {
      if (!announced) {
        this.#laid();
        onCardFound?.();
      }
      return ok(tried.value);
    }
    if (tried.kind === 'final' && tried.error.code !== 'timeout') return err(tried.error);
    if (announced) return err(tried.error);
    this.#removed();
    return null;
  }

  async #tryRead<T>(read: Reading<T>['read']): Promise<ReadTry<T>> {
    const selected = await this.#select();
    if (!selected.ok) return lineTry(selected.error);
    if (selected.value.sw3 !== SDT_STATUS.success) return statusTry(selected.value.sw3);
    return read();
  }

  async #readText(): Promise<ReadTry<IdCard>> {
    const read = await this.#line.exchange(encodeRequest(SDT_COMMANDS.readTextAndPhoto), READ);
    if (!read.ok) return lineTry(read.error);
    if (read.value.sw3 !== SDT_STATUS.success) return statusTry(read.value.sw3);
    const text = textOf(read.value.data);
    if (!text)
      return { kind: 'failed', error: { code: 'bad-reply', detail: 'lengths inside the read answer are wrong' } };
    const card = parseCardText(text);
    // Text and photo live on in the result only.
    read.value.data.fill(0);
    // The card was read, whatever it says: the module now hides it until it is lifted.
    this.#mayBeSameCard = true;
    if (card.ok) return { kind: 'read', value: card.value };
    switch (card.error.code) {
      case 'other-type':
        return { kind: 'final', error: { code: 'card-wrong-type', detail: `card of type ${card.error.mark}` } };
      case 'bad-field':
        return { kind: 'failed', error: { code: 'card-unreadable', detail: `implausible ${card.error.field}` } };
      default:
        return { kind: 'failed', error: { code: 'bad-reply', detail: `text of ${card.error.length} bytes` } };
    }
  }

  async #readNewAddress(): Promise<ReadTry<string | null>> {
    const read = await this.#line.exchange(encodeRequest(SDT_COMMANDS.readNewestAddress), READ_NEW_ADDRESS);
    if (!read.ok) return lineTry(read.error);
    const { sw3, data } = read.value;
    if (sw3 !== SDT_STATUS.success && sw3 !== SDT_STATUS.notOnCard) return statusTry(sw3);
    const address = sw3 === SDT_STATUS.success ? parseNewAddress(data) : ok(null);
    data.fill(0);
    this.#mayBeSameCard = true;
    return address.ok
      ? { kind: 'read', value: address.value }
      : { kind: 'failed', error: { code: 'card-unreadable', detail: 'implausible newest address' } };
  }

  async #stillThere(): Promise<Result<boolean, DeviceError>> {
    const found = await this.#find();
    if (!found.ok) return found.error.code === 'line-lost' ? found : ok(true);
    if (found.value.sw3 === SDT_STATUS.cardFound) return ok(true);
    const selected = await this.#select();
    if (!selected.ok) return selected.error.code === 'line-lost' ? selected : ok(true);
    return ok(selected.value.sw3 === SDT_STATUS.success);
  }

  #laid(): void {
    if (this.#cardLies) return;
    this.#cardLies = true;
    this.#events.emit({ type: 'card-laid' });
  }

  #removed(): void {
    if (!this.#cardLies) return;
    this.#cardLies = false;
    this.#events.emit({ type: 'card-removed' });
  }
}

/** The text part of a read answer, or null when its lengths do not fit together. */
function textOf(data: Uint8Array): Uint8Array | null {
  const textLength = ((data[0] ?? 0) << 8) | (data[1] ?? 0);
  const photoLength = ((data[2] ?? 0) << 8) | (data[3] ?? 0);
  if (textLength !== CARD_TEXT_LENGTH || data.length !== 4 + textLength + photoLength) return null;
  return data.subarray(4, 4 + textLength);
}

function lineTry(error: DeviceError): ReadTry<never> {
  return { kind: error.code === 'line-lost' ? 'final' : 'failed', error };
}

function statusTry(sw3: number): ReadTry<never> {
  const error = errorOf(sw3);
  const final = error.code === 'card-wrong-type' || error.code === 'reader-refused';
  return { kind: final ? 'final' : 'failed', error };
}

/** What a status word other than success means for the caller. */
function errorOf(sw3: number): DeviceError {
  return { code: codeOf(sw3), detail: statusText(sw3) };
}

function codeOf(sw3: number): DeviceErrorCode {
  switch (sw3) {
    case SDT_STATUS.selfTestFailed:
    case SDT_STATUS.notAuthorised:
      return 'reader-refused';
    case SDT_STATUS.wrongCardType:
      return 'card-wrong-type';
    case SDT_STATUS.hostChecksum:
    case SDT_STATUS.hostLength:
    case SDT_STATUS.badCommand:
      return 'bad-reply';
    default:
      return 'card-unreadable';
  }
}

function statusText(sw3: number): string {
  const known = Object.entries(SDT_STATUS).find(([, code]) => code === sw3);
  return `reader status ${sw3.toString(16).toUpperCase().padStart(2, '0')}${known ? ` (${known[0]})` : ''}`;
}

function state(status: DeviceState['status'], detail: string, identity: string | null): DeviceState {
  return { status, detail, paper: null, identity };
}

function fail(code: DeviceErrorCode, detail: string): Result<never, DeviceError> {
  return err({ code, detail });
}
