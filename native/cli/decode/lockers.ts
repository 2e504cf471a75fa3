import { crc16Modbus, sum8, xor8 } from '../../codec/checksum.ts';
import type { Protocol, Seen } from './frames.ts';

/** One shape of frame: where its fixed bytes stand and how it is checked. */
interface Shape {
  /** Byte values by place; the places that are left out are free. */
  readonly fixed: Readonly<Record<number, number | readonly number[]>>;
  /** Bytes of the whole frame, or how to read it; null while too few bytes are there. */
  readonly length: number | ((bytes: Uint8Array) => number | null);
  readonly check: 'sum8' | 'xor8' | 'crc16' | 'cu12';
  readonly meaning: (frame: Uint8Array) => string;
}

function fits(value: number | readonly number[], byte: number): boolean {
  return typeof value === 'number' ? value === byte : value.includes(byte);
}

function checked(frame: Uint8Array, check: Shape['check']): boolean {
  const before = frame.subarray(0, -1);
  if (check === 'xor8') return xor8(before) === frame.at(-1);
  if (check === 'sum8') return sum8(before) === frame.at(-1);
  if (check === 'cu12') return sum8(Uint8Array.from(frame).fill(0, 7, 8)) === frame[7];
  return crc16Modbus(frame.subarray(0, -2)) === (((frame.at(-1) ?? 0) << 8) | (frame.at(-2) ?? 0));
}

function look(bytes: Uint8Array, shapes: readonly Shape[]): Seen {
  let growing = false;
  for (const { fixed, length, check, meaning } of shapes) {
    const places = Object.entries(fixed);
    if (places.some(([at, value]) => bytes[Number(at)] !== undefined && !fits(value, bytes[Number(at)] ?? 0))) continue;
    const whole = typeof length === 'number' ? length : length(bytes);
    if (whole === null || bytes.length < whole) {
      growing = true;
      continue;
    }
    const frame = bytes.subarray(0, whole);
    if (checked(frame, check)) return { length: whole, meaning: meaning(frame) };
  }
  return growing && bytes.length > 0 ? 'growing' : null;
}

function protocol(host: readonly Shape[], device: readonly Shape[]): Protocol {
  return { showsUnknown: true, host: (bytes) => look(bytes, host), device: (bytes) => look(bytes, device) };
}

/** Numbers of the locks whose bits are set, bit 0 of the first byte being lock 1. */
function locks(bytes: Uint8Array): string {
  const set = [...bytes].flatMap((byte, at) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => ((byte >> bit) & 1) === 1).map((bit) => at * 8 + bit + 1),
  );
  return set.length === 0
    ? 'no bit set'
    : set.length === bytes.length * 8
      ? 'all bits set'
      : `bits set: ${set.join(' ')}`;
}

function one(at: number, offset: number, all: number): (frame: Uint8Array) => string {
  return (frame) => (frame[at] === all ? 'all locks' : `lock ${(frame[at] ?? 0) + offset}`);
}

const board = (frame: Uint8Array, everybody: number): string =>
  frame[1] === everybody ? 'all boards' : `board ${frame[1] ?? 0}`;

/** KERONG CU48: 02 ADDR LOCK CMD 03 SUM, reply 02 ADDR LOCK 65 D1..D6 03 SUM. */
export function cu48Protocol(): Protocol {
  const lock = one(2, 1, 0x30);
  return protocol(
    [
      { fixed: { 0: 2, 3: 0x50, 4: 3 }, length: 6, check: 'sum8', meaning: (f) => `status of ${board(f, 10)}?` },
      {
        fixed: { 0: 2, 3: 0x51, 4: 3 },
        length: 6,
        check: 'sum8',
        meaning: (f) => `open ${lock(f)} of ${board(f, 10)}`,
      },
    ],
    [
      {
        fixed: { 0: 2, 3: 0x65, 10: 3 },
        length: 12,
        check: 'sum8',
        meaning: (f) => `${board(f, 10)}, ${locks(f.subarray(4, 10))}`,
      },
    ],
  );
}

