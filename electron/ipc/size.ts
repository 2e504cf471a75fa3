/** Most that one call may carry; the largest honest one, a filled form, is a hundredth of it. */
const LARGEST_TEXT = 256 * 1024;
/** A chunk of a file is the only thing that comes as bytes. */
const LARGEST_BYTES = 256 * 1024;
const MOST_PARTS = 2_000;
const DEEPEST = 8;

/**
 * Whether a call's input is small enough to be looked at: characters of all texts and keys, bytes of a chunk,
 * number of parts, depth.
 * Looks at no more than the limits, whatever comes. Anything but plain data counts as too large.
 */
export function isSmall(input: unknown): boolean {
  let text = 0;
  let parts = 0;
  let bytes = 0;
  const fits = (value: unknown, depth: number): boolean => {
    parts += 1;
    if (parts > MOST_PARTS || depth > DEEPEST) return false;
    if (typeof value === 'string') {
      text += value.length;
      return text <= LARGEST_TEXT;
    }
    if (typeof value !== 'object' || value === null) return typeof value !== 'bigint';
    if (value instanceof Uint8Array) {
      bytes += value.byteLength;
      return bytes <= LARGEST_BYTES;
    }
    if (Array.isArray(value)) return value.length <= MOST_PARTS && value.every((part) => fits(part, depth + 1));
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return false;
    for (const key in value) {
      if (!Object.hasOwn(value, key)) return false;
      text += key.length;
      if (text > LARGEST_TEXT || !fits((value as Record<string, unknown>)[key], depth + 1)) return false;
    }
    return true;
  };
  return fits(input, 0);
}
