import type { Bitmap } from '../codec/bitmap.ts';
import { drawBitmap, fillRect, invertRect, whiteBitmap } from '../codec/bitmap.ts';
import { code128Widths } from '../codec/code128.ts';
import { GETA_MARK } from '../codec/gb18030.ts';
import { qrBitmap } from '../codec/qr.ts';
import { textColumns } from '../codec/text-columns.ts';
import type { GlyphSource } from '../model/glyphs.ts';
import { GLYPH_SIDE } from '../model/glyphs.ts';
import type { LaidLine, PaperWidth } from './layout.ts';
import { laidHeight, PAPER } from './layout.ts';

/**
 * Laid-out lines as dots: single lines for a printer that cannot print them by itself, whole receipts for a picture of
 * the receipt that needs no printer.
 */

const CELL = GLYPH_SIDE / 2;

type TextLine = Extract<LaidLine, { kind: 'text' }>;

/** The glyph as a picture, emphasised by printing it twice, one dot apart, as printers do. */
function glyphBitmap(char: string, bold: boolean, font: GlyphSource): Bitmap {
  const bits = font.glyph(char) ?? font.glyph(GETA_MARK);
  const plain: Bitmap =
    bits === null
      ? whiteBitmap(GLYPH_SIDE, GLYPH_SIDE)
      : { width: GLYPH_SIDE, height: GLYPH_SIDE, rowBytes: GLYPH_SIDE / 8, bits };
  // No glyph at all, not even the geta mark: a block, which nobody takes for a blank.
  if (bits === null) fillRect(plain, 2, 2, GLYPH_SIDE - 4, GLYPH_SIDE - 4);
  if (!bold) return plain;
  const twice = whiteBitmap(GLYPH_SIDE, GLYPH_SIDE);
  drawBitmap(twice, plain, 0, 0);
  drawBitmap(twice, plain, 1, 0);
  return twice;
}

/** One line of text as dots: as wide as its characters, as high as they are. */
export function textBitmap(line: TextLine, font: GlyphSource): Bitmap {
  const width = textColumns(line.text) * CELL * line.width;
  const bitmap = whiteBitmap(width, GLYPH_SIDE * line.height);
  let left = 0;
  for (const char of line.text) {
    if (char !== ' ') drawBitmap(bitmap, glyphBitmap(char, line.bold, font), left, 0, line.width, line.height);
    left += textColumns(char) * CELL * line.width;
  }
  if (line.reverse) invertRect(bitmap, 0, 0, width, bitmap.height);
  return bitmap;
}

/** A QR code at its printed size. */
export function qrPicture(line: Extract<LaidLine, { kind: 'qr' }>): Bitmap {
  const modules = qrBitmap(line.text, 'M', line.modules);
  const side = modules.width * line.moduleDots;
  const bitmap = whiteBitmap(side, side);
  drawBitmap(bitmap, modules, 0, 0, line.moduleDots, line.moduleDots);
  return bitmap;
}

/** A Code 128 at its printed size. */
export function barcodePicture(line: Extract<LaidLine, { kind: 'barcode' }>): Bitmap {
  const bitmap = whiteBitmap(line.modules * line.moduleDots, line.dots);
  let left = 0;
  code128Widths(line.runs).forEach((modules, index) => {
    if (index % 2 === 0) fillRect(bitmap, left, 0, modules * line.moduleDots, line.dots);
    left += modules * line.moduleDots;
  });
  return bitmap;
}

/** A ruled line: two dots thick at half the height of a line, with the printer's own gaps. */
function drawRule(bitmap: Bitmap, columns: number, top: number): void {
  for (let column = 0; column < columns; column += 1) fillRect(bitmap, column * CELL + 2, top + 11, 7, 2);
}

/**
 * A whole receipt as dots, without a printer: what `renderEscPos` makes one print, in the characters of `font`.
 * As wide as the printable width, as long as the paper up to the knife.
 */
export function drawReceipt(lines: readonly LaidLine[], width: PaperWidth, font: GlyphSource): Bitmap {
  const paper = PAPER[width];
  const bitmap = whiteBitmap(paper.dots, laidHeight(lines));
  const centred = (part: Bitmap, top: number): void =>
    drawBitmap(bitmap, part, Math.max(0, Math.floor((paper.dots - part.width) / 2)), top);
  let top = 0;
  for (const line of lines) {
    switch (line.kind) {
      case 'text': {
        const part = textBitmap(line, font);
        const share = { left: 0, center: 0.5, right: 1 }[line.align];
        drawBitmap(bitmap, part, Math.max(0, Math.floor((paper.dots - part.width) * share)), top);
        break;
      }
      case 'rule':
        drawRule(bitmap, line.columns, top);
        break;
      case 'bar':
        fillRect(bitmap, 0, top, paper.dots, line.dots);
        break;
      case 'qr':
        centred(qrPicture(line), top);
        break;
      case 'barcode':
        centred(barcodePicture(line), top);
        break;
      case 'picture':
        centred(line.bitmap, top);
        break;
      case 'gap':
      case 'feed':
        break;
    }
    top += laidHeight([line]);
  }
  return bitmap;
}
