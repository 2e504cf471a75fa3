import { crc16Ccitt } from '../codec/checksum.ts';

/** Command sets of scanners; `none` for those that scan by themselves or by their own button. */
export const COMMAND_SETS = ['none', '7e00', 'newland'] as const;
export type CommandSet = (typeof COMMAND_SETS)[number];

/** Types of "7E 00" requests (protocols 5.1). */
export const TYPE_7E00 = { read: 0x07, write: 0x08, save: 0x09, heartbeat: 0x0a } as const;
/** Registers on which all models agree (trigger, baud, reset) and the one that holds mode, beep and lamp. */
export const REGISTER = { mode: 0x0000, trigger: 0x0002, baud: 0x002a, reset: 0x00d9 } as const;

/**
 * `7E 00 TYPE LENGTH ADDRESS(2) DATA CRC(2)`, CRC-CCITT from TYPE on. The trigger goes out with `AB CD` ("not checked"),
 * as all its sources have it.
 */
export function request7e00(type: number, register: number, data: readonly number[], checked = true): Uint8Array {
  const body = [type, data.length, register >> 8, register & 0xff, ...data];
  const crc = checked ? crc16Ccitt(Uint8Array.from(body)) : 0xabcd;
  return Uint8Array.of(0x7e, 0x00, ...body, crc >> 8, crc & 0xff);
}

/** An answer to a "7E 00" request: `02 00` (heartbeat `03 00`) TYPE LENGTH DATA CRC. */
export interface Answer7e00 {
  readonly verdict: 'ok' | 'crc-error' | 'unknown-command';
  readonly data: Uint8Array;
}

const VERDICTS: Readonly<Record<number, Answer7e00['verdict']>> = {
  0x00: 'ok',
  0x01: 'crc-error',
  0x03: 'unknown-command',
};

/** Reads a whole answer, its checksum included; null for anything else. */
export function answer7e00(frame: Uint8Array): Answer7e00 | null {
  const [head, zero, type = 0, length = 0] = frame;
  const verdict = VERDICTS[type];
  if ((head !== 0x02 && head !== 0x03) || zero !== 0x00 || verdict === undefined) return null;
  // The checksum does not cover the head: the heartbeat's own is believed with the heartbeat's answer only.
  if (head === 0x03 && (type !== 0 || length !== 1)) return null;
  // Nothing but zeros would have a right checksum; every answer has data.
  if (length === 0 || frame.length !== 4 + length + 2) return null;
  const crc = ((frame[4 + length] ?? 0) << 8) | (frame[5 + length] ?? 0);
  return crc === crc16Ccitt(frame.subarray(2, 4 + length)) ? { verdict, data: frame.slice(4, 4 + length) } : null;
}

const NEWLAND_PREFIX = '0000';

/**
 * `7E 01 "0000" STORE settings 3B 03`; STORE `@` keeps the settings over a loss of power, `#` does not. A setting is a
 * name of six letters and its value, or `*` to ask for it; several are parted by `;`.
 */
export function newlandRequest(store: '@' | '#', settings: readonly string[]): Uint8Array {
  return Uint8Array.of(0x7e, 0x01, ...ascii(`${NEWLAND_PREFIX}${store}${settings.join(';')}`), 0x3b, 0x03);
}

/** One setting of a Newland answer with the scanner's word on it. */
export interface NewlandSetting {
  readonly text: string;
  /** ACK, NAK (value refused) or ENQ (unknown). */
  readonly verdict: 'ack' | 'nak' | 'enq';
}

const NEWLAND_VERDICTS: Readonly<Record<number, NewlandSetting['verdict']>> = { 0x06: 'ack', 0x15: 'nak', 0x05: 'enq' };

const ANSWER_HEAD = [0x02, 0x01, 0x30, 0x30, 0x30, 0x30];
const STORES = { 0x40: '@', 0x23: '#' } as const;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const END = 0x03;

/** `02 01 "0000" STORE` settings, each with ACK, NAK or ENQ before its `,` or `;`, then `03`; null for anything else. */
export function newlandAnswer(frame: Uint8Array): {
  readonly store: '@' | '#';
  readonly settings: readonly NewlandSetting[];
} | null {
  const storeByte = frame[ANSWER_HEAD.length];
  const store = storeByte === 0x40 || storeByte === 0x23 ? STORES[storeByte] : null;
  const last = frame.length - 1;
  if (store === null || ANSWER_HEAD.some((byte, index) => frame[index] !== byte)) return null;
  if (frame[last] !== END || frame[last - 1] !== SEMICOLON) return null;
  const settings: NewlandSetting[] = [];
  let name = '';
  let group = '';
  for (let index = ANSWER_HEAD.length + 1; index < last; index += 1) {
    const byte = frame[index] ?? 0;
    const verdict = NEWLAND_VERDICTS[byte];
    const separator = frame[index + 1];
    if (verdict === undefined || (separator !== COMMA && separator !== SEMICOLON)) {
      // Names and values are text.
      if (byte < 0x20) return null;
      name += String.fromCharCode(byte);
      continue;
    }
    if (name === '') return null;
    // Behind a comma the three letters of the group are left out.
    const text = group + name;
    settings.push({ text, verdict });
    group = separator === COMMA ? text.slice(0, 3) : '';
    name = '';
    index += 1;
  }
  return name === '' && settings.length > 0 ? { store, settings } : null;
}

/** Longest answer waited for, in bytes; the longest documented ones are product names and serial numbers. */
export const MAX_ANSWER_LENGTH = 512;

function ascii(text: string): readonly number[] {
  return Array.from(text, (char) => char.charCodeAt(0));
}
