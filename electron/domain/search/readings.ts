/** How characters sound, for searching: without tones, ü as v. */
export class Readings {
  /** By code unit: the number of the only syllable, plus one; 0 where there is none or more than one. */
  readonly #only = new Uint16Array(0x1_0000);
  /** By code point: characters of several syllables, and those beyond the basic plane. */
  readonly #others = new Map<number, readonly number[]>();
  /** For each syllable the list of its number alone, shared by all characters that sound so. */
  readonly #alone: readonly (readonly number[])[];
  /** All syllables; a syllable's number is its place. */
  readonly syllables: readonly string[];
  /** For each syllable those that are easily taken for it: zh and z, n and l, in and ing; itself apart. */
  readonly alike: readonly (readonly number[])[];

  /** From `assets/dictionaries/readings.txt`: a line for each syllable with its characters. */
  constructor(table: string) {
    const syllables: string[] = [];
    for (const line of table.split('\n')) {
      const [syllable, characters] = line.split(' ');
      if (syllable === undefined || characters === undefined) continue;
      const number = syllables.push(syllable) - 1;
      for (const char of characters) this.#add(char.codePointAt(0) ?? 0, number);
    }
    this.#alone = syllables.map((_syllable, number) => [number]);
    this.syllables = syllables;
    const folded = syllables.map(soundOf);
    this.alike = folded.map((sound, number) =>
      folded.flatMap((other, index) => (other === sound && index !== number ? [index] : [])),
    );
  }

  #add(point: number, number: number): void {
    const only = this.#only[point] ?? 0;
    const known = only > 0 ? [only - 1] : this.#others.get(point);
    if (known === undefined && point < this.#only.length) {
      this.#only[point] = number + 1;
      return;
    }
    this.#others.set(point, [...(known ?? []), number]);
    if (only > 0) this.#only[point] = 0;
  }

  /** Numbers of a character's syllables; none of what is no Han character. */
  of(char: string): readonly number[] {
    const point = char.codePointAt(0) ?? 0;
    const only = this.#only[point] ?? 0;
    return (only > 0 ? this.#alone[only - 1] : this.#others.get(point)) ?? NONE;
  }
}

const NONE: readonly number[] = [];

/** What is left of a syllable when sounds that are mixed up are made one. */
export function soundOf(syllable: string): string {
  return syllable
    .replace(/^([zcs])h/, '$1')
    .replace(/^[nr](?=.)/, 'l')
    .replace(/^h(?=u)/, 'f')
    .replace(/ng$/, 'n')
    .replace(/^fuan/, 'fan');
}
