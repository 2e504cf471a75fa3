import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCuStatusRequest, encodeCuUnlock, parseCu } from './cu-frames.ts';
import { encodeCu12StatusRequest, encodeCu12Unlock, parseCu12 } from './cu12-frames.ts';
import { encodeCu16StatusRequest, encodeCu16Unlock, parseCu16 } from './cu16-frames.ts';
import {
  encodeModbusCoilsRequest,
  encodeModbusInputsRequest,
  encodeModbusRelay,
  encodeModbusTimedRelay,
  parseModbus,
} from './modbus-frames.ts';
import { contactsOfBytes, doorsOf } from './wiring.ts';
import { encodeWklyAllDoorsRequest, encodeWklyDoorRequest, encodeWklyOpen, parseWkly } from './wkly-frames.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(text.split(' ').map((byte) => Number.parseInt(byte, 16)));
const join = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

describe('CU16 frames', () => {
  it('writes the published requests', () => {
    expect(encodeCu16StatusRequest(0)).toEqual(hex('02 00 30 03 35'));
    expect(encodeCu16Unlock(0, 1)).toEqual(hex('02 00 31 03 36'));
    expect(encodeCu16Unlock(0, 16)).toEqual(hex('02 0F 31 03 45'));
    expect(encodeCu16Unlock(3, 2)).toEqual(hex('02 31 31 03 67'));
  });

  it('keeps hooks and items apart', () => {
    expect(parseCu16(hex('02 20 35 FE 7F 01 80 03 58')).frames).toEqual([
      { board: 2, nibble: 0, hooks: hex('FE 7F'), items: hex('01 80') },
    ]);
    const doors = doorsOf(contactsOfBytes(hex('FE 7F'), 16), { closedLevel: true, highFirst: false, wired: null });
    expect(doors.flatMap((door, index) => (door === 'open' ? [index + 1] : []))).toEqual([1, 16]);
  });
});

describe('CU12 frames', () => {
  it('writes the published requests', () => {
    expect(encodeCu12Unlock(0, 3)).toEqual(hex('02 00 02 81 00 00 03 88'));
    expect(encodeCu12StatusRequest(0)).toEqual(hex('02 00 00 80 00 00 03 85'));
  });

  it('reads the published replies; the sum covers the data behind it', () => {
    expect(parseCu12(hex('02 00 02 81 10 00 03 98')).frames).toEqual([
      { kind: 'unlock', board: 0, lockIndex: 2, answer: 'ok', data: new Uint8Array(0) },
    ]);
    const status = hex('02 00 00 80 10 02 03 99 02 00');
    expect(parseCu12(status).frames).toEqual([
      { kind: 'status', board: 0, lockIndex: 0, answer: 'ok', data: hex('02 00') },
    ]);
    expect(parseCu12(hex('02 00 00 80 10 02 03 97 02 00')).frames).toEqual([]);
  });

  it('is not held up by noise that announces more data', () => {
    const noise = hex('02 00 00 80 10 10 03 00');
    const { frames, rest } = parseCu12(join(noise, hex('02 00 02 81 10 00 03 98'), hex('02 00')));
    expect(frames.map(({ kind }) => kind)).toEqual(['unlock']);
    expect(rest.slice(-2)).toEqual(hex('02 00'));
    expect(rest.length).toBeLessThan(24);
  });

  it.each([
    [0x11, 'failed'],
    [0x12, 'timeout'],
    [0x13, 'unknown-command'],
    [0x14, 'checksum-error'],
  ] as const)('reads answer %i as %s', (code, answer) => {
    const frame = Uint8Array.of(2, 0, 0, 0x80, code, 0, 3, 0x85 + code);
    expect(parseCu12(frame).frames.map((each) => each.answer)).toEqual([answer]);
  });
});

describe('CU frames', () => {
  it('writes the published requests', () => {
    expect(encodeCuStatusRequest(0)).toEqual(hex('02 00 00 60 03 65'));
    expect(encodeCuUnlock(0, 1)).toEqual(hex('02 00 00 61 03 66'));
  });

  it('reads only the kind of reply that is awaited', () => {
    const unlocked = hex('02 01 04 75 00 7C');
    // The status holds bytes that read like a whole reply to a pulse.
    const status = hex('02 00 00 75 06 02 00 00 75 00 77 6B');
    expect(parseCu(unlocked, 'unlock').frames).toEqual([{ kind: 'unlock', board: 1, lock: 5 }]);
    expect(parseCu(unlocked, 'status').frames).toEqual([]);
    expect(parseCu(status, 'status').frames).toEqual([{ kind: 'status', board: 0, bits: hex('02 00 00 75 00 77') }]);
    expect(parseCu(status, null)).toEqual({ frames: [], rest: new Uint8Array(0) });
  });
});

