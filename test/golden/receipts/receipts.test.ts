import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import type { ReceiptDocument } from '../../../native/model/receipt-document.ts';
import type { PaperWidth, SimulatedReceiptBytes } from './print-sample.ts';
import { printSample, SAMPLES } from './print-sample.ts';
import { paintReceipt } from '../../support/paper/paint.ts';

/** Set to write the golden files anew: `UPDATE_GOLDEN=1 npx vitest run test/golden/receipts`. */
const UPDATE = process.env['UPDATE_GOLDEN'] === '1';
/** Share of pixels that may differ: another version of the font draws a few edges otherwise. */
const TOLERANCE = 0.004;

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

describe.each(SAMPLES)('$name on $width mm', ({ name, width, document }) => {
  const print = (): SimulatedReceiptBytes => printSample(document satisfies ReceiptDocument, width satisfies PaperWidth);

  it('sends the same bytes', () => {
    const path = file(`${name}-${width}.hex`);
    const { hex } = print();
    if (UPDATE) writeFileSync(path, hex);
    expect(hex).toBe(readFileSync(path, 'utf8'));
  });

  it('looks the same', () => {
    const path = file(`${name}-${width}.png`);
    const painted = paintReceipt(print().receipt);
    if (UPDATE) writeFileSync(path, painted);
    const now = PNG.sync.read(Buffer.from(painted));
    const then = PNG.sync.read(readFileSync(path));
    expect([now.width, now.height]).toEqual([then.width, then.height]);
    const different = pixelmatch(now.data, then.data, undefined, now.width, now.height, { threshold: 0.2 });
    expect(different / (now.width * now.height)).toBeLessThan(TOLERANCE);
  });
});
