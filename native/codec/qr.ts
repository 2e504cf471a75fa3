import { encode } from 'uqr';
import type { Bitmap } from './bitmap.ts';
import { fillRect, whiteBitmap } from './bitmap.ts';
import type { QrLevel } from './escpos.ts';

/**
 * A QR code as a picture without quiet zone, one dot a module; for printers that have no QR command and for pictures
 * of receipts. `minModules` (from `qrModules`) keeps its place the same size as the printer's own code.
 */
export function qrBitmap(text: string, level: QrLevel, minModules: number): Bitmap {
  const { data } = encode(text, { ecc: level, boostEcc: false, border: 0, minVersion: (minModules - 17) / 4 });
  const bitmap = whiteBitmap(data.length, data.length);
  data.forEach((row, y) => row.forEach((black, x) => black && fillRect(bitmap, x, y, 1, 1)));
  return bitmap;
}
