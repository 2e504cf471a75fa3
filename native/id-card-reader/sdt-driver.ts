import type { Clock } from '../model/clock.ts';
import { count } from '../model/device-ledger.ts';
import type { DeviceLedger } from '../model/device-ledger.ts';
import type { DeviceError, DeviceErrorCode, DeviceState } from '../model/device.ts';
import type {
  AwaitCardOptions,
  IdCard,
  IdCardReader,
  IdCardReaderEvent,
  ReadWholeOptions,
  WholeCard,
} from '../model/id-card-reader.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { Transport } from '../model/transport.ts';
import { CardPresence } from './card-presence.ts';
import { framingOf } from './framing.ts';
import { parseCardText, parseNewAddress } from './sdt-card-text.ts';
import { SDT_BAUDS, SDT_STATUS, formatSamId } from './sdt-frame.ts';
import { SdtLine } from './sdt-line.ts';
import type { SdtAnswer } from './sdt-line.ts';
import { SdtModule, cardBlocks, errorOfStatus, statusText } from './sdt-module.ts';
import { Turns } from './turns.ts';

/** The module must not be asked for a card more often than this, in milliseconds (vendor notes). */
const FIND_INTERVAL_MS = 300;
/** How often the watch looks at an empty place, in milliseconds: a machine at rest is not kept awake by it. */
const WATCH_EMPTY_MS = 1_000;
/** Pause of the watch after a question without an answer, in milliseconds. */
const WATCH_TROUBLE_MS = 2_000;
/** Failed answers in a row after which the wait for a card ends with the line's error. */
const MAX_LINE_FAILURES = 3;
/** Looks in a row that must find the reader empty before the card of somebody else counts as taken away. */
const EMPTY_LOOKS = 2;
/** Tries of select and read while the card lies on the reader. */
const READ_ATTEMPTS = 2;

/** Questions for the second reading over a noisy line. */
const CONFIRM_TRIES = 3;
const NOISY: DeviceError = { code: 'bad-reply', detail: 'two readings over a noisy line differ' };

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
  /** The reader must have been empty first. */
  readonly afterRemoval: boolean;
}

/** What one look for a card came to. */
type Look<T> =
  | { readonly kind: 'done'; readonly result: Result<T, DeviceError> }
  /** The reader did not answer as it should. */
  | { readonly kind: 'failed'; readonly error: DeviceError }
  | { readonly kind: 'no-card' }
  /** Nothing lies there, as far as this reader can tell. */
  | { readonly kind: 'empty' }
  /** A card lies there, but not the one that lay there before. */
  | { readonly kind: 'laid-anew' };

/** Identity card reader with a SAM module behind the SDT frame protocol. */
export class SdtReader implements IdCardReader {
  readonly deviceClass = 'id-card-reader';
  readonly driverId: string;
  readonly #line: SdtLine;
  readonly #ledger: DeviceLedger | undefined;
  readonly #module: SdtModule;
  readonly #presence: CardPresence;
  readonly #clock: Clock;
  readonly #turns = new Turns();
  #identity: string | null = null;
  #reading = false;
  /** False once the module refused the command for text, photo and fingerprints. */
  #knowsFingerprints = true;
  /** Aborted when the watch ends; null while nobody watches. */
  #watch: AbortController | null = null;

  /** @param options.framing see `framingOf` */
  constructor(
    transport: Transport,
    clock: Clock,
    {
      framing,
      driverId = 'sdt',
      ledger,
    }: {
      readonly framing?: string | undefined;
      readonly driverId?: string;
      readonly ledger?: DeviceLedger | undefined;
    } = {},
  ) {
    this.#ledger = ledger;
    this.driverId = driverId;
    this.#clock = clock;
    this.#line = new SdtLine(transport, clock, framingOf(framing, transport));
    this.#module = new SdtModule(this.#line);
    this.#presence = new CardPresence(this.#module);
  }

