import { Emitter } from '../model/events.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { DeviceSimulator } from '../model/simulator.ts';
import { encodeCardText, encodeNewAddress } from './sdt-card-text.ts';
import type { CardTextError, WritableCard } from './sdt-card-text.ts';
import { SDT_BAUDS, SDT_STATUS, SdtFrameReader, encodeResponse } from './sdt-frame.ts';

/** What a card holds. Without a type it is a resident's. */
export type SimulatedCard = WritableCard;

/** Habits and faults of the device that can be switched at any time. */
export interface SdtBehaviour {
  /** The chip is found but cannot be read (scratched, bent). */
  unreadable: boolean;
  /** The card is taken away while it is read: it fails and no card lies there afterwards. */
  removedDuringRead: boolean;
  /** The card is taken away as soon as this step was answered well; once. */
  movedAfter: 'none' | 'find' | 'select' | 'read';
  /** The SAM is not authorised: every card command is refused. */
  notAuthorised: boolean;
  /** The self-test has failed: everything is refused. */
  selfTestFailed: boolean;
  /** A card of a kind that this reader cannot read lies there. */
  wrongCardType: boolean;
  /** A card that was read must be lifted before it can be read again, even by "read" alone. */
  mustBeLifted: boolean;
  /** From which step on "find" does not show a card that still lies there. */
  hidesAfter: 'select' | 'read' | 'never';
  /** A card that was read can be selected again without a lift. */
  selectsAgain: boolean;
  /** The module does not know the command for the newest address. */
  noAddressCommand: boolean;
  /** The module does not know the command for text, photo and fingerprints. */
  noFingerprintCommand: boolean;
  /** A module that says nothing, instead of 41, when the card is gone. */
  silentWithoutCard: boolean;
  /** No answer at all (switched off). */
  silent: boolean;
  /** So many commands to come are answered with 10, as if they had come damaged. */
  nak: number;
  /** So many answers to come have a wrong check byte. */
  wrongChecksum: number;
  /** So many answers to come are cut off in the middle. */
  truncated: number;
  /** So many answers to come have noise in the middle of the frame. */
  garbageInside: number;
  /** Noise of this many bytes before and behind each answer. */
  garbageBetween: number;
}

/** Thinking times in milliseconds. */
export interface SdtTimes {
  readonly status: number;
  readonly find: number;
  readonly select: number;
  readonly read: number;
}

const SAM_ID = Uint8Array.of(0x05, 0, 0x01, 0, 0xa5, 0x3a, 0x34, 0x01, 0x87, 0xd6, 0x12, 0, 0xb1, 0x68, 0xde, 0x3a);
/** Noise: zeros, ones, halves of a preamble, and a whole one with the length of a long answer that never comes. */
const NOISE = [0x00, 0xff, 0xaa, 0xaa, 0x96, 0x69, 0x00, 0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x05, 0x08, 0x00, 0x00, 0x90];
const FINGERPRINT_LENGTH = 512;

/** The SAM module of an identity card reader: what is on the other end of the cable. */
export class SdtReaderSimulator implements DeviceSimulator {
  readonly output = new Emitter<{ readonly bytes: Uint8Array; readonly delayMs: number }>();
  readonly activity = new Emitter<string>();
  readonly behaviour: SdtBehaviour = {
    unreadable: false,
    removedDuringRead: false,
    movedAfter: 'none',
    notAuthorised: false,
    selfTestFailed: false,
    wrongCardType: false,
    mustBeLifted: false,
    hidesAfter: 'read',
    selectsAgain: false,
    noAddressCommand: false,
    noFingerprintCommand: false,
    silentWithoutCard: false,
    silent: false,
    nak: 0,
    wrongChecksum: 0,
    truncated: 0,
    garbageInside: 0,
    garbageBetween: 0,
  };
  /** Speed of the host's side; null where both sides always understand each other. */
  hostBaud: number | null = null;
  readonly #reader = new SdtFrameReader(2);
  readonly #times: SdtTimes;
  #baud: number = SDT_BAUDS[0];
  #text: Uint8Array | null = null;
  #fingerprints = 0;
  #newAddress: Uint8Array | null = null;
  /** Where the module stands with the card that lies on it. */
  #stage: 'laid' | 'found' | 'selected' | 'read' = 'laid';

  constructor(times: SdtTimes = { status: 5, find: 30, select: 30, read: 400 }) {
    this.#times = times;
  }

  get cardLies(): boolean {
    return this.#text !== null;
  }

  /** Speed that the module speaks at. */
  get baud(): number {
    return this.#baud;
  }

  /**
   * Lays a card of any kind on the reader; refused when a text is too long for its field.
   * @param fingerprints how many fingerprints its chip holds
   */
  layCard(card: SimulatedCard, fingerprints: 0 | 1 | 2 = 0): Result<void, CardTextError> {
    const text = encodeCardText(card);
    if (!text.ok) return text;
    const laid = this.layText(text.value);
    this.#fingerprints = fingerprints;
    return laid;
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
    this.#fingerprints = 0;
    this.#newAddress = null;
    this.#stage = 'laid';
    this.activity.emit('card laid');
    return ok(undefined);
  }

