import { readDictionary, type Dictionary } from './dictionary.ts';
import { examplesOf } from './examples.ts';
import { buildLattice, type Found } from './lattice.ts';
import { Speller } from './spelling.ts';

/** Something that may be meant by what was typed; `used` keys of it are taken when it is picked. */
export interface Candidate {
  readonly text: string;
  readonly used: number;
}

/** What typed letters or digits may mean. */
export interface Meaning {
  /** The likeliest first. */
  readonly candidates: readonly Candidate[];
  /** What was typed as pinyin, syllables parted by apostrophes; digits as the letters that they stand for. */
  readonly shown: string;
  /** What the first keys of a 9-key board may spell, the likeliest first, with how many keys each takes. */
  readonly syllables: readonly Candidate[];
}

/** Longest composing text; a phrase of eight syllables fits. */
export const MAX_LETTERS = 40;
const NOTHING: Meaning = { candidates: [], shown: '', syllables: [] };

/** Candidates from one dictionary. Nothing that was typed or picked changes it. */
export class PinyinEngine {
  readonly #dictionary: Dictionary;
  readonly #speller: Speller;
  #example: ((character: string) => string | null) | null = null;
  #last: { readonly typed: string; readonly meaning: Meaning } = { typed: '', meaning: NOTHING };

  constructor(dictionary: Dictionary) {
    this.#dictionary = dictionary;
    this.#speller = new Speller(dictionary.syllables);
  }

  /** What the keys may mean; the answer for the same keys again costs nothing. */
  meaning(typed: string): Meaning {
    if (typed.replaceAll("'", '') === '') return { ...NOTHING, shown: typed };
    if (this.#last.typed !== typed) this.#last = { typed, meaning: this.#work(typed) };
    return this.#last.meaning;
  }

  /** The commonest word of two characters with this one in it, by which it is told from others of the same sound. */
  example(character: string): string | null {
    this.#example ??= examplesOf(this.#dictionary);
    return this.#example(character);
  }

  /** Forgets the last keys. */
  forget(): void {
    this.#last = { typed: '', meaning: NOTHING };
  }

  #work(typed: string): Meaning {
    const { first, sentences } = buildLattice(this.#dictionary, this.#speller, typed);
    const candidates: Candidate[] = [];
    const seen = new Set<string>();
    const add = (found: readonly Found[]): void => {
      for (const { text, to } of found) {
        if (seen.has(text)) continue;
        seen.add(text);
        candidates.push({ text, used: to });
      }
    };
    const end = sentences[0]?.to ?? 0;
    const byCost = first.toSorted((a, b) => a.cost - b.cost);
    const words = byCost.filter((one) => one.syllables.length > 1);
    add(
      merge(
        sentences,
        byCost.filter((one) => one.to === end),
      ),
    );
    add(words.filter((one) => one.to < end).toSorted((a, b) => b.to - a.to || a.cost - b.cost));
    add(byCost.filter((one) => one.syllables.length === 1));
    return { candidates, shown: this.#shown(typed, sentences[0]), syllables: this.#syllablesOf(typed, byCost) };
  }

  #shown(typed: string, best: Found | undefined): string {
    if (best === undefined) return typed;
    const parts: string[] = [];
    let at = 0;
    for (const [index, length] of best.lengths.entries()) {
      const keys = typed.slice(at, at + length).replaceAll("'", '');
      const name = this.#dictionary.syllables[best.syllables[index] ?? 0] ?? '';
      parts.push(/\d/.test(keys) ? name.slice(0, keys.length) : keys);
      at += length;
    }
    const rest = typed.slice(at).replaceAll(/^'+/g, '');
    return [...parts, ...(rest === '' ? [] : [rest])].join("'") + (rest === '' && typed.endsWith("'") ? "'" : '');
  }

  #syllablesOf(typed: string, byCost: readonly Found[]): readonly Candidate[] {
    if (!/\d/.test(typed)) return [];
    const found = new Map<string, number>();
    for (const one of byCost) {
      const length = one.lengths[0] ?? 0;
      const name = (this.#dictionary.syllables[one.syllables[0] ?? 0] ?? '').slice(0, length);
      if (!found.has(name) && /\d/.test(typed.slice(0, length))) found.set(name, length);
    }
    return [...found].map(([text, used]) => ({ text, used })).toSorted((a, b) => b.used - a.used);
  }
}

/** Sentences and whole words by cost; one sentence stands at the head in any case. */
function merge(sentences: readonly Found[], words: readonly Found[]): readonly Found[] {
  const [best, ...others] = sentences;
  if (best === undefined) return words;
  return [best, ...[...others, ...words].toSorted((a, b) => a.cost - b.cost)];
}

/** An engine over the bytes of `assets/dictionaries/pinyin.bin`; null when they are damaged. */
export function pinyinEngine(bytes: ArrayBuffer): PinyinEngine | null {
  const dictionary = readDictionary(bytes);
  return dictionary === null ? null : new PinyinEngine(dictionary);
}
