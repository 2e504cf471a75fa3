/** Dots of one side of a glyph's box; printable ASCII uses its left half only. */
export const GLYPH_SIDE = 24;

/** Characters as dots, for devices whose own font lacks them and for pictures of what a device would print. */
export interface GlyphSource {
  /**
   * Dots of one character: 24 rows of 3 bytes from top to bottom, most significant bit at the left, 1 is ink; or null
   * where the font has no such character. The bytes belong to the font: not to be changed.
   */
  glyph(char: string): Uint8Array | null;
}

/** A font without characters. */
export const NO_GLYPHS: GlyphSource = { glyph: () => null };