  readonly events = {
    subscribe: (listener: (event: IdCardReaderEvent) => void) => this.#presence.events.subscribe(listener),
  };

  probe(): Promise<DeviceState> {
    return this.#turns.take(async () => {
      let status = await this.#module.status();
      // One lost or damaged answer is no missing reader.
      if (!status.ok && status.error.code !== 'line-lost') status = await this.#module.status();
      // A word about a card answers the question that was under way when this line was opened, not this one.
      if (status.ok && speaksOfCard(status.value.sw3)) status = await this.#module.status();
      if (!status.ok) {
        this.#identity = null;
        return state('offline', `${status.error.code}: ${status.error.detail}`, null);
      }
      const { sw3 } = status.value;
      if (sw3 !== SDT_STATUS.success) {
        return { ...state('hardwareError', statusText(sw3), this.#identity), fault: errorOfStatus(sw3).code };
      }
      if (this.#identity === null) {
        const id = await this.#module.samId();
        if (id.ok && id.value.sw3 === SDT_STATUS.success) this.#identity = formatSamId(id.value.data);
      }
      return state('online', '', this.#identity);
    });
  }

  async readCard(options: Parameters<IdCardReader['readCard']>[0]): Promise<Result<IdCard, DeviceError>> {
    const read = await this.readWhole(options);
    return read.ok ? ok(read.value.card) : read;
  }

  async readWhole(options: ReadWholeOptions): Promise<Result<WholeCard, DeviceError>> {
    const { deadlineMs, signal, onCardFound, afterRemoval = false } = options;
    const how = { read: () => this.#readWhole(options), onCardFound, signal, afterRemoval };
    const read = await this.#awaitCard(deadlineMs, how);
    if (read.ok) count(this.#ledger, 'reads');
    return read;
  }

  readNewAddress({
    deadlineMs,
    signal,
    afterRemoval = false,
  }: AwaitCardOptions): Promise<Result<string | null, DeviceError>> {
    return this.#awaitCard(deadlineMs, { read: () => this.#readNewAddress(), signal, afterRemoval });
  }

  watch(on: boolean): void {
    if (!on) {
      this.#watch?.abort();
      this.#watch = null;
    } else if (!this.#watch && this.#line.lost === null) {
      this.#watch = new AbortController();
      void this.#keepWatch(this.#watch.signal);
    }
  }

  setBaud(baud: number): Promise<Result<void, DeviceError>> {
    return this.#turns.take(async () => {
      const place = SDT_BAUDS.findIndex((known) => known === baud);
      if (place < 0) return fail('bad-request', `the reader knows ${SDT_BAUDS.join(', ')} baud`);
      // Behind a network address nobody could follow the reader to its new speed.
      if (this.#line.baud === null) return fail('not-supported', 'the speed can be set over a serial port only');
      if (this.#reading) return fail('busy', 'a card is being waited for');
      const set = await this.#module.setBaud(place);
      if (!set.ok) return set;
      const { sw3 } = set.value;
      if (sw3 === SDT_STATUS.badCommand || sw3 === SDT_STATUS.notPermitted) {
        return fail('not-supported', `${statusText(sw3)}; the speed stays as it was`);
      }
      if (sw3 !== SDT_STATUS.success) return err(errorOfStatus(sw3));
      this.#line.retire(`the reader was set to ${baud} baud: its address must say so`);
      return ok(undefined);
    });
  }

  dispose(): void {
    this.watch(false);
    this.#line.dispose();
  }

  /** Looks for a card as long as the watch is on; while a command waits for a card it does the looking. */
  async #keepWatch(stop: AbortSignal): Promise<void> {
    while (!stop.aborted && this.#line.lost === null) {
      const answered = await this.#turns.take(async () => stop.aborted || this.#reading || this.#presence.look());
      const atRest = this.#presence.seenEmpty && !this.#reading;
      const pauseMs = !answered ? WATCH_TROUBLE_MS : atRest ? WATCH_EMPTY_MS : FIND_INTERVAL_MS;
      await this.#clock.sleep(pauseMs, stop);
    }
  }

  /** Waits until a card lies there and reads something of it. */
  async #awaitCard<T>(deadlineMs: number, reading: Reading<T>): Promise<Result<T, DeviceError>> {
    const { signal } = reading;
    if (!(deadlineMs >= 1_000 && deadlineMs <= 300_000)) return fail('bad-request', 'deadline must be 1 to 300 s');
    if (this.#reading) return fail('busy', 'a card is being waited for');
    this.#reading = true;
    const end = this.#clock.monotonic() + deadlineMs;
    let lineFailures = 0;
    let emptyLooks = reading.afterRemoval ? 0 : EMPTY_LOOKS;
    try {
      for (;;) {
        if (signal?.aborted) return this.#givenUp();
        const clear = emptyLooks >= EMPTY_LOOKS;
        const tried = await this.#turns.take(() => (clear ? this.#findAndRead(reading) : this.#lookForEmpty<T>()));
        if (!clear) emptyLooks = tried.kind === 'laid-anew' ? EMPTY_LOOKS : tried.kind === 'empty' ? emptyLooks + 1 : 0;
        // What is not found and gives no sign of itself must not be read without being found either.
        if (tried.kind === 'empty' && emptyLooks === EMPTY_LOOKS) this.#presence.removed();
        // What was read after somebody gave up on it belongs to nobody.
        if (signal?.aborted) return this.#givenUp();
        if (tried.kind === 'done') {
          // Before the hand is there: a driver that lives for one visit has no other moment to learn it.
          if (tried.result.ok && this.#watch) void this.#turns.take(() => this.#presence.learn());
          return tried.result;
        }
        lineFailures = tried.kind === 'failed' ? lineFailures + 1 : 0;
        if (tried.kind === 'failed' && lineFailures >= MAX_LINE_FAILURES) return err(tried.error);
        const left = end - this.#clock.monotonic();
        if (left <= 0) return fail('no-card', 'no card was laid on the reader');
        await this.#clock.sleep(Math.min(FIND_INTERVAL_MS, left), signal);
      }
    } finally {
      this.#reading = false;
    }
  }

  async #findAndRead<T>(reading: Reading<T>): Promise<Look<T>> {
    const found = await this.#module.find();
    if (!found.ok) {
      return found.error.code === 'line-lost'
        ? { kind: 'done', result: found }
        : { kind: 'failed', error: found.error };
    }
    const { sw3 } = found.value;
    if (sw3 === SDT_STATUS.cardFound) {
      this.#presence.found();
      reading.onCardFound?.();
      return { kind: 'done', result: await this.#readLyingCard(reading) };
    }
    if (sw3 === SDT_STATUS.findFailed) {
      return this.#readSameCard(reading);
    }
    const error = errorOfStatus(sw3);
    return error.code === 'reader-refused' ? { kind: 'done', result: err(error) } : { kind: 'failed', error };
  }

  /** Whether the reader is empty: a card that lies there is asked for its presence only. */
  async #lookForEmpty<T>(): Promise<Look<T>> {
    const found = await this.#module.find();
    if (!found.ok) {
      return found.error.code === 'line-lost'
        ? { kind: 'done', result: found }
        : { kind: 'failed', error: found.error };
    }
    if (found.value.sw3 === SDT_STATUS.cardFound) {
      return { kind: this.#presence.found() ? 'laid-anew' : 'no-card' };
    }
    if (found.value.sw3 !== SDT_STATUS.findFailed) return { kind: 'failed', error: errorOfStatus(found.value.sw3) };
    this.#presence.notShown();
    if ((await this.#presence.ask()) === 'there') {
      this.#presence.touched();
      return { kind: 'no-card' };
    }
    return { kind: 'empty' };
  }

  /** After "found": select and read, once more when the card still lies there. */
  async #readLyingCard<T>({ read, signal }: Reading<T>): Promise<Result<T, DeviceError>> {
    let last: DeviceError = { code: 'card-unreadable', detail: 'not tried' };
    for (let attempt = 0; attempt < READ_ATTEMPTS; attempt += 1) {
      const tried = await this.#selectAndRead(read);
      if (tried.kind === 'read') return ok(tried.value);
      if (tried.kind === 'final') return err(tried.error);
      last = tried.error;
      if (signal?.aborted) return this.#givenUp();
      await this.#clock.sleep(FIND_INTERVAL_MS, signal);
      const present = await this.#stillThere();
      if (!present.ok) return present;
      if (!present.value) {
        this.#presence.moved();
        return fail('card-moved', `${last.detail}; then no card was found`);
      }
    }
    return err(last);
  }

  /**
   * The module says "no card" also while the card it read last still lies there. Then select, or read alone, works
   * (both are seen in the field). It may also be that there is really none, or one that must be lifted first.
   */
  async #readSameCard<T>({ read, onCardFound }: Reading<T>): Promise<Look<T>> {
    if (!this.#presence.takeMayBeSame()) return { kind: 'no-card' };
    const selected = await this.#module.select();
    const announced = selected.ok && selected.value.sw3 === SDT_STATUS.success;
    if (announced) {
      this.#presence.touched(true);
      onCardFound?.();
    }
    const tried = await read();
    if (tried.kind === 'read') {
      if (!announced) onCardFound?.();
      return { kind: 'done', result: ok(tried.value) };
    }
    const { error } = tried;
    if (announced || tried.kind === 'final') return { kind: 'done', result: err(error) };
    if (!selected.ok) {
      this.#presence.putMayBeSame();
      return { kind: 'failed', error: selected.error };
    }
    if (this.#presence.lies && (await this.#presence.ask()) !== 'there') this.#presence.removed();
    return { kind: 'no-card' };
  }

  async #selectAndRead<T>(read: Reading<T>['read']): Promise<ReadTry<T>> {
    const selected = await this.#module.select();
    if (!selected.ok) return lineTry(selected.error);
    if (selected.value.sw3 !== SDT_STATUS.success) return statusTry(selected.value.sw3);
    this.#presence.touched();
    return read();
  }

  async #readWhole(options: ReadWholeOptions): Promise<ReadTry<WholeCard>> {
    const withFingerprints = options.fingerprints === true && this.#knowsFingerprints;
    const read = await this.#module.read(withFingerprints);
    if (!read.ok) return lineTry(read.error);
    const { sw3, data } = read.value;
    if (withFingerprints && (sw3 === SDT_STATUS.badCommand || sw3 === SDT_STATUS.notPermitted)) {
      this.#knowsFingerprints = false;
      return this.#readWhole(options);
    }
    if (sw3 !== SDT_STATUS.success) return statusTry(sw3);
    // The card was read, whatever it says: the module now hides it until it is lifted.
    this.#presence.read();
    try {
      const whole = wholeCardOf(data, withFingerprints, options);
      // A number that does not fit its own check character may be the card's, or damage.
      const odd = whole.kind === 'read' && whole.value.card.wrongCheckDigit === true;
      const first = odd ? { ...read.value, clean: false } : read.value;
      const sure = await this.#isTrue(first, () => this.#module.read(withFingerprints));
      return sure ? whole : { kind: 'failed', error: NOISY };
    } finally {
      // Text, photo and fingerprints live on in the result only.
      data.fill(0);
    }
  }

  /**
   * The check byte of a frame lets one damage in 256 pass. So what came over a line that damaged something not long ago is
   * read once more, and must be the same; a module that reads a card only once leaves it at the first reading.
   */
  async #isTrue(first: SdtAnswer, again: () => Promise<Result<SdtAnswer, DeviceError>>): Promise<boolean> {
    if (first.clean) return true;
    for (let asked = 0; asked < CONFIRM_TRIES; asked += 1) {
      const second = await again();
      if (!second.ok) {
        if (this.#line.lost) return false;
        continue;
      }
      const { sw3, data } = second.value;
      const told = sw3 === SDT_STATUS.success || sw3 === SDT_STATUS.notOnCard;
      const same = sw3 === first.sw3 && data.every((byte, index) => byte === first.data[index]);
      data.fill(0);
      return !told || same;
    }
    return false;
  }

  async #readNewAddress(): Promise<ReadTry<string | null>> {
    const read = await this.#module.newestAddress();
    if (!read.ok) return lineTry(read.error);
    const { sw3, data } = read.value;
    if (sw3 !== SDT_STATUS.success && sw3 !== SDT_STATUS.notOnCard) return statusTry(sw3);
    const sure = await this.#isTrue(read.value, () => this.#module.newestAddress());
    const address = sw3 === SDT_STATUS.success ? parseNewAddress(data) : ok(null);
    data.fill(0);
    if (!sure) return { kind: 'failed', error: NOISY };
    this.#presence.read();
    return address.ok
      ? { kind: 'read', value: address.value }
      : { kind: 'failed', error: { code: 'card-unreadable', detail: 'implausible newest address' } };
  }

  /** Who waits is told of a lost line even where that loss made its owner give up. */
  #givenUp(): Result<never, DeviceError> {
    return this.#line.lost ? err(this.#line.lost) : fail('cancelled', 'reading was cancelled');
  }

