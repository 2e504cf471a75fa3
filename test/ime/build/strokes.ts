import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fitted, resampled, type Point, type Stroke } from '../../../renderer/ime/recogniser.ts';
import { npmPackage } from './sources.ts';

const require = createRequire(import.meta.url);

/** Parts of characters that nobody writes alone, and that would stand in the way of those that look like them. */
const PARTS_ONLY = '囗匸丨丿丶乚亅亠冂冖凵勹匚卩夂夊宀尢屮巛廴彐彡';

/** How often each character occurs, for the order of equals. */
async function frequencies(): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const line of (await readFile(require.resolve('@node-rs/jieba/dict.txt'), 'utf8')).split('\n')) {
    const [word = '', count = '0'] = line.split(' ');
    for (const char of word) found.set(char, (found.get(char) ?? 0) + Number(count));
  }
  return found;
}

/** Middle lines of the strokes of every character, in the order of writing; y downwards. */
export async function templates(): Promise<readonly { readonly char: string; readonly strokes: readonly Stroke[] }[]> {
  const dir = await npmPackage('hanzi-writer-data', '2.0.1');
  const often = await frequencies();
  const files = (await readdir(dir)).filter(
    (name) => /^\p{Script=Han}\.json$/u.test(name) && !PARTS_ONLY.includes(name.charAt(0)),
  );
  const found = await Promise.all(
    files.map(async (file) => {
      const { medians } = JSON.parse(await readFile(join(dir, file), 'utf8')) as { medians: [number, number][][] };
      const strokes = medians.map((stroke) => stroke.map(([x, y]): Point => [x, 900 - y]));
      return { char: file.replace('.json', ''), strokes };
    }),
  );
  return found.toSorted((a, b) => (often.get(b.char) ?? 0) - (often.get(a.char) ?? 0) || (a.char < b.char ? -1 : 1));
}

const bytesOf = (points: readonly Point[]): readonly number[] =>
  points.flatMap(([x, y]) => [Math.round(x), Math.round(y)].map((one) => Math.min(255, Math.max(0, one))));

/** `assets/dictionaries/strokes.bin` as `renderer/ime/recogniser.ts` reads it. */
export async function buildStrokes(): Promise<{ readonly bytes: Uint8Array; readonly characters: number }> {
  const all = await templates();
  const text = new TextEncoder().encode(all.map(({ char }) => char).join(''));
  const shapes = all.map(({ strokes }) => fitted(strokes));
  const parts = [
    new Uint8Array(Uint32Array.of(0x314b5453, all.length, text.length).buffer),
    text,
    Uint8Array.from(shapes, (strokes) => strokes.length),
    Uint8Array.from(shapes.flatMap((strokes) => bytesOf(resampled(strokes.flat(), 16)))),
    Uint8Array.from(shapes.flatMap((strokes) => strokes.flatMap((stroke) => bytesOf(resampled(stroke, 6))))),
  ];
  return { bytes: new Uint8Array(await new Blob(parts).arrayBuffer()), characters: all.length };
}
