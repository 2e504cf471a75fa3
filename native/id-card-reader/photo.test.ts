import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import type { DecodedPhoto, PhotoDecoder } from '../model/id-card-reader.ts';
import { decodePhoto } from './photo.ts';

const BLOCK = Uint8Array.from({ length: 1_024 }, (_, index) => index & 0xff);
const PICTURE: DecodedPhoto = { mediaType: 'image/bmp', bytes: Uint8Array.of(0x42, 0x4d, 1, 2, 3) };

/** A decoder that gives whatever a test wants, also what its type forbids. */
function decoder(decode: (block: Uint8Array, signal: AbortSignal) => unknown): PhotoDecoder {
  return { decode: decode as PhotoDecoder['decode'] };
}

async function tried(with_: PhotoDecoder | null, block = BLOCK): Promise<unknown> {
  const clock = new FakeClock();
  const result = await clock.run(decodePhoto(block, { decoder: with_, clock, deadlineMs: 2_000 }));
  expect(clock.pending).toBe(0);
  expect(clock.monotonic()).toBeLessThanOrEqual(2_000);
  return result;
}

describe('photo decoder', () => {
  it('is not needed', async () => {
    expect(await tried(null)).toMatchObject({ ok: false, error: { code: 'not-supported' } });
  });

  it('gets a copy of the block and gives a picture', async () => {
    let seen: Uint8Array | null = null;
    const one = decoder(async (block) => {
      expect(block).toEqual(BLOCK);
      seen = block;
      block.fill(7);
      return PICTURE;
    });
    expect(await tried(one)).toEqual({ ok: true, value: PICTURE });
    expect(BLOCK[1]).toBe(1);
    // Nothing of the photo stays with the copy.
    expect(seen).toEqual(new Uint8Array(1_024));
  });

  const harmful: readonly (readonly [string, () => unknown])[] = [
    [
      'throws',
      (): never => {
        throw new Error('林测夏');
      },
    ],
    ['rejects', () => Promise.reject(new Error('林测夏'))],
    ['gives nothing', () => Promise.resolve(undefined)],
    ['gives null at once', () => null],
    ['gives text', () => Promise.resolve('林测夏')],
    ['gives no bytes', () => ({ mediaType: 'image/bmp', bytes: 'BM' })],
    ['gives another kind', () => ({ mediaType: 'text/html', bytes: PICTURE.bytes })],
    ['gives a kind that is none', () => ({ mediaType: 'toString', bytes: PICTURE.bytes })],
    ['gives a picture of another kind', () => ({ mediaType: 'image/png', bytes: PICTURE.bytes })],
    ['gives an empty picture', () => ({ mediaType: 'image/bmp', bytes: new Uint8Array(0) })],
    ['gives far too much', () => ({ mediaType: 'image/bmp', bytes: new Uint8Array(1_000_001).fill(0x42) })],
  ];
  it.each(harmful)('that %s does no harm', async (_, decode) => {
    const result = await tried(decoder(decode));
    expect(result).toMatchObject({ ok: false, error: { code: 'bad-reply' } });
    expect(JSON.stringify(result)).not.toContain('林测夏');
  });

  it('that never ends is given up, and told so', async () => {
    let told = false;
    const stuck = decoder(
      (_, signal) =>
        new Promise(() => {
          signal.addEventListener('abort', () => {
            told = true;
          });
        }),
    );
    expect(await tried(stuck)).toMatchObject({ ok: false, error: { code: 'timeout' } });
    expect(told).toBe(true);
  });

  it('is not asked for something that is no photo block', async () => {
    let asked = false;
    const one = decoder(async () => {
      asked = true;
      return PICTURE;
    });
    expect(await tried(one, new Uint8Array(10))).toMatchObject({ ok: false, error: { code: 'bad-request' } });
    expect(asked).toBe(false);
  });
});