  async #stillThere(): Promise<Result<boolean, DeviceError>> {
    const found = await this.#module.find();
    if (!found.ok) return found.error.code === 'line-lost' ? found : ok(true);
    if (found.value.sw3 === SDT_STATUS.cardFound) return ok(true);
    const selected = await this.#module.select();
    if (!selected.ok) return selected.error.code === 'line-lost' ? selected : ok(true);
    return ok(selected.value.sw3 === SDT_STATUS.success);
  }
}

/** The card in an answer, with those of its blocks that are wanted. */
function wholeCardOf(data: Uint8Array, withFingerprints: boolean, wanted: ReadWholeOptions): ReadTry<WholeCard> {
  const blocks = cardBlocks(data, withFingerprints);
  if (!blocks) return failedTry('bad-reply', 'lengths inside the read answer are wrong');
  const card = parseCardText(blocks.text);
  if (card.ok) {
    const photo = wanted.photo === true ? blocks.photo.slice() : null;
    const fingerprints = withFingerprints ? blocks.fingerprints.map((print) => print.slice()) : null;
    return { kind: 'read', value: { card: card.value, photo, fingerprints } };
  }
  switch (card.error.code) {
    case 'other-type':
      return { kind: 'final', error: { code: 'card-wrong-type', detail: `card of type ${card.error.mark}` } };
    case 'bad-field':
      return failedTry('card-unreadable', `implausible ${card.error.field}`);
    default:
      return failedTry('bad-reply', `text of ${card.error.length} bytes`);
  }
}

function speaksOfCard(sw3: number): boolean {
  return sw3 !== SDT_STATUS.success && errorOfStatus(sw3).code === 'card-unreadable';
}

function failedTry(code: DeviceErrorCode, detail: string): ReadTry<never> {
  return { kind: 'failed', error: { code, detail } };
}

function lineTry(error: DeviceError): ReadTry<never> {
  return { kind: error.code === 'line-lost' ? 'final' : 'failed', error };
}

function statusTry(sw3: number): ReadTry<never> {
  const error = errorOfStatus(sw3);
  const final = error.code === 'card-wrong-type' || error.code === 'reader-refused';
  return { kind: final ? 'final' : 'failed', error };
}

function state(status: DeviceState['status'], detail: string, identity: string | null): DeviceState {
  return { status, detail, paper: null, identity };
}

function fail(code: DeviceErrorCode, detail: string): Result<never, DeviceError> {
  return err({ code, detail });
}
