import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { previewReceipt } from '../../../native/receipt-printer/preview.ts';
import { receiptText, TOFU } from '../../../native/receipt-printer/simulator.ts';
import { paintReceipt } from '../../support/paper/paint.ts';
import { receiptFont } from '../../support/paper/receipt-font.ts';
import { printSample, SAMPLES } from './print-sample.ts';

/** Set to write the golden files anew: `UPDATE_GOLDEN=1 npx vitest run test/golden/receipts`. */
const UPDATE = process.env['UPDATE_GOLDEN'] === '1';
/** Share of pixels that may differ: another version of the font draws a few edges otherwise. */
const TOLERANCE = 0.004;

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

describe.each(SAMPLES)('$name on $width mm', (sample) => {
  const { name, width, document } = sample;

  it('sends the same bytes', () => {
    const path = file(`${name}-${width}.hex`);
    const { hex } = printSample(sample);
    if (UPDATE) writeFileSync(path, hex);
    expect(hex).toBe(readFileSync(path, 'utf8'));
  });

  it('looks the same on paper, without an empty box', () => {
    const path = file(`${name}-${width}.png`);
    const { receipt } = printSample(sample);
    expect(receiptText(receipt).join('')).not.toContain(TOFU);
    const painted = paintReceipt(receipt);
    if (UPDATE) writeFileSync(path, painted);
    const now = PNG.sync.read(Buffer.from(painted));
    const then = PNG.sync.read(readFileSync(path));
    expect([now.width, now.height]).toEqual([then.width, then.height]);
    const different = pixelmatch(now.data, then.data, undefined, now.width, now.height, { threshold: 0.2 });
    expect(different / (now.width * now.height)).toBeLessThan(TOLERANCE);
  });

  it('looks the same as a preview, dot by dot', () => {
    // The printer's font does not matter here, so the two printers of one document share a picture.
    const path = file(`${name.replace('drawn', 'difficult')}-${width}.preview.png`);
    const preview = previewReceipt(document, width, receiptFont);
    if (!preview.ok) throw new Error(preview.error.detail);
    const now = PNG.sync.read(Buffer.from(preview.value.png));
    if (UPDATE) writeFileSync(path, PNG.sync.write(now, { colorType: 0, deflateLevel: 9 }));
    const then = PNG.sync.read(readFileSync(path));
    expect([now.width, now.height]).toEqual([then.width, then.height]);
    expect(Buffer.compare(now.data, then.data)).toBe(0);
    expect([now.width, now.height]).toEqual([width * 8, printSample(sample).receipt.length + 24]);
  });
});
