import {
  align,
  blackBar,
  doubleByteMode,
  emphasis,
  feedLines,
  initialise,
  LF,
  lineSpacing,
  partialCut,
  qrCode,
  reverse,
  size,
} from '../codec/escpos.ts';
import type { PrinterEncoding } from '../codec/gb18030.ts';
import { encodePrinterText } from '../codec/gb18030.ts';
import type { LaidLine, PaperWidth } from './layout.ts';
import { LINE_DOTS, PAPER } from './layout.ts';

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

function renderLine(line: LaidLine, mode: PrinterMode, width: PaperWidth, encoding: PrinterEncoding): number[] {
  switch (line.kind) {
    case 'text': {
      const style = {
        align: line.align,
        bold: line.bold,
        reverse: line.reverse,
        scale: [line.width, line.height] as const,
        spacing: line.advance,
      };
      // Trailing spaces are ink only in reverse.
      const text = line.reverse ? line.text : line.text.trimEnd();
      return [...change(mode, style), ...encodePrinterText(text, encoding), LF];
    }
    case 'rule':
      return [
        ...change(mode, { ...PLAIN, spacing: LINE_DOTS }),
        ...Array.from({ length: line.columns }, () => 0x2d),
        LF,
      ];
    case 'bar':
      return [...change(mode, PLAIN), ...blackBar(PAPER[width].dots, line.dots)];
    case 'gap':
      return [...change(mode, { ...PLAIN, spacing: line.dots }), LF];
    case 'qr':
      return [...change(mode, { ...PLAIN, align: 'center' }), ...qrCode(line.data, line.moduleDots, 'M')];
    default:
      return [...change(mode, { ...PLAIN, spacing: LINE_DOTS }), ...feedLines(line.lines)];
  }
}

/**
 * Laid-out lines as ESC/POS, in segments that end where a command ends, so that a status question between two
 * segments never lands inside a payload. The first segment initialises, the last one cuts.
 */
export function renderEscPos(
  lines: readonly LaidLine[],
  width: PaperWidth,
  encoding: PrinterEncoding,
): readonly Uint8Array[] {
  const mode: PrinterMode = { align: 'left', bold: false, reverse: false, size: '1,1', spacing: -1 };
  return [
    Uint8Array.from([...initialise(), ...doubleByteMode(true)]),
    ...lines.map((line) => Uint8Array.from(renderLine(line, mode, width, encoding))),
    Uint8Array.from(partialCut()),
  ];
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
