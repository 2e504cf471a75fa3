import type { Bitmap } from '../codec/bitmap.ts';
import { code128Data } from '../codec/code128.ts';
import type { EscPosAlign } from '../codec/escpos.ts';
import {
  align,
  blackBar,
  code128,
  doubleByteMode,
  emphasis,
  feedLines,
  fullCut,
  initialise,
  LF,
  lineSpacing,
  partialCut,
  qrCode,
  raster,
  reverse,
  size,
} from '../codec/escpos.ts';
import { encodePrinterText, needsPicture } from '../codec/gb18030.ts';
import { barcodePicture, qrPicture, textBitmap } from './draw.ts';
import type { LaidLine } from './layout.ts';
import { GLYPH_DOTS, laidHeight, LINE_DOTS, PAPER } from './layout.ts';
import type { CutKind, PrinterProfile } from './profile.ts';

/** Settings before a picture and the head of its command. */
const PICTURE_HEAD_BYTES = 64;
/** Lines from where a knife would be to the tear bar of a printer without one. */
const TEAR_BAR_LINES = 2;

/** Settings that stay in force in the printer until changed. */
interface PrinterMode {
  align: 'left' | 'center' | 'right';
  bold: boolean;
  reverse: boolean;
  size: string;
  spacing: number;
}

/** Emits the commands that bring the printer from `mode` to the wanted settings, and only those. */
function change(mode: PrinterMode, wanted: Partial<PrinterMode> & { scale?: readonly [number, number] }): number[] {
  const out: number[] = [];
  if (wanted.align !== undefined && wanted.align !== mode.align) out.push(...align((mode.align = wanted.align)));
  if (wanted.bold !== undefined && wanted.bold !== mode.bold) out.push(...emphasis((mode.bold = wanted.bold)));
  if (wanted.reverse !== undefined && wanted.reverse !== mode.reverse) {
    out.push(...reverse((mode.reverse = wanted.reverse)));
  }
  if (wanted.scale !== undefined && wanted.scale.join() !== mode.size) {
    mode.size = wanted.scale.join();
    out.push(...size(wanted.scale[0], wanted.scale[1]));
  }
  if (wanted.spacing !== undefined && wanted.spacing !== mode.spacing) {
    out.push(...lineSpacing((mode.spacing = wanted.spacing)));
  }
  return out;
}

const PLAIN = { align: 'left', bold: false, reverse: false, scale: [1, 1] } as const;

/** A picture in bands; each band is a segment of its own. */
function picture(mode: PrinterMode, bitmap: Bitmap, to: EscPosAlign, { bufferBytes }: PrinterProfile): number[][] {
  const [first = [], ...rest] = raster(bitmap, bufferBytes / 4 - PICTURE_HEAD_BYTES);
  return [[...change(mode, { ...PLAIN, align: to }), ...first], ...rest];
}

/** White paper between two pictures: an empty line of that height. */
function white(mode: PrinterMode, dots: number): number[] {
  return [...change(mode, { ...PLAIN, spacing: dots }), LF];
}

function renderText(line: Extract<LaidLine, { kind: 'text' }>, mode: PrinterMode, profile: PrinterProfile): number[][] {
  // Trailing spaces are ink only in reverse.
  const text = line.reverse ? line.text : line.text.trimEnd();
  if (needsPicture(text, profile.glyphs)) {
    const bands = picture(mode, textBitmap({ ...line, text }, profile.font), line.align, profile);
    const below = line.advance - GLYPH_DOTS * line.height;
    return below > 0 ? [...bands, white(mode, below)] : bands;
  }
  const { align: to, bold, reverse: inverse, width, height, advance } = line;
  const style = { align: to, bold, reverse: inverse, scale: [width, height] as const, spacing: advance };
  return [[...change(mode, style), ...encodePrinterText(text, profile.glyphs), LF]];
}