/** Newer KERONG boards: commands 60 and 61, replies 75. */
export function cuProtocol(): Protocol {
  const lock = one(2, 1, 0x30);
  return protocol(
    [
      { fixed: { 0: 2, 3: 0x60, 4: 3 }, length: 6, check: 'sum8', meaning: (f) => `status of ${board(f, 10)}?` },
      {
        fixed: { 0: 2, 3: 0x61, 4: 3 },
        length: 6,
        check: 'sum8',
        meaning: (f) => `open ${lock(f)} of ${board(f, 10)}`,
      },
    ],
    [
      {
        fixed: { 0: 2, 3: 0x75, 4: 0 },
        length: 6,
        check: 'sum8',
        meaning: (f) => `${board(f, 10)}: ${lock(f)} pulsed`,
      },
      {
        fixed: { 0: 2, 3: 0x75, 4: 6 },
        length: 12,
        check: 'sum8',
        meaning: (f) => `${board(f, 10)}, ${locks(f.subarray(5, 11))}`,
      },
    ],
  );
}

/** KERONG CU16: board in the high and lock in the low half of ADDR. */
export function cu16Protocol(): Protocol {
  const where = (f: Uint8Array): string => `board ${(f[1] ?? 0) >> 4}`;
  return protocol(
    [
      { fixed: { 0: 2, 2: 0x30, 3: 3 }, length: 5, check: 'sum8', meaning: (f) => `status of ${where(f)}?` },
      {
        fixed: { 0: 2, 2: 0x31, 3: 3 },
        length: 5,
        check: 'sum8',
        meaning: (f) => `open lock ${((f[1] ?? 0) & 15) + 1} of ${where(f)}`,
      },
      {
        fixed: { 0: 2, 2: [0x32, 0x33], 3: 3 },
        length: 5,
        check: 'sum8',
        meaning: (f) => `command ${f[2] === 0x33 ? 'open all' : 'status of all'}`,
      },
    ],
    [
      {
        fixed: { 0: 2, 2: 0x35, 7: 3 },
        length: 9,
        check: 'sum8',
        meaning: (f) => `${where(f)}, hooks: ${locks(f.subarray(3, 5))}; items: ${locks(f.subarray(5, 7))}`,
      },
    ],
  );
}

const CU12_ANSWERS: Readonly<Record<number, string>> = {
  0x10: 'ok',
  0x11: 'failed',
  0x12: 'timeout',
  0x13: 'unknown command',
  0x14: 'checksum error',
};

/** KERONG CU12: the sum stands before the data and covers them. */
export function cu12Protocol(): Protocol {
  const length = (bytes: Uint8Array): number | null => (bytes[5] === undefined ? null : 8 + bytes[5]);
  const what = (f: Uint8Array): string => {
    const lock = one(2, 1, 0x0c)(f);
    const names: Readonly<Record<number, string>> = {
      0x80: 'status',
      0x81: `open ${lock}`,
      0x82: 'pulse time',
      0x8f: 'version',
    };
    return `${names[f[3] ?? 0] ?? `command ${(f[3] ?? 0).toString(16)}`} of ${board(f, 16)}`;
  };
  return protocol(
    [{ fixed: { 0: 2, 4: 0, 6: 3 }, length, check: 'cu12', meaning: what }],
    [
      {
        fixed: { 0: 2, 4: [0x10, 0x11, 0x12, 0x13, 0x14], 6: 3 },
        length,
        check: 'cu12',
        meaning: (f) =>
          `${what(f)}: ${CU12_ANSWERS[f[4] ?? 0] ?? '?'}${f[3] === 0x80 && f.length === 10 ? `, ${locks(f.subarray(8, 10))}` : ''}`,
      },
    ],
  );
}

