import type { Bitmap } from './bitmap.ts';

/** PNG (ISO/IEC 15948) of black and white pictures, one bit a dot, not compressed: pure, and small enough for paper. */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Most bytes of one stored block of a zlib stream. */
const STORED_BYTES = 0xffff;

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}

function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return ((b << 16) | a) >>> 0;
}

const uint32 = (value: number): number[] => [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];

function joined(parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = joined([Array.from(type, (char) => char.charCodeAt(0)), data]);
  return joined([uint32(data.length), body, uint32(crc32(body))]);
}

/** A zlib stream of stored blocks. */
function stored(data: Uint8Array): Uint8Array {
  const parts: (Uint8Array | number[])[] = [[0x78, 0x01]];
  for (let at = 0; at < data.length || at === 0; at += STORED_BYTES) {
    const block = data.subarray(at, at + STORED_BYTES);
    const { length } = block;
    const last = at + STORED_BYTES >= data.length ? 1 : 0;
    parts.push([last, length & 0xff, length >> 8, ~length & 0xff, (~length >> 8) & 0xff], block);
  }
  return joined([...parts, uint32(adler32(data))]);
}

/** The picture as a PNG file, black dots on white. */
export function encodePng({ width, height, rowBytes, bits }: Bitmap): Uint8Array {
  const rows = new Uint8Array((rowBytes + 1) * height);
  for (let y = 0; y < height; y += 1) {
    // Each row begins with its filter (none); in a PNG 1 is white.
    for (let x = 0; x < rowBytes; x += 1) rows[y * (rowBytes + 1) + 1 + x] = ~(bits[y * rowBytes + x] ?? 0) & 0xff;
  }
  const header = Uint8Array.from([...uint32(width), ...uint32(height), 1, 0, 0, 0, 0]);
  return joined([
    SIGNATURE,
    chunk('IHDR', header),
    // 203 dots an inch, so that a viewer shows it at its true size.
    chunk('pHYs', Uint8Array.from([...uint32(8000), ...uint32(8000), 1])),
    chunk('IDAT', stored(rows)),
    chunk('IEND', new Uint8Array()),
  ]);
}
