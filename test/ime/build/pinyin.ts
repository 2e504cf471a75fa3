import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Jieba } from '@node-rs/jieba';
import { dict } from '@node-rs/jieba/dict.js';
import { pinyin } from 'pinyin-pro';
import { npmPackage } from './sources.ts';

const require = createRequire(import.meta.url);
/** Longest word, in characters. */
const LONGEST = 8;
/** Words that the word list counts more seldom stay out unless they are two or three characters long. */
const RARE_COUNT = 4;
/** Counts given to words of the field and to places, over the word list's own where that is lower. */
const COUNT = { own: 6000, ownFactor: 4, part: 1500, said: 120, province: 3000, city: 1200, county: 150 } as const;

/** Share of its words' counts that a character has besides its own: alone it is seldomer than inside words. */
const INSIDE = 0.04;
/** Classes by their names in `word-classes.txt`; a word is of several. */
const CLASSES = { action: 1, suffix: 2, number: 4, measure: 8, leader: 16 } as const;

/** A word with its syllables and how often it occurs. */
interface Word {
  readonly text: string;
  readonly syllables: readonly string[];
  readonly count: number;
}

/** ü is typed v. */
const spelled = (reading: string): string => reading.replaceAll('ü', 'v').toLowerCase();

/** Characters of GB 2312 rows 16 to 87, and those of GBK in common names that it lacks. */
function characters(): readonly string[] {
  const decoder = new TextDecoder('gbk');
  const all: string[] = [];
  for (let row = 0xb0; row <= 0xf7; row += 1) {
    for (let cell = 0xa1; cell <= 0xfe; cell += 1) {
      const char = decoder.decode(Uint8Array.of(row, cell));
      if (/^\p{Script=Han}$/u.test(char)) all.push(char);
    }
  }
  return [...all, ...Array.from('镕瑄堃喆赟昇甯犇淼焱垚垄翀琤瑀珺玥瑢祎禛颢婳嫕妤芃茗晞暐晟旻昉烜煊燚炘炜烨熠')].filter(
    (char, index, whole) => whole.indexOf(char) === index,
  );
}

function readings(word: string): readonly string[] | null {
  const all = pinyin(word, { type: 'array', toneType: 'none', v: true }).map(spelled);
  return all.length === [...word].length && all.every((one) => /^[a-z]+$/.test(one)) ? all : null;
}

/** Names of provinces, cities and counties, each with and without what it is. */
async function places(counts: ReadonlyMap<string, number>): Promise<readonly (readonly [string, number])[]> {
  const dir = await npmPackage('china-area-data', '5.0.1');
  const data = JSON.parse(await readFile(join(dir, 'data.json'), 'utf8')) as Record<string, Record<string, string>>;
  const found: [string, number][] = [];
  for (const [code, entries] of Object.entries(data)) {
    for (const [key, name] of Object.entries(entries)) {
      if (/市辖区|直辖/.test(name)) continue;
      const count = code === '86' ? COUNT.province : key.endsWith('00') ? COUNT.city : COUNT.county;
      const short = name.replace(/(省|市|区|县|自治区|自治州|自治县|旗)$/, '');
      found.push([name, count + 2 * (counts.get(short) ?? 0)]);
      if (count !== COUNT.county && [...short].length >= 2 && short !== name) found.push([short, count]);
    }
  }
  return found;
}

async function ownWords(): Promise<readonly (readonly [string, readonly string[] | null])[]> {
  const text = await readFile(join(import.meta.dirname, '..', 'own-words.txt'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [word = '', reading] = line.split(' ');
      return [word, reading === undefined ? null : reading.split("'")] as const;
    });
}

/** What the kiosk's own texts say, and what the words of the field are made of: words with counts to add. */
async function saidWords(): Promise<ReadonlyMap<string, number>> {
  const jieba = Jieba.withDict(dict);
  const found = new Map<string, number>();
  const add = (text: string, count: number, most: number): void => {
    for (const word of jieba.cut(text, false)) {
      if (/^\p{Script=Han}{2,8}$/u.test(word)) found.set(word, Math.min(most, (found.get(word) ?? 0) + count));
    }
  };
  for (const folder of ['catalogue/items', 'locales/zh-CN']) {
    const dir = join(import.meta.dirname, '..', '..', '..', 'assets', folder);
    for (const file of (await readdir(dir)).toSorted()) add(await readFile(join(dir, file), 'utf8'), COUNT.said, 3000);
  }
  for (const [word] of await ownWords()) add(word, COUNT.part, 6000);
  return found;
}

