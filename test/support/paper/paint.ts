import { existsSync, readFileSync } from 'node:fs';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import type { SKRSContext2D } from '@napi-rs/canvas';
import { encode } from 'uqr';
import type { PaperElement, PaperRun, SimulatedReceipt } from '../../../native/receipt-printer/simulated-paper.ts';
import { TOFU } from '../../../native/receipt-printer/simulated-paper.ts';
import { withFaceFirst } from './font-collection.ts';

/** Paints paper of the simulated printer as a picture, one dot a pixel. Development and tests only. */

const FAMILY = 'Noto Sans Mono CJK SC';
const FONT_FOLDERS = [
  '/usr/share/fonts/opentype/noto',
  '/usr/share/fonts/noto-cjk',
  '/usr/share/fonts/google-noto-sans-cjk-fonts',
  '/usr/share/fonts/google-noto-cjk',
  '/usr/local/share/fonts',
];
const FACES = [
  { file: 'NotoSansCJK-Regular.ttc', alias: 'Paper Regular' },
  { file: 'NotoSansCJK-Bold.ttc', alias: 'Paper Bold' },
] as const;

const INK = '#1b1b1b';
const PAPER = '#ffffff';
const DESK = '#f3efe7';
/** Desk around the paper. */
const MARGIN = 24;
/** Paper above the first line: the distance from the knife to the print head, shortened. */
const HEAD_PADDING = 32;
const TOOTH = { width: 15, height: 10 };
const CELL = 12;
const GLYPH = 24;
/** Foot line of the glyphs in a cell of 24 dots. */
const BASELINE = 21;

let fontsReady = false;

/** Registers the printer font once; throws with the package to install when there is none. */
function registerFonts(): void {
  if (fontsReady) return;
  for (const { file, alias } of FACES) {
    const path = FONT_FOLDERS.map((folder) => `${folder}/${file}`).find((candidate) => existsSync(candidate));
    if (path === undefined) {
      throw new Error(
        `${file} not found in ${FONT_FOLDERS.join(', ')}: install it with "apt-get install fonts-noto-cjk"`,
      );
    }
    const face = withFaceFirst(readFileSync(path), FAMILY);
    if (face === null || GlobalFonts.register(Buffer.from(face.buffer), alias) === null) {
      throw new Error(`${path} does not hold "${FAMILY}": install the Debian package fonts-noto-cjk`);
    }
  }
  fontsReady = true;
}

const isAscii = (char: string): boolean => char >= ' ' && char <= '~';

function paintRun(context: SKRSContext2D, run: PaperRun, foot: number): void {
  let left = run.left;
  const top = foot - GLYPH * run.height;
  // The printer's own hyphen is a plain stroke; a row of them makes a rule.
  const rule = /^-{8,}$/.test(run.text);
  for (const char of run.text) {
    const cell = (isAscii(char) ? CELL : GLYPH) * run.width;
    if (run.reverse) {
      context.fillStyle = INK;
      context.fillRect(left, top, cell, GLYPH * run.height);
    }
    context.fillStyle = run.reverse ? PAPER : INK;
    if (rule) {
      context.fillRect(left + 2 * run.width, top + 11 * run.height, 7 * run.width, 2);
    } else if (char === TOFU) {
      context.strokeStyle = context.fillStyle;
      context.lineWidth = 2;
      context.strokeRect(left + 3 * run.width, top + 2 * run.height, cell - 6 * run.width, 20 * run.height);
    } else if (char !== ' ') {
      context.save();
      context.translate(left, top);
      context.scale(run.width, run.height);
      context.fillText(char, 0, BASELINE);
      context.restore();
    }
    if (run.underline) context.fillRect(left, foot - 2, cell, 2);
    left += cell;
  }
}

function paintElement(context: SKRSContext2D, element: PaperElement): void {
  switch (element.kind) {
    case 'line':
      for (const run of element.runs) {
        context.font = `${GLYPH}px "${run.bold ? FACES[1].alias : FACES[0].alias}"`;
        paintRun(context, run, element.top + element.height);
      }
      break;
    case 'qr': {
      const version = (element.modules - 17) / 4;
      const code = encode(element.data, { ecc: element.level, boostEcc: false, border: 0, minVersion: version });
      context.fillStyle = INK;
      code.data.forEach((row, y) =>
        row.forEach((black, x) => {
          if (!black) return;
          context.fillRect(
            element.left + x * element.moduleDots,
            element.top + y * element.moduleDots,
            element.moduleDots,
            element.moduleDots,
          );
        }),
      );
      break;
    }
    case 'barcode': {
      context.fillStyle = INK;
      let { left } = element;
      element.widths.forEach((modules, index) => {
        const wide = modules * element.moduleDots;
        if (index % 2 === 0) context.fillRect(left, element.top, wide, element.dots);
        left += wide;
      });
      break;
    }
    case 'raster':
      context.fillStyle = INK;
      for (let row = 0; row < element.rows; row += 1) {
        for (let dot = 0; dot < element.rowBytes * 8; dot += 1) {
          const byte = element.bits[row * element.rowBytes + (dot >> 3)] ?? 0;
          if ((byte & (0x80 >> (dot & 7))) === 0) continue;
          const { scaleX, scaleY } = element;
          context.fillRect(element.left + dot * scaleX, element.top + row * scaleY, scaleX, scaleY);
        }
      }
      break;
  }
}

/** Outline of the paper: straight at the top, teeth of the cutter at the bottom, or the ragged edge of a torn piece. */
function outline(context: SKRSContext2D, width: number, height: number, torn: boolean): void {
  const teeth = Math.round(width / TOOTH.width);
  context.beginPath();
  context.moveTo(0, 0);
  context.lineTo(width, 0);
  for (let tooth = teeth; tooth >= 0; tooth -= 1) {
    const x = (tooth * width) / teeth;
    const ragged = torn ? ((tooth * 37 + 11) % 17) - 4 + tooth * 0.4 : 0;
    context.lineTo(x, height - TOOTH.height + ragged);
    if (tooth > 0) context.lineTo(x - width / teeth / 2, height + ragged);
  }
  context.closePath();
}

/**
 * The receipt as a PNG: printable width (576 or 384 dots) plus the paper's side margins, on a desk.
 * Throws when the font is missing.
 */
export function paintReceipt(receipt: SimulatedReceipt): Uint8Array {
  registerFonts();
  const side = receipt.dots === 384 ? 20 : 32;
  const width = receipt.dots + 2 * side;
  const height = HEAD_PADDING + receipt.length + TOOTH.height;
  const torn = receipt.end === 'torn';
  const canvas = createCanvas(width + 2 * MARGIN, height + 2 * MARGIN + (torn ? 2 * TOOTH.height : 0));
  const context = canvas.getContext('2d');
  context.fillStyle = DESK;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.translate(MARGIN, MARGIN);
  context.save();
  context.shadowColor = 'rgba(60, 45, 20, 0.18)';
  context.shadowBlur = 14;
  context.shadowOffsetY = 5;
  context.fillStyle = PAPER;
  outline(context, width, height, torn);
  context.fill();
  context.restore();
  outline(context, width, height, torn);
  context.clip();
  context.translate(side, HEAD_PADDING);
  for (const element of receipt.elements) paintElement(context, element);
  return canvas.toBuffer('image/png');
}
