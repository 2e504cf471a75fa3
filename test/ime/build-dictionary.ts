/**
 * Makes `renderer/ime/pinyin.json`: which characters and words a spelled syllable stands for, the common ones first.
 * Readings come from pinyin-pro, how common a word is from jieba's word list, the character set is GB 2312.
 * Run it after changing `renderer/ime/words.json`: `node test/ime/build-dictionary.ts`.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pinyin } from 'pinyin-pro';

const require = createRequire(import.meta.url);
const HOME = new URL('../../renderer/ime/', import.meta.url);
/** How many words of 2 to 4 characters, the most common first. */
const WORDS = 14_000;

/** Characters of GB 2312 rows 16 to 87. */
function gb2312(): string[] {
  const decoder = new TextDecoder('gbk');
  const all: string[] = [];
  for (let row = 0xb0; row <= 0xf7; row += 1) {
    for (let cell = 0xa1; cell <= 0xfe; cell += 1) {
      const char = decoder.decode(Uint8Array.of(row, cell));
      if (/^\p{Script=Han}$/u.test(char)) all.push(char);
    }
  }
  return all;
}

/** ü is typed v. */
function spelled(reading: string): string {
  return reading.replaceAll('ü', 'v').toLowerCase();
}

const chars = gb2312();
const known = new Set(chars);
const frequency = new Map<string, number>();
const single = new Map<string, number>();
const list = await readFile(require.resolve('@node-rs/jieba/dict.txt'), 'utf8');
for (const line of list.split('\n')) {
  const [word = '', count = '0'] = line.split(' ');
  const letters = [...word];
  if (letters.length === 0 || !letters.every((letter) => known.has(letter))) continue;
  for (const letter of letters) single.set(letter, (single.get(letter) ?? 0) + Number(count));
  if (letters.length >= 2 && letters.length <= 4) frequency.set(word, Number(count));
}

const syllables = new Map<string, string[]>();
for (const char of chars) {
  const readings = new Set(pinyin(char, { type: 'array', toneType: 'none', multiple: true, v: true }).map(spelled));
  for (const reading of readings) {
    if (!/^[a-z]+$/.test(reading)) continue;
    const entry = syllables.get(reading) ?? [];
    entry.push(char);
    syllables.set(reading, entry);
  }
}

// A second reading of a common character (都 du, 地 di) stands behind the characters whose first reading it is.
const firstReading = new Map(chars.map((char) => [char, spelled(pinyin(char, { toneType: 'none', v: true }))]));
const weight = (char: string, reading: string): number =>
  (single.get(char) ?? 0) * (firstReading.get(char) === reading ? 1 : 0.02);

const out: Record<string, string> = {};
for (const [reading, entry] of [...syllables].sort(([a], [b]) => (a < b ? -1 : 1))) {
  out[reading] = entry.sort((a, b) => weight(b, reading) - weight(a, reading)).join('');
}

const own = JSON.parse(await readFile(new URL('words.json', HOME), 'utf8')) as string[];
const common = [...frequency].sort((a, b) => b[1] - a[1]).slice(0, WORDS);
const words = new Map<string, { word: string; count: number }[]>();
const taken = new Set<string>();
for (const [word, count] of [...own.map((one) => [one, 1e9] as const), ...common]) {
  if (taken.has(word) || [...word].length < 2) continue;
  taken.add(word);
  const key = pinyin(word, { type: 'array', toneType: 'none', v: true }).map(spelled).join("'");
  if (!/^[a-z']+$/.test(key)) continue;
  const entry = words.get(key) ?? [];
  entry.push({ word, count });
  words.set(key, entry);
}
const outWords: Record<string, string> = {};
for (const [key, entry] of [...words].sort(([a], [b]) => (a < b ? -1 : 1))) {
  outWords[key] = entry
    .sort((a, b) => b.count - a.count)
    .map((one) => one.word)
    .join(' ');
}
await writeFile(new URL('pinyin.json', HOME), `${JSON.stringify({ syllables: out, words: outWords }, null, 0)}\n`);
process.stdout.write(`${Object.keys(out).length} syllables, ${chars.length} characters, ${taken.size} words\n`);
