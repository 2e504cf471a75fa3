import { readKeypadProfile } from './keypad-profile.ts';
import type { KeypadProfile } from './keypad-profile.ts';

// The usual forms of what keypads send (protocols 4), as the data that a vendor would write. A key is named by what
// stands on the wire; its number is the level as the national codes count (1 very bad); the option `order` turns it.

const INDEX_KEYS = { '01': 1, '02': 2, '03': 3, '04': 4, '05': 5 } as const;
const ASCII_KEYS = { '31': 1, '32': 2, '33': 3, '34': 4, '35': 5 } as const;
const BIT_KEYS = { '01': 1, '02': 2, '04': 3, '08': 4, '10': 5 } as const;
const BYTES = { kind: 'bytes', keys: { ...INDEX_KEYS, ...ASCII_KEYS } } as const;
const FRAME = { kind: 'frame', parts: ['02', 'KEY', '03', 'SUM8'], keys: { ...INDEX_KEYS, ...ASCII_KEYS } } as const;

const SERIAL = {
  auto: { name: 'any of the usual forms', line: 'serial', read: [FRAME, BYTES] },
  byte: { name: 'one byte 01-05', line: 'serial', read: [{ kind: 'bytes', keys: INDEX_KEYS }] },
  ascii: { name: 'one digit 1-5', line: 'serial', read: [{ kind: 'bytes', keys: ASCII_KEYS }] },
  framed: { name: '02 key 03 sum', line: 'serial', read: [FRAME] },
  text: {
    name: 'a line that ends in the digit',
    line: 'serial',
    read: [{ kind: 'text', pattern: '[^0-9]*([1-5])', tail: '0D', keys: { '1': 1, '2': 2, '3': 3, '4': 4, '5': 5 } }],
  },
} as const;

const HID = {
  keyboard: {
    name: 'digits of the main block and of the number pad',
    line: 'hid',
    read: [
      {
        kind: 'keyboard',
        keys: { '1E': 1, '1F': 2, '20': 3, '21': 4, '22': 5, '59': 1, '5A': 2, '5B': 3, '5C': 4, '5D': 5 },
      },
    ],
  },
} as const;

/** Meanings that a byte of a vendor's report can have. */
export const VENDOR_TABLES = { index: INDEX_KEYS, ascii: ASCII_KEYS, bits: BIT_KEYS } as const;

function built<TName extends string>(data: Readonly<Record<TName, unknown>>): Readonly<Record<TName, KeypadProfile>> {
  const profiles = Object.entries(data).map(([name, json]) => {
    const profile = readKeypadProfile(json);
    if (!profile.ok) throw new Error(`shipped profile ${name}: ${profile.error}`);
    return [name, profile.value] as const;
  });
  return Object.fromEntries(profiles) as Record<TName, KeypadProfile>;
}

export const SERIAL_PROFILES = built(SERIAL);
export const HID_PROFILES = built(HID);

/** A vendor's report as the plain options of the HID driver describe it. */
export function vendorProfile(offset: number, mask: string, table: keyof typeof VENDOR_TABLES): KeypadProfile {
  const rule = { kind: 'report', offset, mask, keys: VENDOR_TABLES[table] };
  return built({ vendor: { name: `byte ${offset} of the report`, line: 'hid', read: [rule] } }).vendor;
}
