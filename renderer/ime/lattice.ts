import { WORD_CLASS, type Dictionary } from './dictionary.ts';
import { SLIP, type Reading, type Speller } from './spelling.ts';

/** A word that some of the typed letters may mean. */
export interface Found {
  readonly text: string;
  /** Place in the typed letters behind it. */
  readonly to: number;
  /** Hundredths of a nat. */
  readonly cost: number;
  /** Letters of each of its syllables. */
  readonly lengths: readonly number[];
  /** Numbers of its syllables. */
  readonly syllables: readonly number[];
  /** Its classes, of a sentence those of its last word; bits of `WORD_CLASS`. */
  readonly kind: number;
}

/** The likeliest sentence of some of the typed letters, and the words at its beginning. */
export interface Lattice {
  /** Words from the first letter on. */
  readonly first: readonly Found[];
  /** Ways to read everything up to the furthest place that can be reached, the likeliest first. */
  readonly sentences: readonly Found[];
}

/** Sentences kept for each place. */
const KEPT = 4;
/** Words of one spelling looked at: more from the first letter on, where they are offered one by one. */
const WORDS_FIRST = 400;
const WORDS_LATER = 24;
/** Each further word costs this besides its own rarity: a longer word is the likelier reading. */
const JOIN = 40;
/** A single character behind a word costs this, too, where nothing explains it. */
const BARE = 120;
/** What is gained where words follow each other as they use to. */
const GAIN = { action: 200, suffix: 250, measure: 450, leader: 200 } as const;

/** Looks for words from every place of the typed letters. */
export function buildLattice(dictionary: Dictionary, speller: Speller, typed: string): Lattice {
  const plain = readAll(speller, typed, false);
  const ends = reach(plain, typed.length);
  const all = ends ? plain : readAll(speller, typed, true);
  const best: Found[][] = Array.from({ length: typed.length + 1 }, () => []);
  best[0] = [{ text: '', to: 0, cost: 0, lengths: [], syllables: [], kind: 0 }];
  const first: Found[] = [];
  let furthest = 0;
  for (let at = 0; at < typed.length; at += 1) {
    const here = best[at];
    if (here === undefined || here.length === 0) continue;
    walk(dictionary, all, at, at === 0 ? WORDS_FIRST : WORDS_LATER, (found) => {
      if (at === 0) first.push(found);
      const there = best[found.to];
      if (there === undefined) return;
      furthest = Math.max(furthest, found.to);
      for (const before of here) join(there, before, found, at === 0 ? 0 : joinCost(before, found));
    });
  }
  return { first, sentences: furthest === 0 ? [] : (best[furthest] ?? []) };
}

/** Bit beside the classes: the sentence's last word has more than one character. */
const LONG = 256;

/** What it costs that a word follows a sentence; less than nothing where it uses to. */
function joinCost(before: Found, found: Found): number {
  const { kind } = found;
  let gain = 0;
  if ((before.kind & LONG) !== 0) {
    if ((kind & WORD_CLASS.suffix) !== 0) gain = GAIN.suffix;
    else if ((kind & WORD_CLASS.action) !== 0) gain = GAIN.action;
  }
  if ((before.kind & WORD_CLASS.number) !== 0 && (kind & (WORD_CLASS.measure | WORD_CLASS.number)) !== 0) {
    gain = Math.max(gain, GAIN.measure);
  }
  if ((before.kind & WORD_CLASS.leader) !== 0 && found.syllables.length > 1) gain = Math.max(gain, GAIN.leader);
  const bare = gain === 0 && found.syllables.length === 1 ? BARE : 0;
  return JOIN + bare - gain;
}

function join(there: Found[], before: Found, found: Found, extra: number): void {
  const cost = before.cost + found.cost + extra;
  const worst = there[KEPT - 1];
  if (worst !== undefined && worst.cost <= cost) return;
  const text = before.text + found.text;
  const same = there.findIndex((one) => one.text === text);
  if (same >= 0) {
    if ((there[same]?.cost ?? 0) <= cost) return;
    there.splice(same, 1);
  }
  const place = there.findIndex((one) => one.cost > cost);
  there.splice(place < 0 ? there.length : place, 0, {
    text,
    to: found.to,
    cost,
    lengths: [...before.lengths, ...found.lengths],
    syllables: [...before.syllables, ...found.syllables],
    kind: found.kind | (found.syllables.length > 1 ? LONG : 0),
  });
  if (there.length > KEPT) there.length = KEPT;
}

/** Readings from every place; null where a break stands. */
function readAll(speller: Speller, typed: string, initials: boolean): readonly (readonly Reading[] | null)[] {
  return Array.from(typed, (_, at) => (typed[at] === "'" ? null : speller.readings(typed, at, initials)));
}

/** Whether the last letter can be reached by whole syllables and an open one at the end, breaks aside. */
function reach(readings: readonly (readonly Reading[] | null)[], size: number): boolean {
  const open = new Set([0]);
  for (let at = 0; at < size; at += 1) {
    if (!open.has(at)) continue;
    const here = readings[at];
    if (here === null) open.add(at + 1);
    for (const reading of here ?? []) {
      // Slips alone do not make a spelling complete: the letters may well be initials.
      if (reading.costs.some((cost) => cost < SLIP)) open.add(at + reading.length);
    }
  }
  return open.has(size);
}

/** Every word that the readings from `start` on spell. */
function walk(
  dictionary: Dictionary,
  readings: readonly (readonly Reading[] | null)[],
  start: number,
  words: number,
  take: (found: Found) => void,
): void {
  const { childStart, wordStart, nodeSyllable, cost: costs, kind: kinds } = dictionary;
  const step = (
    node: number,
    place: number,
    cost: number,
    lengths: readonly number[],
    path: readonly number[],
  ): void => {
    let at = place;
    while (readings[at] === null) at += 1;
    const from = wordStart[node] ?? 0;
    const to = Math.min(wordStart[node + 1] ?? 0, from + words);
    for (let word = from; word < to; word += 1) {
      const text = dictionary.text(word, path.length);
      take({ text, to: at, cost: cost + (costs[word] ?? 0), lengths, syllables: path, kind: kinds[word] ?? 0 });
    }
    const childrenEnd = childStart[node + 1] ?? 0;
    for (const reading of readings[at] ?? []) {
      const next = [...lengths, at - place + reading.length];
      let child = childStart[node] ?? 0;
      for (let index = 0; index < reading.syllables.length && child < childrenEnd; index += 1) {
        const wanted = reading.syllables[index] ?? 0;
        child = seek(nodeSyllable, child, childrenEnd, wanted);
        if (nodeSyllable[child] !== wanted || child >= childrenEnd) continue;
        step(child, at + reading.length, cost + (reading.costs[index] ?? 0), next, [...path, wanted]);
      }
    }
  };
  step(0, start, 0, [], []);
}

/** First node from `from` on whose syllable is not below `wanted`. */
function seek(syllables: Uint16Array, from: number, to: number, wanted: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((syllables[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
