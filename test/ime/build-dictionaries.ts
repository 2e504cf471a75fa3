/**
 * Makes the files of `assets/dictionaries`; sources and licences stand in the README there. Fetches pinned npm packages
 * and one Debian package into `out/`. Run it after changing `own-words.txt` or `word-classes.txt`:
 * `node test/ime/build-dictionaries.ts [pinyin] [strokes] [rare] [readings]`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPinyin } from './build/pinyin.ts';
import { buildRare } from './build/rare.ts';
import { buildReadings } from './build/readings.ts';
import { buildStrokes } from './build/strokes.ts';

const HOME = join(import.meta.dirname, '..', '..', 'assets', 'dictionaries');
const wanted = process.argv.slice(2);
const asked = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

await mkdir(HOME, { recursive: true });
if (asked('pinyin')) {
  const { bytes, words } = await buildPinyin();
  await writeFile(join(HOME, 'pinyin.bin'), bytes);
  say(`pinyin.bin: ${words} words, ${bytes.length} bytes`);
}
if (asked('strokes')) {
  const { bytes, characters } = await buildStrokes();
  await writeFile(join(HOME, 'strokes.bin'), bytes);
  say(`strokes.bin: ${characters} characters, ${bytes.length} bytes`);
}
if (asked('rare')) {
  const { text, keys, characters } = await buildRare();
  await writeFile(join(HOME, 'rare.bin'), text);
  say(`rare.bin: ${keys} keys for ${characters} characters`);
}
if (asked('readings')) {
  const { text, characters } = await buildReadings();
  await writeFile(join(HOME, 'readings.txt'), text);
  say(`readings.txt: ${characters} characters`);
}
