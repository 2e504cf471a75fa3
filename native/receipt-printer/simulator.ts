import type { PrinterCharset, PrinterGlyphs } from '../codec/gb18030.ts';
import type { Clock } from '../model/clock.ts';
import { Emitter } from '../model/events.ts';
import type { DeviceSimulator } from '../model/simulator.ts';
import type { SimulatedReceipt } from './simulated-paper.ts';
import { PrinterCommands } from './simulator-commands.ts';

export type { PaperElement, PaperRun, SimulatedReceipt } from './simulated-paper.ts';
export { receiptText, TOFU } from './simulated-paper.ts';

export interface PrinterSimulatorOptions {
  /** Paper width in millimetres; 80 when left out. */
  readonly width?: 80 | 58;
  /** What the firmware understands; gb18030 when left out. */
  readonly charset?: PrinterCharset;
  /** Characters of its font; all that the firmware decodes when left out. The others come out as an empty box. */
  readonly glyphs?: PrinterGlyphs;
  /** Whether it understands raster pictures; true when left out. */
  readonly pictures?: boolean;
  /** Whether it makes QR codes and Code 128 itself; true when left out. */
  readonly codes?: boolean;
  /** Whether it has a knife; true when left out. Without one a cut command does nothing. */
  readonly cutter?: boolean;
  /** Answers DLE EOT in the order of the data only, and not at all while it is stopped. */
  readonly bufferedStatus?: boolean;
  /**
   * Bytes that the receive buffer holds; more are lost. It says XOFF at three quarters and XON at one quarter, as with
   * the flow control of a serial line. No limit when left out.
   */
  readonly bufferBytes?: number;
  /** With a clock a slow printer takes its time for each line; without one only its answers come later. */
  readonly clock?: Clock;
  /** Double-byte mode after power-on and ESC @; on with Chinese models (the default here), off with Japanese ones. */
  readonly doubleByteAtPowerOn?: boolean;
  /** Paper on the roll in lines of 32 dots (4 mm); 12,000 when left out, a roll of about 50 m. */
  readonly paperLines?: number;
  /** The near-end sensor reports below this many lines; 600 when left out. */
  readonly nearEndLines?: number;
}

/** What is wrong with the printer just now, for the simulator panel and for tests. */
export interface PrinterSimulatorState {
  readonly paperLines: number;
  readonly nearEnd: boolean;
  readonly paperOut: boolean;
  readonly coverOpen: boolean;
  readonly overheated: boolean;
  readonly jammed: boolean;
  readonly cutterError: boolean;
  readonly muteStatus: boolean;
  readonly powered: boolean;
  /** Bytes in the receive buffer that are not worked off. */
  readonly waitingBytes: number;
  /** Dots of the piece that hangs in the printer, not cut yet. */
  readonly hangingDots: number;
}

const LINE_DOTS = 32;

/**
 * An ESC/POS printer: everything that it prints becomes paper, each piece that is cut or torn off comes out as data.
 * Stopped (paper, cover, jam, cutter), it keeps what it received and goes on when the cause is gone, as real ones do;
 * real-time questions are answered at any time.
 */
export class ReceiptPrinterSimulator implements DeviceSimulator {
  readonly output = new Emitter<{ readonly bytes: Uint8Array; readonly delayMs: number }>();
  readonly activity = new Emitter<string>();
  /** Each printed piece of paper that left the printer; blank strips are only told in `activity`. */
  readonly receipts = new Emitter<SimulatedReceipt>();