describe('WKLY frames', () => {
  it('writes the published requests', () => {
    expect(encodeWklyOpen(0, 1)).toEqual(hex('57 4B 4C 59 09 00 82 01 83'));
    expect(encodeWklyOpen(1, 4)).toEqual(hex('57 4B 4C 59 09 01 82 04 87'));
  });

  it('reads the published replies', () => {
    expect(parseWkly(hex('57 4B 4C 59 0B 00 82 00 01 00 81')).frames).toEqual([
      { kind: 'open-reply', board: 0, status: 0, lock: 1, door: 'open' },
    ]);
    expect(parseWkly(hex('57 4B 4C 59 0B 01 82 00 04 00 85')).frames).toEqual([
      { kind: 'open-reply', board: 1, status: 0, lock: 4, door: 'open' },
    ]);
  });

  it('reads doors, door changes and states without a meaning', () => {
    expect(parseWkly(hex('57 4B 4C 59 0E 00 84 00 04 00 01 01 07 80')).frames).toEqual([
      { kind: 'all-doors', board: 0, status: 0, doors: ['open', 'closed', 'closed', null] },
    ]);
    expect(parseWkly(hex('57 4B 4C 59 0A 00 85 02 00 84')).frames).toEqual([
      { kind: 'door-changed', board: 0, lock: 2, door: 'open' },
    ]);
  });

  it('does not take a check byte over the payload alone', () => {
    // XOR of board, command and channel, for a frame whose header and length do not cancel out.
    expect(parseWkly(hex('57 4B 4C 59 0B 00 83 00 01 00 82')).frames).toEqual([]);
    expect(parseWkly(hex('57 4B 4C 59 0B 00 83 00 01 00 80')).frames).toHaveLength(1);
  });
});

describe('Modbus frames', () => {
  it('writes the published requests', () => {
    expect(encodeModbusRelay(1, 1, true)).toEqual(hex('01 05 00 00 FF 00 8C 3A'));
    expect(encodeModbusRelay(1, 1, false)).toEqual(hex('01 05 00 00 00 00 CD CA'));
    expect(encodeModbusTimedRelay(1, 1, 700)).toEqual(hex('01 05 02 00 00 07 8D B0'));
    expect(encodeModbusCoilsRequest(1, 8)).toEqual(hex('01 01 00 00 00 08 3D CC'));
  });

  it('reads the published replies', () => {
    const frames = parseModbus(hex('01 01 01 41 91 B8'), { kind: 'coils', board: 1, count: 8 }).frames;
    expect(frames).toEqual([{ kind: 'coils', board: 1, bits: hex('41') }]);
    expect(parseModbus(hex('01 05 00 00 FF 00 8C 3A'), { kind: 'write', board: 1 }).frames).toEqual([
      { kind: 'written', board: 1, address: 0, value: 0xff00 },
    ]);
  });

  it('reads an exception, and no reply of another length, function or board', () => {
    const inputs = { kind: 'inputs', board: 1, count: 8 } as const;
    expect(parseModbus(hex('01 82 01 81 60'), inputs).frames).toEqual([{ kind: 'exception', board: 1, code: 1 }]);
    expect(parseModbus(hex('01 01 01 41 91 B8'), inputs).frames).toEqual([]);
    expect(parseModbus(hex('01 01 01 41 91 B8'), { kind: 'coils', board: 1, count: 16 }).frames).toEqual([]);
    expect(parseModbus(hex('01 01 01 41 91 B8'), { kind: 'coils', board: 2, count: 8 }).frames).toEqual([]);
  });
});

interface Codec {
  readonly name: string;
  readonly parse: (
    buffer: Uint8Array,
    seen?: number,
  ) => { readonly frames: readonly unknown[]; readonly rest: Uint8Array };
  readonly replies: readonly Uint8Array[];
  /** What a two-wire adapter hands back: never a reply. */
  readonly echoes: readonly Uint8Array[];
  /** A byte that every reply begins with. */
  readonly start: number;
  readonly longest: number;
}

