import { toHalfWidth } from '../normal-text.ts';
import type { Readings } from './readings.ts';

/** One thing that is looked for: a character, or a sound that stands for one. */
export interface Unit {
  /** The very character; null for sounds. */
  readonly char: string | null;
  /** Numbers of the syllables that count as found, and how well: 1 as typed. */
  readonly sounds: ReadonlyMap<number, number>;
  /** The letter or two that it was typed with, if it is an initial; `sounds` are then all that begin so. */
  readonly initial: string | null;
  /** How much finding it counts. */
  readonly weight: number;
}

/** One way to read what was typed; the lower its cost, the likelier. */
export interface Wish {
  readonly units: readonly Unit[];
  readonly cost: number;
  /** Slips of the finger that this reading supposes. */
  readonly slips?: number;
}

/** How well a sound counts against what was typed. */
const QUALITY = { homophone: 0.6, alike: 0.5, fuzzy: 0.85, slip: 0.6 } as const;
/** Weight of a syllable, of its beginning at the end of what was typed, and of an initial. */
const WEIGHT = { whole: 1, open: 0.7, initial: 0.55, filler: 0.12 } as const;
const COST = { fuzzy: 1, slip: 2.2, open: 0.6, initial: 1.3, whole: 0.5 } as const;
/** Sounds without a vowel: nothing is called so. */
const INTERJECTIONS = new Set(['ng', 'hm', 'hng']);
/** Ways to read letters that are tried. */
export const MOST_WISHES = { plain: 6, slips: 16, transposed: 6 } as const;
/** Words of a sentence that say nothing of the thing itself. */
const FILLERS = new Set(
  '我要想给帮办的了吗呢啊请问怎么样一下个去在哪里需什能可以把让和与及你您他她它们家到是有没一几多些',
);

