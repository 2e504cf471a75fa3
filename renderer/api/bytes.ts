/** Letters of base64 that are turned in one go, whole groups of four: a few milliseconds. */
const SLICE = 1_048_576;

/** The bytes of a text in base64; half a million letters are a few milliseconds, through an iterator they would be 40. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const letters = atob(base64);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = letters.charCodeAt(at);
  return bytes;
}

/** A film or a picture from base64, piece by piece: the page answers touches in between. */
export async function blobOf(base64: string, type: string): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < base64.length; at += SLICE) {
    parts.push(bytesOf(base64.slice(at, at + SLICE)));
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return new Blob(parts, { type });
}
