import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import type { SimulatedReceipt } from '../../../native/receipt-printer/simulated-paper.ts';
import { withFaceFirst } from './font-collection.ts';
import { paintReceipt } from './paint.ts';

function receipt(text: string, end: SimulatedReceipt['end'], dots = 576): SimulatedReceipt {
  const style = { left: 0, width: 1, height: 1, bold: false, underline: false, reverse: false };
  return { dots, length: 64, end, elements: [{ kind: 'line', top: 0, height: 24, runs: [{ ...style, text }] }] };
}

/** Dark pixels of the painted text. */
function ink(text: string): number {
  const png = PNG.sync.read(Buffer.from(paintReceipt(receipt(text, 'partial'))));
  let dark = 0;
  for (let at = 0; at < png.data.length; at += 4) if ((png.data[at] ?? 255) < 100) dark += 1;
  return dark;
}

describe('paintReceipt', () => {
  it('is as wide as the paper and shows how the piece ended', () => {
    const size = (end: SimulatedReceipt['end'], dots: number): [number, number] => {
      const { width, height } = PNG.sync.read(Buffer.from(paintReceipt(receipt('A', end, dots))));
      return [width, height];
    };
    expect(size('partial', 576)[0] - size('partial', 384)[0]).toBe(576 - 384 + 24);
    expect(size('torn', 576)[1]).toBeGreaterThan(size('partial', 576)[1]);
  });

  it('draws rare characters, each its own', () => {
    // A font without them would draw the same box for each.
    const counts = ['𠮷', '㐂', '试', '\u{10fffd}'].map(ink);
    expect(new Set(counts).size).toBe(4);
    expect(Math.min(...counts.slice(0, 3))).toBeGreaterThan(40);
    expect(ink(' ')).toBe(0);
  });
});

it('withFaceFirst refuses what is no collection', () => {
  expect(withFaceFirst(new Uint8Array(16), 'Noto Sans Mono CJK SC')).toBeNull();
});
