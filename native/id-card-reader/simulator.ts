import { Emitter } from '../model/events.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { DeviceSimulator } from '../model/simulator.ts';
import { encodeCardText, encodeNewAddress } from './sdt-card-text.ts';
import type { CardTextError, WritableCard } from './sdt-card-text.ts';
import { SDT_STATUS, SdtFrameReader, encodeResponse } from './sdt-frame.ts';

/** What a card holds. Without a type it is a resident's. */
export type SimulatedCard = WritableCard;

/** Device faults that can be switched at any time. */
export interface SdtBehaviour {
  /** The chip is found but cannot be read (scratched, bent). */
  unreadable: boolean;
  /** The card is taken away while it is read: it fails and no card lies there afterwards. */
  removedDuringRead: boolean;
  /** The SAM is not authorised: every card command is refused. */
  notAuthorised: boolean;
  /** The self-test has failed: everything is refused. */
  selfTestFailed: boolean;
  /** A card of a kind that this reader cannot read lies there. */
  wrongCardType: boolean;
  /** A card that was read must be lifted before it can be read again, even by "read" alone. */
  mustBeLifted: boolean;
  /** No answer at all (switched off, wrong speed). */
  silent: boolean;
}

/** Thinking times in milliseconds. */
export interface SdtTimes {
  readonly status: number;
  readonly find: number;
  readonly select: number;
  readonly read: number;
}

const SAM_ID = Uint8Array.of(0x05, 0, 0x01, 0, 0xa5, 0x3a, 0x34, 0x01, 0x87, 0xd6, 0x12, 0, 0xb1, 0x68, 0xde, 0x3a);

/** The SAM module of an identity card reader: what is on the other end of the cable. */
export class SdtReaderSimulator implements DeviceSimulator {
  readonly output = new Emitter<{ readonly bytes: Uint8Array; readonly delayMs: number }>();
  readonly activity = new Emitter<string>();
  readonly behaviour: SdtBehaviour = {
    unreadable: false,
    removedDuringRead: false,
    notAuthorised: false,
    selfTestFailed: false,
    wrongCardType: false,
    mustBeLifted: false,
    silent: false,
  };
  readonly #reader = new SdtFrameReader(2);
  readonly #times: SdtTimes;
  #text: Uint8Array | null = null;
  #newAddress: Uint8Array | null = null;
  /** Where the module stands with the card that lies on it. */
  #stage: 'laid' | 'found' | 'selected' | 'read' = 'laid';

  constructor(times: SdtTimes = { status: 5, find: 30, select: 30, read: 400 }) {
    this.#times = times;
  }

  get cardLies(): boolean {
    return this.#text !== null;
  }

  /** Lays a card of any kind on the reader; refused when a text is too long for its field. */
  layCard(card: SimulatedCard): Result<void, CardTextError> {
    const text = encodeCardText(card);
    return text.ok ? this.layText(text.value) : text;
  }

  /**
   * Writes an address behind those that the lying card holds, as is done when its holder moves; refused when it is longer
   * than 35 characters. It is gone with the card.
   */
  appendAddress(address: string): Result<void, CardTextError> {
    const encoded = encodeNewAddress(address);
    if (!encoded.ok) return encoded;
    if (this.#text) this.#newAddress = encoded.value;
    return ok(undefined);
  }

  /** Lays a card with this text block of 256 bytes (damaged ones and other types included). */
  layText(text: Uint8Array): Result<void, CardTextError> {
    if (text.length !== 256) return err({ code: 'bad-length', length: text.length });
    this.#text = text.slice();
    this.#newAddress = null;
    this.#stage = 'laid';
    this.activity.emit('card laid');
    return ok(undefined);
  }

  removeCard(): void {
    if (!this.#text) return;
    this.#text = null;
    this.#newAddress = null;
    this.#stage = 'laid';
    this.activity.emit('card removed');
  }

  receive(bytes: Uint8Array): void {
    for (const found of this.#reader.push(bytes)) {
      if (this.behaviour.silent) continue;
      if (found.kind === 'bad-checksum') this.#answer(SDT_STATUS.hostChecksum, 'checksum error', this.#times.status);
      else this.#handle(found.body);
    }
  }

  #handle(body: Uint8Array): void {
    const { status, find, select, read } = this.#times;
    const command = ((body[0] ?? 0) << 8) | (body[1] ?? 0);
    if (this.behaviour.selfTestFailed) {
      this.#answer(SDT_STATUS.selfTestFailed, 'self-test failed', status);
      return;
    }
    switch (command) {
      case 0x10ff:
        this.#stage = 'laid';
        this.#answer(SDT_STATUS.success, 'reset', status);
        return;
      case 0x11ff:
        this.#answer(SDT_STATUS.success, 'status asked', status);
        return;
      case 0x12ff:
        this.#answer(SDT_STATUS.success, 'SAM id asked', status, SAM_ID);
        return;
      case 0x61ff:
      case 0x6000:
        this.#answer(SDT_STATUS.success, 'setting taken', status);
        return;
      case 0x2001:
        this.#find(find);
        return;
      case 0x2002:
        this.#select(select);
        return;
      case 0x3001:
      case 0x3010:
        this.#read(read, command === 0x3010);
        return;
      case 0x3003:
        this.#readNewAddress(read);
        return;
      default:
        this.#answer(SDT_STATUS.badCommand, 'unknown command', status);
    }
  }

  #find(delayMs: number): void {
    if (this.behaviour.notAuthorised) {
      this.#answer(SDT_STATUS.notAuthorised, 'not authorised', delayMs);
    } else if (!this.#text || this.#stage === 'read') {
      // Said for an empty reader and for a card that was read and still lies there.
      this.#answer(SDT_STATUS.findFailed, null, delayMs);
    } else {
      this.#stage = 'found';
      this.#answer(SDT_STATUS.cardFound, 'card found', delayMs, new Uint8Array(4));
    }
  }

