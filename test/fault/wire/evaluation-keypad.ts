import { keyDecoder } from '../../../native/evaluation-keypad/key-decoder.ts';
import { readKeypadProfile } from '../../../native/evaluation-keypad/keypad-profile.ts';
import type { KeyRule } from '../../../native/evaluation-keypad/keypad-profile.ts';
import { frameOf } from '../../../native/evaluation-keypad/simulator-profile.ts';
import type { WireFuzzSubject } from './subject.ts';

type ReadRule = Exclude<KeyRule, { readonly kind: 'keyboard' | 'report' }>;

/** The five presses of a rule as they stand on the wire, by level. */
function presses(rule: ReadRule): ReadonlyMap<number, Uint8Array> {
  switch (rule.kind) {
    case 'bytes':
      return new Map(rule.keys.map(({ key, level }) => [level, key]));
    case 'frame':
      return new Map(rule.keys.map(({ key, level }) => [level, frameOf(rule.parts, key)]));
    default:
      return new Map(
        rule.keys.map(({ key, level }) => [
          level,
          Uint8Array.from([...new TextEncoder().encode(`KEY-${key}`), ...rule.tail]),
        ]),
      );
  }
}

/**
 * A keypad's decoder tells levels, not frames: each level is given back as the one press that means it. So a level out of
 * noise is the frame of a key that nobody pressed.
 */
function subject(name: string, rule: Readonly<Record<string, unknown>>): WireFuzzSubject {
  const read = readKeypadProfile({ name, line: 'serial', read: [rule] });
  const own = read.ok ? read.value.read[0] : undefined;
  if (!read.ok || !own || own.kind === 'keyboard' || own.kind === 'report') {
    throw new Error(`${name}: ${read.ok ? 'no serial rule' : read.error}`);
  }
  const profile = read.value;
  const wire = presses(own);
  let decoder = keyDecoder(profile);
  return {
    name: `evaluation-keypad ${name}`,
    feed: (chunk) => decoder.push(chunk).flatMap((level) => wire.get(level)?.slice() ?? []),
    pending: () => decoder.pending,
    validFrame: (n) => wire.get((n % 5) + 1)?.slice() ?? new Uint8Array(0),
    reset() {
      decoder = keyDecoder(profile);
    },
  };
}

/** One rule of each kind and checksum. Keys of one byte cannot be told from noise; only their bounds are judged. */
export const SUBJECTS: readonly WireFuzzSubject[] = [
  subject('byte', { kind: 'bytes', keys: { '01': 1, '02': 2, '03': 3, '04': 4, '05': 5 } }),
  subject('bytes', { kind: 'bytes', keys: { 'A0 01': 1, 'A0 02': 2, 'A0 03': 3, 'A0 04 04': 4, 'A0 05': 5 } }),
  subject('sum8 frame', {
    kind: 'frame',
    parts: ['02', 'KEY', '03', 'SUM8'],
    keys: { '31': 1, '32': 2, '33': 3, '34': 4, '35': 5 },
  }),
  subject('xor8 frame', {
    kind: 'frame',
    parts: ['7B', 'KEY', 'XOR8', '7D'],
    keys: { A1: 1, A2: 2, A3: 3, A4: 4, A5: 5 },
  }),
  subject('crc16 frame', {
    kind: 'frame',
    parts: ['AA 55', 'KEY', '0D', 'CRC16-MODBUS'],
    from: 2,
    keys: { '00 01': 1, '00 02': 2, '00 03': 3, '00 04': 4, '00 05': 5 },
  }),
  subject('text', { kind: 'text', pattern: 'KEY-(VB|B|M|G|VG)', tail: '0D', keys: { VB: 1, B: 2, M: 3, G: 4, VG: 5 } }),
];
