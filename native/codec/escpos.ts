import type { Bitmap } from './bitmap.ts';

/**
 * ESC/POS commands as bytes (protocols: ESC/POS receipt printers). Pure; every function gives a fresh array.
 */

export const ESC = 0x1b;
const FS = 0x1c;
export const GS = 0x1d;
export const DLE = 0x10;
export const EOT = 0x04;
export const ENQ = 0x05;
export const DC4 = 0x14;
export const LF = 0x0a;

export type EscPosAlign = 'left' | 'center' | 'right';

const ALIGN: Readonly<Record<EscPosAlign, number>> = { left: 0, center: 1, right: 2 };

/** ESC @: back to the power-on settings, print buffer cleared (not the receive buffer). */
export const initialise = (): number[] => [ESC, 0x40];
/** FS & / FS .: double-byte (Chinese) mode. */
export const doubleByteMode = (on: boolean): number[] => [FS, on ? 0x26 : 0x2e];
/** ESC a; only at the start of a line. */
export const align = (to: EscPosAlign): number[] => [ESC, 0x61, ALIGN[to]];
/** ESC E. */
export const emphasis = (on: boolean): number[] => [ESC, 0x45, on ? 1 : 0];
/** GS B: white on black. */
export const reverse = (on: boolean): number[] => [GS, 0x42, on ? 1 : 0];
/** GS !: character size, 1 to 8 times each way. */
export const size = (width: number, height: number): number[] => [
  GS,
  0x21,
  ((clamp(width, 1, 8) - 1) << 4) | (clamp(height, 1, 8) - 1),
];
/** ESC 3: line spacing in dots (0 to 255). A taller character still gets its own height. */
export const lineSpacing = (dots: number): number[] => [ESC, 0x33, clamp(dots, 0, 255)];
/** ESC d: print and feed lines (0 to 255). */
export const feedLines = (lines: number): number[] => [ESC, 0x64, clamp(lines, 0, 255)];
/** GS V 1: partial cut; the only one that many kiosk printers know. */
export const partialCut = (): number[] => [GS, 0x56, 0x01];
/** GS V 0: full cut. */
export const fullCut = (): number[] => [GS, 0x56, 0x00];

/** DLE EOT n: real-time status, answered with one byte at once, also when the printer is offline. */
export const realTimeStatus = (n: 1 | 2 | 3 | 4): number[] => [DLE, EOT, n];
/** DLE ENQ: recover from a cutter error and resume (1), or clear the buffers (2). */
export const recover = (n: 1 | 2): number[] => [DLE, ENQ, n];
/** GS a n: reports of every change unasked (ASB), four bytes each, the first at once; `false` ends them. */
export const reportChanges = (on: boolean): number[] => [GS, 0x61, on ? 0x0f : 0x00];
/** GS r 1: paper status, answered in the order of the data: the answer proves that all before it was worked off. */
export const queuedPaperStatus = (): number[] => [GS, 0x72, 0x01];

export type QrLevel = 'L' | 'M' | 'Q' | 'H';
const QR_LEVEL: Readonly<Record<QrLevel, number>> = { L: 0x30, M: 0x31, Q: 0x32, H: 0x33 };

/**
 * GS ( k: stores and prints a QR code, model 2.
 * @param data payload, 1 to 1000 bytes: with more, the length bytes could read as DLE EOT
 * @param moduleDots dots of one module, 1 to 16
 */
export function qrCode(data: Uint8Array, moduleDots: number, level: QrLevel): number[] {
  const length = data.length + 3;
  const command = (fn: number, ...rest: number[]): number[] => [GS, 0x28, 0x6b, rest.length + 2, 0, 0x31, fn, ...rest];
  return [
    ...command(0x41, 0x32, 0x00),
    ...command(0x43, clamp(moduleDots, 1, 16)),
    ...command(0x45, QR_LEVEL[level]),
    ...[GS, 0x28, 0x6b, length & 0xff, length >> 8, 0x31, 0x50, 0x30, ...data],
    ...command(0x51, 0x30),
  ];
}

/**
 * GS v 0 in double width and height: a black bar of `widthDots` x `heightDots` (both made multiples of 16 and 2). Text
 * in reverse has no margin above and below of its own; a bar joins it without a gap.
 */
export function blackBar(widthDots: number, heightDots: number): number[] {
  const x = clamp(Math.floor(widthDots / 16), 1, 255);
  const y = clamp(Math.floor(heightDots / 2), 1, 255);
  return [GS, 0x76, 0x30, 0x03, x, 0, y, 0, ...Array.from({ length: x * y }, () => 0xff)];
}

/**
 * GS k 73: Code 128 in the middle of its own line, without text beneath.
 * @param data as `code128Data` gives it, at most 255 bytes
 */
export function code128(data: readonly number[], moduleDots: number, heightDots: number): number[] {
  return [
    ...[GS, 0x68, clamp(heightDots, 1, 255)],
    ...[GS, 0x77, clamp(moduleDots, 2, 6)],
    ...[GS, 0x48, 0x00],
    ...[GS, 0x6b, 0x49, data.length, ...data],
  ];
}

/** Most data bytes of one picture command, so that a printer with a small buffer need not hold a whole picture. */
export const BAND_BYTES = 960;

/**
 * GS v 0: a picture in bands of at most `bandBytes` (or one row), one command each, without a gap between them. Touchy firmware
 * takes DLE EOT, DLE ENQ and DLE DC4 out of a picture as real-time commands, so their DLE gets one dot more.
 */
export function raster({ rowBytes, height, bits }: Bitmap, bandBytes = BAND_BYTES): number[][] {
  const bands: number[][] = [];
  const rows = Math.max(1, Math.floor(bandBytes / rowBytes));
  for (let top = 0; top < height; top += rows) {
    const data = Array.from(bits.subarray(top * rowBytes, (top + rows) * rowBytes));
    const real = (byte: number, index: number): boolean =>
      byte === DLE && [EOT, ENQ, DC4].includes(data[index + 1] ?? 0);
    const harmless = data.map((byte, index) => (real(byte, index) ? byte | 0x08 : byte));
    const height = data.length / rowBytes;
    bands.push([GS, 0x76, 0x30, 0, rowBytes & 0xff, rowBytes >> 8, height & 0xff, height >> 8, ...harmless]);
  }
  return bands;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, Math.round(value)));
}
