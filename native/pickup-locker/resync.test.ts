import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SUBJECTS } from '../../test/fault/wire/pickup-locker.ts';

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');

describe.each(SUBJECTS)('$name', (subject) => {
  const frame = fc.integer({ min: 0, max: 5_000 });
  /** Noise of any bytes, of the bytes that frames are made of, and halves of frames. */
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    frame
      .chain((n) => fc.array(fc.constantFrom(...subject.validFrame(n)), { maxLength: 80 }))
      .map((bytes) => Uint8Array.from(bytes)),
    fc.tuple(frame, fc.nat({ max: 40 })).map(([n, length]) => subject.validFrame(n).slice(0, length)),
  );
  const feed = (...chunks: readonly Uint8Array[]): readonly string[] =>
    // An empty chunk is silence: it ends what is cut by silence.
    [...chunks, new Uint8Array(0)].flatMap((chunk) => subject.feed(chunk)).map(hex);

  it('is back within one frame after any noise', () => {
    fc.assert(
      fc.property(noise, frame, frame, (before, first, second) => {
        subject.reset();
        feed(before);
        feed(subject.validFrame(first));
        expect(feed(subject.validFrame(second))).toContain(hex(subject.validFrame(second)));
      }),
      { numRuns: 300 },
    );
  });

  it('takes a frame that comes in any pieces for what it is', () => {
    fc.assert(
      fc.property(frame, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 80 }), (n, lengths) => {
        subject.reset();
        const whole = subject.validFrame(n);
        const pieces: Uint8Array[] = [];
        for (let at = 0, turn = 0; at < whole.length; turn += 1) {
          const length = lengths[turn % lengths.length] ?? 1;
          pieces.push(whole.slice(at, at + length));
          at += length;
        }
        expect(feed(...pieces)).toEqual([hex(whole)]);
        expect(subject.pending()).toBeLessThan(80);
      }),
    );
  });
});