  #select(delayMs: number): void {
    if (!this.#text || this.#stage === 'laid' || this.#stage === 'read') {
      this.#answer(SDT_STATUS.selectFailed, 'no card to select', delayMs);
    } else {
      this.#stage = 'selected';
      this.#answer(SDT_STATUS.success, 'card selected', delayMs, new Uint8Array(8));
    }
  }

  #read(delayMs: number, withFinger: boolean): void {
    const readable = this.#stage === 'selected' || (this.#stage === 'read' && !this.behaviour.mustBeLifted);
    const text = this.#readable(readable, delayMs);
    if (!text) return;
    this.#stage = 'read';
    this.#answer(SDT_STATUS.success, 'card read', delayMs, readPayload(text, withFinger));
  }

  /** May follow the reading of the text without a new selection, even where that must not be repeated. */
  #readNewAddress(delayMs: number): void {
    if (!this.#readable(this.#stage === 'selected' || this.#stage === 'read', delayMs)) return;
    if (this.#newAddress) this.#answer(SDT_STATUS.success, 'newest address read', delayMs, this.#newAddress);
    else this.#answer(SDT_STATUS.notOnCard, 'no newer address on the card', delayMs);
  }

  /** The text of the card when it can be read now; otherwise says why not. */
  #readable(ready: boolean, delayMs: number): Uint8Array | null {
    if (this.#text && this.behaviour.removedDuringRead) {
      this.removeCard();
      this.#answer(SDT_STATUS.readFailed, 'card was taken away during reading', delayMs);
    } else if (!this.#text || !ready) {
      this.#answer(SDT_STATUS.readFailed, 'no card to read', this.#times.find);
    } else if (this.behaviour.wrongCardType) {
      this.#answer(SDT_STATUS.wrongCardType, 'wrong card type', delayMs);
    } else if (this.behaviour.unreadable) {
      this.#stage = 'laid';
      this.#answer(SDT_STATUS.readFailed, 'card cannot be read', delayMs);
    } else {
      return this.#text;
    }
    return null;
  }

  #answer(sw3: number, activity: string | null, delayMs: number, data?: Uint8Array): void {
    if (activity !== null) this.activity.emit(activity);
    this.output.emit({ bytes: encodeResponse(sw3, data), delayMs });
  }
}

/** Lengths (big-endian), text, photo; "with fingerprint" of a card that holds none has a third length of zero. */
function readPayload(text: Uint8Array, withFinger: boolean): Uint8Array {
  const lengths = withFinger ? [1, 0, 4, 0, 0, 0] : [1, 0, 4, 0];
  const payload = new Uint8Array(lengths.length + 256 + 1024);
  payload.set(lengths);
  payload.set(text, lengths.length);
  // An empty picture in the vendor's format: mark, 102 x 126 points.
  payload.set([0x57, 0x4c, 0x66, 0x00, 0x7e, 0x00, 0x32, 0x00], lengths.length + 256);
  return payload;
}
