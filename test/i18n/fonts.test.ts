import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { beyond } from '../../renderer/theme/more-fonts.ts';
import { codesIn, facesOf, rangeText, rangesOf, type Face } from '../support/fonts/unicode-range.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SCREEN = join(ROOT, 'assets', 'fonts', 'screen');
const sheet = (name: string): Face[] => facesOf(readFileSync(join(SCREEN, name), 'utf8'));
const core = sheet('fonts.css');
const more = [1, 2, 3, 4, 5, 6].map((number) => sheet(`more-${number}.css`));
const faces = [...core, ...more.flat()];

function ownTexts(): string {
  return ['locales', 'catalogue']
    .flatMap((folder) =>
      readdirSync(join(ROOT, 'assets', folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.json'))
        .map((name) => readFileSync(join(ROOT, 'assets', folder, name), 'utf8')),
    )
    .join('');
}

describe('the fonts of the screens', () => {
  it('are all there, with their licence beside them', () => {
    expect(faces.length).toBeGreaterThan(200);
    const missing = faces.filter(({ file }) => !existsSync(join(SCREEN, file)));
    expect(missing.map(({ file }) => file)).toEqual([]);
    expect(readFileSync(join(ROOT, 'assets', 'fonts', 'LICENSE'), 'utf8')).toContain('SIL OPEN FONT LICENSE');
  });

  it('hold every character of our own texts, most of them in the one file that is loaded at once', () => {
    const characters = [...new Set(ownTexts())].map((one) => one.codePointAt(0) ?? 0).filter((code) => code >= 0x20);
    for (const weight of [400, 700]) {
      const own = faces.filter(({ weights }) => weights.includes(weight));
      const held = new Set(own.flatMap(({ codes }) => codes));
      const first = new Set(own.find(({ file }) => file.includes('core-'))?.codes);
      expect(characters.filter((code) => !held.has(code)).map((code) => String.fromCodePoint(code))).toEqual([]);
      expect(characters.filter((code) => first.has(code)).length / characters.length).toBeGreaterThan(0.9);
    }
    for (const weight of [400, 700]) {
      expect(statSync(join(SCREEN, `core-${weight}.woff2`)).size).toBeLessThan(400_000);
    }
  });

  it('are named in a sheet that each page loads, with the two of the core alone, and in sheets that follow', () => {
    expect(core.map(({ file }) => file)).toEqual(['core-400.woff2', 'core-700.woff2']);
    expect(more.flat().filter(({ file }) => file.includes('core-'))).toEqual([]);
    const sheets = readdirSync(SCREEN).filter((name) => name.endsWith('.css'));
    expect(sheets.toSorted()).toEqual(['fonts.css', ...more.map((_, at) => `more-${at + 1}.css`)]);
    const inFirst = new Set(more[0]?.flatMap(({ codes }) => codes));
    for (const character of '厅区县镇街')
      expect([character, inFirst.has(character.codePointAt(0) ?? 0)]).toEqual([character, true]);
  });

  it('are asked for by each character that those which are there lack', () => {
    for (const there of [core, [...core, ...(more[0] ?? [])]]) {
      const lacking = beyond(there.map(({ range }) => range).join(','));
      const held = new Set(there.flatMap(({ codes }) => codes));
      for (const code of new Set(faces.flatMap(({ codes }) => codes))) {
        if (code < 0x20) continue;
        expect([code, lacking.test(String.fromCodePoint(code))]).toEqual([code, !held.has(code)]);
      }
      expect(lacking.test('办理事项，0 to 9\n')).toBe(false);
      expect(lacking.test('办理事项𠮷')).toBe(true);
    }
  });

  it.each([400, 700])('hold the rare characters of names in weight %i', (wanted) => {
    const held = new Set(faces.filter(({ weights }) => weights.includes(wanted)).flatMap(({ codes }) => codes));
    for (const character of Array.from('𠮷㛃龘𬭚䶮𫖯㛤𬱖喆堃')) {
      expect([character, held.has(character.codePointAt(0) ?? 0)]).toEqual([character, true]);
    }
    const extensionA = Array.from({ length: 0x4dbf - 0x3400 + 1 }, (_, index) => 0x3400 + index);
    expect(extensionA.filter((code) => !held.has(code)).length).toBeLessThan(20);
  });
});

describe('unicode ranges', () => {
  it('are read as they were written', () => {
    const codes = [0x20, 0x21, 0x22, 0x4e00, 0x20bb7, 0x20bb8];
    expect(rangeText(rangesOf(codes))).toBe('U+20-22,U+4e00,U+20bb7-20bb8');
    expect(codesIn(rangeText(rangesOf(codes)))).toEqual(codes);
  });
});
