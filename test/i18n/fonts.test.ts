import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codesIn, facesOf, rangeText, rangesOf } from '../support/fonts/unicode-range.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const CSS = join(ROOT, 'assets', 'fonts', 'screen', 'fonts.css');
const faces = facesOf(readFileSync(CSS, 'utf8'));

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
    const missing = faces.filter(({ file }) => !existsSync(join(dirname(CSS), file)));
    expect(missing.map(({ file }) => file)).toEqual([]);
    expect(readFileSync(join(ROOT, 'assets', 'fonts', 'LICENSE'), 'utf8')).toContain('SIL OPEN FONT LICENSE');
  });

  it('hold every character of our own texts, most of them in the one file that is loaded at once', () => {
    const characters = [...new Set(ownTexts())].map((one) => one.codePointAt(0) ?? 0).filter((code) => code >= 0x20);
    for (const weight of [400, 700]) {
      const own = faces.filter((face) => face.weight === weight);
      const held = new Set(own.flatMap(({ codes }) => codes));
      const core = new Set(own.find(({ file }) => file.includes('core-'))?.codes);
      expect(characters.filter((code) => !held.has(code)).map((code) => String.fromCodePoint(code))).toEqual([]);
      expect(characters.filter((code) => core.has(code)).length / characters.length).toBeGreaterThan(0.9);
    }
    for (const weight of [400, 700]) {
      expect(statSync(join(dirname(CSS), `core-${weight}.woff2`)).size).toBeLessThan(400_000);
    }
  });

  it.each([400, 700])('hold the rare characters of names in weight %i', (wanted) => {
    const held = new Set(faces.filter(({ weight }) => weight === wanted).flatMap(({ codes }) => codes));
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
