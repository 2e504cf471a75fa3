/** One way to read some letters as a syllable. */
export interface Reading {
  /** Numbers of the syllables, ascending. */
  readonly syllables: readonly number[];
  /** What reading so costs, hundredths of a nat; 0 as it is written. */
  readonly costs: readonly number[];
  /** Letters read. */
  readonly length: number;
  /** Every letter of the syllable was typed. */
  readonly whole: boolean;
}

/** What a slip of the ear costs against what was typed, hundredths of a nat. */
export const SLIP = 600;
/** What leaving letters out costs: at the end of what was typed, there though it is a syllable already, and anywhere. */
const COST = { tail: 120, longer: 500, initial: 350 } as const;

/** Sounds that speakers of southern dialects mix up; each pair goes both ways. */
const INITIALS = [
  ['zh', 'z'],
  ['ch', 'c'],
  ['sh', 's'],
  ['n', 'l'],
  ['l', 'r'],
  ['f', 'h'],
] as const;
const FINALS = [
  ['ang', 'an'],
  ['eng', 'en'],
  ['ing', 'in'],
] as const;

/** Keys of the 9-key board: each digit stands for its letters. */
export const DIGIT_LETTERS: Readonly<Record<string, string>> = {
  '2': 'abc',
  '3': 'def',
  '4': 'ghi',
  '5': 'jkl',
  '6': 'mno',
  '7': 'pqrs',
  '8': 'tuv',
  '9': 'wxyz',
};
const DIGIT_OF = new Map(
  Object.entries(DIGIT_LETTERS).flatMap(([digit, letters]) => Array.from(letters, (letter) => [letter, digit])),
);

interface Form {
  readonly text: string;
  readonly syllable: number;
  readonly cost: number;
}

function split(syllable: string): readonly [string, string] {
  const initial = /^(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])/.exec(syllable)?.[0] ?? '';
  return [initial, syllable.slice(initial.length)];
}

function swaps(part: string, pairs: readonly (readonly [string, string])[]): readonly string[] {
  return pairs.flatMap(([a, b]) => (part === a ? [b] : part === b ? [a] : []));
}

/** Ways in which a syllable may be spelled, its own first. */
export function spellings(syllable: string): readonly { readonly text: string; readonly slips: number }[] {
  const [initial, final] = split(syllable);
  const finals = [final];
  for (const [long, short] of FINALS) {
    if (final.endsWith(long)) finals.push(final.slice(0, -long.length) + short);
    else if (final.endsWith(short)) finals.push(final.slice(0, -short.length) + long);
  }
  const found = new Map<string, number>();
  for (const [a, start] of [initial, ...swaps(initial, INITIALS)].entries()) {
    for (const [b, end] of finals.entries()) {
      const text = start + end;
      if (!found.has(text)) found.set(text, Math.min(a, 1) + Math.min(b, 1));
    }
  }
  // ü after l and n is written v, and ue by many.
  if (/^[ln]ve$/.test(syllable)) found.set(syllable.replace('v', 'u'), 0);
  return [...found].map(([text, slips]) => ({ text, slips }));
}

/** Reads typed letters and digits as syllables of one dictionary. */
export class Speller {
  readonly #syllables: readonly string[];
  /** Spellings by their first letter. */
  readonly #forms = new Map<string, Form[]>();

  constructor(syllables: readonly string[]) {
    this.#syllables = syllables;
    for (const [number, syllable] of syllables.entries()) {
      for (const { text, slips } of spellings(syllable)) {
        const first = text.slice(0, 1);
        const forms = this.#forms.get(first) ?? [];
        forms.push({ text, syllable: number, cost: slips * SLIP });
        this.#forms.set(first, forms);
      }
    }
  }

  /** Every reading of the letters from `at` on. `initials`: single initials may stand for syllables, too. */
  readings(typed: string, at: number, initials: boolean): readonly Reading[] {
    const end = this.#runEnd(typed, at);
    const last = end === typed.length;
    const whole = new Map<number, Map<number, number>>();
    const open = new Map<number, number>();
    const first = typed[at] ?? '';
    for (const letter of DIGIT_LETTERS[first] ?? first) {
      for (const form of this.#forms.get(letter) ?? []) {
        const same = matching(form.text, typed, at, end);
        if (same === form.text.length) {
          const found = whole.get(same) ?? new Map<number, number>();
          found.set(form.syllable, Math.min(found.get(form.syllable) ?? Infinity, form.cost));
          whole.set(same, found);
        } else if (at + same === end && last) {
          const cost = form.cost + COST.tail;
          open.set(form.syllable, Math.min(open.get(form.syllable) ?? Infinity, cost));
        }
      }
    }
    const found = [...whole].map(([length, costs]) => reading(costs, length, true));
    if (open.size > 0) {
      const complete = [...(whole.get(end - at)?.values() ?? [])].includes(0);
      if (complete) for (const [syllable, cost] of open) open.set(syllable, cost + COST.longer);
      found.push(reading(open, end - at, false));
    }
    if (initials) found.push(...this.#initials(typed, at, end));
    return found;
  }

  #initials(typed: string, at: number, end: number): readonly Reading[] {
    const found: Reading[] = [];
    for (const length of [1, 2]) {
      if (at + length > end || (at + length === end && end === typed.length)) continue;
      if (length === 2 && !/^[zcs]h$/.test(typed.slice(at, at + 2))) continue;
      const costs = new Map<number, number>();
      for (const [number, syllable] of this.#syllables.entries()) {
        if (matching(syllable, typed, at, at + length) === length) costs.set(number, COST.initial);
      }
      if (costs.size > 0) found.push(reading(costs, length, false));
    }
    return found;
  }

  /** Where the letters that may belong to one syllable end: a break, or the longest syllable. */
  #runEnd(typed: string, at: number): number {
    const stop = typed.indexOf("'", at);
    return stop < 0 ? typed.length : stop;
  }
}

function reading(costs: ReadonlyMap<number, number>, length: number, whole: boolean): Reading {
  const entries = [...costs].sort((a, b) => a[0] - b[0]);
  return { syllables: entries.map(([one]) => one), costs: entries.map(([, cost]) => cost), length, whole };
}

/** How many letters of `text` agree with what was typed from `at` to `end`. */
function matching(text: string, typed: string, at: number, end: number): number {
  let same = 0;
  while (same < text.length && at + same < end) {
    const letter = text[same] ?? '';
    const key = typed[at + same] ?? '';
    if (letter !== key && DIGIT_OF.get(letter) !== key) break;
    same += 1;
  }
  return same;
}