/** Generic 8A boards, XOR at the end. What 00 and 11 mean is wiring, so the level is told as it is on the wire. */
export function bcc8aProtocol(): Protocol {
  const lock = one(2, 0, 0);
  const level = (f: Uint8Array): string => (f[3] === 0x11 ? 'level 11' : 'level 00');
  const whole = (count: number): Shape => ({
    fixed: { 0: 0x80, [2 + count]: 0x33 },
    length: count + 4,
    check: 'xor8',
    meaning: (f) =>
      `${board(f, 256)}, status bytes ${[...f.subarray(2, 2 + count)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}`,
  });
  return protocol(
    [
      { fixed: { 0: 0x8a, 3: 0x11 }, length: 5, check: 'xor8', meaning: (f) => `open ${lock(f)} of ${board(f, 256)}` },
      {
        fixed: { 0: 0x80, 3: 0x33 },
        length: 5,
        check: 'xor8',
        meaning: (f) => `status of ${lock(f)} of ${board(f, 256)}?`,
      },
    ],
    [
      {
        fixed: { 0: 0x8a, 3: [0, 0x11] },
        length: 5,
        check: 'xor8',
        meaning: (f) => `${board(f, 256)} pulsed ${lock(f)}: ${level(f)}`,
      },
      {
        fixed: { 0: 0x80, 3: [0, 0x11] },
        length: 5,
        check: 'xor8',
        meaning: (f) => `${board(f, 256)}, ${lock(f)}: ${level(f)}`,
      },
      {
        fixed: { 0: [0x81, 0x82], 3: [0, 0x11] },
        length: 5,
        check: 'xor8',
        meaning: (f) => `${board(f, 256)} tells: ${lock(f)} changed to ${level(f)}`,
      },
      whole(3),
      whole(7),
    ],
  );
}

/** WKLY boards: 57 4B 4C 59 LEN BOARD CMD ... XOR. */
export function wklyProtocol(): Protocol {
  const names: Readonly<Record<number, string>> = {
    0x82: 'open',
    0x83: 'status of one',
    0x84: 'status of all',
    0x85: 'door changed',
    0x86: 'open all',
  };
  const shape = (who: string): Shape => ({
    fixed: { 0: 0x57, 1: 0x4b, 2: 0x4c, 3: 0x59 },
    length: (bytes) => (bytes[4] === undefined ? null : Math.max(8, bytes[4])),
    check: 'xor8',
    meaning: (f) =>
      `${names[f[6] ?? 0] ?? `command ${(f[6] ?? 0).toString(16)}`}, board ${f[5] ?? 0}${who}, data ${[...f.subarray(7, -1)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}`,
  });
  return protocol([shape('?')], [shape('')]);
}

/** Modbus RTU relay boards. */
export function modbusProtocol(): Protocol {
  const number = (f: Uint8Array, at: number): number => ((f[at] ?? 0) << 8) | (f[at + 1] ?? 0);
  const codes: Readonly<Record<number, string>> = { 1: 'relays', 2: 'inputs', 5: 'switch relay', 15: 'switch relays' };
  const name = (f: Uint8Array): string => codes[(f[1] ?? 0) & 0x7f] ?? `function ${(f[1] ?? 0) & 0x7f}`;
  const single: Shape = {
    fixed: { 1: 5 },
    length: 8,
    check: 'crc16',
    meaning: (f) => `board ${f[0] ?? 0}: relay address ${number(f, 2)} = ${number(f, 4).toString(16).padStart(4, '0')}`,
  };
  return protocol(
    [
      single,
      {
        fixed: { 1: [1, 2] },
        length: 8,
        check: 'crc16',
        meaning: (f) => `${name(f)} of board ${f[0] ?? 0}, ${number(f, 4)} from ${number(f, 2)}?`,
      },
    ],
    [
      single,
      {
        fixed: { 1: [1, 2] },
        length: (bytes) => (bytes[2] === undefined ? null : 5 + bytes[2]),
        check: 'crc16',
        meaning: (f) => `board ${f[0] ?? 0}, ${name(f)}: ${locks(f.subarray(3, -2))}`,
      },
      {
        fixed: { 1: [0x81, 0x82, 0x85, 0x8f] },
        length: 5,
        check: 'crc16',
        meaning: (f) => `board ${f[0] ?? 0} refuses ${name(f)}: exception ${f[2] ?? 0}`,
      },
    ],
  );
}
