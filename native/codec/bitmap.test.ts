import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import type { Bitmap } from './bitmap.ts';
import { drawBitmap, fillRect, invertRect, isBlack, whiteBitmap } from './bitmap.ts';
import { raster } from './escpos.ts';
import { encodePng } from './png.ts';
import { qrBitmap } from './qr.ts';

const picture: fc.Arbitrary<Bitmap> = fc
  .tuple(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 40 }), fc.array(fc.nat(10_000), { maxLength: 200 }))
  .map(([width, height, dots]) => {
    const bitmap = whiteBitmap(width, height);
    for (const dot of dots) fillRect(bitmap, dot % width, Math.floor(dot / width) % height, 1, 1);
    return bitmap;
  });

describe('bitmap', () => {
  it('draws inside its edges only', () => {
    const bitmap = whiteBitmap(10, 3);
    fillRect(bitmap, -2, -2, 100, 100);
    expect([...bitmap.bits]).toEqual([0xff, 0xc0, 0xff, 0xc0, 0xff, 0xc0]);
    invertRect(bitmap, 1, 1, 8, 1);
    expect([...bitmap.bits.subarray(2, 4)]).toEqual([0x80, 0x40]);
    expect([isBlack(bitmap, 0, 1), isBlack(bitmap, 1, 1), isBlack(bitmap, 10, 1), isBlack(bitmap, 0, -1)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('draws magnified', () => {
    const dot = whiteBitmap(1, 1);
    fillRect(dot, 0, 0, 1, 1);
    const target = whiteBitmap(8, 3);
    drawBitmap(target, dot, 2, 1, 3, 2);
    expect([...target.bits]).toEqual([0, 0x38, 0x38]);
  });
});

describe('raster commands', () => {
  it('carry every dot, in bands that are small enough, without a real-time command', () => {
    fc.assert(
      fc.property(picture, fc.integer({ min: 1, max: 64 }), (bitmap, bandBytes) => {
        const bands = raster(bitmap, bandBytes);
        const rows = bands.map((band) => (band[6] ?? 0) + 256 * (band[7] ?? 0));
        expect(rows.reduce((sum, one) => sum + one, 0)).toBe(bitmap.height);
        for (const [index, band] of bands.entries()) {
          expect(band.slice(0, 4)).toEqual([0x1d, 0x76, 0x30, 0]);
          expect(band).toHaveLength(8 + bitmap.rowBytes * (rows[index] ?? 0));
          expect(band.length - 8).toBeLessThanOrEqual(Math.max(bandBytes, bitmap.rowBytes));
          expect(band.some((byte, at) => byte === 0x10 && [0x04, 0x05, 0x14].includes(band[at + 1] ?? 0))).toBe(false);
        }
        const data = bands.flatMap((band) => band.slice(8));
        const changed = data.filter((byte, at) => byte !== bitmap.bits[at]);
        // Nothing but a DLE ever gets a dot more.
        expect(changed.every((byte) => byte === 0x18)).toBe(true);
      }),
    );
  });

  it('give one dot for a real-time command', () => {
    const bits = Uint8Array.of(0x10, 0x04, 0x10, 0x03);
    expect(raster({ width: 32, height: 1, rowBytes: 4, bits })[0]?.slice(8)).toEqual([0x18, 0x04, 0x10, 0x03]);
  });
});

describe('png', () => {
  it('is read back dot by dot by another program', () => {
    fc.assert(
      fc.property(picture, (bitmap) => {
        const { width, height, data } = PNG.sync.read(Buffer.from(encodePng(bitmap)));
        expect([width, height]).toEqual([bitmap.width, bitmap.height]);
        for (let y = 0; y < height; y += 1) {
          for (let x = 0; x < width; x += 1) expect(data[(y * width + x) * 4] === 0).toBe(isBlack(bitmap, x, y));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('holds pictures of more than one stored block', () => {
    const png = encodePng(whiteBitmap(576, 2_000));
    const at = Buffer.from(png).indexOf('IDAT');
    const length = new DataView(png.buffer).getUint32(at - 4);
    expect(inflateSync(png.subarray(at + 4, at + 4 + length))).toHaveLength(73 * 2_000);
  });
});

describe('qr', () => {
  it('keeps the size that was asked for', () => {
    expect(qrBitmap('1234', 'M', 33).width).toBe(33);
  });
});
