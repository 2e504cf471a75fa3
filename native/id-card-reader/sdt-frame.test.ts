import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  SDT_COMMANDS,
  SDT_PREAMBLE,
  SdtFrameReader,
  encodeFrame,
  encodeRequest,
  encodeResponse,
  formatSamId,
} from './sdt-frame.ts';

function hex(text: string): Uint8Array {
  return Uint8Array.from(text.split(' '), (byte) => Number.parseInt(byte, 16));
}

function bodies(reader: SdtFrameReader, bytes: Uint8Array): Uint8Array[] {
  return reader.push(bytes).flatMap((found) => (found.kind === 'frame' ? [found.body] : []));
}

/** Cuts bytes into pieces of the given lengths. */
function pieces(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const out: Uint8Array[] = [];
  let start = 0;
  for (let index = 0; start < bytes.length; index += 1) {
    const length = lengths.length === 0 ? bytes.length : Math.max(1, lengths[index % lengths.length] ?? 1);
    out.push(bytes.subarray(start, start + length));
    start += length;
  }
  return out;
}

const anyBody = fc.uint8Array({ minLength: 3, maxLength: 300 });
const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 });
/** Bytes in which no preamble can hide. */
const garbage = fc.array(
  fc.integer({ min: 0, max: 255 }).filter((byte) => byte !== 0x69),
  { maxLength: 60 },
);

describe('documented frames', () => {
  it.each([
    ['resetSam', 'AA AA AA 96 69 00 03 10 FF EC'],
    ['samStatus', 'AA AA AA 96 69 00 03 11 FF ED'],
    ['samId', 'AA AA AA 96 69 00 03 12 FF EE'],
    ['findCard', 'AA AA AA 96 69 00 03 20 01 22'],
    ['selectCard', 'AA AA AA 96 69 00 03 20 02 21'],
    ['readTextAndPhoto', 'AA AA AA 96 69 00 03 30 01 32'],
    ['readTextPhotoFinger', 'AA AA AA 96 69 00 03 30 10 23'],
    ['readNewestAddress', 'AA AA AA 96 69 00 03 30 03 30'],
  ] as const)('request %s', (name, text) => {
    expect(encodeRequest(SDT_COMMANDS[name])).toEqual(hex(text));
  });

  it('request with data', () => {
    expect(encodeRequest([0x61, 0xff], Uint8Array.of(0x50))).toEqual(hex('AA AA AA 96 69 00 04 61 FF 50 CA'));
  });

  it.each([
    [0x90, 0, 'AA AA AA 96 69 00 04 00 00 90 94'],
    [0x60, 0, 'AA AA AA 96 69 00 04 00 00 60 64'],
    [0x9f, 4, 'AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97'],
    [0x90, 8, 'AA AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C'],
    [0x80, 0, 'AA AA AA 96 69 00 04 00 00 80 84'],
    [0x81, 0, 'AA AA AA 96 69 00 04 00 00 81 85'],
    [0x41, 0, 'AA AA AA 96 69 00 04 00 00 41 45'],
    [0x32, 0, 'AA AA AA 96 69 00 04 00 00 32 36'],
    [0x10, 0, 'AA AA AA 96 69 00 04 00 00 10 14'],
    [0x66, 0, 'AA AA AA 96 69 00 04 00 00 66 62'],
  ])('response %i with %i zero bytes, written and read', (sw3, zeros, text) => {
    expect(encodeResponse(sw3, new Uint8Array(zeros))).toEqual(hex(text));
    const [body] = bodies(new SdtFrameReader(3), hex(text));
    expect(body?.[2]).toBe(sw3);
    expect(body?.length).toBe(3 + zeros);
  });

  it('a read answer has 1295 bytes and the documented start', () => {
    const frame = encodeResponse(0x90, Uint8Array.of(1, 0, 4, 0, ...new Uint8Array(1280)));
    expect(frame.length).toBe(1295);
    expect(frame.subarray(0, 14)).toEqual(hex('AA AA AA 96 69 05 08 00 00 90 01 00 04 00'));
  });

  it('SAM id as printed', () => {
    const id = hex('05 00 01 00 A5 3A 34 01 87 D6 12 00 B1 68 DE 3A');
    expect(formatSamId(id)).toBe('05.01-20200101-0001234567-0987654321');
    expect(formatSamId(id.subarray(1))).toBeNull();
  });
});

describe('reader of frames', () => {
  it('gives back what was sent, however it is cut', () => {
    fc.assert(
      fc.property(fc.array(anyBody, { minLength: 1, maxLength: 5 }), cuts, (sent, lengths) => {
        const stream = Uint8Array.from(sent.flatMap((body) => [...encodeFrame(body)]));
        const reader = new SdtFrameReader(3);
        const got = pieces(stream, lengths).flatMap((piece) => bodies(reader, piece));
        expect(got).toEqual(sent);
        // The last bytes of a frame may look like the first of the next.
        expect(reader.pending).toBeLessThan(5);
      }),
    );
  });

  it('finds the frame behind garbage, also behind repeated first bytes', () => {
    fc.assert(
      fc.property(garbage, fc.integer({ min: 0, max: 6 }), anyBody, cuts, (noise, repeats, body, lengths) => {
        const stream = Uint8Array.from([...noise, ...Array<number>(repeats).fill(0xaa), ...encodeFrame(body)]);
        const reader = new SdtFrameReader(3);
        expect(pieces(stream, lengths).flatMap((piece) => bodies(reader, piece))).toEqual([body]);
      }),
    );
  });

  it('never throws, never holds more than two frames and never makes a frame of random bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 3_000 }), { maxLength: 8 }), (chunks) => {
        const reader = new SdtFrameReader(3);
        for (const chunk of chunks) {
          expect(
            bodies(
              reader,
              chunk.map((byte) => (byte === 0x69 ? 0x68 : byte)),
            ),
          ).toEqual([]);
          expect(reader.pending).toBeLessThan(4_700);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('a damaged frame is reported and the next one is read', () => {
    fc.assert(
      fc.property(anyBody, anyBody, fc.nat(), fc.integer({ min: 1, max: 255 }), (first, second, place, flip) => {
        const damaged = encodeFrame(first);
        const index = 7 + (place % (damaged.length - 7));
        damaged[index] = (damaged[index] ?? 0) ^ flip;
        const reader = new SdtFrameReader(3);
        const found = reader.push(Uint8Array.from([...damaged, ...encodeFrame(second)]));
        expect(found.some(({ kind }) => kind === 'bad-checksum')).toBe(true);
        expect(found.at(-1)).toEqual({ kind: 'frame', body: second });
      }),
    );
  });

  it('recovers a short frame that garbage looking like a long one has swallowed', () => {
    const reader = new SdtFrameReader(3);
    const stream = Uint8Array.from([...SDT_PREAMBLE, 0x05, 0x08, 1, 2, 3, ...encodeResponse(0x80)]);
    expect(reader.push(stream)).toEqual([]);
    expect(reader.recover()).toEqual([{ kind: 'frame', body: Uint8Array.of(0, 0, 0x80) }]);
    expect(reader.pending).toBe(0);
  });

  it('takes no frame longer than any documented one', () => {
    const reader = new SdtFrameReader(3);
    reader.push(Uint8Array.from([...SDT_PREAMBLE, 0xff, 0xff]));
    expect(bodies(reader, encodeResponse(0x80))).toHaveLength(1);
  });
});
