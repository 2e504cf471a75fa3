import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PrinterEncoding } from './gb18030.ts';
import { decodeGb18030, encodePrinterText, gb18030Length, needsPicture, printerHas, toPrintable } from './gb18030.ts';

const FULL: PrinterEncoding = { glyphs: 'gb18030', drawable: () => false };
const GBK: PrinterEncoding = { glyphs: 'gbk', drawable: () => false };
const GB2312: PrinterEncoding = { glyphs: 'gb2312', drawable: () => false };
const DRAWN: PrinterEncoding = { glyphs: 'gb2312', drawable: (char) => /\p{Script=Han}/u.test(char) };
const ALL = fc.constantFrom(FULL, GBK, GB2312, DRAWN);
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
  ])('%s', (text, bytes) => expect(hex(encodePrinterText(toPrintable(text, FULL), FULL.glyphs))).toBe(bytes));

  it('prints the number of what nobody can print, never nothing', () => {
    expect(toPrintable('测试𠮷', GBK)).toBe('测试〔U+20BB7〕');
    expect(toPrintable('龘', GBK)).toBe('龘');
    expect(toPrintable('龘', GB2312)).toBe('〔U+9F98〕');
    expect(toPrintable('䶮', GBK)).toBe('〔U+4DAE〕');
    expect(toPrintable('€', GBK)).toBe('〔U+20AC〕');
    expect(toPrintable('\ue000', FULL)).toBe('〔U+E000〕');
    expect(toPrintable('\ud842', FULL)).toBe('〓');
    expect(toPrintable('?', GBK)).toBe('?');
    expect(hex(encodePrinterText('𠮷', 'gbk'))).toBe('a1 fe');
  });

  it('takes the private-use codes of old cards for the characters that they became', () => {
    expect(toPrintable('\ue863\ue816', DRAWN)).toBe('䶮\u{20087}');
    for (let code = 0xe815; code <= 0xe864; code += 1) {
      expect(toPrintable(String.fromCodePoint(code), FULL)).toMatch(
        /^[\u2e80-\u4dff\u9fa6-\u9fff\u{20000}-\u{2ffff}]$/u,
      );
    }
  });

  it('knows the three fonts by their characters', () => {
    const decoder = new TextDecoder('gbk');
    const count = (glyphs: PrinterEncoding['glyphs']): number => {
      let found = 0;
      for (let lead = 0x81; lead <= 0xfe; lead += 1) {
        for (let trail = 0x40; trail <= 0xfe; trail += 1) {
          const char = decoder.decode(Uint8Array.of(lead, trail));
          if (/^\p{Script=Han}$/u.test(char) && printerHas(char, glyphs)) found += 1;
        }
      }
      return found;
    };
    // Unicode counts 々 among the Han characters too.
    expect(count('gb2312')).toBe(6763 + 1);
    expect(count('gbk')).toBeGreaterThan(20_900);
    expect(count('gb18030')).toBeGreaterThan(count('gbk'));
  });

  it('never carries a command, and decodes to the printable text', () => {
    const encoding = fc.constantFrom(FULL, GBK, GB2312);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), encoding, (text, one) => {
        const printable = toPrintable(text, one);
        const bytes = encodePrinterText(printable, one.glyphs);
        expect(needsPicture(printable, one.glyphs)).toBe(false);
        expect(decodeGb18030(bytes)).toBe(printable.replaceAll('\n', ''));
        expect(encodePrinterText(text, one.glyphs).every((byte) => byte >= 0x20)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('toPrintable', () => {
  it('keeps what is already printable', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), ALL, (text, encoding) => {
        const once = toPrintable(text, encoding);
        expect(toPrintable(once, encoding)).toBe(once);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the marks of Latin letters where they can be drawn, and never leaves them to the printer', () => {
    const drawing: PrinterEncoding = { glyphs: 'gbk', drawable: (char) => /[ëéłế]/.test(char) };
    expect(toPrintable('Zoë René Łukasz ế', drawing)).toBe('Zoë René 〔U+0141〕ukasz ế');
    expect(needsPicture('René', 'gbk')).toBe(true);
    expect(needsPicture('3×4', 'gbk')).toBe(false);
    expect(toPrintable('Zoë René', GBK)).toBe('Zoe Rene');
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
