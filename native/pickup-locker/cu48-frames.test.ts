import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CU48_BROADCAST, encodeCu48StatusRequest, encodeCu48Unlock, parseCu48 } from './cu48-frames.ts';
import { contactsOfBytes } from './wiring.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(text.split(' ').map((byte) => Number.parseInt(byte, 16)));
const board0 = hex('02 00 00 65 07 00 00 00 00 C0 03 31');
const board1 = hex('02 01 00 65 00 00 80 00 00 00 03 EB');

describe('CU48 frames', () => {
  it('writes the requests of the maker’s document', () => {
    expect(encodeCu48StatusRequest(0)).toEqual(hex('02 00 00 50 03 55'));
    expect(encodeCu48StatusRequest(CU48_BROADCAST)).toEqual(hex('02 0A 00 50 03 5F'));
    expect(encodeCu48Unlock(0, 1)).toEqual(hex('02 00 00 51 03 56'));
  });

  it('reads the replies of the maker’s document, back to back', () => {
    const { frames, rest } = parseCu48(Uint8Array.from([...board0, ...board1]));
    expect(rest).toHaveLength(0);
    expect(frames.map((frame) => frame.board)).toEqual([0, 1]);
    const locked = frames.map(({ bits }) =>
      contactsOfBytes(bits, 48).flatMap((level, i) => (level === true ? [i + 1] : [])),
    );
    expect(locked).toEqual([[1, 2, 3, 47, 48], [24]]);
    expect(contactsOfBytes(frames[0]!.bits, 49)[48]).toBeNull();
  });

  it('skips the echo of our own request', () => {
    const { frames } = parseCu48(Uint8Array.from([...encodeCu48StatusRequest(0), ...board0]));
    expect(frames).toHaveLength(1);
  });

  it('refuses a reply with any one bit changed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 11 }), fc.integer({ min: 0, max: 7 }), (at, bit) => {
        const broken = board0.slice();
        broken[at] = (broken[at] ?? 0) ^ (1 << bit);
        expect(parseCu48(broken).frames).toEqual([]);
      }),
    );
  });

  it('never throws, never keeps more than a frame, and finds a frame after any noise that holds no STX', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (noise) => {
        expect(parseCu48(noise).rest.length).toBeLessThan(12);
        const safe = noise.filter((byte) => byte !== 2);
        expect(parseCu48(Uint8Array.from([...safe, ...board0])).frames).toHaveLength(1);
      }),
    );
  });

  it('gives the same frames however the stream is cut', () => {
    const stream = Uint8Array.from([0xff, ...board0, 0x02, ...board1, 0x00, ...board0]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 40, maxLength: 40 }), (cuts) => {
        let buffer: Uint8Array = new Uint8Array(0);
        let found = 0;
        let at = 0;
        for (const cut of cuts) {
          const piece = stream.slice(at, at + cut);
          at += cut;
          const parsed = parseCu48(Uint8Array.from([...buffer, ...piece]));
          found += parsed.frames.length;
          buffer = parsed.rest;
        }
        expect(found).toBe(3);
      }),
    );
  });
});
