import type { Bitmap } from '../codec/bitmap.ts';
import type { Code128Run } from '../codec/code128.ts';
import { code128Modules, fitsCode128, safeCode128Runs } from '../codec/code128.ts';
import { qrModules } from '../codec/escpos-qr.ts';
import type { PrinterEncoding } from '../codec/gb18030.ts';
import { toPrintable } from '../codec/gb18030.ts';
import {
  padBothColumns,
  padEndColumns,
  textColumns,
  wrapBalanced,
  wrapColumns,
  wrapText,
} from '../codec/text-columns.ts';
import type { ReceiptDocument, ReceiptLine } from '../model/receipt-document.ts';
import type { Result } from '../model/result.ts';
import { err, ok } from '../model/result.ts';

/** Paper width in millimetres. */
export type PaperWidth = 80 | 58;

/** Measures of one paper width; font A is 12 x 24 dots, Chinese 24 x 24, 8 dots a millimetre. */
export interface PaperMetrics {
  readonly dots: number;
  readonly columns: number;
  readonly keyColumns: number;
  readonly latinKeyColumns: number;
  /** Largest side of a QR code without its quiet zone. */
  readonly qrDots: number;
  /** On narrow paper large text grows in height only. */
  readonly doubleWidth: boolean;
}

export const PAPER: Readonly<Record<PaperWidth, PaperMetrics>> = {
  80: { dots: 576, columns: 48, keyColumns: 10, latinKeyColumns: 12, qrDots: 264, doubleWidth: true },
  58: { dots: 384, columns: 32, keyColumns: 9, latinKeyColumns: 11, qrDots: 232, doubleWidth: false },
};

/** Height of font A and of Chinese characters in dots. */
export const GLYPH_DOTS = 24;
/** Advance of an ordinary line in dots. */
export const LINE_DOTS = 32;
/** Advance of a line of double height. */
const TALL_LINE_DOTS = 56;
/** Lines fed before the cut, so that the last printed line is past the knife. */
const CUT_FEED_LINES = 4;

/** One line as it goes to paper. Text of a line fits the paper: columns x `width` <= columns of the paper. */
export type LaidLine =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly align: 'left' | 'center' | 'right';
      readonly bold: boolean;
      readonly reverse: boolean;
      /** Magnification, 1 or 2. */
      readonly width: 1 | 2;
      readonly height: 1 | 2;
      /** Dots from the top of this line to the top of the next. */
      readonly advance: number;
    }
  | { readonly kind: 'rule'; readonly columns: number }
  /** Black bar over the whole width. */
  | { readonly kind: 'bar'; readonly dots: number }
  /** White gap of 1 to 255 dots. */
  | { readonly kind: 'gap'; readonly dots: number }
  | {
      readonly kind: 'qr';
      readonly text: string;
      readonly data: Uint8Array;
      readonly moduleDots: number;
      readonly modules: number;
    }
  | {
      readonly kind: 'barcode';
      readonly runs: readonly Code128Run[];
      readonly moduleDots: number;
      readonly modules: number;
      /** Height of the bars. */
      readonly dots: number;
    }
  /** Picture in the middle of the paper, at most as wide as the paper. */
  | { readonly kind: 'picture'; readonly bitmap: Bitmap }
  | { readonly kind: 'feed'; readonly lines: number };

/** A document that this paper cannot take; a fault of the caller. */
export interface LayoutProblem {
  readonly code:
    | 'qr-empty'
    | 'qr-too-long'
    | 'qr-control-character'
    | 'barcode-bad'
    | 'picture-bad'
    | 'picture-too-large';
  readonly detail: string;
}

/** Smaller modules (0.375 mm) are hard on old phone cameras. */
const QR_MIN_MODULE_DOTS = 3;
const QR_QUIET_MODULES = 4;
/** White on both sides of a Code 128, which its readers need to find it. */
const BARCODE_QUIET_MODULES = 10;
const BARCODE_DOTS = 72;
/** Longest picture: 200 mm. */
const PICTURE_MAX_DOTS = 1600;

const TEXT = { align: 'left', bold: false, reverse: false, width: 1, height: 1, advance: LINE_DOTS } as const;
type TextLine = Extract<LaidLine, { kind: 'text' }>;

function textLine(text: string, style: Partial<Omit<TextLine, 'kind' | 'text'>> = {}): TextLine {
  return { kind: 'text', text, ...TEXT, ...style };
}

/** Magnification for a text: what was asked for where it fits one line, else height only. */
function sizeFor(
  text: string,
  wanted: 'normal' | 'double-height' | 'double',
  paper: PaperMetrics,
): 'normal' | 'double-height' | 'double' {
  if (wanted !== 'double') return wanted;
  const widest = Math.max(...text.split('\n').map(textColumns));
  return paper.doubleWidth && widest * 2 <= paper.columns ? 'double' : 'double-height';
}

