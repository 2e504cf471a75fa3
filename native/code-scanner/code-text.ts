import { decodeGb18030 } from '../codec/gb18030.ts';

/** Charset of the codes; `auto` tells UTF-8 and GBK apart by their bytes. */
export const SCAN_CHARSETS = ['auto', 'utf-8', 'gbk'] as const;
export type ScanCharset = (typeof SCAN_CHARSETS)[number];

/**
 * Decoded text as it may be shown and compared: without control characters (also those of GS1 codes) and without
 * characters that are invisible or turn the order of others (zero width, bidirectional marks), spaces around it cut off.
 * A line break inside becomes a space: two codes that a wrong tail setting runs together must not make a third one.
 */
export function cleanText(text: string): string {
  return text
    .trim()
    .replaceAll(/[\t\r\n\u2028\u2029]+/gu, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
    .trim();
}

function utf8(raw: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(raw);
  } catch {
    return null;
  }
}

/** Null where a byte is no GB 18030, or stands for a private or unassigned character. */
function gbk(raw: Uint8Array): string | null {
  const text = decodeGb18030(raw);
  return /[\uFFFD\p{Co}\p{Cn}]/u.test(text) ? null : text;
}

/**
 * ASCII, Chinese characters and their punctuation. No word out of the 3,755 common characters (GB 2312, first level) has
 * GBK bytes that are this in UTF-8 as well: its first byte would have to be E3 or more. Some words of rare characters have.
 */
const CHINESE = /^[\0-\x7f\u3000-\u303F\u3400-\u4DBF\u4E00-\u9FFF\uFF00-\uFFEF\u{20000}-\u{3FFFF}]*$/u;

/**
 * Bytes of codes to text. A fixed charset is taken at its word; bytes that it does not have become U+FFFD, so that a
 * wrong setting shows as a wrong code and not as silence.
 *
 * `auto` decides by proof: bytes that are no UTF-8 but are GBK are GBK; what is Chinese in UTF-8, or is no GBK, is UTF-8.
 * What could be either (bytes that are letters of other scripts in the one and Chinese in the other) is read as the last code that was proved, since a scanner keeps its setting. Before any proof such
 * characters become U+FFFD: a wrong guess would be another person's name.
 */
export class CodeText {
  readonly #charset: ScanCharset;
  #proved: 'utf-8' | 'gbk' | null = null;

  constructor(charset: ScanCharset) {
    this.#charset = charset;
  }

  read(raw: Uint8Array): string {
    return cleanText(this.#decode(raw));
  }

  #decode(raw: Uint8Array): string {
    if (this.#charset === 'gbk') return decodeGb18030(raw);
    if (this.#charset === 'utf-8') return new TextDecoder('utf-8').decode(raw);
    const asUtf8 = utf8(raw);
    const asGbk = gbk(raw);
    if (asUtf8 === null) {
      if (asGbk === null) return new TextDecoder('utf-8').decode(raw);
      this.#proved = 'gbk';
      return asGbk;
    }
    if (asGbk === asUtf8) return asUtf8;
    if (asGbk === null || CHINESE.test(asUtf8)) {
      this.#proved = 'utf-8';
      return asUtf8;
    }
    if (this.#proved === null) return asUtf8.replaceAll(/[^\0-\x7f]/gu, '\uFFFD');
    return this.#proved === 'gbk' ? asGbk : asUtf8;
  }
}
