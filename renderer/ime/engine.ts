import data from './pinyin.json' with { type: 'json' };

/** Something that may be meant by what was typed; `used` letters of it are taken when it is picked. */
export interface Candidate {
  readonly text: string;
  readonly used: number;
}

const SYLLABLES: Readonly<Record<string, string>> = data.syllables;
const WORDS: Readonly<Record<string, string>> = data.words;
const NAMES = Object.keys(SYLLABLES);
const WORD_KEYS = Object.keys(WORDS);
const STARTS = new Set(NAMES.flatMap((name) => Array.from(name, (_, index) => name.slice(0, index + 1))));
const LONGEST = 6;
/** Longest composing text; a word of four syllables fits. */
export const MAX_LETTERS = 30;

const isSyllable = (text: string): boolean => Object.hasOwn(SYLLABLES, text);

/** Part of the composing text: a spelled syllable, or at the end the beginning of one. */
export interface Piece {
  readonly letters: string;
  readonly whole: boolean;
}

/** Splits letters without breaks: fewest pieces, every piece but the last a whole syllable. Null when impossible. */
function splitRun(letters: string, lastMayBePart: boolean): readonly Piece[] | null {
  const best: (readonly Piece[] | null)[] = Array.from({ length: letters.length + 1 }, () => null);
  best[letters.length] = [];
  for (let from = letters.length - 1; from >= 0; from -= 1) {
    for (let size = Math.min(LONGEST, letters.length - from); size >= 1; size -= 1) {
      const part = letters.slice(from, from + size);
      const rest = best[from + size];
      if (rest === null || rest === undefined) continue;
      const whole = isSyllable(part);
      const open = lastMayBePart && from + size === letters.length && STARTS.has(part);
      if (!whole && !open) continue;
      const found = best[from];
      const cost = (pieces: readonly Piece[]): number =>
        pieces.reduce((sum, piece) => sum + (piece.whole ? 1 : 1.5), 0);
      const next = [{ letters: part, whole }, ...rest];
      if (found === null || found === undefined || cost(next) < cost(found)) best[from] = next;
    }
  }
  return best[0] ?? null;
}

/** Splits what was typed into syllables. An apostrophe always separates. */
export function splitPinyin(typed: string): readonly Piece[] {
  const pieces: Piece[] = [];
  const runs = typed.split("'");
  for (const [index, run] of runs.entries()) {
    if (run === '') continue;
    const split = splitRun(run, index === runs.length - 1);
    if (split !== null) {
      pieces.push(...split);
      continue;
    }
    // Letters that begin no syllable stand alone; what follows is read by itself.
    let rest = run;
    while (rest !== '') {
      const at = Array.from({ length: Math.min(LONGEST, rest.length) }, (_, i) => rest.length - i)
        .map((end) => rest.slice(0, Math.min(LONGEST, end)))
        .find((part) => isSyllable(part));
      const piece = at ?? rest.slice(0, 1);
      pieces.push({ letters: piece, whole: at !== undefined });
      rest = rest.slice(piece.length);
    }
  }
  return pieces;
}

/** Composing text as it is shown: syllables with apostrophes between. */
export function shownPinyin(typed: string): string {
  const end = typed.endsWith("'") ? "'" : '';
  return (
    splitPinyin(typed)
      .map((piece) => piece.letters)
      .join("'") + end
  );
}

/** Letters of `typed` that the first `count` pieces take, breaks included. */
function usedBy(typed: string, pieces: readonly Piece[], count: number): number {
  let at = 0;
  for (const piece of pieces.slice(0, count)) {
    while (typed[at] === "'") at += 1;
    at += piece.letters.length;
  }
  while (typed[at] === "'") at += 1;
  return at;
}

/** Words whose spelling begins like the pieces: whole pieces must agree, a part must begin the syllable. */
function wordsFor(pieces: readonly Piece[], limit: number): readonly string[] {
  const exact = pieces.every((piece) => piece.whole)
    ? WORDS[pieces.map((piece) => piece.letters).join("'")]
    : undefined;
  const found = exact === undefined ? [] : exact.split(' ');
  if (pieces.every((piece) => piece.whole)) return found;
  for (const key of WORD_KEYS) {
    if (found.length >= limit) break;
    const syllables = key.split("'");
    if (syllables.length !== pieces.length) continue;
    const fits = pieces.every((piece, index) => {
      const syllable = syllables[index] ?? '';
      return piece.whole ? syllable === piece.letters : syllable.startsWith(piece.letters);
    });
    if (fits) found.push(...(WORDS[key] ?? '').split(' '));
  }
  return found.slice(0, limit);
}

/** Words by the first letters of their syllables, e.g. `ba` read as b-a; only for letters that spell nothing whole. */
function wordsByInitials(letters: string, limit: number): readonly string[] {
  if (!/^[a-z]{2,4}$/.test(letters)) return [];
  return wordsFor(
    Array.from(letters, (letter) => ({ letters: letter, whole: false })),
    limit,
  );
}

/** Characters of a syllable, or the most common ones of all syllables that begin so. */
function charactersFor(piece: Piece): readonly string[] {
  if (piece.whole) return [...(SYLLABLES[piece.letters] ?? '')];
  const beginning = NAMES.filter((name) => name.startsWith(piece.letters)).map((name) => [...(SYLLABLES[name] ?? '')]);
  return [0, 1, 2, 3].flatMap((rank) => beginning.flatMap((chars) => chars[rank] ?? []));
}

/** What the typed letters may mean, the likeliest first. Empty when nothing was typed. */
export function candidatesFor(typed: string): readonly Candidate[] {
  const pieces = splitPinyin(typed);
  const first = pieces[0];
  if (first === undefined) return [];
  const found: Candidate[] = [];
  const seen = new Set<string>();
  const add = (texts: readonly string[], used: number): void => {
    for (const text of texts) {
      if (seen.has(text)) continue;
      seen.add(text);
      found.push({ text, used });
    }
  };
  for (let count = Math.min(4, pieces.length); count >= 2; count -= 1) {
    add(wordsFor(pieces.slice(0, count), 24), usedBy(typed, pieces, count));
  }
  if (pieces.some((piece) => !piece.whole)) add(wordsByInitials(typed.replaceAll("'", ''), 12), typed.length);
  add(charactersFor(first), usedBy(typed, pieces, 1));
  return found;
}
