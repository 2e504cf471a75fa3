import iconv from 'iconv-lite';
import { isNarrowLatin } from './text-columns.ts';

/** Double-byte codes that a printer's firmware decodes. GBK knows no codes of four bytes. */
export type PrinterCharset = 'gb18030' | 'gbk';

/**
 * Characters for which a printer has dots: GB 2312 (6,763 characters and signs), GBK (21,003, code page 936), or all of
 * GB 18030 with its four-byte codes. What the firmware decodes and what its font holds are two things.
 */
export type PrinterGlyphs = 'gb2312' | 'gbk' | 'gb18030';

export interface PrinterEncoding {
  readonly glyphs: PrinterGlyphs;
  /** Whether a character that the printer lacks can be sent as a picture instead. */
  readonly drawable: (char: string) => boolean;
}

/** Stands for a character that nobody can name: visible, so nobody takes the text for complete. */
export const GETA_MARK = '〓';

/** Characters that look the same (or are meant the same) as one that every Chinese printer has. */
const REPLACEMENTS: ReadonlyMap<string, string> = new Map([
  ['\u00a5', '￥'],
  ['\t', ' '],
  ['\u2011', '-'],
  ['\u2010', '-'],
  ['\u2212', '-'],
  ['\u2022', '·'],
  ['\u30fb', '·'],
  ['\uff65', '·'],
  ['\ufffd', GETA_MARK],
]);

/** Typographic marks are one column wide in Latin text, but two on a double-byte printer. */
const LATIN_REPLACEMENTS: ReadonlyMap<string, string> = new Map([
  ['\u2018', "'"],
  ['\u2019', "'"],
  ['\u201c', '"'],
  ['\u201d', '"'],
  ['\u2013', '-'],
  ['\u2014', '-'],
  ['\u2026', '...'],
  ['\u00b7', '-'],
]);

const INVISIBLE = /[\p{Cf}\ufe00-\ufe0f\u{e0100}-\u{e01ef}]|[^\P{Cc}\t\n]/gu;
const SPACES = /[\u00a0\u2000-\u200a\u202f\u205f]/gu;
const LATIN_WITH_MARKS = /[\u00c0-\u024f\u1e00-\u1eff]/gu;
const COMBINING = /[\u0300-\u036f]/gu;
const WIDE = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u{20000}-\u{3ffff}]/u;

/** Whether the character is one byte on the wire (printable ASCII). */
function isAscii(char: string): boolean {
  return char.length === 1 && char >= ' ' && char <= '~';
}

/** First and last cell of the signs in rows 1 to 9 of GB 2312, by lead byte; later sets put more between them. */
const GB2312_SIGNS: ReadonlyMap<number, readonly (readonly [number, number])[]> = new Map([
  [0xa1, [[0xa1, 0xfe]]],
  [
    0xa2,
    [
      [0xb1, 0xe2],
      [0xe5, 0xee],
      [0xf1, 0xfc],
    ],
  ],
  [0xa3, [[0xa1, 0xfe]]],
  [0xa4, [[0xa1, 0xf3]]],
  [0xa5, [[0xa1, 0xf6]]],
  [
    0xa6,
    [
      [0xa1, 0xb8],
      [0xc1, 0xd8],
    ],
  ],
  [
    0xa7,
    [
      [0xa1, 0xc1],
      [0xd1, 0xf1],
    ],
  ],
  [
    0xa8,
    [
      [0xa1, 0xba],
      [0xc5, 0xe9],
    ],
  ],
  [0xa9, [[0xa4, 0xef]]],
]);

function inGb2312(lead: number, trail: number): boolean {
  if (trail < 0xa1) return false;
  // The first level ends five cells before the end of its last row.
  if (lead >= 0xb0 && lead <= 0xf7) return lead !== 0xd7 || trail <= 0xf9;
  return (GB2312_SIGNS.get(lead) ?? []).some(([first, last]) => trail >= first && trail <= last);
}

/** Bytes of one character, or null where the printer's font has none. Private-use codes have no agreed shape. */
function encodeCharacter(char: string, glyphs: PrinterGlyphs): Uint8Array | null {
  if (isAscii(char)) return Uint8Array.of(char.charCodeAt(0));
  if (/[\p{Co}\p{Cs}\p{Cn}]/u.test(char)) return null;
  const bytes = Uint8Array.from(iconv.encode(char, glyphs === 'gb18030' ? 'gb18030' : 'cp936'));
  const [lead = 0, trail = 0] = bytes;
  if (bytes.length === 4) return glyphs === 'gb18030' ? bytes : null;
  if (bytes.length !== 2 || (glyphs === 'gb2312' && !inGb2312(lead, trail))) return null;
  return bytes;
}

/** Whether the printer's own font has the character. */
export function printerHas(char: string, glyphs: PrinterGlyphs): boolean {
  return encodeCharacter(char, glyphs) !== null;
}

/** Whether a character is left to the printer's own font; a wide `ë` would tear a name apart. */
function printsItself(char: string, glyphs: PrinterGlyphs): boolean {
  return !isNarrowLatin(char) && printerHas(char, glyphs);
}