function renderLine(line: LaidLine, mode: PrinterMode, profile: PrinterProfile): number[][] {
  switch (line.kind) {
    case 'text':
      return renderText(line, mode, profile);
    case 'rule': {
      const dashes = Array.from({ length: line.columns }, () => 0x2d);
      return [[...change(mode, { ...PLAIN, spacing: LINE_DOTS }), ...dashes, LF]];
    }
    case 'bar':
      // Without pictures the reversed lines stand alone, which is less handsome and as clear.
      if (!profile.pictures) return [];
      return [[...change(mode, PLAIN), ...blackBar(PAPER[profile.width].dots, line.dots)]];
    case 'gap':
      return [white(mode, line.dots)];
    case 'qr':
      if (drawsCodes(profile)) return picture(mode, qrPicture(line), 'center', profile);
      return [[...change(mode, { ...PLAIN, align: 'center' }), ...qrCode(line.data, line.moduleDots, 'M')]];
    case 'barcode': {
      const data = code128Data(line.runs);
      if (data === null || drawsCodes(profile)) return picture(mode, barcodePicture(line), 'center', profile);
      return [[...change(mode, { ...PLAIN, align: 'center' }), ...code128(data, line.moduleDots, line.dots)]];
    }
    case 'picture':
      return picture(mode, line.bitmap, 'center', profile);
    case 'feed':
      return [[...change(mode, { ...PLAIN, spacing: LINE_DOTS }), ...feedLines(line.lines)]];
  }
}

const drawsCodes = (profile: PrinterProfile): boolean => profile.pictures && profile.codes === 'picture';

/** Parts the receipt from the roll: cuts, or brings its end past the tear bar. */
export function partBytes(cut: CutKind): number[] {
  switch (cut) {
    case 'partial':
      return partialCut();
    case 'full':
      return fullCut();
    case 'none':
      return feedLines(TEAR_BAR_LINES);
  }
}

/** Paper that one receipt takes out of this printer, in dots: its lines, and the way to the tear bar. */
export function paperDots(lines: readonly LaidLine[], { cut, pictures }: PrinterProfile): number {
  const onPaper = pictures ? lines : lines.filter(({ kind }) => kind !== 'bar');
  return laidHeight(onPaper) + (cut === 'none' ? TEAR_BAR_LINES * LINE_DOTS : 0);
}

/**
 * Laid-out lines as ESC/POS, in segments of at most a quarter of the printer's buffer that end where a command ends, so that a status question
 * between two segments never lands inside a payload. The first segment initialises, the last one cuts.
 */
export function renderEscPos(lines: readonly LaidLine[], profile: PrinterProfile): readonly Uint8Array[] {
  const mode: PrinterMode = { align: 'left', bold: false, reverse: false, size: '1,1', spacing: -1 };
  const rendered = lines.map((line) => renderLine(line, mode, profile));
  // Without a knife the receipt is whole with its last ink: that and the feeds behind it go out in one piece, so that
  // what was not handed over is surely missing.
  const lastInk = lines.findLastIndex(({ kind }) => kind !== 'gap' && kind !== 'feed');
  const last = profile.cut === 'none' && lastInk >= 0 ? lastInk : rendered.length;
  const end = [...(rendered[last] ?? []).slice(-1), ...rendered.slice(last + 1).flat(), partBytes(profile.cut)];
  return [
    [...initialise(), ...doubleByteMode(true)],
    ...rendered.slice(0, last).flat(),
    ...(rendered[last] ?? []).slice(0, -1),
    end.flat(),
  ].map((segment) => Uint8Array.from(segment));
}

/** Packs segments into chunks of at most `limit` bytes; a segment longer than that stays whole. */
export function packChunks(segments: readonly Uint8Array[], limit: number): readonly Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let open: Uint8Array[] = [];
  let used = 0;
  const flush = (): void => {
    if (used === 0) return;
    const chunk = new Uint8Array(used);
    let at = 0;
    for (const part of open) {
      chunk.set(part, at);
      at += part.length;
    }
    chunks.push(chunk);
    open = [];
    used = 0;
  };
  for (const segment of segments) {
    if (used > 0 && used + segment.length > limit) flush();
    open.push(segment);
    used += segment.length;
  }
  flush();
  return chunks;
}
