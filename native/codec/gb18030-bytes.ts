import iconv from 'iconv-lite';

/** GB18030 bytes of a text (double-byte characters are the same in GBK): for what plays a device. */
export function encodeGb18030(text: string): Uint8Array {
  return Uint8Array.from(iconv.encode(text, 'gb18030'));
}
