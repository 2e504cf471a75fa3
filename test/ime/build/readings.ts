import { pinyin } from 'pinyin-pro';
import { unihanReadings } from './rare.ts';

/** Characters that texts of service items are written with. */
const PLANE = [0x3400, 0x9fff] as const;

/**
 * `assets/dictionaries/readings.txt`, for searching by sound: a line for each syllable with every character that may be
 * read so.
 */
export async function buildReadings(): Promise<{ readonly text: string; readonly characters: number }> {
  const unihan = await unihanReadings();
  const lines = new Map<string, string[]>();
  let characters = 0;
  for (let code = PLANE[0]; code <= PLANE[1]; code += 1) {
    const char = String.fromCodePoint(code);
    const known = pinyin(char, { type: 'array', toneType: 'none', multiple: true, v: true })
      .map((one) => one.replaceAll('ü', 'v').toLowerCase())
      .filter((one) => /^[a-z]+$/.test(one));
    const all = new Set(known.length > 0 ? known : (unihan.get(char) ?? []).slice(0, 2));
    if (all.size > 0) characters += 1;
    for (const one of all) lines.set(one, [...(lines.get(one) ?? []), char]);
  }
  const text = [...lines].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, chars]) => `${key} ${chars.join('')}\n`);
  return { text: text.join(''), characters };
}
