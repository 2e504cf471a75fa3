import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PrinterEncoding } from './gb18030.ts';
import { decodeGb18030, encodePrinterText, gb18030Length, toPrintable } from './gb18030.ts';

const FULL: PrinterEncoding = { charset: 'gb18030', rare: 'four-byte' };
const GETA: PrinterEncoding = { charset: 'gb18030', rare: 'geta' };
const GBK: PrinterEncoding = { charset: 'gbk', rare: 'four-byte' };
const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');

describe('encodePrinterText', () => {
  it.each([
    ['示例文本打印机!', 'ca be c0 fd ce c4 b1 be b4 f2 d3 a1 bb fa 21'],
    ['㐂', '81 39 ef 31'],
    ['𠮷', '95 34 b2 35'],
    ['￥', 'a3 a4'],
    ['¥', 'a3 a4'],
    ['■□', 'a1 f6 a1 f5'],
    ['a\u00a0b', '61 20 62'],
  ])('%s', (text, bytes) => expect(hex(encodePrinterText(toPrintable(text, FULL), FULL))).toBe(bytes));

  it('prints the geta mark for what the printer has not', () => {
    expect(hex(encodePrinterText('𠮷', GETA))).toBe('a1 fe');
    expect(hex(encodePrinterText('㐂', GBK))).toBe('a1 fe');
    expect(hex(encodePrinterText('€', GBK))).toBe('a1 fe');
    expect(toPrintable('\ud842', FULL)).toBe('〓');
    expect(toPrintable('?', GBK)).toBe('?');
  });

  it('never carries a command, and decodes to the printable text', () => {
    const encoding = fc.constantFrom(FULL, GETA, GBK);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), encoding, (text, one) => {
        const printable = toPrintable(text, one);
        const bytes = encodePrinterText(printable, one);
        expect(decodeGb18030(bytes)).toBe(printable.replaceAll('\n', ''));
        expect(encodePrinterText(text, one).every((byte) => byte >= 0x20)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('toPrintable', () => {
  it('keeps what is already printable', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(FULL, GETA, GBK), (text, encoding) => {
        const once = toPrintable(text, encoding);
        expect(toPrintable(once, encoding)).toBe(once);
      }),
      { numRuns: 500 },
    );
  });

  it('makes Latin text narrow, leaves Chinese quotes alone', () => {
    expect(toPrintable('It’s “Café” – ok…', FULL)).toBe('It\'s "Cafe" - ok...');
    expect(toPrintable('近“测试广场”…', FULL)).toBe('近“测试广场”…');
    expect(toPrintable('a\u200bb\ufeffc\u0007d\r\ne', FULL)).toBe('abcd\ne');
  });
});

describe('gb18030Length', () => {
  it('tells when it needs more', () => {
    expect(gb18030Length(Uint8Array.of(0x41), 0, 'gb18030')).toBe(1);
    expect(gb18030Length(Uint8Array.of(0xca), 0, 'gb18030')).toBe(0);
    expect(gb18030Length(Uint8Array.of(0xca, 0xbe), 0, 'gb18030')).toBe(2);
    expect(gb18030Length(Uint8Array.of(0x81, 0x39), 0, 'gb18030')).toBe(0);
    expect(gb18030Length(Uint8Array.of(0x81, 0x39, 0xef, 0x31), 0, 'gb18030')).toBe(4);
    expect(gb18030Length(Uint8Array.of(0x81, 0x39, 0xef, 0x31), 0, 'gbk')).toBe(1);
    expect(gb18030Length(Uint8Array.of(0x80, 0x39), 0, 'gb18030')).toBe(1);
  });
});
