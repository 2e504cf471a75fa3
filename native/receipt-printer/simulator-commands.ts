import { qrModules } from '../codec/escpos-qr.ts';
import type { Code128Run } from '../codec/code128.ts';
import { code128Modules, code128Widths } from '../codec/code128.ts';
import type { PrinterCharset, PrinterGlyphs } from '../codec/gb18030.ts';
import { decodeGb18030, gb18030Length, printerHas } from '../codec/gb18030.ts';
import type { PaperElement, PaperRun } from './simulated-paper.ts';
import { TOFU } from './simulated-paper.ts';

/** What the command interpreter tells the machine around it. */
export interface PrinterMachine {
  /** The paper moved by `dots`. */
  onFeed(dots: number): void;
  /** A cut is due; false when the cutter failed. */
  onCut(kind: 'partial' | 'full'): boolean;
  /** An answer in the order of the data. */
  onQueuedStatus(n: number): void;
  onAsb(mask: number): void;
  /** DLE EOT n that stood in the queue instead of being answered at once. */
  onBufferedQuestion(n: number): void;
  onUnknown(bytes: readonly number[]): void;
}

/** What one model can do. */
export interface PrinterFirmware {
  /** Printable dots of a row. */
  readonly dots: number;
  readonly charset: PrinterCharset;
  /** Characters of the font; the others come out as an empty box. */
  readonly glyphs: PrinterGlyphs;
  readonly doubleByteAtStart: boolean;
  /** GS v 0; without it the bytes of a picture are worked off and leave nothing. */
  readonly pictures: boolean;
  /** GS ( k and GS k; without them the printer takes no notice. */
  readonly codes: boolean;
  readonly cutter: boolean;
}

const QR_LEVELS = ['L', 'M', 'Q', 'H'] as const;
const CELL = 12;

/** Bytes after the two of the command, for commands that change nothing that is painted here. */
const IGNORED: ReadonlyMap<number, number> = new Map([
  [0x1b20, 1],
  [0x1b47, 1],
  [0x1b4d, 1],
  [0x1b52, 1],
  [0x1b56, 1],
  [0x1b63, 2],
  [0x1b70, 3],
  [0x1b74, 1],
  [0x1b7b, 1],
  [0x1c2d, 1],
  [0x1c53, 2],
  [0x1c57, 1],
  [0x1d4c, 2],
  [0x1d50, 2],
  [0x1d57, 2],
  [0x1d66, 1],
]);

/**
 * Interprets the ESC/POS stream of one printer and lays ink on its paper. Commands may arrive in any pieces: `take`
 * works off whole commands and keeps the rest.
 */
export class PrinterCommands {
  elements: PaperElement[] = [];
  /** Dots from the paper's edge to the head. */
  top = 0;

  readonly #firmware: PrinterFirmware;
  readonly #machine: PrinterMachine;
  #input: number[] = [];
  #runs: PaperRun[] = [];
  #pen = 0;
  #align = 0;
  #bold = false;
  #underline = false;
  #reverse = false;
  #width = 1;
  #height = 1;
  #spacing = 32;
  #doubleByte: boolean;
  #qr = { module: 3, level: 0, data: new Uint8Array() };
  #bars = { module: 3, dots: 162 };

  constructor(firmware: PrinterFirmware, machine: PrinterMachine) {
    this.#firmware = firmware;
    this.#doubleByte = firmware.doubleByteAtStart;
    this.#machine = machine;
  }

  /** Bytes not worked off yet: the receive buffer. */
  get waiting(): number {
    return this.#input.length;
  }

  /** Puts bytes into the receive buffer. */
  push(byte: number): void {
    this.#input.push(byte);
  }

