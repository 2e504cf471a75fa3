import { sum8 } from '../codec/checksum.ts';

/**
 * What keypads send, as data. No maker publishes a protocol, so the usual forms are offered and one is chosen when the
 * keypad is commissioned (protocols 4). A key is the number printed on the keypad, 1 to 5.
 */

export type KeypadKey = 1 | 2 | 3 | 4 | 5;

/** Value on the wire to key. */
export type KeyTable = ReadonlyMap<number, KeypadKey>;

function table(first: (key: KeypadKey) => number): KeyTable {
  return new Map(([1, 2, 3, 4, 5] as const).map((key) => [first(key), key]));
}

/** 01 to 05. */
const INDEX_KEYS = table((key) => key);
/** '1' to '5'. */
const ASCII_KEYS = table((key) => 0x30 + key);
/** One bit a key. */
const BIT_KEYS = table((key) => 2 ** (key - 1));

/** A byte stream: every byte of the table is a press, or a press is a frame `start key end SUM`, or either. */
export type SerialProfile =
  | { readonly kind: 'either'; readonly start: number; readonly end: number; readonly keys: KeyTable }
  | { readonly kind: 'bytes'; readonly keys: KeyTable }
  | { readonly kind: 'framed'; readonly start: number; readonly end: number; readonly keys: KeyTable };

/** HID reports: a boot keyboard, or one byte of a vendor's report. */
export type HidProfile =
  | { readonly kind: 'keyboard'; readonly keys: KeyTable }
  | { readonly kind: 'vendor'; readonly offset: number; readonly mask: number; readonly keys: KeyTable };

export const SERIAL_PROFILES = {
  auto: { kind: 'either', start: 0x02, end: 0x03, keys: new Map([...INDEX_KEYS, ...ASCII_KEYS]) },
  byte: { kind: 'bytes', keys: INDEX_KEYS },
  ascii: { kind: 'bytes', keys: ASCII_KEYS },
  framed: { kind: 'framed', start: 0x02, end: 0x03, keys: new Map([...INDEX_KEYS, ...ASCII_KEYS]) },
} as const satisfies Record<string, SerialProfile>;

/** Tables that a vendor report can be read with. */
export const VENDOR_TABLES = { index: INDEX_KEYS, ascii: ASCII_KEYS, bits: BIT_KEYS } as const;

/** HID usages of the digits 1-5 in the main block (1E-22) and on the numeric pad (59-5D). */
export const KEYBOARD_PROFILE: HidProfile = {
  kind: 'keyboard',
  keys: new Map([...table((key) => 0x1d + key), ...table((key) => 0x58 + key)]),
};

/**
 * Turns what arrives into keys that went down. Keeps what it needs to know between two arrivals; no bytes at all mean
 * that the line has been silent.
 */
export type KeyDecoder = (bytes: Uint8Array) => readonly KeypadKey[];

/** `start key end SUM`; SUM is the low byte of the sum of the three before it. */
const FRAME_LENGTH = 4;

/** Decoder of a byte stream, whatever pieces it comes in. */
export function serialDecoder(profile: SerialProfile): KeyDecoder {
  if (profile.kind === 'bytes') {
    return (bytes) => [...bytes].flatMap((byte) => profile.keys.get(byte) ?? []);
  }
  let buffer: number[] = [];
  if (profile.kind === 'either') {
    return (bytes) => {
      const keys: KeypadKey[] = [];
      buffer.push(...bytes);
      while (buffer.length > 0) {
        // The start of a frame is also the byte of key 2: the bytes behind it, or silence, tell which.
        const frame = frameAt(buffer, profile);
        if (frame === 'growing' && bytes.length > 0) break;
        const whole = frame === 'whole';
        const key = profile.keys.get((whole ? buffer[1] : buffer[0]) ?? 0);
        buffer = buffer.slice(whole ? FRAME_LENGTH : 1);
        if (key !== undefined) keys.push(key);
      }
      return keys;
    };
  }
  return (bytes) => {
    const keys: KeypadKey[] = [];
    buffer.push(...bytes);
    while (buffer.length >= FRAME_LENGTH) {
      const [start = 0, value = 0, end = 0, sum] = buffer;
      const key = profile.keys.get(value);
      const right = start === profile.start && end === profile.end && sum8(Uint8Array.of(start, value, end)) === sum;
      buffer = buffer.slice(right ? FRAME_LENGTH : 1);
      if (right && key !== undefined) keys.push(key);
    }
    return keys;
  };
}

/** Whether a frame stands at the start of the buffer, whole or as far as it has come. */
function frameAt(
  buffer: readonly number[],
  profile: Extract<SerialProfile, { readonly kind: 'either' }>,
): 'whole' | 'growing' | 'none' {
  const [start, value, end, sum] = buffer;
  if (start !== profile.start) return 'none';
  if (value !== undefined && !profile.keys.has(value)) return 'none';
  if (end !== undefined && end !== profile.end) return 'none';
  if (value === undefined || end === undefined || sum === undefined) return 'growing';
  return sum8(Uint8Array.of(start, value, end)) === sum ? 'whole' : 'none';
}

const BOOT_REPORT_LENGTH = 8;
const FIRST_USAGE_AT = 2;

/**
 * Decoder of whole reports. On a keyboard a key counts when it was not down in the report before; keys with Shift or
 * Ctrl and the roll-over report (all usages 01) do not count.
 */
export function hidDecoder(profile: HidProfile): KeyDecoder {
  if (profile.kind === 'vendor') {
    return (report) => {
      const value = report[profile.offset];
      const key = value === undefined ? undefined : profile.keys.get(value & profile.mask);
      return key === undefined ? [] : [key];
    };
  }
  let down: ReadonlySet<number> = new Set();
  return (report) => {
    // With report ids, the id is one more byte in front.
    const body = report.length === BOOT_REPORT_LENGTH + 1 ? report.subarray(1) : report;
    if (body.length !== BOOT_REPORT_LENGTH) return [];
    const usages = [...body.subarray(FIRST_USAGE_AT)].filter((usage) => usage !== 0);
    if (usages.includes(1)) return [];
    const fresh = usages.filter((usage) => !down.has(usage));
    down = new Set(usages);
    return body[0] === 0 ? fresh.flatMap((usage) => profile.keys.get(usage) ?? []) : [];
  };
}
