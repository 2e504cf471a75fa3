/**
 * A receipt as data: declared once, rendered to printer bytes and to a picture.
 * Wide (East Asian) characters take two columns. 80 mm = 48 columns / 576 dots, 58 mm = 32 columns / 384 dots.
 */
export interface ReceiptDocument {
  /** BCP 47 tag of the text, e.g. `zh-CN`. */
  readonly language: string;
  readonly lines: readonly ReceiptLine[];
}

export type ReceiptLine =
  /** Plain text, wrapped to the paper's width. `size` multiplies width and height. */
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly align?: 'left' | 'center' | 'right';
      readonly bold?: boolean;
      readonly size?: 'normal' | 'double-height' | 'double';
    }
  /** Ruled line over the whole width. */
  | { readonly kind: 'rule' }
  /** White on black over the whole width, centred; first line large. The true state of the matter stands here. */
  | { readonly kind: 'state'; readonly title: string; readonly detail: string }
  /** Key on the left (10 columns, 12 for Latin), value wrapped under itself. */
  | { readonly kind: 'pair'; readonly key: string; readonly value: string }
  /** A step: filled or empty square, text at the left, time or cause flush right. */
  | { readonly kind: 'step'; readonly done: boolean; readonly text: string; readonly note: string }
  /** A number that must never be split over lines; double size where it fits. */
  | { readonly kind: 'number'; readonly text: string }
  /** QR code, error level M, quiet zone 4, centred. */
  | { readonly kind: 'qr'; readonly data: string }
  /**
   * Code 128 of 1 to 80 printable ASCII characters, centred, the text beneath; for staff scanners. The text alone where
   * the paper is too narrow for bars that can be read.
   */
  | { readonly kind: 'barcode'; readonly data: string }
  /**
   * Black and white picture, centred, one dot a printer dot (8 a millimetre). `bits` is base64: rows from top to bottom,
   * each padded to whole bytes, most significant bit at the left, 1 is black.
   */
  | { readonly kind: 'picture'; readonly width: number; readonly height: number; readonly bits: string }
  | { readonly kind: 'feed'; readonly lines: number };