function styleOf(size: 'normal' | 'double-height' | 'double'): Pick<TextLine, 'width' | 'height' | 'advance'> {
  if (size === 'normal') return { width: 1, height: 1, advance: LINE_DOTS };
  return { width: size === 'double' ? 2 : 1, height: 2, advance: TALL_LINE_DOTS };
}

function layText(line: Extract<ReceiptLine, { kind: 'text' }>, text: string, paper: PaperMetrics): LaidLine[] {
  const style = styleOf(sizeFor(text, line.size ?? 'normal', paper));
  const wrap = line.align === 'center' ? wrapBalanced : wrapText;
  return wrap(text, paper.columns / style.width).map((part) =>
    textLine(part, { ...style, align: line.align ?? 'left', bold: line.bold ?? false }),
  );
}

function layNumber(text: string, paper: PaperMetrics): LaidLine[] {
  // Two columns stay free, so that a double number never touches the paper's edges.
  const style = styleOf(textColumns(text) * 2 <= paper.columns - 2 ? 'double' : 'double-height');
  return wrapColumns(text, paper.columns / style.width).map((part) =>
    textLine(part, { ...style, align: 'center', bold: true }),
  );
}

/**
 * White on black, title in double height. The lines join without gap (advance = glyph height) and bars give the block
 * a margin above, between and below.
 */
function layState(title: string, detail: string, paper: PaperMetrics): LaidLine[] {
  const rows = (text: string, height: 1 | 2, above: number): LaidLine[] =>
    wrapBalanced(text, paper.columns - 2).flatMap((part, index): LaidLine[] => [
      { kind: 'bar', dots: index === 0 ? above : 6 },
      textLine(padBothColumns(part, paper.columns), {
        bold: true,
        reverse: true,
        height,
        advance: GLYPH_DOTS * height,
      }),
    ]);
  const block: LaidLine[] = [{ kind: 'gap', dots: 4 }, ...rows(title, 2, 10)];
  if (detail !== '') block.push(...rows(detail, 1, 6));
  block.push({ kind: 'bar', dots: 10 }, { kind: 'gap', dots: 12 });
  return block;
}

function layPair(key: string, value: string, keyColumns: number, paper: PaperMetrics): LaidLine[] {
  const values = wrapText(value, paper.columns - keyColumns);
  const indent = ' '.repeat(keyColumns);
  if (textColumns(key) < keyColumns) {
    return values.map((part, index) => textLine((index === 0 ? padEndColumns(key, keyColumns) : indent) + part));
  }
  // A key that does not fit its column gets a line of its own.
  return [
    ...wrapColumns(key, paper.columns).map((part) => textLine(part)),
    ...values.map((part) => textLine(indent + part)),
  ];
}

function layStep(done: boolean, text: string, note: string, paper: PaperMetrics): LaidLine[] {
  const mark = done ? '■ ' : '□ ';
  const indent = textColumns(mark);
  const noteColumns = note.includes('\n') ? paper.columns : textColumns(note);
  const beside = paper.columns - indent - noteColumns - 2;
  const wide = wrapText(text, paper.columns - indent);
  const narrow = beside < 2 ? [] : wrapText(text, beside);
  // The note stands beside the text unless that makes the text a sliver of more lines than both need one below the other.
  if (
    note === '' ||
    (narrow.length > 0 && narrow.length <= wide.length + 1 && beside >= Math.min(textColumns(text), 12))
  ) {
    const parts = note === '' ? wide : narrow;
    return parts.map((part, index) => {
      const left = (index === 0 ? mark : ' '.repeat(indent)) + part;
      return textLine(index === 0 && note !== '' ? padEndColumns(left, paper.columns - noteColumns) + note : left);
    });
  }
  return [
    ...wide.map((part, index) => textLine((index === 0 ? mark : ' '.repeat(indent)) + part)),
    ...wrapColumns(note, paper.columns - indent).map((part) => textLine(part, { align: 'right' })),
  ];
}

function layQr(data: string, paper: PaperMetrics): Result<LaidLine[], LayoutProblem> {
  // Control characters could read as printer commands on the wire, and no address or number has them.
  if (/\p{Cc}/u.test(data)) {
    return err({ code: 'qr-control-character', detail: 'QR data holds a control character' });
  }
  const bytes = new TextEncoder().encode(data);
  if (bytes.length === 0) return err({ code: 'qr-empty', detail: 'QR data is empty' });
  const modules = qrModules(bytes.length, 'M');
  const moduleDots = modules === null ? 0 : Math.min(12, Math.floor(paper.qrDots / modules));
  if (modules === null || moduleDots < QR_MIN_MODULE_DOTS) {
    return err({ code: 'qr-too-long', detail: `QR data of ${bytes.length} bytes does not fit ${paper.qrDots} dots` });
  }
  const quiet = QR_QUIET_MODULES * moduleDots;
  return ok([
    { kind: 'gap', dots: quiet },
    { kind: 'qr', text: data, data: bytes, moduleDots, modules },
    { kind: 'gap', dots: quiet },
  ]);
}