async function collect(): Promise<readonly Word[]> {
  const chars = characters();
  const known = new Set(chars);
  const counts = new Map<string, number>();
  const single = new Map<string, number>();
  const list = await readFile(require.resolve('@node-rs/jieba/dict.txt'), 'utf8');
  for (const line of list.split('\n')) {
    const [word = '', number = '0'] = line.split(' ');
    const count = Number(number);
    const letters = [...word];
    if (letters.length === 0 || letters.length > LONGEST || !letters.every((letter) => known.has(letter))) continue;
    for (const letter of letters) single.set(letter, (single.get(letter) ?? 0) + count * INSIDE);
    if (letters.length === 1) single.set(word, (single.get(word) ?? 0) + count);
    if (letters.length === 1 || (count < RARE_COUNT && letters.length > 3) || count < 2) continue;
    counts.set(word, count);
  }
  const fixed = new Map<string, readonly string[]>();
  for (const [word, count] of await places(counts)) {
    if ([...word].every((letter) => known.has(letter)) && [...word].length <= LONGEST)
      counts.set(word, Math.max(counts.get(word) ?? 0, count));
  }
  for (const [word, reading] of await ownWords()) {
    counts.set(word, COUNT.own + COUNT.ownFactor * (counts.get(word) ?? 0));
    if (reading !== null) fixed.set(word, reading);
  }
  for (const [word, count] of await saidWords()) {
    if (!known.has([...word][0] ?? '') || ![...word].every((letter) => known.has(letter))) continue;
    counts.set(word, (counts.get(word) ?? 0) + count);
  }
  const words: Word[] = [];
  for (const [text, count] of counts) {
    if ([...text].length < 2) continue;
    const syllables = fixed.get(text) ?? readings(text);
    if (syllables !== null) words.push({ text, syllables, count });
  }
  for (const char of chars) {
    const all = pinyin(char, { type: 'array', toneType: 'none', multiple: true, v: true }).map(spelled);
    const first = spelled(pinyin(char, { toneType: 'none', v: true }));
    for (const syllable of new Set([first, ...all])) {
      if (!/^[a-z]+$/.test(syllable)) continue;
      const count = (single.get(char) ?? 0) * (syllable === first ? 1 : 0.02) + 0.2;
      words.push({ text: char, syllables: [syllable], count });
    }
  }
  return words;
}

async function wordClasses(): Promise<ReadonlyMap<string, number>> {
  const text = await readFile(join(import.meta.dirname, '..', 'word-classes.txt'), 'utf8');
  const found = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [name = '', ...words] = line.split(' ');
    if (!Object.hasOwn(CLASSES, name)) continue;
    for (const word of words) found.set(word, (found.get(word) ?? 0) | CLASSES[name as keyof typeof CLASSES]);
  }
  return found;
}

/** Node of the tree of syllables while it is built. */
interface Node {
  readonly children: Map<number, Node>;
  readonly words: { readonly text: string; readonly cost: number }[];
}

const node = (): Node => ({ children: new Map(), words: [] });

/** Cost of a word in hundredths of a nat: 100 x -ln(share). */
function costOf(count: number, total: number): number {
  return Math.min(65535, Math.round(-100 * Math.log(count / total)));
}

/**
 * The tree as bytes, laid out as `renderer/ime/dictionary.ts` reads it: breadth first, so that the children and words of
 * neighbouring nodes lie beside each other.
 */
function pack(words: readonly Word[], classes: ReadonlyMap<string, number>): Uint8Array {
  const syllables = [...new Set(words.flatMap((word) => word.syllables))].sort();
  const ids = new Map(syllables.map((one, index) => [one, index]));
  const total = words.reduce((sum, word) => sum + word.count, 0);
  const root = node();
  for (const word of words) {
    let at = root;
    for (const syllable of word.syllables) {
      const id = ids.get(syllable) ?? 0;
      let next = at.children.get(id);
      if (next === undefined) at.children.set(id, (next = node()));
      at = next;
    }
    at.words.push({ text: word.text, cost: costOf(word.count, total) });
  }
  const order: { readonly id: number; readonly node: Node }[] = [{ id: 0, node: root }];
  const childStart: number[] = [];
  const wordStart: number[] = [];
  const costs: number[] = [];
  const kinds: number[] = [];
  let text = '';
  for (let at = 0; at < order.length; at += 1) {
    const one = order[at];
    if (one === undefined) break;
    childStart.push(order.length);
    wordStart.push(costs.length);
    for (const [id, child] of [...one.node.children].sort((a, b) => a[0] - b[0])) order.push({ id, node: child });
    for (const word of one.node.words.sort((a, b) => a.cost - b.cost)) {
      costs.push(word.cost);
      kinds.push(classes.get(word.text) ?? 0);
      text += word.text;
    }
  }
  childStart.push(order.length);
  wordStart.push(costs.length);
  const names = new TextEncoder().encode(syllables.join(' '));
  const namesSize = Math.ceil(names.length / 4) * 4;
  const parts = [
    new Uint8Array(Uint32Array.of(0x31494d45, names.length, order.length, costs.length, text.length).buffer),
    Uint8Array.from({ length: namesSize }, (_, index) => names[index] ?? 32),
    new Uint8Array(Uint32Array.from(childStart).buffer),
    new Uint8Array(Uint32Array.from(wordStart).buffer),
    new Uint8Array(Uint16Array.from(order, (one) => one.id).buffer),
    new Uint8Array(Uint16Array.from(costs).buffer),
    new Uint8Array(Uint16Array.from({ length: text.length }, (_, index) => text.charCodeAt(index)).buffer),
    Uint8Array.from(kinds),
  ];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** `assets/dictionaries/pinyin.bin`, and what is in it. */
export async function buildPinyin(): Promise<{ readonly bytes: Uint8Array; readonly words: number }> {
  const words = await collect();
  return { bytes: pack(words, await wordClasses()), words: words.length };
}