  readonly #dots: number;
  readonly #clock: Clock | null;
  readonly #bufferBytes: number;
  readonly #bufferedStatus: boolean;
  readonly #commands: PrinterCommands;
  readonly #nearEndDots: number;
  #paperDots: number;
  #coverOpen = false;
  #jammed = false;
  #overheated = false;
  /** What happens when so much more paper has been fed. */
  #ahead: { dots: number; readonly happens: () => void } | null = null;
  #cutterFault: 'once' | 'stuck' | null = null;
  #cutterError = false;
  #mute = false;
  #knowsQueued = true;
  #powered = true;
  #msPerLine = 0;
  #busyMs = 0;
  /** Whether the head is at work on a line, which takes time. */
  #atWork = false;
  #toldFull = false;
  /** Counts up when the printer is switched, so that work of before ends. */
  #life = 0;
  #realTime: number[] = [];
  #asbMask = 0;
  #asbSent = '';

  constructor(options: PrinterSimulatorOptions = {}) {
    this.#dots = options.width === 58 ? 384 : 576;
    this.#paperDots = (options.paperLines ?? 12_000) * LINE_DOTS;
    this.#nearEndDots = (options.nearEndLines ?? 600) * LINE_DOTS;
    this.#clock = options.clock ?? null;
    this.#bufferBytes = options.bufferBytes ?? Number.POSITIVE_INFINITY;
    this.#bufferedStatus = options.bufferedStatus ?? false;
    const charset = options.charset ?? 'gb18030';
    this.#commands = new PrinterCommands(
      {
        dots: this.#dots,
        charset,
        glyphs: options.glyphs ?? charset,
        doubleByteAtStart: options.doubleByteAtPowerOn ?? true,
        pictures: options.pictures ?? true,
        codes: options.codes ?? true,
        cutter: options.cutter ?? true,
      },
      {
        onBufferedQuestion: (n) => this.#realTimeStatus(n, this.#busyMs),
        onFeed: (dots) => this.#fed(dots),
        onCut: (kind) => this.#cut(kind),
        onQueuedStatus: (n) => this.#queuedStatus(n),
        onAsb: (mask) => {
          this.#asbMask = mask;
          this.#asbSent = '';
        },
        onUnknown: (bytes) => this.activity.emit(`unknown command ${hex(bytes)}`),
      },
    );
  }

  get state(): PrinterSimulatorState {
    return {
      paperLines: Math.max(0, Math.floor(this.#paperDots / LINE_DOTS)),
      nearEnd: this.#paperDots <= this.#nearEndDots,
      paperOut: this.#paperDots <= 0,
      coverOpen: this.#coverOpen,
      overheated: this.#overheated,
      jammed: this.#jammed,
      cutterError: this.#cutterError,
      muteStatus: this.#mute,
      powered: this.#powered,
      waitingBytes: this.#commands.waiting,
      hangingDots: this.#commands.top,
    };
  }

  receive(bytes: Uint8Array): void {
    if (!this.#powered) return;
    let lost = 0;
    for (const byte of bytes) {
      if (this.#commands.waiting >= this.#bufferBytes) lost += 1;
      else this.#filterRealTime(byte);
    }
    if (lost > 0) this.activity.emit(`buffer full, ${lost} bytes lost`);
    this.#work();
  }

  // What a person (or a test) does to the printer.

  /** Sets the paper left on the roll, in lines of 4 mm; 0 is an empty printer. */
  paperOutAfterLines(lines: number): void {
    this.#paperDots = lines * LINE_DOTS;
    this.#changed(`paper left: ${lines} lines`);
  }

  /** A new roll: what hung in the printer is torn off; the rest of a broken-off job goes on printing. */
  loadPaper(lines = 12_000): void {
    this.tear();
    this.#paperDots = lines * LINE_DOTS;
    this.#changed('paper loaded');
  }

  /** Tears off the piece that hangs in the printer, if any. */
  tear(): void {
    if (this.#commands.elements.length > 0) this.#release('torn');
    this.#commands.newPaper();
  }

  openCover(): void {
    this.#coverOpen = true;
    this.#changed('cover opened');
  }

  closeCover(): void {
    this.#coverOpen = false;
    this.#changed('cover closed');
  }

  /** Jams at once, or after so many lines more. */
  jam(afterLines = 0): void {
    if (afterLines > 0) this.#ahead = { dots: afterLines * LINE_DOTS, happens: () => this.#jamNow() };
    else this.#jamNow();
  }

  /** The mains fail after so many lines more. */
  powerOffAfterLines(lines: number): void {
    this.#ahead = { dots: lines * LINE_DOTS, happens: () => this.power(false) };
  }

  /** The head is too hot: it stops, and goes on by itself when it has cooled down. */
  overheat(on: boolean): void {
    this.#overheated = on;
    this.#changed(on ? 'head too hot' : 'head cooled down');
  }

  clearJam(): void {
    this.#jammed = false;
    this.#ahead = null;
    this.#changed('jam cleared');
  }

  /** The next cut fails once (a recovery helps), or the cutter is stuck until `null`. */
  failCutter(how: 'once' | 'stuck' | null): void {
    this.#cutterFault = how;
    if (how === null) this.#cutterError = false;
    this.#changed(how === null ? 'cutter repaired' : `cutter will fail (${how})`);
  }

  /** A clone that answers real-time questions only: GS r is worked off without a word. */
  realTimeOnly(): void {
    this.#knowsQueued = false;
  }

  /** A clone that never answers any status question. */
  muteStatus(on: boolean): void {
    this.#mute = on;
    this.activity.emit(on ? 'status answers off' : 'status answers on');
  }

  /** Printing time of a line in milliseconds; delays answers that stand behind data. */
  slow(msPerLine: number): void {
    this.#msPerLine = msPerLine;
  }

  /** Off loses what was received; on again starts clean, the paper stays where it was. */
  power(on: boolean): void {
    this.#powered = on;
    this.#life += 1;
    this.#realTime = [];
    this.#busyMs = 0;
    this.#atWork = false;
    this.#toldFull = false;
    this.#asbMask = 0;
    this.#commands.clear();
    if (on) this.#cutterError = false;
    this.activity.emit(on ? 'powered on' : 'powered off');
  }

  // What the firmware does.

  /** Takes DLE EOT n, DLE ENQ n and DLE DC4 ... out of the stream wherever they stand, payloads included. */
  #filterRealTime(byte: number): void {
    const pending = this.#realTime;
    pending.push(byte);
    const [first, second] = pending;
    if (first !== 0x10) return this.#pass();
    if (second === undefined) return undefined;
    if (second === 0x10) {
      // The second DLE may begin a command.
      this.#commands.push(0x10);
      pending.pop();
      return undefined;
    }
    if (second !== 0x04 && second !== 0x05) return this.#pass();
    if (pending.length < 3) return undefined;
    this.#realTime = [];
    if (second === 0x04 && this.#bufferedStatus) for (const one of [0x10, 0x04, byte]) this.#commands.push(one);
    else if (second === 0x04) this.#realTimeStatus(byte, 0);
    else this.#recover(byte);
    return undefined;
  }

  #pass(): void {
    for (const byte of this.#realTime) this.#commands.push(byte);
    this.#realTime = [];
  }

  get #halted(): boolean {
    return this.#coverOpen || this.#paperDots <= 0 || this.#jammed || this.#cutterError || this.#overheated;
  }

  #work(): void {
    while (this.#powered && !this.#halted && !this.#atWork && this.#commands.step()) this.#takeTime();
    this.#sendAsb();
    this.#flowControl();
  }

  /** With a clock, a line that was just printed holds up the next. */
  #takeTime(): void {
    if (this.#clock === null || this.#busyMs === 0) return;
    const life = this.#life;
    const ms = this.#busyMs;
    this.#busyMs = 0;
    this.#atWork = true;
    void this.#clock.sleep(ms).then(() => {
      if (life !== this.#life) return;
      this.#atWork = false;
      this.#work();
    });
  }

  #flowControl(): void {
    if (this.#bufferBytes === Number.POSITIVE_INFINITY) return;
    const { waiting } = this.#commands;
    const full = this.#toldFull ? waiting > this.#bufferBytes / 4 : waiting >= (this.#bufferBytes * 3) / 4;
    if (full === this.#toldFull) return;
    this.#toldFull = full;
    this.#answer([full ? 0x13 : 0x11], 0);
  }

  #changed(what: string): void {
    this.activity.emit(what);
    this.#work();
  }

  #fed(dots: number): void {
    this.#paperDots -= dots;
    this.#busyMs += (dots / LINE_DOTS) * this.#msPerLine;
    if (this.#paperDots <= 0) this.activity.emit('paper ran out');
    const ahead = this.#ahead;
    if (ahead === null) return;
    ahead.dots -= dots;
    if (ahead.dots > 0) return;
    this.#ahead = null;
    ahead.happens();
  }

  #jamNow(): void {
    this.#jammed = true;
    this.activity.emit('paper jammed');
    this.#sendAsb();
  }

  #cut(kind: 'partial' | 'full'): boolean {
    if (this.#cutterFault !== null) {
      this.#cutterError = true;
      if (this.#cutterFault === 'once') this.#cutterFault = null;
      this.activity.emit('cutter failed');
      return false;
    }
    this.#release(kind);
    return true;
  }

  #release(end: SimulatedReceipt['end']): void {
    const { elements, top } = this.#commands;
    this.activity.emit(`${end === 'torn' ? 'torn off' : 'cut'} after ${Math.round(top / 8)} mm`);
    if (elements.length > 0) this.receipts.emit({ dots: this.#dots, length: top, elements: [...elements], end });
  }

  #recover(n: number): void {
    if (n !== 1 && n !== 2) return;
    if (!this.#cutterError || this.#cutterFault === 'stuck') return;
    this.#cutterError = false;
    if (n === 2) this.#commands.clear();
    this.activity.emit(n === 2 ? 'recovered, buffers cleared' : 'recovered, going on');
  }

  #realTimeStatus(n: number, delayMs: number): void {
    const out = this.#paperDots <= 0;
    const error = this.#jammed || this.#cutterError || this.#overheated;
    const answers: Record<number, number> = {
      1: 0x12 | (this.#halted ? 0x08 : 0),
      2: 0x12 | (this.#coverOpen ? 0x04 : 0) | (out ? 0x20 : 0) | (error ? 0x40 : 0),
      3: 0x12 | (this.#jammed ? 0x04 : 0) | (this.#cutterError ? 0x08 : 0) | (this.#overheated ? 0x40 : 0),
      4: 0x12 | (this.state.nearEnd ? 0x0c : 0) | (out ? 0x60 : 0),
    };
    const answer = answers[n];
    if (answer !== undefined) this.#answer([answer], delayMs);
  }

  #queuedStatus(n: number): void {
    if (!this.#knowsQueued || (n !== 1 && n !== 2)) return;
    const paper = (this.state.nearEnd ? 0x03 : 0) | (this.#paperDots <= 0 ? 0x0c : 0);
    this.#answer([n === 1 ? paper : 0], this.#busyMs);
    this.#busyMs = 0;
  }

  #sendAsb(): void {
    if (this.#asbMask === 0) return;
    const report = [
      0x10 | (this.#halted ? 0x08 : 0) | (this.#coverOpen ? 0x20 : 0),
      (this.#jammed ? 0x04 : 0) | (this.#cutterError ? 0x08 : 0) | (this.#overheated ? 0x40 : 0),
      (this.state.nearEnd ? 0x03 : 0) | (this.#paperDots <= 0 ? 0x0c : 0),
      0,
    ];
    if (report.join() === this.#asbSent) return;
    this.#asbSent = report.join();
    this.#answer(report, 0);
  }

  #answer(bytes: readonly number[], delayMs: number): void {
    if (this.#mute || !this.#powered) return;
    this.output.emit({ bytes: Uint8Array.from(bytes), delayMs });
  }
}

function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
