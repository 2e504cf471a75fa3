/**
 * Words and characters by their syllables, as `test/ime/build` packs them: a tree of syllables, breadth first, in typed
 * arrays over the file's own bytes, so that nothing has to be read in before the first key.
 */
export interface Dictionary {
  /** All syllables in order of the alphabet; a syllable's number is its place. */
  readonly syllables: readonly string[];
  /** Children of node n are nodes `childStart[n]` to `childStart[n + 1]`, in order of their syllables. */
  readonly childStart: Uint32Array;
  /** Words of node n are words `wordStart[n]` to `wordStart[n + 1]`, the likely first. */
  readonly wordStart: Uint32Array;
  /** The syllable that leads to a node. */
  readonly nodeSyllable: Uint16Array;
  /** Hundredths of a nat; the higher, the seldomer. */
  readonly cost: Uint16Array;
  /** Classes of words that say how they follow each other; bits of `WORD_CLASS`. */
  readonly kind: Uint8Array;
  /** Text of word `word` that stands `depth` syllables deep. */
  readonly text: (word: number, depth: number) => string;
  /** Code unit `index` of the same text. */
  readonly unit: (word: number, depth: number, index: number) => number;
}

/**
 * What words do behind or before others: `action` ends what is applied for (失业 + 登记), `suffix` says what a name is
 * (人民 + 路), `measure` follows a `number` (三 + 单元), `leader` stands before what is wanted (办 + 身份证).
 */
export const WORD_CLASS = { action: 1, suffix: 2, number: 4, measure: 8, leader: 16 } as const;

const MAGIC = 0x31494d45;
const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** Lays the tree over the bytes. Null when they are no dictionary, or the machine reads numbers the other way round. */
export function readDictionary(bytes: ArrayBuffer): Dictionary | null {
  if (bytes.byteLength < 20 || !LITTLE_ENDIAN) return null;
  const [magic, namesLength = 0, nodes = 0, words = 0, letters = 0] = new Uint32Array(bytes, 0, 5);
  if (magic !== MAGIC) return null;
  let at = 20;
  const names = new TextDecoder().decode(new Uint8Array(bytes, at, namesLength));
  at += Math.ceil(namesLength / 4) * 4;
  if (bytes.byteLength !== at + 8 * (nodes + 1) + 2 * (nodes + words + letters) + words) return null;
  const childStart = new Uint32Array(bytes, at, nodes + 1);
  at += 4 * (nodes + 1);
  const wordStart = new Uint32Array(bytes, at, nodes + 1);
  at += 4 * (nodes + 1);
  const nodeSyllable = new Uint16Array(bytes, at, nodes);
  at += 2 * nodes;
  const cost = new Uint16Array(bytes, at, words);
  at += 2 * words;
  const text = new Uint16Array(bytes, at, letters);
  const kind = new Uint8Array(bytes, at + 2 * letters, words);
  const depths = wordsByDepth(childStart, wordStart);
  return {
    syllables: names.split(' '),
    childStart,
    wordStart,
    nodeSyllable,
    cost,
    kind,
    text: (word, depth) => {
      const level = depths[depth];
      if (level === undefined) return '';
      const from = level.letter + (word - level.word) * depth;
      return String.fromCharCode(...text.subarray(from, from + depth));
    },
    unit: (word, depth, index) => {
      const level = depths[depth];
      return level === undefined ? 0 : (text[level.letter + (word - level.word) * depth + index] ?? 0);
    },
  };
}

/** Where the words of each depth begin, counted in words and in letters; words of depth d have d letters. */
function wordsByDepth(
  childStart: Uint32Array,
  wordStart: Uint32Array,
): readonly { readonly word: number; readonly letter: number }[] {
  const depths: { word: number; letter: number }[] = [];
  let from = 0;
  let to = 1;
  let letter = 0;
  for (let depth = 0; from < to; depth += 1) {
    const word = wordStart[from] ?? 0;
    depths.push({ word, letter });
    letter += ((wordStart[to] ?? 0) - word) * depth;
    [from, to] = [childStart[from] ?? 0, childStart[to] ?? 0];
  }
  return depths;
}