  removeCard(): void {
    if (!this.#text) return;
    this.#text = null;
    this.#fingerprints = 0;
    this.#newAddress = null;
    this.#stage = 'laid';
    this.activity.emit('card removed');
  }

  receive(bytes: Uint8Array): void {
    // At another speed nothing but framing errors arrives.
    if (this.hostBaud !== null && this.hostBaud !== this.#baud) return;
    for (const found of this.#reader.push(bytes)) {
      if (this.behaviour.silent) continue;
      if (found.kind === 'bad-checksum' || this.#takes('nak')) {
        this.#answer(SDT_STATUS.hostChecksum, 'checksum error', this.#times.status);
      } else {
        this.#handle(found.body);
      }
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
        this.#other(command, status);
    }
  }

  /** 60 00 to 60 04 set the speed: confirmed at the old one. */
  #other(command: number, delayMs: number): void {
    const baud = command >> 8 === 0x60 ? SDT_BAUDS[command & 0xff] : undefined;
    if (baud === undefined) {
      this.#answer(SDT_STATUS.badCommand, 'unknown command', delayMs);
      return;
    }
    this.#answer(SDT_STATUS.success, `speaks at ${baud} baud from now on`, delayMs);
    this.#baud = baud;
  }

  /** Whether "find" does not show the card that lies there. */
  get #hidden(): boolean {
    const { hidesAfter } = this.behaviour;
    if (hidesAfter === 'never') return false;
    return this.#stage === 'read' || (hidesAfter === 'select' && this.#stage === 'selected');
  }

  #find(delayMs: number): void {
    if (this.behaviour.notAuthorised) {
      this.#answer(SDT_STATUS.notAuthorised, 'not authorised', delayMs);
    } else if (!this.#text || this.#hidden) {
      // Said for an empty reader and for a card that was read and still lies there.
      this.#answer(SDT_STATUS.findFailed, null, delayMs);
    } else {
      this.#stage = 'found';
      this.#answer(SDT_STATUS.cardFound, 'card found', delayMs, new Uint8Array(4));
      this.#moveAfter('find');
    }
  }

  #select(delayMs: number): void {
    const again = this.#stage === 'read' && this.behaviour.selectsAgain;
    if (!this.#text || this.#stage === 'laid' || (this.#stage === 'read' && !again)) {
      this.#answer(SDT_STATUS.selectFailed, 'no card to select', delayMs);
    } else {
      this.#stage = 'selected';
      this.#answer(SDT_STATUS.success, 'card selected', delayMs, new Uint8Array(8));
      this.#moveAfter('select');
    }
  }

  #read(delayMs: number, withFinger: boolean): void {
    if (withFinger && this.behaviour.noFingerprintCommand) {
      this.#answer(SDT_STATUS.badCommand, 'unknown command', this.#times.status);
      return;
    }
    const readable = this.#stage === 'selected' || (this.#stage === 'read' && !this.behaviour.mustBeLifted);
    const text = this.#readable(readable, delayMs);
    if (!text) return;
    this.#stage = 'read';
    this.#answer(SDT_STATUS.success, 'card read', delayMs, readPayload(text, withFinger ? this.#fingerprints : null));
    this.#moveAfter('read');
  }

  /** May follow the reading of the text without a new selection, even where that must not be repeated. */
  #readNewAddress(delayMs: number): void {
    if (this.behaviour.noAddressCommand) {
      this.#answer(SDT_STATUS.badCommand, 'unknown command', this.#times.status);
      return;
    }
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
      if (!this.behaviour.silentWithoutCard) this.#answer(SDT_STATUS.readFailed, 'no card to read', this.#times.find);
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

  #moveAfter(step: SdtBehaviour['movedAfter']): void {
    if (this.behaviour.movedAfter !== step) return;
    this.behaviour.movedAfter = 'none';
    this.removeCard();
  }

  /** Whether a fault that is to happen so many times happens now. */
  #takes(fault: 'nak' | 'wrongChecksum' | 'truncated' | 'garbageInside'): boolean {
    if (this.behaviour[fault] <= 0) return false;
    this.behaviour[fault] -= 1;
    return true;
  }

  #answer(sw3: number, activity: string | null, delayMs: number, data?: Uint8Array): void {
    if (activity !== null) this.activity.emit(activity);
    const frame = encodeResponse(sw3, data);
    const middle = Math.floor(frame.length / 2);
    if (this.#takes('wrongChecksum')) frame[frame.length - 1] = (frame.at(-1) ?? 0) ^ 0x5a;
    const noise = Uint8Array.from(
      { length: this.behaviour.garbageBetween },
      (_, index) => NOISE[index % NOISE.length] ?? 0,
    );
    const bytes = this.#takes('garbageInside')
      ? Uint8Array.of(...frame.subarray(0, middle), ...NOISE, ...frame.subarray(middle))
      : this.#takes('truncated')
        ? frame.slice(0, middle)
        : frame;
    if (noise.length > 0) this.output.emit({ bytes: noise, delayMs: 0 });
    this.output.emit({ bytes, delayMs });
    if (noise.length > 0) this.output.emit({ bytes: noise, delayMs: 0 });
  }
}

/** Lengths (big-endian), text, photo, and where they are asked for the fingerprints with a length of their own. */
function readPayload(text: Uint8Array, fingerprints: number | null): Uint8Array {
  const printsLength = (fingerprints ?? 0) * FINGERPRINT_LENGTH;
  const lengths = [1, 0, 4, 0, ...(fingerprints === null ? [] : [printsLength >> 8, printsLength & 0xff])];
  const payload = new Uint8Array(lengths.length + 256 + 1024 + printsLength);
  payload.set(lengths);
  payload.set(text, lengths.length);
  // An empty picture in the vendor's format: mark, 102 x 126 points.
  payload.set([0x57, 0x4c, 0x66, 0x00, 0x7e, 0x00, 0x32, 0x00], lengths.length + 256);
  for (let at = payload.length - printsLength; at < payload.length; at += 1)
    payload[at] = (at * 31 + (at >> 9) * 7) & 0xff;
  return payload;
}