/** Small letters, half width; keeps the length in UTF-16 units, so that places fit the original. */
export function fold(text: string): string {
  return toHalfWidth(text).replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** What was typed, split at spaces and between letters and characters. */
export function partsOf(query: string): readonly string[] {
  return fold(query).match(/[a-z']+|\d+|[\p{Script=Han}〇]+/gu) ?? [];
}

/** Letters read as one unit. */
interface Piece {
  readonly unit: Unit;
  readonly length: number;
  readonly cost: number;
  readonly slip?: boolean;
}

/** How letters are read as syllables of a table. */
export class QueryReader {
  readonly #readings: Readings;
  /** Spellings to syllables with quality: the syllable's own, and those that sound alike. */
  readonly #spellings = new Map<string, Map<number, number>>();
  readonly #byLetter = new Map<string, number[]>();

  constructor(readings: Readings) {
    this.#readings = readings;
    for (const [number, syllable] of readings.syllables.entries()) {
      const sounds = new Map([[number, 1]]);
      for (const other of readings.alike[number] ?? []) sounds.set(other, QUALITY.fuzzy);
      this.#spellings.set(syllable, sounds);
      const letter = syllable.slice(0, 1);
      this.#byLetter.set(letter, [...(this.#byLetter.get(letter) ?? []), number]);
    }
  }

  /** Units of Han characters: the character itself, or one of the same or a like sound. */
  han(text: string): readonly Unit[] {
    const strict = [...text].every((char) => FILLERS.has(char));
    return Array.from(text, (char) => {
      const sounds = new Map<number, number>();
      for (const number of this.#readings.of(char)) {
        for (const other of this.#readings.alike[number] ?? []) sounds.set(other, QUALITY.alike);
      }
      for (const number of this.#readings.of(char)) sounds.set(number, QUALITY.homophone);
      return { char, sounds, initial: null, weight: FILLERS.has(char) && !strict ? WEIGHT.filler : WEIGHT.whole };
    });
  }

  /** The likeliest ways to read letters, the likeliest first. `slips`: letters may be wrong, missing or swapped. */
  letters(text: string, slips: boolean): readonly Wish[] {
    // What one person typed is not kept for the next.
    this.#nearby.clear();
    const most = slips ? MOST_WISHES.slips : MOST_WISHES.plain;
    const best: Wish[][] = Array.from({ length: text.length + 1 }, () => []);
    best[0] = [{ units: [], cost: 0, slips: 0 }];
    for (let at = 0; at < text.length; at += 1) {
      const here = best[at] ?? [];
      if (here.length === 0) continue;
      if (text[at] === "'") {
        best[at + 1] = [...(best[at + 1] ?? []), ...here];
        continue;
      }
      for (const { unit, length, cost, slip } of this.#pieces(text, at, slips)) {
        const there = best[at + length];
        if (there === undefined) continue;
        for (const wish of here) {
          const supposed = (wish.slips ?? 0) + (slip === true ? 1 : 0);
          if (supposed > 1) continue;
          there.push({ units: [...wish.units, unit], cost: wish.cost + cost, slips: supposed });
        }
        there.sort((a, b) => a.cost - b.cost);
        // Readings with and without a slip do not crowd each other out.
        const kept = [0, 1].flatMap((count) => there.filter((one) => one.slips === count).slice(0, most));
        there.splice(0, there.length, ...kept);
      }
    }
    if (slips) return (best[text.length] ?? []).filter((one) => one.slips === 1);
    const initials = this.#allInitials(text);
    return [...(initials === null ? [] : [initials]), ...(best[text.length] ?? [])];
  }

  /** Readings of letters of which two neighbours changed places, in nothing but syllables; those of the fewest first. */
  transposed(text: string): readonly Wish[] {
    const found: Wish[] = [];
    for (let at = 0; at + 1 < text.length; at += 1) {
      if (text[at] === text[at + 1]) continue;
      const units = this.#syllablesOf(text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2));
      if (units !== null) found.push({ units, cost: COST.slip + COST.whole * units.length, slips: 1 });
    }
    return found.toSorted((a, b) => a.cost - b.cost).slice(0, MOST_WISHES.transposed);
  }

  /** Letters as the fewest syllables, the last of which may have only begun; null where they are none. */
  #syllablesOf(text: string): readonly Unit[] | null {
    const best: (readonly Unit[] | null)[] = Array.from({ length: text.length + 1 }, () => null);
    best[0] = [];
    for (let at = 0; at < text.length; at += 1) {
      const here = best[at] ?? null;
      if (here === null) continue;
      for (let length = 1; length <= 6 && at + length <= text.length; length += 1) {
        const part = text.slice(at, at + length);
        if (INTERJECTIONS.has(part)) continue;
        const last = at + length === text.length;
        // A consonant alone is the beginning of something.
        const whole = /^[^aeo]$/.test(part) ? undefined : (this.#spellings.get(part) ?? this.#foldedSpelling(part));
        const sounds = whole ?? (last ? this.#beginning(part) : undefined);
        if (sounds === undefined || sounds.size === 0) continue;
        const there = best[at + length] ?? null;
        const weight = whole === undefined ? WEIGHT.open : WEIGHT.whole;
        if (there === null || there.length > here.length + 1)
          best[at + length] = [...here, { char: null, sounds, initial: null, weight }];
      }
    }
    return best[text.length] ?? null;
  }

  /** Every letter an initial: rarely the cheapest way to read letters, and yet how many people type. */
  #allInitials(text: string): Wish | null {
    if (!/^[a-z]{2,12}$/.test(text)) return null;
    const units = Array.from(text, (letter): Unit | null => {
      const sounds = this.#beginning(letter);
      return sounds.size === 0 ? null : { char: null, sounds, initial: letter, weight: WEIGHT.initial };
    });
    return units.includes(null) ? null : { units: units.filter((unit) => unit !== null), cost: COST.whole };
  }

  #pieces(text: string, at: number, slips: boolean): readonly Piece[] {
    const found: Piece[] = [];
    for (let length = 1; length <= 6 && at + length <= text.length; length += 1) {
      const part = text.slice(at, at + length);
      if (part.includes("'")) break;
      if (INTERJECTIONS.has(part)) continue;
      const sounds = this.#spellings.get(part) ?? this.#foldedSpelling(part);
      if (sounds !== undefined) {
        found.push({ unit: { char: null, sounds, initial: null, weight: WEIGHT.whole }, length, cost: COST.whole });
      }
      if (slips && length >= 2) {
        const near = this.#near(part);
        if (near.size > 0) {
          found.push({
            unit: { char: null, sounds: near, initial: null, weight: WEIGHT.whole },
            length,
            cost: COST.slip,
            slip: true,
          });
        }
      }
      const last = at + length === text.length;
      if (last && length > 1 && length < 6) {
        const open = this.#beginning(part);
        if (open.size > 0)
          found.push({
            unit: { char: null, sounds: open, initial: null, weight: WEIGHT.open },
            length,
            cost: COST.open,
          });
      }
      // Initials and slips together would mean anything.
      if (!slips && (length === 1 || (length === 2 && /^[zcs]h$/.test(part)))) {
        const any = this.#beginning(part);
        if (any.size > 0) {
          found.push({
            unit: { char: null, sounds: any, initial: part, weight: WEIGHT.initial },
            length,
            cost: COST.initial,
          });
        }
      }
    }
    return found;
  }

  /** Syllables spelled as somebody says them who mixes sounds up, e.g. `lau` never, `zuang` for zhuang. */
  #foldedSpelling(part: string): ReadonlyMap<number, number> | undefined {
    const known = this.#folded.get(part);
    if (known !== undefined || this.#folded.size > 0) return known;
    for (const [number, syllable] of this.#readings.syllables.entries()) {
      for (const form of mixedForms(syllable)) {
        if (this.#spellings.has(form)) continue;
        const sounds = this.#folded.get(form) ?? new Map<number, number>();
        sounds.set(number, QUALITY.fuzzy);
        this.#folded.set(form, sounds);
      }
    }
    return this.#folded.get(part);
  }
  readonly #folded = new Map<string, Map<number, number>>();

  #beginning(part: string): ReadonlyMap<number, number> {
    const before = this.#beginnings.get(part);
    if (before !== undefined) return before;
    const found = new Map<number, number>();
    for (const number of this.#byLetter.get(part.slice(0, 1)) ?? []) {
      if (this.#readings.syllables[number]?.startsWith(part) === true) found.set(number, 1);
    }
    // At most all beginnings of all syllables.
    if (found.size > 0) this.#beginnings.set(part, found);
    return found;
  }
  readonly #beginnings = new Map<string, ReadonlyMap<number, number>>();

  readonly #nearby = new Map<string, Map<number, number>>();

  /** Syllables one slip away: a letter wrong, missing, too many, or two swapped. */
  #near(part: string): ReadonlyMap<number, number> {
    const before = this.#nearby.get(part);
    if (before !== undefined) return before;
    const found = new Map<number, number>();
    this.#nearby.set(part, found);
    for (const [number, syllable] of this.#readings.syllables.entries()) {
      if (Math.abs(syllable.length - part.length) <= 1 && oneSlip(syllable, part)) found.set(number, QUALITY.slip);
    }
    return found;
  }
}

function mixedForms(syllable: string): readonly string[] {
  const starts = [syllable];
  if (/^[zcs]h/.test(syllable)) starts.push(syllable.slice(0, 1) + syllable.slice(2));
  else if (/^[zcs]/.test(syllable)) starts.push(`${syllable.slice(0, 1)}h${syllable.slice(1)}`);
  if (syllable.startsWith('n')) starts.push(`l${syllable.slice(1)}`);
  if (syllable.startsWith('l')) starts.push(`n${syllable.slice(1)}`, `r${syllable.slice(1)}`);
  if (syllable.startsWith('r')) starts.push(`l${syllable.slice(1)}`);
  return starts.flatMap((form) => [
    form,
    ...(form.endsWith('ng') ? [form.slice(0, -1)] : form.endsWith('n') ? [`${form}g`] : []),
  ]);
}

/** Whether two words differ by one letter more, less or other, or by two neighbours that changed places. */
export function oneSlip(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let endA = a.length;
  let endB = b.length;
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA -= 1;
    endB -= 1;
  }
  const [lengthA, lengthB] = [endA - start, endB - start];
  if (lengthA <= 1 && lengthB <= 1) return true;
  return lengthA === 2 && lengthB === 2 && a[start] === b[start + 1] && a[start + 1] === b[start];
}
