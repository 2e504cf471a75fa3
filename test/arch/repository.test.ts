import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, allFiles, read } from './source.ts';

const files = allFiles();
const TEXT = /\.(tsx?|mjs|cjs|json|ya?ml|md|css|html|svg|txt|sh)$|(^|\/)\.[a-z]+(rc)?$|^\.ci\/run$/;

describe('repository', () => {
  it('has nothing at its top but what belongs there', () => {
    const allowed = [
      ...['electron', 'renderer', 'native', 'assets', 'test', 'node_modules', 'out'],
      ...['package.json', 'package-lock.json', 'tsconfig.json', 'electron-builder.yml', 'vite.config.ts'],
      ...['README.md', 'LICENSE'],
    ];
    const strange = readdirSync(ROOT).filter((name) => !name.startsWith('.') && !allowed.includes(name));
    expect(strange).toEqual([]);
  });

  it.each(['', 'electron', 'renderer', 'native', 'assets', 'test'])('explains itself in %s/README.md', (folder) => {
    expect(existsSync(join(ROOT, folder, 'README.md'))).toBe(true);
  });

  it('keeps source files short enough to read', () => {
    const sources = files.filter((file) => /^(native|electron|renderer|test)\/.*\.(tsx?|mjs)$/.test(file));
    const long = sources
      .map((file) => [file, read(file).split('\n').length - 1] as const)
      .filter(([, lines]) => lines > 500);
    expect(long).toEqual([]);
  });

  it('names files in kebab-case', () => {
    const sources = files.filter((file) => /^(native|electron|renderer|test)\/.*\.(tsx?|mjs|css)$/.test(file));
    const strange = sources.filter(
      (file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*\.[a-z]+$/.test(file.split('/').at(-1) ?? ''),
    );
    expect(strange).toEqual([]);
  });

  it('has a lock file without addresses, which every registry can serve', () => {
    const lock = read('package-lock.json');
    const packages = Object.entries(
      (JSON.parse(lock) as { packages: Record<string, { resolved?: string; integrity?: string }> }).packages,
    );
    expect(packages.length).toBeGreaterThan(100);
    expect(packages.filter(([, entry]) => entry.resolved !== undefined).map(([name]) => name)).toEqual([]);
    expect(
      packages.filter(([name, entry]) => name !== '' && entry.integrity === undefined).map(([name]) => name),
    ).toEqual([]);
  });

  it('pins every package exactly', () => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json')) as Record<
      string,
      Record<string, string>
    >;
    const all = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
    expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it('names no machine, no registry and nothing outside itself', () => {
    // Written so that this file does not find itself.
    const forbidden = [
      /registry\.npmjs\.[o]rg/,
      /npm[m]irror/,
      /(^|[\s"'`(=:])\/[w]ork\//m,
      /\.\.\/[s]hared\//,
      /\/[r]oot\//,
    ];
    const texts = files.filter((file) => TEXT.test(file));
    expect(texts.length).toBeGreaterThan(100);
    const found = texts.filter((file) => forbidden.some((pattern) => pattern.test(read(file))));
    expect(found).toEqual([]);
  });
});