function layBarcode(data: string, paper: PaperMetrics): Result<LaidLine[], LayoutProblem> {
  if (!fitsCode128(data)) {
    return err({ code: 'barcode-bad', detail: 'Code 128 takes 1 to 80 printable ASCII characters' });
  }
  const runs = safeCode128Runs(data);
  const modules = code128Modules(runs);
  const moduleDots = Math.min(3, Math.floor(paper.dots / (modules + 2 * BARCODE_QUIET_MODULES)));
  // Bars of one dot (0.125 mm) bleed into each other on thermal paper: where wider ones do not fit, people read the text.
  if (moduleDots < 2) return ok(layNumber(data, paper));
  return ok([
    { kind: 'gap', dots: 12 },
    { kind: 'barcode', runs, moduleDots, modules, dots: BARCODE_DOTS },
    { kind: 'gap', dots: 6 },
    ...wrapColumns(data, paper.columns).map((part) => textLine(part, { align: 'center' })),
  ]);
}

/** Bytes of a base64 text, or null when it is none. */
function bytesOfBase64(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return null;
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

function layPicture(
  { width, height, bits }: Extract<ReceiptLine, { kind: 'picture' }>,
  paper: PaperMetrics,
): Result<LaidLine[], LayoutProblem> {
  const whole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  const bytes = bytesOfBase64(bits);
  const rowBytes = Math.ceil(width / 8);
  if (!whole || bytes?.length !== rowBytes * height) {
    return err({ code: 'picture-bad', detail: 'the bits of a picture do not fit its width and height' });
  }
  if (width > paper.dots || height > PICTURE_MAX_DOTS) {
    return err({ code: 'picture-too-large', detail: `a picture of ${width} x ${height} dots does not fit the paper` });
  }
  // Bits right of the edge would be ink outside the picture.
  const spare = rowBytes * 8 - width;
  for (let at = rowBytes - 1; at < bytes.length; at += rowBytes) bytes[at] = (bytes[at] ?? 0) & (0xff << spare);
  return ok([{ kind: 'picture', bitmap: { width, height, rowBytes, bits: bytes } }]);
}

/**
 * Lays a receipt out for one paper width; the last line is always the feed before the cut. Text is made printable
 * for `encoding` first, so that columns count what the printer prints.
 */
export function layoutReceipt(
  document: ReceiptDocument,
  width: PaperWidth,
  encoding: PrinterEncoding,
): Result<readonly LaidLine[], LayoutProblem> {
  const paper = PAPER[width];
  const keyColumns = document.language.toLowerCase().startsWith('zh') ? paper.keyColumns : paper.latinKeyColumns;
  const print = (text: string): string => toPrintable(text, encoding);
  const oneLine = (text: string): string => print(text).replaceAll('\n', ' ').trim();
  const laid: LaidLine[] = [];
  for (const line of document.lines) {
    switch (line.kind) {
      case 'text':
        laid.push(...layText(line, print(line.text), paper));
        break;
      case 'rule':
        laid.push({ kind: 'rule', columns: paper.columns });
        break;
      case 'state':
        laid.push(...layState(print(line.title), print(line.detail), paper));
        break;
      case 'pair':
        laid.push(...layPair(oneLine(line.key), print(line.value), keyColumns, paper));
        break;
      case 'step':
        laid.push(...layStep(line.done, print(line.text), print(line.note), paper));
        break;
      case 'number':
        laid.push(...layNumber(oneLine(line.text), paper));
        break;
      case 'qr': {
        const qr = layQr(line.data, paper);
        if (!qr.ok) return qr;
        laid.push(...qr.value);
        break;
      }
      case 'barcode': {
        const barcode = layBarcode(line.data, paper);
        if (!barcode.ok) return barcode;
        laid.push(...barcode.value);
        break;
      }
      case 'picture': {
        const picture = layPicture(line, paper);
        if (!picture.ok) return picture;
        laid.push(...picture.value);
        break;
      }
      case 'feed':
        if (line.lines > 0) laid.push({ kind: 'feed', lines: Math.min(255, Math.round(line.lines)) });
        break;
    }
  }
  const last = laid.at(-1);
  if (last?.kind !== 'feed') laid.push({ kind: 'feed', lines: CUT_FEED_LINES });
  else if (last.lines < CUT_FEED_LINES) laid[laid.length - 1] = { kind: 'feed', lines: CUT_FEED_LINES };
  return ok(laid);
}

/** Height of laid-out lines in dots, for the time that printing takes. */
export function laidHeight(lines: readonly LaidLine[]): number {
  let dots = 0;
  for (const line of lines) {
    switch (line.kind) {
      case 'text':
        dots += line.advance;
        break;
      case 'rule':
        dots += LINE_DOTS;
        break;
      case 'bar':
      case 'gap':
      case 'barcode':
        dots += line.dots;
        break;
      case 'qr':
        dots += line.modules * line.moduleDots;
        break;
      case 'picture':
        dots += line.bitmap.height;
        break;
      case 'feed':
        dots += line.lines * LINE_DOTS;
        break;
    }
  }
  return dots;
}
