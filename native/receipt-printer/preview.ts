import type { Bitmap } from '../codec/bitmap.ts';
import { drawBitmap, whiteBitmap } from '../codec/bitmap.ts';
import { encodePng } from '../codec/png.ts';
import type { GlyphSource } from '../model/glyphs.ts';
import type { ReceiptDocument } from '../model/receipt-document.ts';
import type { Result } from '../model/result.ts';
import { ok } from '../model/result.ts';
import { drawReceipt } from './draw.ts';
import type { LayoutProblem, PaperWidth } from './layout.ts';
import { layoutReceipt } from './layout.ts';

const DOTS_A_MILLIMETRE = 8;
/** White above the first line. */
const TOP_DOTS = 24;

/**
 * A picture of a receipt for the screen or the technician: the same document and the same layout as on paper, drawn
 * without a printer and without its bytes, on the whole width of the paper (one pixel a dot). Characters that `font` lacks stand there by their number.
 */
export function previewReceipt(
  document: ReceiptDocument,
  width: PaperWidth,
  font: GlyphSource,
): Result<{ readonly bitmap: Bitmap; readonly png: Uint8Array }, LayoutProblem> {
  const laid = layoutReceipt(document, width, { glyphs: 'gb2312', drawable: (char) => font.glyph(char) !== null });
  if (!laid.ok) return laid;
  const ink = drawReceipt(laid.value, width, font);
  const bitmap = whiteBitmap(width * DOTS_A_MILLIMETRE, TOP_DOTS + ink.height);
  drawBitmap(bitmap, ink, (bitmap.width - ink.width) / 2, TOP_DOTS);
  return ok({ bitmap, png: encodePng(bitmap) });
}
