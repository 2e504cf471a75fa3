import type { Clock } from '../model/clock.ts';
import { count } from '../model/device-ledger.ts';
import type { DeviceLedger } from '../model/device-ledger.ts';
import type { DeviceError, DeviceErrorCode, DeviceState } from '../model/device.ts';
import { Emitter } from '../model/events.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type {
  SocialSecurityCard,
  SocialSecurityCardReader,
  SocialSecurityCardReaderEvent,
} from '../model/social-security-card-reader.ts';
import type { Transport } from '../model/transport.ts';
import {
  HOLDER_FILE,
  ISSUER_FILE,
  SELECT_ENVIRONMENT,
  SW,
  followUp,
  parseResponse,
  readItem,
  readRecord,
  selectFile,
} from './apdu.ts';
import type { CardResponse } from './apdu.ts';
import { HOLDER_ITEMS, ISSUER_ITEMS, itemValue, parseCard } from './card-files.ts';
import type { CardItem, CardValues } from './card-files.ts';
import { CcidLine } from './ccid-line.ts';

/** Tries of one card that stays in the reader. */
const READ_ATTEMPTS = 2;
/** Contacts bounce while a card is pushed in: the card gets this long to come to rest, in milliseconds. */
const SETTLE_MS = 150;
/** A card may answer "more follows" so often to one command before it counts as broken. */
const MAX_FOLLOW_UPS = 4;

/** Social security cards in a chip card reader that PC/SC knows. */
export class PcscSocialSecurityCardReader implements SocialSecurityCardReader {
  readonly deviceClass = 'social-security-card-reader';
  readonly driverId = 'pcsc';
  readonly #line: CcidLine;
  readonly #clock: Clock;
  readonly #ledger: DeviceLedger | undefined;
  readonly #identity: string | null;
  readonly #events = new Emitter<SocialSecurityCardReaderEvent>();
  readonly #forget: () => void;
  #reported = false;
  /** A card is being read. */
  #reading = false;
  /** The card in the reader has had its turn: read, or of another kind. It must be taken out first. */
  #spent = false;

  constructor(transport: Transport, clock: Clock, ledger?: DeviceLedger) {
    this.#ledger = ledger;
    this.#clock = clock;
    this.#line = new CcidLine(transport, clock);
    // A name has its spaces escaped in an address.
    this.#identity = /^pcsc:\/\/(.+)$/u.exec(transport.address)?.[1]?.replaceAll('%20', ' ') ?? null;
    this.#forget = this.#line.presence.subscribe((present) => this.#report(present));
  }

  readonly events = {
    subscribe: (listener: (event: SocialSecurityCardReaderEvent) => void) => this.#events.subscribe(listener),
  };