const PRIVATE_FIRST = 0xe815;
const PRIVATE_LAST = 0xe864;
/** Private-use codes of GB 18030-2000 that later editions moved, where the codec still has the old ones. */
const PRIVATE_MOVED: ReadonlyMap<number, number> = new Map([
  [0xe816, 0x20087],
  [0xe817, 0x20089],
  [0xe818, 0x200cc],
  [0xe831, 0x215d7],
  [0xe83b, 0x2298f],
  [0xe855, 0x241fe],
  [0xe81e, 0x9fb4],
  [0xe826, 0x9fb5],
  [0xe82b, 0x9fb6],
  [0xe82c, 0x9fb7],
  [0xe832, 0x9fb8],
  [0xe843, 0x9fb9],
  [0xe854, 0x9fba],
  [0xe864, 0x9fbb],
]);

/** The character behind a private-use code of GB 18030-2000 (bytes FE 50 to FE A0), as old cards and systems have it. */
function unfoldPrivateUse(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const moved = PRIVATE_MOVED.get(code);
  if (moved !== undefined) return String.fromCodePoint(moved);
  if (code < PRIVATE_FIRST || code > PRIVATE_LAST) return char;
  const cell = 0x50 + code - PRIVATE_FIRST;
  return iconv.decode(Uint8Array.of(0xfe, cell >= 0x7f ? cell + 1 : cell), 'gb18030');
}

/** What is printed for a character without a shape: its number, so that staff can find out which one it is. */
function codeOf(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code >= 0xd800 && code <= 0xdfff) return GETA_MARK;
  return `〔U+${code.toString(16).toUpperCase().padStart(4, '0')}〕`;
}

/**
 * Turns any text into text that can be printed: printable ASCII, characters that the printer has or that can be drawn,
 * line feeds, and the number of a character (`〔U+20BB7〕`) where there is no shape for it. Signs with a printable twin
 * are exchanged (yen sign, no-break space), invisible characters dropped. Latin letters with marks are never the
 * printer's own; where they cannot be drawn they lose their marks. Idempotent.
 */
export function toPrintable(text: string, encoding: PrinterEncoding): string {
  const plain = text
    .normalize('NFC')
    .replaceAll('\r\n', '\n')
    .replaceAll('\r', '\n')
    .replaceAll(SPACES, ' ')
    .replaceAll(INVISIBLE, '')
    .replaceAll(LATIN_WITH_MARKS, (char) => {
      if (!isNarrowLatin(char) || encoding.drawable(char)) return char;
      const base = char.normalize('NFD').replaceAll(COMBINING, '');
      return isAscii(base) ? base : char;
    })
    .replaceAll(COMBINING, '');
  const latin = !WIDE.test(plain);
  const can = (char: string): boolean => printsItself(char, encoding.glyphs) || encoding.drawable(char);
  let out = '';
  for (const char of plain) {
    const twin = REPLACEMENTS.get(char) ?? unfoldPrivateUse(char);
    const same = (latin ? LATIN_REPLACEMENTS.get(twin) : undefined) ?? twin;
    out += same === '\n' || Array.from(same).every(can) ? same : codeOf(char);
  }
  return out;
}

/** Whether a printable text holds a character that has to be drawn. */
export function needsPicture(text: string, glyphs: PrinterGlyphs): boolean {
  return Array.from(text).some((char) => char !== '\n' && !printsItself(char, glyphs));
}

/**
 * Bytes of a text as the printer's double-byte mode wants them: ASCII one byte, else two or four. What the printer
 * lacks becomes the geta mark, line feeds are left out: they are commands and not text. No byte is below 0x20, so no
 * text can carry a printer command (second bytes are 0x30 to 0x39 or from 0x40 on).
 */
export function encodePrinterText(text: string, glyphs: PrinterGlyphs): Uint8Array {
  const geta = encodeCharacter(GETA_MARK, glyphs) ?? Uint8Array.of(0x3f);
  const out: number[] = [];
  for (const char of text) if (char !== '\n') out.push(...(encodeCharacter(char, glyphs) ?? geta));
  return Uint8Array.from(out);
}

/** Text of GB18030 bytes (GBK is a subset); what cannot be decoded becomes U+FFFD. */
export function decodeGb18030(bytes: Uint8Array): string {
  return iconv.decode(bytes, 'gb18030');
}

/**
 * Length of the character that begins with these bytes: 1 for ASCII and stray bytes, 2 or 4; 0 when more bytes are
 * needed to tell.
 */
export function gb18030Length(bytes: Uint8Array, offset: number, charset: PrinterCharset): 0 | 1 | 2 | 4 {
  const lead = bytes[offset];
  if (lead === undefined) return 0;
  if (lead < 0x81 || lead > 0xfe) return 1;
  const second = bytes[offset + 1];
  if (second === undefined) return 0;
  if (charset === 'gb18030' && second >= 0x30 && second <= 0x39) return bytes.length - offset >= 4 ? 4 : 0;
  return second >= 0x40 && second !== 0x7f && second !== 0xff ? 2 : 1;
}
