/**
 * Characters that a name may hold and a dictionary lacks, found by their own reading, by the readings of their parts
 * (龙 + 天 = longtian) or by their code (4DAE).
 */
export class RareCharacters {
  /** `key character` in order of the keys. */
  readonly #entries: readonly string[];

  constructor(text: string) {
    this.#entries = text.split('\n').filter((line) => line !== '');
  }

  /** At most `most` characters; exact keys before those that only begin so. */
  find(typed: string, most = 200): readonly string[] {
    const wanted = typed.replaceAll(/[' ]/g, '').toLowerCase();
    if (wanted === '') return [];
    const found = new Set<string>();
    const code = characterOf(wanted);
    if (code !== null) found.add(code);
    for (let at = this.#seek(`${wanted} `); at < this.#entries.length && found.size < most; at += 1) {
      const entry = this.#entries[at] ?? '';
      if (!entry.startsWith(wanted)) break;
      for (const char of entry.slice(entry.indexOf(' ') + 1)) found.add(char);
    }
    return [...found].slice(0, most);
  }

  #seek(key: string): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The Han character of a hexadecimal code of four to six digits with at least one digit figure; null for others. */
export function characterOf(code: string): string | null {
  if (!/^[0-9a-f]{4,6}$/.test(code)) return null;
  const value = Number.parseInt(code, 16);
  if (value > 0x10ffff) return null;
  const char = String.fromCodePoint(value);
  return /^\p{Script=Han}$/u.test(char) ? char : null;
}
