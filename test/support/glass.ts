import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** Rows of the glass that are looked at, and every how many pixels of a row. */
const ROWS = 48;
const EVERY = 12;
/** Time between two looks in milliseconds; a frame lasts 16. */
const LOOK_MS = 4;
/** Offsets in the header of an X window dump, four bytes each, the high one first. */
const XWD = { headerSize: 0, width: 16, height: 20, lineBytes: 48, colours: 76 } as const;
const COLOUR_BYTES = 12;
const START_MS = 15_000;

/** What the glass showed at one moment: some of its pixels as 0xRRGGBB. */
export interface Look {
  /** On the clock of `performance.now`. */
  readonly at: number;
  readonly pixels: Uint32Array;
}

/**
 * A screen without a window manager whose picture can be read while it is drawn, as a camera in front of the kiosk would
 * see it: windows in their order, and the bare desktop (black) wherever no window is.
 */
export class Glass {
  readonly env: Readonly<Record<string, string>>;
  readonly #server: ChildProcess;
  readonly #folder: string;
  readonly #file: number;
  readonly #size: { readonly width: number; readonly height: number };
  readonly #start: number;
  readonly #lineBytes: number;

  private constructor(
    server: ChildProcess,
    folder: string,
    display: string,
    size: { readonly width: number; readonly height: number },
  ) {
    this.env = { DISPLAY: `:${display}` };
    this.#server = server;
    this.#folder = folder;
    this.#size = size;
    this.#file = openSync(join(folder, 'Xvfb_screen0'), 'r');
    const header = Buffer.alloc(100);
    readSync(this.#file, header, 0, header.length, 0);
    this.#start = header.readUInt32BE(XWD.headerSize) + header.readUInt32BE(XWD.colours) * COLOUR_BYTES;
    this.#lineBytes = header.readUInt32BE(XWD.lineBytes);
  }

  /**
   * @param size of the kiosk's window: the part of the screen that is looked at
   * @param screen of the whole screen; larger than the window unless the window fills it by itself
   */
  static async start(
    size: { readonly width: number; readonly height: number },
    screen: { readonly width: number; readonly height: number } = { width: 2000, height: 2000 },
  ): Promise<Glass> {
    if (!existsSync('/usr/bin/Xvfb')) throw new Error('there is no Xvfb');
    const folder = await mkdtemp(join(tmpdir(), 'hall24-glass-'));
    const server = spawn(
      'Xvfb',
      [
        ...['-displayfd', '3', '-screen', '0', `${screen.width}x${screen.height}x24`],
        ...['-fbdir', folder, '-nolisten', 'tcp', '-noreset'],
      ],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
    );
    const display = await new Promise<string>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('Xvfb did not start')), START_MS);
      (server.stdio[3] as Readable).once('data', (text: Buffer) => {
        clearTimeout(late);
        resolve(text.toString().trim());
      });
    });
    return new Glass(server, folder, display, size);
  }

  look(): Look {
    const { width, height } = this.#size;
    const columns = Math.floor(width / EVERY);
    const pixels = new Uint32Array(ROWS * columns);
    const line = Buffer.alloc(width * 4);
    for (let row = 0; row < ROWS; row += 1) {
      const y = Math.floor(((row + 0.5) * height) / ROWS);
      readSync(this.#file, line, 0, line.length, this.#start + y * this.#lineBytes);
      for (let column = 0; column < columns; column += 1) {
        pixels[row * columns + column] = line.readUInt32LE(column * EVERY * 4) & 0xffffff;
      }
    }
    return { at: performance.now(), pixels };
  }

  /** Looks again and again until `seen` says that it saw enough; false when the time is over. */
  async watch(seen: (look: Look) => boolean, withinMs: number): Promise<boolean> {
    const end = performance.now() + withinMs;
    while (performance.now() < end) {
      if (seen(this.look())) return true;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return false;
  }

  /** The glass as a picture file would have it: rows of RGB. For a report, not for measuring. */
  rgb(): { readonly width: number; readonly height: number; readonly bytes: Buffer } {
    const { width, height } = this.#size;
    const bytes = Buffer.alloc(width * height * 4);
    for (let y = 0; y < height; y += 1) {
      readSync(this.#file, bytes, y * width * 4, width * 4, this.#start + y * this.#lineBytes);
    }
    for (let at = 0; at < bytes.length; at += 4) {
      const blue = bytes[at] ?? 0;
      bytes[at] = bytes[at + 2] ?? 0;
      bytes[at + 2] = blue;
      bytes[at + 3] = 255;
    }
    return { width, height, bytes };
  }

  async stop(): Promise<void> {
    closeSync(this.#file);
    const gone = new Promise<void>((resolve) => this.#server.once('exit', () => resolve()));
    this.#server.kill('SIGKILL');
    await gone;
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Part of the pixels, 0 to 1, that have this colour. */
export function partOf({ pixels }: Look, colour: number): number {
  let count = 0;
  for (const pixel of pixels) if (pixel === colour) count += 1;
  return count / pixels.length;
}

/** The colour that most of the pixels have. */
export function groundOf({ pixels }: Look): number {
  const counts = new Map<number, number>();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  return [...counts].reduce((most, one) => (one[1] > most[1] ? one : most), [0, 0] as [number, number])[0];
}

/**
 * Part of what stood out from the ground in `before` that still stands where it stood, 0 to 1. What has the colour of the
 * ground now is no content of it: a wall that was around a white counter is the same wall when nothing else is there.
 */
export function leftOf(before: Look, now: Look): number {
  const [ground, groundNow] = [groundOf(before), groundOf(now)];
  let [stood, stands] = [0, 0];
  for (const [index, pixel] of before.pixels.entries()) {
    if (pixel === ground) continue;
    stood += 1;
    if (now.pixels[index] === pixel && pixel !== groundNow) stands += 1;
  }
  return stood === 0 ? 0 : stands / stood;
}
