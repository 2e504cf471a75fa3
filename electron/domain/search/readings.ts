/** How characters sound, for searching: without tones, ü as v. */
export class Readings {
  readonly #of = new Map<string, readonly number[]>();
  /** All syllables; a syllable's number is its place. */
  readonly syllables: readonly string[];
  /** For each syllable those that are easily taken for it: zh and z, n and l, in and ing; itself apart. */
  readonly alike: readonly (readonly number[])[];

  /** From `assets/dictionaries/readings.txt`: a line for each syllable with its characters. */
  constructor(table: string) {
    const syllables: string[] = [];
    const of = new Map<string, number[]>();
    for (const line of table.split('\n')) {
      const [syllable, characters] = line.split(' ');
      if (syllable === undefined || characters === undefined) continue;
      const number = syllables.push(syllable) - 1;
      for (const char of characters) {
        const list = of.get(char);
        if (list === undefined) of.set(char, [number]);
        else list.push(number);
      }
    }
    this.#of = of;
    this.syllables = syllables;
    const folded = syllables.map(soundOf);
    this.alike = folded.map((sound, number) =>
      folded.flatMap((other, index) => (other === sound && index !== number ? [index] : [])),
    );
  }

  /** Numbers of a character's syllables; none of what is no Han character. */
  of(char: string): readonly number[] {
    return this.#of.get(char) ?? NONE;
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
