import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';

/**
 * Messages between a host and a chip card reader (USB device class CCID, revision 1.1, section 6): ten bytes of header
 * (type, length of the data as 32 bits little-endian, slot, sequence number, three bytes that differ) and the data.
 */
export const CCID = {
  powerOn: 0x62,
  powerOff: 0x63,
  slotStatus: 0x65,
  transfer: 0x6f,
  /** Answer to power on (data: answer to reset) and to transfer (data: response of the card). */
  dataBlock: 0x80,
  slotStatusAnswer: 0x81,
  /** Unasked, two bytes: a card came or went. */
  slotChange: 0x50,
} as const;

/** What the reader knows of the card (bmICCStatus). */
export type CcidCard = 'active' | 'inactive' | 'absent';

/** Reasons of a failed command (bError) that matter here. */
export const CCID_ERROR = {
  /** The card does not answer. */
  mute: 0xfe,
  /** Something else holds the card. */
  busy: 0xe0,
  hardware: 0xfb,
  aborted: 0xff,
  badMessage: 0x00,
} as const;

/** Longest data of one message: a response of a card has at most 256 bytes and two status bytes. */
const CCID_MAX_DATA = 1_024;
const HEADER = 10;
const CARDS: readonly CcidCard[] = ['active', 'inactive', 'absent'];

/** A command to the reader. */
export interface CcidCommand {
  readonly type: number;
  /** 0 to 255; the answer carries the same. */
  readonly sequence: number;
  readonly data: Uint8Array;
}

/** What comes from the reader: the answer to a command, or word of a card that came or went. */
export type CcidMessage =
  | {
      readonly kind: 'answer';
      readonly type: number;
      readonly sequence: number;
      readonly card: CcidCard;
      /** The card needs more time; another answer to the same command follows. */
      readonly wait: boolean;
      /** Why the command failed (`CCID_ERROR`), or null when it did not. */
      readonly error: number | null;
      readonly data: Uint8Array;
    }
  | { readonly kind: 'change'; readonly present: boolean };

/** Writes a command. */
export function encodeCcidCommand(command: CcidCommand): Uint8Array {
  return message(command.type, command.sequence, [0, 0, 0], command.data);
}

/** Reads a command; for what plays a reader. */
export function decodeCcidCommand(bytes: Uint8Array): Result<CcidCommand, 'bad-message'> {
  const data = dataOf(bytes);
  return data === null ? err('bad-message') : ok({ type: bytes[0] ?? 0, sequence: bytes[6] ?? 0, data });
}

/** Writes an answer; for what plays a reader. */
export function encodeCcidAnswer(answer: {
  readonly type: number;
  readonly sequence: number;
  readonly card: CcidCard;
  readonly error?: number | null;
  readonly wait?: boolean;
  readonly data?: Uint8Array;
}): Uint8Array {
  const error = answer.error ?? null;
  const outcome = answer.wait ? 0x80 : error === null ? 0 : 0x40;
  const status = outcome | CARDS.indexOf(answer.card);
  return message(answer.type, answer.sequence, [status, error ?? 0, 0], answer.data ?? new Uint8Array(0));
}

/** Writes word of a card that came or went; for what plays a reader. */
export function encodeCcidChange(present: boolean): Uint8Array {
  return Uint8Array.of(CCID.slotChange, present ? 0x03 : 0x02);
}

/** Reads what a reader sent; a message that is cut short, too long or unknown gives `bad-message`. */
export function decodeCcid(bytes: Uint8Array): Result<CcidMessage, 'bad-message'> {
  const type = bytes[0];
  if (type === CCID.slotChange) {
    return bytes.length === 2 ? ok({ kind: 'change', present: ((bytes[1] ?? 0) & 1) === 1 }) : err('bad-message');
  }
  const data = dataOf(bytes);
  const status = bytes[7] ?? 0;
  const card = CARDS[status & 0x03];
  const outcome = status & 0xc0;
  if (data === null || card === undefined || outcome === 0xc0) return err('bad-message');
  if (type !== CCID.dataBlock && type !== CCID.slotStatusAnswer) return err('bad-message');
  return ok({
    kind: 'answer',
    type,
    sequence: bytes[6] ?? 0,
    card,
    wait: outcome === 0x80,
    error: outcome === 0x40 ? (bytes[8] ?? 0) : null,
    data,
  });
}

function message(type: number, sequence: number, tail: readonly number[], data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER + data.length);
  bytes.set([type, data.length & 0xff, data.length >> 8, 0, 0, 0, sequence & 0xff, ...tail]);
  bytes.set(data, HEADER);
  return bytes;
}

function dataOf(bytes: Uint8Array): Uint8Array | null {
  if (bytes.length < HEADER) return null;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1, true);
  return length <= CCID_MAX_DATA && bytes.length === HEADER + length ? bytes.slice(HEADER) : null;
}
