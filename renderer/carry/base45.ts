/** The 45 signs that a QR code packs tightest (ISO/IEC 18004, alphanumeric mode), in the order of RFC 9285. */
const SIGNS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

/** Bytes as Base45 (RFC 9285): three signs for two bytes, two for a last single one. */
export function toBase45(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 2) {
    const pair = at + 1 < bytes.length;
    let value = pair ? (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0) : (bytes[at] ?? 0);
    for (let sign = 0; sign < (pair ? 3 : 2); sign += 1) {
      text += SIGNS[value % 45] ?? '';
      value = Math.floor(value / 45);
    }
  }
  return text;
}

/** The bytes again, or null for a text that is none. */
export function fromBase45(text: string): Uint8Array | null {
  if (text.length % 3 === 1) return null;
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 3) {
    const part = text.slice(at, at + 3);
    let value = 0;
    for (const sign of [...part].toReversed()) {
      const digit = SIGNS.indexOf(sign);
      if (digit < 0) return null;
      value = value * 45 + digit;
    }
    if (part.length === 3) {
      if (value > 0xffff) return null;
      bytes.push(value >> 8, value & 0xff);
    } else {
      if (value > 0xff) return null;
      bytes.push(value);
    }
  }
  return Uint8Array.from(bytes);
}
