import type { GlyphSource } from '../model/glyphs.ts';
import type { Result } from '../model/result.ts';
import { err, ok } from '../model/result.ts';

/**
 * A font as dots in one block of bytes, big-endian: `H24F`, number of ranges (4 bytes), each range as first code point
 * (4) and count (4) in rising order, then 72 bytes a glyph in the order of the ranges.
 */

const MAGIC = 0x48323446;
/** 24 rows of 3 bytes. */
export const GLYPH_BYTES = 72;
const HEAD_BYTES = 8;
const RANGE_BYTES = 8;

/** Glyphs by code point as a block; the order of `glyphs` does not matter. Throws when a glyph has not 72 bytes. */
export function packDotFont(glyphs: ReadonlyMap<number, Uint8Array>): Uint8Array {
  const codes = [...glyphs.keys()].toSorted((a, b) => a - b);
  const ranges: [first: number, count: number][] = [];
  for (const code of codes) {
    const last = ranges.at(-1);
    if (last !== undefined && last[0] + last[1] === code) last[1] += 1;
    else ranges.push([code, 1]);
  }
  const head = HEAD_BYTES + ranges.length * RANGE_BYTES;
  const block = new Uint8Array(head + codes.length * GLYPH_BYTES);
  const view = new DataView(block.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(4, ranges.length);
  ranges.forEach(([first, count], index) => {
    view.setUint32(HEAD_BYTES + index * RANGE_BYTES, first);
    view.setUint32(HEAD_BYTES + index * RANGE_BYTES + 4, count);
  });
  codes.forEach((code, index) => {
    const glyph = glyphs.get(code);
    if (glyph?.length !== GLYPH_BYTES) throw new Error(`glyph of U+${code.toString(16)} has not ${GLYPH_BYTES} bytes`);
    block.set(glyph, head + index * GLYPH_BYTES);
  });
  return block;
}

interface Range {
  readonly first: number;
  readonly count: number;
  /** Glyphs before this range. */
  readonly before: number;
}

/** The font of such a block; error when the block is none or is cut short. */
export function openDotFont(block: Uint8Array): Result<GlyphSource, { readonly detail: string }> {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  if (block.length < HEAD_BYTES || view.getUint32(0) !== MAGIC) return err({ detail: 'not a dot font' });
  const rangeCount = view.getUint32(4);
  const head = HEAD_BYTES + rangeCount * RANGE_BYTES;
  if (block.length < head) return err({ detail: 'the dot font is cut short' });
  const ranges: Range[] = [];
  let glyphs = 0;
  for (let at = HEAD_BYTES; at < head; at += RANGE_BYTES) {
    const count = view.getUint32(at + 4);
    ranges.push({ first: view.getUint32(at), count, before: glyphs });
    glyphs += count;
  }
  if (block.length !== head + glyphs * GLYPH_BYTES) return err({ detail: 'the dot font is cut short' });
  return ok({ glyph: (char) => glyphAt(block, head, indexOf(ranges, char.codePointAt(0) ?? -1)) });
}

function glyphAt(block: Uint8Array, head: number, index: number | null): Uint8Array | null {
  if (index === null) return null;
  const at = head + index * GLYPH_BYTES;
  return block.subarray(at, at + GLYPH_BYTES);
}

/** Number of the glyph, found by halving. */
function indexOf(ranges: readonly Range[], code: number): number | null {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const range = ranges[middle];
    if (range === undefined) return null;
    if (code < range.first) high = middle - 1;
    else if (code >= range.first + range.count) low = middle + 1;
    else return range.before + code - range.first;
  }
  return null;
}
