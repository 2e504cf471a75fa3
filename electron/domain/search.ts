import type { TextRange } from './field-problem.ts';
import type { ItemSummary } from './item-pack.ts';
import { toHalfWidth } from './normal-text.ts';
import type { Language } from './text.ts';

/** One found item with the characters of its name (in the screen's language) that match. */
export interface SearchHit {
  readonly item: ItemSummary;
  readonly matched: readonly TextRange[];
}

/** How good a match of one word is; higher is better, 0 is none. */
interface WordMatch {
  readonly score: number;
  readonly ranges: readonly TextRange[];
}

/**
 * Finds items by name, summary, keywords, department and pinyin initials in both languages; the best come first, equals
 * keep the catalogue's order. Every word of the query must match. An empty query gives all items unmarked.
 */
export function searchItems(items: readonly ItemSummary[], query: string, language: Language): readonly SearchHit[] {
  const words = fold(query)
    .split(/\s+/)
    .filter((word) => word !== '');
  const hits: { readonly hit: SearchHit; readonly score: number }[] = [];
  for (const item of items) {
    const matches = words.map((word) => matchWord(item, word, language));
    if (matches.some((match) => match.score === 0)) continue;
    const score = matches.reduce((total, match) => total + match.score, 0);
    hits.push({ hit: { item, matched: mergeRanges(matches.flatMap((match) => match.ranges)) }, score });
  }
  return hits.sort((a, b) => b.score - a.score).map((entry) => entry.hit);
}

/** Folding keeps the length in UTF-16 units, so that places fit the original. */
function fold(text: string): string {
  return toHalfWidth(text).replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function matchWord(item: ItemSummary, word: string, language: Language): WordMatch {
  const name = fold(item.name[language]);
  const index = name.indexOf(word);
  if (index >= 0) {
    const ranges: TextRange[] = [[index, index + word.length]];
    if (name === word) return { score: 100, ranges };
    return { score: index === 0 ? 80 : 60, ranges };
  }
  const initials = item.pinyin ?? '';
  const at = /^[a-z]{2,}$/.test(word) ? initials.indexOf(word) : -1;
  if (at >= 0) return { score: at === 0 ? 55 : 45, ranges: initialRanges(item, at, word.length, language) };
  const scattered = /^\p{Script=Han}{2,}$/u.test(word) ? scatteredRanges(name, word) : null;
  if (scattered !== null) return { score: 40, ranges: scattered };
  const keywords = item.keywords.map(fold);
  if (keywords.includes(word)) return { score: 50, ranges: [] };
  if (keywords.some((keyword) => keyword.includes(word))) return { score: 35, ranges: [] };
  const other: Language = language === 'zh-CN' ? 'en' : 'zh-CN';
  if (fold(item.name[other]).includes(word)) return { score: 30, ranges: [] };
  const rest = [item.summary[language], item.summary[other], item.department['zh-CN'], item.department.en].map(fold);
  return { score: rest.some((text) => text.includes(word)) ? 10 : 0, ranges: [] };
}

/** Initials stand for one Chinese character each, when the counts agree. */
function initialRanges(item: ItemSummary, at: number, length: number, language: Language): readonly TextRange[] {
  const fits = language === 'zh-CN' && item.name['zh-CN'].length === item.pinyin?.length;
  return fits ? [[at, at + length]] : [];
}

/** Characters of the word in order with others between them, e.g. 房租 in 房屋租赁. */
function scatteredRanges(name: string, word: string): readonly TextRange[] | null {
  const ranges: TextRange[] = [];
  let from = 0;
  for (const char of word) {
    const index = name.indexOf(char, from);
    if (index < 0) return null;
    from = index + char.length;
    ranges.push([index, from]);
  }
  return ranges;
}

function mergeRanges(ranges: readonly TextRange[]): readonly TextRange[] {
  const merged: [number, number][] = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}