const codecs: readonly Codec[] = [
  {
    name: 'CU16',
    parse: (buffer, seen) => parseCu16(buffer, null, seen),
    replies: [hex('02 00 35 FF FF 00 00 03 38'), hex('02 20 35 FE 7F 01 80 03 58')],
    echoes: [encodeCu16StatusRequest(0), encodeCu16Unlock(5, 6)],
    start: 0x02,
    longest: 9,
  },
  {
    name: 'CU12',
    parse: (buffer, seen) => parseCu12(buffer, null, seen),
    replies: [hex('02 00 00 80 10 02 03 99 02 00'), hex('02 00 02 81 10 00 03 98')],
    echoes: [encodeCu12StatusRequest(0), encodeCu12Unlock(0, 3)],
    start: 0x02,
    longest: 24,
  },
  {
    name: 'CU',
    parse: (buffer, seen) => parseCu(buffer, 'status', seen),
    replies: [hex('02 00 00 75 06 FF FF FF FF FF FF 77'), hex('02 01 00 75 06 01 00 00 00 00 80 FF')],
    echoes: [encodeCuStatusRequest(0), encodeCuUnlock(1, 9)],
    start: 0x02,
    longest: 12,
  },
  {
    name: 'WKLY',
    parse: (buffer, seen) => parseWkly(buffer, null, seen),
    replies: [hex('57 4B 4C 59 0B 00 82 00 01 00 81'), hex('57 4B 4C 59 0A 00 85 02 00 84')],
    echoes: [encodeWklyOpen(0, 1), encodeWklyDoorRequest(0, 1), encodeWklyAllDoorsRequest(0)],
    start: 0x57,
    longest: 74,
  },
  {
    name: 'Modbus',
    parse: (buffer, seen) => parseModbus(buffer, { kind: 'coils', board: 1, count: 8 }, seen),
    replies: [hex('01 01 01 41 91 B8'), hex('01 81 01 81 90')],
    echoes: [encodeModbusCoilsRequest(1, 8), encodeModbusInputsRequest(1, 8)],
    start: 0x01,
    longest: 6,
  },
];

describe.each(codecs)('$name frames, whatever comes', ({ parse, replies, echoes, start, longest }) => {
  it('takes each reply whole, alone and back to back', () => {
    for (const reply of replies) {
      const { frames, rest } = parse(reply);
      expect(frames).toHaveLength(1);
      // What it holds may look like the beginning of the next.
      expect(rest.length).toBeLessThan(reply.length);
    }
    expect(parse(join(...replies)).frames).toHaveLength(replies.length);
  });

  it('takes no echo of our own request for a reply, and finds the reply behind it', () => {
    for (const echo of echoes) {
      expect(parse(echo).frames).toEqual([]);
      expect(parse(join(echo, ...replies)).frames).toHaveLength(replies.length);
    }
  });

  it('refuses a reply with any one bit changed', () => {
    for (const reply of replies) {
      for (let bit = 0; bit < reply.length * 8; bit += 1) {
        const broken = reply.slice();
        broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(parse(broken).frames).toEqual([]);
      }
    }
  });

  it('never throws, never keeps as much as a frame, and finds the reply behind the noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (noise) => {
        expect(parse(noise).rest.length).toBeLessThan(longest);
        const safe = noise.filter((byte) => byte !== start);
        expect(parse(join(safe, ...replies)).frames).toHaveLength(replies.length);
      }),
    );
  });

  it('loses no reply to half a frame before it', () => {
    for (const reply of replies) {
      for (let cut = 1; cut < reply.length; cut += 1) {
        expect(parse(join(reply.slice(0, cut), reply)).frames).toContainEqual(parse(reply).frames[0]);
      }
    }
  });

  it('gives the same frames however the stream is cut', () => {
    const stream = join(Uint8Array.of(0xff), ...replies, Uint8Array.of(start), ...replies, Uint8Array.of(0x00));
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: stream.length, maxLength: stream.length }),
        (cuts) => {
          let buffer: Uint8Array = new Uint8Array(0);
          const found: unknown[] = [];
          let at = 0;
          for (const cut of cuts) {
            const parsed = parse(join(buffer, stream.slice(at, at + cut)), buffer.length);
            at += cut;
            found.push(...parsed.frames);
            buffer = parsed.rest;
          }
          expect(found).toEqual(parse(stream).frames);
          expect(found).toHaveLength(2 * replies.length);
        },
      ),
    );
  });
});
