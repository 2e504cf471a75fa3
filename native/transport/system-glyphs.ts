import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliDecompress, brotliDecompressSync } from 'node:zlib';
import { openDotFont } from '../codec/dot-font.ts';
import type { GlyphSource } from '../model/glyphs.ts';
import type { Result } from '../model/result.ts';
import { err } from '../model/result.ts';

const unpack = promisify(brotliDecompress);
/** More than the shipped font unpacked; a damaged file must not fill the memory. */
const LIMIT = { maxOutputLength: 16_000_000 };

type Glyphs = Result<GlyphSource, { readonly detail: string }>;

function unreadable(error: unknown): Glyphs {
  return err({ detail: error instanceof Error ? error.message : 'the font cannot be read' });
}

/** Reads the shipped font (`assets/fonts/receipt-24.bin`). About 20 ms and 2.4 MB of memory. Never rejects. */
export async function loadGlyphs(file: string | URL): Promise<Glyphs> {
  try {
    return openDotFont(await unpack(await readFile(file), LIMIT));
  } catch (error) {
    return unreadable(error);
  }
}

/** The same for a tool that has nothing else to do meanwhile. Never throws. */
export function loadGlyphsNow(file: string | URL): Glyphs {
  try {
    return openDotFont(brotliDecompressSync(readFileSync(file), LIMIT));
  } catch (error) {
    return unreadable(error);
  }
}
