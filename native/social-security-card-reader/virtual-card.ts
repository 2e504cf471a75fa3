import { encodeGb18030 } from '../codec/gb18030-bytes.ts';

/** What a simulated card holds. Codes are hexadecimal digits, dates `YYYYMMDD`; an empty text leaves the item out. */
export interface SimulatedCard {
  readonly cardCode: string;
  readonly version: string;
  readonly initialisedBy: string;
  readonly issuedOn: string;
  readonly expiresOn: string;
  readonly cardNumber: string;
  readonly number: string;
  readonly name: string;
  /** `1` male, `2` female. */
  readonly sex: string;
  readonly nation: string;
  readonly birthplace: string;
  readonly birthDate: string;
}

/** Habits in which cards differ. */
export interface CardHabits {
  /** T=0: responses are fetched (`61 xx`), a wrong Le is told (`6C xx`). */
  readonly fetched?: boolean;
  /** Records are read by number (P2 04) or by item tag (P2 00) only. */
  readonly records?: 'by-number' | 'by-tag';
  /** Files are selected with P1 00 only. */
  readonly p1Zero?: boolean;
  /** A bank card or any other: it knows no social security environment. */
  readonly foreign?: boolean;
  /** EF06 is closed (a card that wants a security module first). */
  readonly holderClosed?: boolean;
}

const ENVIRONMENT = '7378312e73682ec9e7bbe1b1a3d5cf';
/** What the card says when it gets power. */
export const ANSWER_TO_RESET = Uint8Array.of(
  0x3b,
  0x6d,
  0,
  0,
  0x53,
  0x53,
  0x43,
  0x54,
  0x45,
  0x53,
  0x54,
  0,
  0,
  0,
  0,
  0,
  1,
);

/** A social security card as its commands see it. Written from the protocol notes, not from the driver. */
export class VirtualCard {
  readonly #habits: CardHabits;
  readonly #files: ReadonlyMap<number, ReadonlyMap<number, Uint8Array>>;
  #inEnvironment = false;
  #file: number | null = null;
  #pending: Uint8Array | null = null;
  /** Commands that would have touched a PIN; there must never be one. */
  pinCommands = 0;

  constructor(card: SimulatedCard, habits: CardHabits = {}) {
    this.#habits = habits;
    this.#files = new Map([
      [
        0xef05,
        records([
          [0x01, packed(card.cardCode.padEnd(32, 'F'))],
          [0x02, card.version === '' ? empty() : Uint8Array.of(0x01)],
          [0x03, text(card.version)],
          [0x04, packed(card.initialisedBy)],
          [0x05, packed(card.issuedOn)],
          [0x06, packed(card.expiresOn)],
          [0x07, text(card.cardNumber)],
        ]),
      ],
      [
        0xef06,
        records([
          [0x08, text(card.number)],
          [0x09, filled(encodeGb18030(card.name), 30)],
          [0x0a, text(card.sex)],
          [0x0b, packed(card.nation)],
          [0x0c, packed(card.birthplace)],
          [0x0d, packed(card.birthDate)],
        ]),
      ],
    ]);
  }

  /** Power came: the answer to reset. */
  reset(): Uint8Array {
    this.#inEnvironment = false;
    this.#file = null;
    this.#pending = null;
    return ANSWER_TO_RESET;
  }

  /** Response to one command, data and status word. */
  respond(apdu: Uint8Array): Uint8Array {
    const [, ins = 0, p1 = 0, p2 = 0, p3 = 0] = apdu;
    if ([0x20, 0x24, 0x2c].includes(ins)) {
      this.pinCommands += 1;
      return status(0x63, 0xc2);
    }
    if (ins === 0xa4 && p1 === 0x04) return this.#selectName(apdu.slice(5, 5 + p3));
    if (ins === 0xa4) return this.#selectFile(p1, ((apdu[5] ?? 0) << 8) | (apdu[6] ?? 0));
    if (ins === 0xb2) return this.#read(p1, p2, p3);
    if (ins === 0xc0) {
      const pending = this.#pending;
      this.#pending = null;
      return pending ? Uint8Array.of(...pending.subarray(0, p3), 0x90, 0x00) : status(0x69, 0x85);
    }
    return status(0x6d, 0x00);
  }

  #selectName(name: Uint8Array): Uint8Array {
    const hex = Array.from(name, (byte) => byte.toString(16).padStart(2, '0')).join('');
    this.#inEnvironment = this.#habits.foreign !== true && hex === ENVIRONMENT;
    if (!this.#inEnvironment) return status(0x6a, 0x82);
    return this.#give(Uint8Array.of(0x6f, 0x04, 0x84, 0x02, 0x73, 0x78));
  }

  #selectFile(p1: number, file: number): Uint8Array {
    if (p1 !== 0x00 && (p1 !== 0x02 || this.#habits.p1Zero === true)) return status(0x6a, 0x86);
    if (!this.#inEnvironment || !this.#files.has(file)) return status(0x6a, 0x82);
    this.#file = file;
    return status(0x90, 0x00);
  }

  #read(p1: number, p2: number, le: number): Uint8Array {
    if (this.#file === null) return status(0x69, 0x86);
    if (this.#file === 0xef06 && this.#habits.holderClosed === true) return status(0x69, 0x82);
    const byNumber = p2 === 0x04;
    const wanted = this.#habits.records;
    if (wanted === 'by-tag' && byNumber) return status(0x6a, 0x86);
    if (wanted === 'by-number' && !byNumber) return status(0x6a, 0x86);
    const tag = byNumber && this.#file === 0xef06 ? p1 + 7 : p1;
    const value = this.#files.get(this.#file)?.get(tag);
    if (!value) return status(0x6a, 0x83);
    const record = Uint8Array.of(tag, value.length, ...value);
    if (this.#habits.fetched === true && le !== record.length) return status(0x6c, record.length);
    return Uint8Array.of(...record, 0x90, 0x00);
  }

  #give(data: Uint8Array): Uint8Array {
    if (this.#habits.fetched !== true) return Uint8Array.of(...data, 0x90, 0x00);
    this.#pending = data;
    return status(0x61, data.length);
  }
}

function records(items: readonly (readonly [number, Uint8Array])[]): ReadonlyMap<number, Uint8Array> {
  return new Map(items.filter(([, value]) => value.length > 0));
}

function status(high: number, low: number): Uint8Array {
  return Uint8Array.of(high, low);
}

function empty(): Uint8Array {
  return new Uint8Array(0);
}

function text(value: string): Uint8Array {
  return Uint8Array.from(value, (char) => char.charCodeAt(0));
}

function packed(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16));
}

function filled(value: Uint8Array, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set(value.subarray(0, length));
  return bytes;
}
