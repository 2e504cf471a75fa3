import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { xor8 } from '../codec/checksum.ts';
import { encodeBcc8aBoardStatus, encodeBcc8aLockStatus, encodeBcc8aOpen, parseBcc8a } from './bcc-8a-frames.ts';
import { contactsOfBytes, inLockOrder } from './wiring.ts';

const levels = (bytes: Uint8Array, order: 'high-first' | 'low-first') =>
  inLockOrder(contactsOfBytes(bytes, bytes.length * 8), order === 'high-first');

const hex = (text: string): Uint8Array => Uint8Array.from(text.split(' ').map((byte) => Number.parseInt(byte, 16)));
const close = (bytes: readonly number[]): Uint8Array => Uint8Array.from([...bytes, xor8(Uint8Array.from(bytes))]);

describe('8A frames', () => {
  it('writes the published examples', () => {
    expect(encodeBcc8aOpen(1, 1)).toEqual(hex('8A 01 01 11 9B'));
    expect(encodeBcc8aLockStatus(1, 1)).toEqual(hex('80 01 01 33 B3'));
    expect(encodeBcc8aBoardStatus(1)).toEqual(hex('80 01 00 33 B2'));
  });

  it('reads the published replies', () => {
    expect(parseBcc8a(hex('8A 01 01 00 8A'), null).frames).toEqual([
      { kind: 'open-reply', board: 1, lock: 1, level: false },
    ]);
    expect(parseBcc8a(hex('80 01 00 00 00 33 B2'), 1).frames).toEqual([
      { kind: 'board-status', board: 1, bytes: Uint8Array.of(0, 0, 0) },
    ]);
    expect(levels(hex('00 00 02'), 'high-first').indexOf(true)).toBe(1);
    expect(levels(hex('02 00 00'), 'low-first').indexOf(true)).toBe(1);
  });

  it('does not take the echo of a board question for its reply', () => {
    expect(parseBcc8a(encodeBcc8aBoardStatus(1), 1).frames).toEqual([]);
    const echoed = parseBcc8a(Uint8Array.from([...encodeBcc8aBoardStatus(1), ...hex('80 01 00 00 02 33 B0')]), 1);
    expect(echoed.frames).toEqual([{ kind: 'board-status', board: 1, bytes: Uint8Array.of(0, 0, 2) }]);
  });

  it('ignores the status of a board that was not asked', () => {
    expect(parseBcc8a(hex('80 01 00 00 00 33 B2'), 2).frames).toEqual([]);
  });

  it('reads seven status bytes even where a shorter frame would fit inside', () => {
    // After 00 00 00 comes 33 and a byte that would be a right BCC of the short shape.
    const long = close([0x80, 1, 0, 0, 0, 0x33, 0xb2, 0, 0, 0x33]);
    expect(parseBcc8a(long, 1).frames).toEqual([
      { kind: 'board-status', board: 1, bytes: Uint8Array.of(0, 0, 0, 0x33, 0xb2, 0, 0) },
    ]);
  });

  it('finds events around a reply and after garbage', () => {
    const bytes = Uint8Array.from([0x7f, 0x80, ...close([0x82, 2, 5, 0]), ...close([0x80, 1, 3, 0x11]), 0x00]);
    expect(parseBcc8a(bytes, null).frames).toEqual([
      { kind: 'event', board: 2, lock: 5, level: false },
      { kind: 'lock-status', board: 1, lock: 3, level: true },
    ]);
  });

  it('reads every board status that a board can send, in either order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 32 }),
        fc.constantFrom(3, 7).chain((count) => fc.uint8Array({ minLength: count, maxLength: count })),
        (board, bytes) => {
          const { frames, rest } = parseBcc8a(close([0x80, board, ...bytes, 0x33]), board);
          expect(frames).toEqual([{ kind: 'board-status', board, bytes }]);
          // A byte of it may be a header, too.
          expect(rest.length).toBeLessThan(bytes.length + 3);
          expect([...levels(bytes, 'low-first')]).toEqual(levels(Uint8Array.from([...bytes].reverse()), 'high-first'));
        },
      ),
    );
  });

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.option(fc.integer({ min: 1, max: 32 })), (noise, asked) => {
        const { frames, rest } = parseBcc8a(noise, asked);
        expect(frames.length).toBeLessThanOrEqual(noise.length);
        expect(rest.length).toBeLessThan(11);
      }),
    );
  });
});
