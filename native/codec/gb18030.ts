import iconv from 'iconv-lite';

/** Double-byte set that a printer's firmware understands. GBK is a subset of GB18030 and has no four-byte characters. */
export type PrinterCharset = 'gb18030' | 'gbk';

/** What becomes of characters that only four-byte GB18030 can express (rare names such as U+20BB7). */
export type RareCharacters = 'four-byte' | 'geta';

export interface PrinterEncoding {
  readonly charset: PrinterCharset;
  /** Ignored for `gbk`, which can only print the geta mark. */
  readonly rare: RareCharacters;
}

/** Printed for a character that the printer cannot print: visible, so nobody takes the text for complete. */
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

/** Bytes of one character, or null where the printer's set has none. */
function encodeCharacter(char: string, encoding: PrinterEncoding): Uint8Array | null {
  if (isAscii(char)) return Uint8Array.of(char.charCodeAt(0));
  const code = char.codePointAt(0) ?? 0;
  if (code >= 0xd800 && code <= 0xdfff) return null;
  const bytes = iconv.encode(char, encoding.charset);
  if (bytes.length === 2) return Uint8Array.from(bytes);
  if (bytes.length === 4 && encoding.charset === 'gb18030' && encoding.rare === 'four-byte')
    return Uint8Array.from(bytes);
  return null;
}

/**
 * Turns any text into text that the printer can print: printable ASCII, characters of its double-byte set, line feeds,
 * and the geta mark for the rest. Signs with a printable twin are exchanged (yen sign, no-break space), invisible
 * characters dropped, Latin letters lose their accents. Idempotent.
 */
export function toPrintable(text: string, encoding: PrinterEncoding): string {
  const plain = text
    .normalize('NFC')
    .replaceAll('\r\n', '\n')
    .replaceAll('\r', '\n')
    .replaceAll(SPACES, ' ')
    .replaceAll(INVISIBLE, '')
    .replaceAll(LATIN_WITH_MARKS, (char) => {
      const base = char.normalize('NFD').replaceAll(COMBINING, '');
      return isAscii(base) ? base : char;
    })
    .replaceAll(COMBINING, '');
  const latin = !WIDE.test(plain);
  let out = '';
  for (const char of plain) {
    const twin = REPLACEMENTS.get(char) ?? char;
    const same = (latin ? LATIN_REPLACEMENTS.get(twin) : undefined) ?? twin;
    if (same === '\n' || Array.from(same).every((one) => encodeCharacter(one, encoding) !== null)) out += same;
    else out += GETA_MARK;
  }
  return out;
}

/**
 * Bytes of a printable text (from `toPrintable`) as the printer's double-byte mode wants them: ASCII one byte, else two
 * or four. Anything else becomes the geta mark, line feeds are left out: they are commands and not text. No byte is
 * below 0x20, so no text can carry a printer command (second bytes are 0x30 to 0x39 or from 0x40 on).
 */
export function encodePrinterText(text: string, encoding: PrinterEncoding): Uint8Array {
  const geta = encodeCharacter(GETA_MARK, encoding) ?? Uint8Array.of(0x3f);
  const out: number[] = [];
  for (const char of text) if (char !== '\n') out.push(...(encodeCharacter(char, encoding) ?? geta));
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
