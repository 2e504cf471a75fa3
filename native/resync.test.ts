import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadSubjects } from '../test/fault/wire/load.ts';

/**
 * What every parser of wire bytes must hold, whatever its protocol: it finds the first whole frame behind noise of any
 * kind and length, takes a frame that comes in any pieces for what it is, and holds back a bounded number of bytes.
 */

/**
 * Protocols without header and check: whatever comes before a message belongs to it, until the line was quiet. All others
 * find a frame directly behind the noise.
 */
const QUIET_FIRST = [
  'code-scanner serial',
  'code-scanner HID POS',
  'code-scanner wedge',
  'evaluation-keypad text',
  'receipt-printer',
];

const QUIET = new Uint8Array(0);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe.each([...(await loadSubjects())])('$name', (subject) => {
  const quietFirst = QUIET_FIRST.some((name) => subject.name.startsWith(name));
  const frame = fc.integer({ min: 0, max: 5_000 });
  /** Any bytes, bytes that frames are made of, halves of frames, and several of them in a row. */
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    frame
      .chain((n) => fc.array(fc.constantFrom(...subject.validFrame(n)), { maxLength: 80 }))
      .map((bytes) => Uint8Array.from(bytes)),
    fc.tuple(frame, fc.nat({ max: 60 })).map(([n, length]) => subject.validFrame(n).slice(0, length)),
    fc.tuple(frame, fc.nat({ max: 60 })).map(([n, start]) => subject.validFrame(n).slice(start)),
  );
  const noise = fc.array(piece, { maxLength: 8 });
  const feed = (...chunks: readonly Uint8Array[]): readonly string[] =>
    chunks.flatMap((chunk) => subject.feed(chunk)).map(hex);

  it('delivers the first whole frame behind any noise', () => {
    fc.assert(
      fc.property(noise, frame, (before, n) => {
        subject.reset();
        feed(...before.filter(({ length }) => length > 0), ...(quietFirst ? [QUIET] : []));
        const wanted = subject.validFrame(n);
        expect(feed(wanted, QUIET)).toContain(hex(wanted));
      }),
      { numRuns: 150 },
    );
  });

  it('takes a frame that comes in any pieces for what it is', () => {
    fc.assert(
      fc.property(frame, fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 60 }), (n, lengths) => {
        subject.reset();
        const whole = subject.validFrame(n);
        const pieces: Uint8Array[] = [];
        for (let at = 0, turn = 0; at < whole.length; turn += 1) {
          const length = lengths[turn % lengths.length] ?? 1;
          pieces.push(whole.slice(at, at + length));
          at += length;
        }
        expect(feed(...pieces, QUIET)).toEqual([hex(whole)]);
      }),
      { numRuns: 40 },
    );
  });
});
