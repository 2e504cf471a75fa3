/**
 * Makes `assets/fonts/receipt-24.bin`: the characters of Noto Sans Mono CJK SC as 24 x 24 dots, for receipt printers
 * that lack them and for pictures of receipts. Run it after changing what is taken in, with the Debian packages
 * `fonts-noto-cjk` and `fonts-noto-mono` installed: `node test/support/paper/build-font.ts`.
 */
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { brotliCompressSync, constants } from 'node:zlib';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import { GLYPH_BYTES, packDotFont } from '../../../native/codec/dot-font.ts';
import { isNarrowLatin } from '../../../native/codec/text-columns.ts';
import { codePointsOfFirstFace, withFaceFirst } from './font-collection.ts';

const SOURCE = '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc';
const FAMILY = 'Noto Sans Mono CJK SC';
/** Has the Latin letters with marks that the first font lacks; Debian package `fonts-noto-mono`. */
const LATIN_SOURCE = '/usr/share/fonts/truetype/noto/NotoSansMono-Regular.ttf';
const TARGET = new URL('../../../assets/fonts/receipt-24.bin', import.meta.url);
const SIDE = 24;
/** Each dot is looked at with so many points a side. */
const FINE = 4;
/** Foot line of the glyphs in their box; that of ASCII is higher, so that g, p and y keep their tails. */
const BASELINE = 21;
const ASCII_BASELINE = 19;
/** Share of a dot that must be covered; lower makes bolder strokes. */
const INK_SHARE = 0.42;

/** Scripts that names, addresses and receipts in China use; Hangul syllables would add a third for nobody. */
const WANTED: readonly (readonly [number, number])[] = [
  [0x20, 0x7e],
  [0xa0, 0x2ff],
  [0x370, 0x3ff],
  [0x400, 0x45f],
  [0x2000, 0x2bff],
  [0x2e80, 0x312f],
  [0x3190, 0xa4cf],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe6f],
  [0xff00, 0xffef],
  [0x1f100, 0x1f2ff],
  [0x20000, 0x3ffff],
];

const LATIN: readonly (readonly [number, number])[] = [
  [0xc0, 0x24f],
  [0x1e00, 0x1eff],
];

function dotsOf(pixels: Uint8ClampedArray): Uint8Array {
  const glyph = new Uint8Array(GLYPH_BYTES);
  for (let y = 0; y < SIDE; y += 1) {
    for (let x = 0; x < SIDE; x += 1) {
      let covered = 0;
      for (let fineY = 0; fineY < FINE; fineY += 1) {
        for (let fineX = 0; fineX < FINE; fineX += 1) {
          covered += pixels[((y * FINE + fineY) * SIDE * FINE + x * FINE + fineX) * 4 + 3] ?? 0;
        }
      }
      if (covered < INK_SHARE * 255 * FINE * FINE) continue;
      const at = y * 3 + (x >> 3);
      glyph[at] = (glyph[at] ?? 0) | (0x80 >> (x & 7));
    }
  }
  return glyph;
}

const face = withFaceFirst(readFileSync(SOURCE), FAMILY);
if (face === null) throw new Error(`${SOURCE} does not hold "${FAMILY}"`);
GlobalFonts.register(Buffer.from(face.buffer), 'Receipt');
const canvas = createCanvas(SIDE * FINE, SIDE * FINE);
const context = canvas.getContext('2d');
context.font = `${SIDE * FINE}px Receipt`;
const glyphs = new Map<number, Uint8Array>();
for (const code of codePointsOfFirstFace(face)) {
  if (!WANTED.some(([first, last]) => code >= first && code <= last)) continue;
  context.clearRect(0, 0, canvas.width, canvas.height);
  const char = String.fromCodePoint(code);
  // Narrow signs stand in the middle of the wide cell that a double-byte printer gives them; ASCII keeps half a cell.
  const narrow = code > 0x7e ? Math.max(0, (SIDE * FINE - context.measureText(char).width) / 2) : 0;
  context.fillText(char, narrow, (code > 0x7e ? BASELINE : ASCII_BASELINE) * FINE);
  glyphs.set(code, dotsOf(context.getImageData(0, 0, canvas.width, canvas.height).data));
}

/** Latin letters with marks keep half a cell, as ASCII does: pressed together where they are wider or higher. */
GlobalFonts.registerFromPath(LATIN_SOURCE, 'Latin');
for (const [first, last] of LATIN) {
  for (let code = first; code <= last; code += 1) {
    const char = String.fromCodePoint(code);
    if (!isNarrowLatin(char)) continue;
    context.font = `${SIDE * FINE}px ${glyphs.has(code) ? 'Receipt' : 'Latin'}`;
    const { width, actualBoundingBoxAscent, actualBoundingBoxDescent } = context.measureText(char);
    const foot = SIDE - ASCII_BASELINE;
    const across = Math.min(1, ((SIDE / 2) * FINE) / width);
    const up = Math.min(1, (ASCII_BASELINE * FINE) / actualBoundingBoxAscent, (foot * FINE) / actualBoundingBoxDescent);
    context.save();
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.translate(0, ASCII_BASELINE * FINE);
    context.scale(across, up > 0 ? up : 1);
    context.fillText(char, 0, 0);
    context.restore();
    glyphs.set(code, dotsOf(context.getImageData(0, 0, canvas.width, canvas.height).data));
  }
}
const block = packDotFont(glyphs);
const packed = brotliCompressSync(block, {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: block.length,
  },
});
await mkdir(new URL('.', TARGET), { recursive: true });
await writeFile(TARGET, packed);
process.stdout.write(`${glyphs.size} characters, ${block.length} bytes, packed ${packed.length}\n`);