  async probe(signal?: AbortSignal): Promise<DeviceState> {
    const status = await this.#line.status(signal);
    if (status.ok) return state('online', '', this.#identity);
    return state('offline', `${status.error.code}: ${status.error.detail}`, null);
  }

  async readCard(
    options: Parameters<SocialSecurityCardReader['readCard']>[0],
  ): Promise<Result<SocialSecurityCard, DeviceError>> {
    const { deadlineMs, signal, onCardFound } = options;
    if (!(deadlineMs >= 1_000 && deadlineMs <= 300_000)) return fail('bad-request', 'deadline must be 1 to 300 s');
    const end = this.#clock.monotonic() + deadlineMs;
    const asked = await this.#line.status(signal);
    if (!asked.ok) return asked;
    if (options.afterRemoval === true && asked.value !== 'absent') this.#spent = true;
    for (;;) {
      const waited = await this.#awaitCard(end, signal);
      if (!waited.ok) return waited;
      this.#reading = true;
      const read = await this.#readLyingCard(onCardFound, signal);
      this.#reading = false;
      // A card that slipped out again before it said anything was not put in yet.
      if (read?.ok) count(this.#ledger, 'reads');
      if (read) return read;
    }
  }

  dispose(): void {
    this.#forget();
    this.#line.dispose();
  }

  /** Waits until a card is in the reader that has not had its turn. */
  async #awaitCard(end: number, signal: AbortSignal | undefined): Promise<Result<void, DeviceError>> {
    for (;;) {
      // A line that has gone also cancels what runs on it: the cause comes first.
      if (this.#line.lost) return err(this.#line.lost);
      if (signal?.aborted) return fail('cancelled', 'reading was cancelled');
      if (this.#line.present && !this.#spent) return ok(undefined);
      const left = end - this.#clock.monotonic();
      if (left <= 0) {
        return fail('no-card', this.#spent ? 'the card before was not taken out' : 'no card was put in');
      }
      const change = new AbortController();
      const wake = (): void => change.abort();
      const forget = this.#line.presence.subscribe(wake);
      signal?.addEventListener('abort', wake, { once: true });
      await this.#clock.sleep(left, change.signal);
      signal?.removeEventListener('abort', wake);
      forget();
    }
  }

  /** Reads the card in the reader, once more when it stays there. Null when it left before it had answered. */
  async #readLyingCard(
    onCardFound: (() => void) | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Result<SocialSecurityCard, DeviceError> | null> {
    let last: DeviceError = { code: 'card-unreadable', detail: 'not tried' };
    let answered = false;
    for (let attempt = 0; attempt < READ_ATTEMPTS; attempt += 1) {
      await this.#clock.sleep(SETTLE_MS, signal);
      const powered = await this.#line.powerOn(signal);
      if (!powered.ok) last = powered.error;
      else {
        if (!answered) onCardFound?.();
        answered = true;
        const read = await this.#readFiles(signal);
        await this.#line.powerOff();
        if (read.ok || read.error.code === 'card-wrong-type') {
          this.#spent = this.#line.present === true;
          return read;
        }
        last = read.error;
      }
      if (['line-lost', 'cancelled', 'timeout', 'busy'].includes(last.code)) return err(last);
      if (last.code === 'card-moved' || !this.#line.present) {
        return answered ? fail('card-moved', 'the card was pulled out while it was read') : null;
      }
    }
    return err(last);
  }

  async #readFiles(signal: AbortSignal | undefined): Promise<Result<SocialSecurityCard, DeviceError>> {
    const selected = await this.#exchange(SELECT_ENVIRONMENT, signal);
    if (!selected.ok) return selected;
    if (selected.value.sw !== SW.ok) {
      return fail('card-wrong-type', `no social security card: ${word(selected.value.sw)}`);
    }
    const issuer = await this.#readFile(ISSUER_FILE, ISSUER_ITEMS, 0, signal);
    if (!issuer.ok) return issuer;
    // The holder's items are counted on from the issuer's: record 1 is item 08.
    const holder = await this.#readFile(HOLDER_FILE, HOLDER_ITEMS, 7, signal);
    if (!holder.ok) return holder;
    const values: CardValues = { ...issuer.value, ...holder.value };
    const card = parseCard(values);
    for (const value of Object.values(values)) value?.fill(0);
    return card.ok ? card : fail('card-unreadable', `implausible ${card.error}`);
  }

  async #readFile<K extends string>(
    file: number,
    items: Readonly<Record<K, CardItem>>,
    tagOffset: number,
    signal: AbortSignal | undefined,
  ): Promise<Result<Record<K, Uint8Array | null>, DeviceError>> {
    let selected = await this.#exchange(selectFile(file, 0x02), signal);
    if (selected.ok && selected.value.sw !== SW.ok) selected = await this.#exchange(selectFile(file, 0x00), signal);
    if (!selected.ok) return selected;
    if (selected.value.sw !== SW.ok) return refused(file, selected.value.sw);
    const values: Partial<Record<K, Uint8Array | null>> = {};
    for (const [name, item] of Object.entries(items) as [K, CardItem][]) {
      let value: Uint8Array | null = null;
      for (const command of [readRecord(item.tag - tagOffset, item.length + 2), readItem(item.tag, item.length + 2)]) {
        const read = await this.#exchange(command, signal);
        if (!read.ok) return read;
        if (read.value.sw === SW.securityNotSatisfied) return refused(file, read.value.sw);
        value = read.value.sw === SW.ok ? itemValue(read.value.data, item.tag) : null;
        read.value.data.fill(0);
        if (value) break;
      }
      values[name] = value;
    }
    return ok(values as Record<K, Uint8Array | null>);
  }

  /** One command and the whole of its response. */
  async #exchange(command: Uint8Array, signal: AbortSignal | undefined): Promise<Result<CardResponse, DeviceError>> {
    let next = command;
    for (let turn = 0; turn <= MAX_FOLLOW_UPS; turn += 1) {
      const sent = await this.#line.transmit(next, signal);
      if (!sent.ok) return sent;
      const response = parseResponse(sent.value);
      if (!response) return fail('bad-reply', 'a response without a status word');
      const follow = followUp(next, response);
      if (!follow) return ok(response);
      next = follow;
    }
    return fail('card-unreadable', 'the card never comes to the end of its response');
  }

  #report(present: boolean): void {
    if (!present) this.#spent = false;
    if (this.#reported === present) return;
    this.#reported = present;
    if (!present && this.#reading) this.#events.emit({ type: 'card-moved' });
    this.#events.emit({ type: present ? 'card-laid' : 'card-removed' });
  }
}

function refused(file: number, sw: number): Result<never, DeviceError> {
  return fail('card-unreadable', `file ${file.toString(16).toUpperCase()}: ${word(sw)}`);
}

function word(sw: number): string {
  return `status ${sw.toString(16).toUpperCase().padStart(4, '0')}`;
}

function fail(code: DeviceErrorCode, detail: string): Result<never, DeviceError> {
  return err({ code, detail });
}

function state(status: DeviceState['status'], detail: string, identity: string | null): DeviceState {
  return { status, detail, paper: null, identity };
}
