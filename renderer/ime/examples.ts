import type { Dictionary } from './dictionary.ts';

/** Length of the words by which characters are told apart. */
const LENGTH = 2;
/** How much seldomer a word of the same character twice is taken to be, in hundredths of a nat: it tells nothing. */
const TWICE_THE_SAME = 1_000;
const UNITS = 0x1_0000;

/**
 * For every character the commonest word of two with it: 测 is that of 测试, 丽 that of 美丽. The whole dictionary is gone
 * through once, in a few milliseconds.
 */
export function examplesOf(dictionary: Dictionary): (character: string) => string | null {
  const { childStart, wordStart, cost, unit } = dictionary;
  let [from, to] = [0, 1];
  for (let depth = 0; depth < LENGTH; depth += 1) [from, to] = [childStart[from] ?? 0, childStart[to] ?? 0];
  const best = new Uint32Array(UNITS);
  const costs = new Uint32Array(UNITS).fill(0xffff_ffff);
  const end = wordStart[to] ?? 0;
  for (let word = wordStart[from] ?? 0; word < end; word += 1) {
    const first = unit(word, LENGTH, 0);
    const second = unit(word, LENGTH, 1);
    const price = (cost[word] ?? 0) + (first === second ? TWICE_THE_SAME : 0);
    if (price < (costs[first] ?? 0)) {
      costs[first] = price;
      best[first] = word;
    }
    if (price < (costs[second] ?? 0)) {
      costs[second] = price;
      best[second] = word;
    }
  }
  return (character) => {
    const code = character.length === 1 ? character.charCodeAt(0) : UNITS;
    const word = best[code] ?? 0;
    return word === 0 ? null : dictionary.text(word, LENGTH);
  };
}