  /** Works off one command or character; false when the buffer holds no whole one. */
  step(): boolean {
    if (this.#input.length === 0) return false;
    const used = this.#command(this.#input);
    if (used === 0) return false;
    this.#input.splice(0, used);
    return true;
  }

  /** Throws the receive buffer and the unprinted line away (recovery with clearing, power off). */
  clear(): void {
    this.#input = [];
    this.#reset();
  }

  /** A new piece of paper begins at the head. */
  newPaper(): void {
    this.elements = [];
    this.top = 0;
  }

  #reset(): void {
    this.#runs = [];
    this.#pen = 0;
    this.#align = 0;
    this.#bold = false;
    this.#underline = false;
    this.#reverse = false;
    this.#width = 1;
    this.#height = 1;
    this.#spacing = 32;
    this.#doubleByte = this.#firmware.doubleByteAtStart;
  }

  /** Number of bytes used, 0 when more are needed. */
  #command(input: readonly number[]): number {
    const [first, second] = input;
    if (first === undefined) return 0;
    if (first === 0x0a) return this.#done(1, () => this.#newLine());
    if (first === 0x10 && second === 0x04) return this.#question(input[2]);
    if (first === 0x10 && second === undefined) return 0;
    if (first < 0x20 && first !== 0x1b && first !== 0x1c && first !== 0x1d) return 1;
    if (first >= 0x20) return this.#character(input);
    if (second === undefined) return 0;
    const code = (first << 8) | second;
    const ignored = IGNORED.get(code);
    if (ignored !== undefined) return input.length >= 2 + ignored ? 2 + ignored : 0;
    if (code === 0x1b40) return this.#done(2, () => this.#reset());
    if (code === 0x1b32) return this.#done(2, () => (this.#spacing = 32));
    if (code === 0x1c26) return this.#done(2, () => (this.#doubleByte = true));
    if (code === 0x1c2e) return this.#done(2, () => (this.#doubleByte = false));
    if (code === 0x1d56) return this.#cut(input);
    if (code === 0x1d28) return this.#extended(input);
    if (code === 0x1d76) return this.#raster(input);
    if (code === 0x1d6b) return this.#barcode(input);
    const value = input[2];
    const simple = this.#simple(code);
    if (simple === null) {
      this.#machine.onUnknown([first, second]);
      return 2;
    }
    return value === undefined ? 0 : this.#done(3, () => simple(value));
  }

  #question(n: number | undefined): number {
    return n === undefined ? 0 : this.#done(3, () => this.#machine.onBufferedQuestion(n));
  }

  #done(used: number, act: () => void): number {
    act();
    return used;
  }

  /** Commands with one parameter. */
  #simple(code: number): ((value: number) => void) | null {
    switch (code) {
      case 0x1b21:
        return (n) => {
          this.#bold = (n & 0x08) !== 0;
          this.#height = (n & 0x10) === 0 ? 1 : 2;
          this.#width = (n & 0x20) === 0 ? 1 : 2;
          this.#underline = (n & 0x80) !== 0;
        };
      case 0x1b2d:
        return (n) => (this.#underline = (n & 3) !== 0);
      case 0x1b33:
        return (n) => (this.#spacing = n);
      case 0x1b45:
        return (n) => (this.#bold = (n & 1) !== 0);
      case 0x1b4a:
        return (n) => {
          this.#flush();
          this.#feed(n);
        };
      case 0x1b61:
        // Only at the start of a line.
        return (n) => {
          if (this.#runs.length === 0) this.#align = n % 0x30 > 2 ? 0 : n % 0x30;
        };
      case 0x1b64:
        return (n) => {
          if (this.#runs.length > 0) this.#flush();
          this.#feed(n * this.#spacing);
        };
      case 0x1c21:
        return (n) => {
          this.#width = (n & 0x04) === 0 ? 1 : 2;
          this.#height = (n & 0x08) === 0 ? 1 : 2;
        };
      case 0x1d21:
        return (n) => {
          this.#width = ((n >> 4) & 7) + 1;
          this.#height = (n & 7) + 1;
        };
      case 0x1d42:
        return (n) => (this.#reverse = (n & 1) !== 0);
      // Text beneath bar codes is not drawn here.
      case 0x1d48:
        return () => undefined;
      case 0x1d68:
        return (n) => (this.#bars.dots = n);
      case 0x1d77:
        return (n) => (this.#bars.module = Math.min(6, Math.max(2, n)));
      case 0x1d61:
        return (n) => this.#machine.onAsb(n);
      case 0x1d72:
        return (n) => this.#machine.onQueuedStatus(n % 0x30);
      default:
        return null;
    }
  }

  #character(input: readonly number[]): number {
    const head = Uint8Array.from(input.slice(0, 4));
    const length = this.#doubleByte ? gb18030Length(head, 0, this.#firmware.charset) : 1;
    if (length === 0) return 0;
    const byte = input[0] ?? 0;
    // A single byte above 0x7F comes from the code page of the firmware, unreadable here: shown as such.
    const decoded = length === 1 && byte > 0x7e ? '\u00bf' : decodeGb18030(head.subarray(0, length));
    const text = length === 1 || printerHas(decoded, this.#firmware.glyphs) ? decoded : TOFU;
    const cells = length === 1 ? 1 : 2;
    const wide = cells * CELL * this.#width;
    if (this.#pen + wide > this.#firmware.dots) this.#newLine();
    this.#put(text, wide);
    return length;
  }

  #put(text: string, wide: number): void {
    const last = this.#runs.at(-1);
    const style = {
      width: this.#width,
      height: this.#height,
      bold: this.#bold,
      underline: this.#underline,
      reverse: this.#reverse,
    };
    const same =
      last !== undefined &&
      last.width === style.width &&
      last.height === style.height &&
      last.bold === style.bold &&
      last.underline === style.underline &&
      last.reverse === style.reverse;
    if (same) this.#runs[this.#runs.length - 1] = { ...last, text: last.text + text };
    else this.#runs.push({ left: this.#pen, text, ...style });
    this.#pen += wide;
  }

  /** Distance from the left edge for something of this width. */
  #left(wide: number): number {
    return Math.max(0, Math.floor(((this.#firmware.dots - wide) * this.#align) / 2));
  }

  /** Prints the line buffer without moving the paper further than the characters are high; gives that height. */
  #flush(): number {
    const height = Math.max(0, ...this.#runs.map((run) => run.height * 24));
    if (height > 0) {
      const shift = this.#left(this.#pen);
      const runs = this.#runs.map((run) => ({ ...run, left: run.left + shift }));
      this.elements.push({ kind: 'line', top: this.top, height, runs });
      this.#runs = [];
      this.#pen = 0;
    }
    return height;
  }

  #newLine(): void {
    this.#feed(Math.max(this.#flush(), this.#spacing));
  }

  #feed(dots: number): void {
    this.top += dots;
    this.#machine.onFeed(dots);
  }

  #cut(input: readonly number[]): number {
    const mode = input[2];
    if (mode === undefined) return 0;
    const withFeed = mode >= 0x41;
    const feed = withFeed ? input[3] : 0;
    if (feed === undefined) return 0;
    if (this.#runs.length > 0) this.#newLine();
    if (feed > 0) this.#feed(feed);
    const full = mode === 0x00 || mode === 0x30 || mode === 0x41;
    const used = withFeed ? 4 : 3;
    // A failed cutter stops the printer with the command worked off; the paper stays on the roll.
    if (this.#firmware.cutter && this.#machine.onCut(full ? 'full' : 'partial')) this.newPaper();
    return used;
  }

  /** GS ( x: a declared length, then the function. Only QR codes (GS ( k 49 ...) are drawn. */
  #extended(input: readonly number[]): number {
    const [, , kind, low, high] = input;
    if (kind === undefined || low === undefined || high === undefined) return 0;
    const used = 5 + low + high * 256;
    if (input.length < used) return 0;
    const [symbology, fn, ...rest] = input.slice(5, used);
    const value = rest[0] ?? 0;
    if (kind !== 0x6b || symbology !== 0x31) this.#machine.onUnknown([0x1d, 0x28, kind]);
    else if (fn === 0x43) this.#qr.module = Math.min(16, Math.max(1, value));
    else if (fn === 0x45) this.#qr.level = Math.min(3, Math.max(0, value - 0x30));
    else if (fn === 0x50) this.#qr.data = Uint8Array.from(rest.slice(1));
    else if (fn === 0x51 && this.#firmware.codes) this.#printQr();
    return used;
  }

  #printQr(): void {
    const level = QR_LEVELS[this.#qr.level] ?? 'L';
    const modules = qrModules(this.#qr.data.length, level);
    if (modules === null || this.#qr.data.length === 0) return;
    if (this.#runs.length > 0) this.#newLine();
    const side = modules * this.#qr.module;
    const data = new TextDecoder().decode(this.#qr.data);
    const place = { top: this.top, left: this.#left(side) };
    if (side <= this.#firmware.dots) {
      this.elements.push({ kind: 'qr', ...place, data, level, modules, moduleDots: this.#qr.module });
      this.#feed(side);
    }
  }

  #raster(input: readonly number[]): number {
    const [, , , mode, xl, xh, yl, yh] = input;
    if (mode === undefined || xl === undefined || xh === undefined || yl === undefined || yh === undefined) return 0;
    const rowBytes = xl + 256 * xh;
    const rows = yl + 256 * yh;
    const used = 8 + rowBytes * rows;
    if (input.length < used) return 0;
    const scaleX = (mode & 1) + 1;
    const scaleY = ((mode >> 1) & 1) + 1;
    const bits = Uint8Array.from(input.slice(8, used));
    if (!this.#firmware.pictures) return used;
    if (this.#runs.length > 0) this.#newLine();
    const left = this.#left(rowBytes * 8 * scaleX);
    this.elements.push({ kind: 'raster', top: this.top, left, rowBytes, rows, scaleX, scaleY, bits });
    this.#feed(rows * scaleY);
    return used;
  }

  /** GS k 73 n d...: Code 128, its data beginning with the code set. Others are taken and leave nothing. */
  #barcode(input: readonly number[]): number {
    const [, , kind, length] = input;
    if (kind === undefined || length === undefined) return 0;
    if (kind < 0x41) {
      // The older form ends with NUL.
      const end = input.indexOf(0, 3);
      return end < 0 ? 0 : end + 1;
    }
    const used = 4 + length;
    if (input.length < used) return 0;
    const runs = kind === 0x49 && this.#firmware.codes ? code128Input(input.slice(4, used)) : null;
    if (runs === null) return used;
    if (this.#runs.length > 0) this.#newLine();
    const { module: moduleDots, dots } = this.#bars;
    const wide = code128Modules(runs) * moduleDots;
    if (wide > this.#firmware.dots) return used;
    this.elements.push({
      kind: 'barcode',
      top: this.top,
      left: this.#left(wide),
      data: runs.map(({ text }) => text).join(''),
      widths: code128Widths(runs),
      moduleDots,
      dots,
    });
    this.#feed(dots);
    return used;
  }
}

/** Runs of the data of GS k 73, or null where a printer prints nothing: no code set, or a byte that is not in it. */
function code128Input(data: readonly number[]): Code128Run[] | null {
  const runs: { set: 'B' | 'C'; text: string }[] = [];
  for (let at = 0; at < data.length; at += 1) {
    const byte = data[at] ?? 0;
    const last = runs.at(-1);
    if (byte === 0x7b && data[at + 1] !== 0x7b) {
      const set = String.fromCharCode(data[at + 1] ?? 0);
      if (set !== 'B' && set !== 'C') return null;
      runs.push({ set, text: '' });
      at += 1;
    } else if (last === undefined) {
      return null;
    } else if (last.set === 'C') {
      if (byte > 99) return null;
      last.text += String(byte).padStart(2, '0');
    } else {
      if (byte === 0x7b) at += 1;
      last.text += String.fromCharCode(byte);
    }
  }
  return runs;
}
