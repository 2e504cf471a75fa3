import iconv from 'iconv-lite';

/** A text in one of the forms in which a program may hold it. */
export interface Needle {
  /** Whose it is. */
  readonly owner: string;
  /** What it is: name, number ... */
  readonly what: string;
  readonly form: string;
  readonly bytes: Buffer;
}

/** Shortest piece of base64 that is worth looking for: less occurs by chance. */
const SHORTEST = 8;

/** Every form of a text: encodings, JSON escapes, base64 at each of the three alignments. */
export function needlesOf(owner: string, what: string, text: string): readonly Needle[] {
  const forms: Record<string, Buffer> = {
    'utf-8': Buffer.from(text, 'utf8'),
    'utf-16': Buffer.from(text, 'utf16le'),
    gb18030: iconv.encode(text, 'gb18030'),
    'json escapes': Buffer.from(escaped(text, false)),
    'json escapes, capitals': Buffer.from(escaped(text, true)),
  };
  for (const [name, bytes] of [
    ['utf-8', Buffer.from(text, 'utf8')],
    ['utf-16', Buffer.from(text, 'utf16le')],
  ] as const) {
    for (const shift of [0, 1, 2]) forms[`base64 of ${name}, ${shift}`] = base64Inside(bytes, shift);
  }
  const seen = new Set<string>();
  return Object.entries(forms).flatMap(([form, bytes]) => {
    const key = bytes.toString('latin1');
    if (bytes.length < SHORTEST || seen.has(key)) return [];
    seen.add(key);
    return [{ owner, what, form, bytes }];
  });
}

function escaped(text: string, capitals: boolean): string {
  return [...text]
    .flatMap((character) => Array.from({ length: character.length }, (_, index) => character.charCodeAt(index)))
    .map((unit) => {
      if (unit < 0x80) return String.fromCharCode(unit);
      const hex = unit.toString(16).padStart(4, '0');
      return `\\u${capitals ? hex.toUpperCase() : hex}`;
    })
    .join('');
}

/** The characters of base64 that depend on these bytes alone, when `shift` bytes stand before them in their group. */
function base64Inside(bytes: Buffer, shift: number): Buffer {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  const first = Math.ceil((shift * 8) / 6);
  const last = Math.floor(((shift + bytes.length) * 8) / 6);
  return Buffer.from(text.slice(first, last));
}

/** Looks for many needles at once, in one walk over the bytes. */
export class NeedleSet {
  readonly #byStart = new Map<number, Needle[]>();
  /** Which pairs of bytes a needle begins with. */
  readonly #first = new Uint8Array(0x10000);
  /** Length of the longest needle, in bytes. */
  readonly longest: number;

  constructor(needles: readonly Needle[]) {
    this.longest = Math.max(SHORTEST, ...needles.map(({ bytes }) => bytes.length));
    for (const needle of needles) {
      const start = needle.bytes.readUInt32LE(0);
      this.#first[start & 0xffff] = 1;
      this.#byStart.set(start, [...(this.#byStart.get(start) ?? []), needle]);
    }
  }

  /**
   * Calls `found` for every occurrence that begins before `until`.
   * @param bytes what is looked through
   */
  search(bytes: Buffer, until: number, found: (needle: Needle, at: number) => void): void {
    const first = this.#first;
    const end = Math.min(until, bytes.length - SHORTEST + 1);
    let low = bytes[0] ?? 0;
    for (let at = 0; at < end; at += 1) {
      const high = bytes[at + 1] as number;
      if (first[low | (high << 8)] === 1) {
        for (const needle of this.#byStart.get(bytes.readUInt32LE(at)) ?? []) {
          const past = at + needle.bytes.length;
          if (past <= bytes.length && bytes.compare(needle.bytes, 0, needle.bytes.length, at, past) === 0) {
            found(needle, at);
          }
        }
      }
      low = high;
    }
  }
}
