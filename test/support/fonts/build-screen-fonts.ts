/**
 * Makes `assets/fonts/screen/`: the fonts of the screens and the style sheets that name them: `fonts.css` the core,
 * `more-1.css` to `more-6.css` the rest, the common characters first.
 *
 * - `core-400.woff2`, `core-700.woff2`: every character of our own texts, so that a first screen needs two files.
 * - the common rest: the slices of the npm package `@fontsource/noto-sans-sc`, named by its style sheet.
 * - `rare-N.woff2`: characters of names beyond that (all of extension A, parts of B to H), regular only.
 *
 * Run it after texts have grown by many new characters: `node test/support/fonts/build-screen-fonts.ts`. Needs the Debian
 * packages `fonts-noto-cjk`, `fonttools` and `python3-brotli`; PYFTSUBSET may name another pyftsubset.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codePointsOfFirstFace, withFaceFirst } from '../paper/font-collection.ts';
import { facesOf, rangeText, rangesOf } from './unicode-range.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const TARGET = join(ROOT, 'assets', 'fonts', 'screen');
const SLICES = join(ROOT, 'node_modules', '@fontsource', 'noto-sans-sc');
const SOURCES = { 400: 'NotoSansCJK-Regular.ttc', 700: 'NotoSansCJK-Bold.ttc' } as const;
const FACE = 'Noto Sans CJK SC';
/** Names of the shipped families: never those of a font of the system. */
const CORE_FAMILY = 'Hall24 Sans';
/**
 * Families of everything else. The browser goes over all faces of a family for each size of type that meets one of its
 * characters, and keeps a stand-in from the system for each face that is not loaded: 1,000 questions and 4 MB for one screen
 * that has them all in one family. The slices of the package are numbered by how common their characters are, so that most
 * characters are found in the first two of these.
 */
const MORE_FAMILY = 'Hall24 More';
/** Lowest number of a slice in each of them; the last one has the rest. */
const MORE_FROM = [113, 106, 97, 80, 60, 0] as const;

function moreFamily(file: string): string {
  const slice = /noto-sans-sc-(\d+)-/.exec(file)?.[1];
  const group = file.includes('rare-')
    ? MORE_FROM.length - 1
    : // Other scripts' letters have no number.
      MORE_FROM.findIndex((least) => Number(slice ?? 97) >= least);
  return `${MORE_FAMILY} ${group + 1}`;
}

/** Characters of one file of rare ones. */
const RARE_SLICE = 1024;

type Weight = keyof typeof SOURCES;
/** Of a face; a range stands for each in it, as `font-weight` has it. */
type FaceWeight = Weight | '400 700';

function sourceOf(weight: Weight): string {
  return join('/usr/share/fonts/opentype/noto', SOURCES[weight]);
}

function textsBelow(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');
}

/** Printable ASCII, what punctuation and figures need, and every character of our texts and items. */
function coreCharacters(known: ReadonlySet<number>): number[] {
  const own = textsBelow(join(ROOT, 'assets', 'locales')) + textsBelow(join(ROOT, 'assets', 'catalogue'));
  const wanted = new Set([...own].map((character) => character.codePointAt(0) ?? 0));
  for (let code = 0x20; code < 0x7f; code += 1) wanted.add(code);
  for (const character of '\u00a0·×÷°‘’“”—…、。《》「」『』【】！（），：；？￥¥■□●○◆→←↑↓✓一二三四五六七八九十百千万零〇') {
    wanted.add(character.codePointAt(0) ?? 0);
  }
  return [...wanted].filter((code) => code >= 0x20 && known.has(code)).sort((a, b) => a - b);
}

function isHan(code: number): boolean {
  return (code >= 0x3400 && code <= 0x9fff) || code >= 0x20000;
}

const work = mkdtempSync(join(tmpdir(), 'screen-fonts-'));

function subset(weight: Weight, codes: readonly number[], name: string): void {
  const list = join(work, `${name}.txt`);
  writeFileSync(list, codes.map((code) => code.toString(16)).join('\n'));
  execFileSync(process.env['PYFTSUBSET'] ?? 'pyftsubset', [
    sourceOf(weight),
    '--font-number=2',
    `--unicodes-file=${list}`,
    '--flavor=woff2',
    '--no-hinting',
    '--desubroutinize',
    '--layout-features=kern,liga,tnum,locl,ccmp,mark,mkmk,halt,palt,vert,vrt2',
    `--output-file=${join(TARGET, `${name}.woff2`)}`,
  ]);
}

function rule(family: string, weight: FaceWeight, url: string, range: string): string {
  return `@font-face {
  font-family: '${family}';
  font-weight: ${weight};
  font-display: block;
  src: url('${url}') format('woff2');
  unicode-range: ${range};
}`;
}

/** The package's slices of one weight under our own name. */
function commonRules(weight: Weight): { readonly rules: string[]; readonly codes: Set<number> } {
  const faces = facesOf(readFileSync(join(SLICES, `${weight}.css`), 'utf8'));
  const codes = new Set(faces.flatMap(({ codes: all }) => all));
  const below = '../../../node_modules/@fontsource/noto-sans-sc';
  return { rules: faces.map(({ file, range }) => rule(moreFamily(file), weight, `${below}/${file}`, range)), codes };
}

rmSync(TARGET, { recursive: true, force: true });
mkdirSync(TARGET, { recursive: true });
const face = withFaceFirst(readFileSync(sourceOf(400)), FACE);
if (face === null) throw new Error(`${sourceOf(400)} does not hold "${FACE}"`);
const known = new Set(codePointsOfFirstFace(face));
const common = { 400: commonRules(400), 700: commonRules(700) } as const;
const core = coreCharacters(known);
const rare = [...known].filter((code) => isHan(code) && !common[400].codes.has(code)).sort((a, b) => a - b);
const more: string[] = [];
for (let at = 0; at < rare.length; at += RARE_SLICE) {
  const codes = rare.slice(at, at + RARE_SLICE);
  const name = `rare-${at / RARE_SLICE + 1}`;
  subset(400, codes, name);
  // A weight without a face of its own would find the character in no font: the regular one stands in.
  more.push(rule(moreFamily(name), '400 700', `./${name}.woff2`, rangeText(rangesOf(codes))));
}
more.push(...common[400].rules, ...common[700].rules);
const first: string[] = [];
for (const weight of [400, 700] as const) {
  subset(weight, core, `core-${weight}`);
  first.push(rule(CORE_FAMILY, weight, `./core-${weight}.woff2`, rangeText(rangesOf(core))));
}
const head =
  '/* Made by test/support/fonts/build-screen-fonts.ts; Noto Sans CJK SC and Noto Sans SC, SIL Open Font License 1.1. */';
writeFileSync(join(TARGET, 'fonts.css'), `${head}\n${first.join('\n')}\n`);
for (const group of MORE_FROM.keys()) {
  const own = more.filter((face) => face.includes(`'${MORE_FAMILY} ${group + 1}'`));
  writeFileSync(join(TARGET, `more-${group + 1}.css`), `${head}\n${own.join('\n')}\n`);
}
rmSync(work, { recursive: true, force: true });
process.stdout.write(
  `${core.length} characters in the core, ${rare.length} rare ones, ${first.length + more.length} faces\n`,
);
