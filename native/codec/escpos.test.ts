import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode } from 'uqr';
import { qrModules } from './escpos-qr.ts';
import * as escpos from './escpos.ts';
import { encodePrinterText } from './gb18030.ts';

const hex = (bytes: Iterable<number>): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');

describe('commands', () => {
  it.each<[string, number[], string]>([
    ['initialise', escpos.initialise(), '1b 40'],
    ['double-byte mode on', escpos.doubleByteMode(true), '1c 26'],
    ['double-byte mode off', escpos.doubleByteMode(false), '1c 2e'],
    ['align', escpos.align('right'), '1b 61 02'],
    ['emphasis', escpos.emphasis(true), '1b 45 01'],
    ['size', escpos.size(2, 2), '1d 21 11'],
    ['height only', escpos.size(1, 2), '1d 21 01'],
    ['reverse', escpos.reverse(true), '1d 42 01'],
    ['line spacing', escpos.lineSpacing(32), '1b 33 20'],
    ['feed', escpos.feedLines(4), '1b 64 04'],
    ['partial cut', escpos.partialCut(), '1d 56 01'],
    ['full cut', escpos.fullCut(), '1d 56 00'],
    ['real-time status', escpos.realTimeStatus(4), '10 04 04'],
    ['recover and clear', escpos.recover(2), '10 05 02'],
    ['queued paper status', escpos.queuedPaperStatus(), '1d 72 01'],
    ['black bar', escpos.blackBar(64, 4), '1d 76 30 03 04 00 02 00 ff ff ff ff ff ff ff ff'],
  ])('%s', (_name, bytes, expected) => expect(hex(bytes)).toBe(expected));

  it('prints Chinese text', () => {
    const text = encodePrinterText('示例文本打印机!', 'gb18030');
    const bytes = [
      ...escpos.initialise(),
      ...escpos.doubleByteMode(true),
      ...text,
      0x0a,
      ...escpos.doubleByteMode(false),
    ];
    expect(hex(bytes)).toBe('1b 40 1c 26 ca be c0 fd ce c4 b1 be b4 f2 d3 a1 bb fa 21 0a 1c 2e');
  });

  it('prints a QR code', () => {
    expect(hex(escpos.qrCode(new TextEncoder().encode('01234'), 8, 'M'))).toBe(
      [
        '1d 28 6b 04 00 31 41 32 00',
        '1d 28 6b 03 00 31 43 08',
        '1d 28 6b 03 00 31 45 31',
        '1d 28 6b 08 00 31 50 30 30 31 32 33 34',
        '1d 28 6b 03 00 31 51 30',
      ].join(' '),
    );
  });

  it('clamps what a printer would take for something else', () => {
    expect(hex(escpos.size(0, 9))).toBe('1d 21 07');
    expect(hex(escpos.feedLines(300))).toBe('1b 64 ff');
  });
});

describe('qrModules', () => {
  it('agrees with an encoder in byte mode', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 660 }), fc.constantFrom('L', 'M', 'Q', 'H'), (length, level) => {
        const bytes = Array.from({ length }, (_, index) => (index * 7 + 128) & 0xff);
        const size = encode(bytes, { ecc: level, border: 0, boostEcc: false }).size;
        expect(qrModules(length, level)).toBe(size > 85 ? null : size);
      }),
      { numRuns: 60 },
    );
  });
});
