import type { PrinterEncoding, PrinterGlyphs } from '../codec/gb18030.ts';
import { toPrintable } from '../codec/gb18030.ts';
import type { GlyphSource } from '../model/glyphs.ts';
import type { PaperWidth } from './layout.ts';

/** How a receipt leaves the printer; `none` is fed to the tear bar. */
export type CutKind = 'partial' | 'full' | 'none';

/** What one model of printer can do; the technician's options say it. */
export interface PrinterProfile {
  readonly width: PaperWidth;
  /** Characters of its own font. Others are drawn from `font` where it takes pictures. */
  readonly glyphs: PrinterGlyphs;
  /** Whether it understands raster pictures (GS v 0). */
  readonly pictures: boolean;
  /** Whether QR codes and Code 128 are its own commands, or pictures. */
  readonly codes: 'printer' | 'picture';
  readonly cut: CutKind;
  /** Receive buffer in bytes: a quarter of it is sent at a time, and no picture command is longer. */
  readonly bufferBytes: 4096 | 1024;
  readonly font: GlyphSource;
}

/** Which characters come out of this printer, one way or the other. */
export function encodingOf({ glyphs, pictures, font }: PrinterProfile): PrinterEncoding {
  const ascii = 0x7e;
  return {
    glyphs,
    drawable: (char) => pictures && (char.codePointAt(0) ?? 0) > ascii && font.glyph(char) !== null,
  };
}

/** Characters of a text that would be printed as their number, each once; for a technician who looks for a font. */
export function unprintable(text: string, profile: PrinterProfile): readonly string[] {
  const encoding = encodingOf(profile);
  return [...new Set(text)].filter((char) => /^〔U\+[0-9A-F]+〕$/u.test(toPrintable(char, encoding)));
}
