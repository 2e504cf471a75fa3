import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
/** Most JavaScript of the page, gzipped, in bytes: up to the first screen, and in all. */
const FIRST_ROUTE = 170 * 1024;
const ALL = 500 * 1024;

/** The page as it is shipped: no panel, not drivable. */
describe('the built page', () => {
  let folder = '';
  const sizes = new Map<string, number>();
  const sources = new Map<string, string>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'h24-page-'));
    const wanted = {
      HALL24_BUILD: JSON.stringify({ outDir: folder, devPanel: false, drivable: false, manifestKey: '' }),
      // The test runner's own mode would bring React's warnings into the page.
      NODE_ENV: 'production',
    };
    const before = Object.keys(wanted).map((name) => [name, process.env[name]] as const);
    Object.assign(process.env, wanted);
    try {
      await build({ configFile: join(ROOT, 'vite.config.ts'), mode: 'renderer', logLevel: 'error' });
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
    const assets = join(folder, 'renderer', 'assets');
    for (const name of await readdir(assets)) {
      if (!name.endsWith('.js')) continue;
      const text = await readFile(join(assets, name), 'utf8');
      sources.set(name, text);
      sizes.set(name, gzipSync(text, { level: 9 }).length);
    }
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** A file and everything that it imports at once. */
  function closure(start: readonly string[]): Set<string> {
    const all = new Set(start);
    for (const name of all) {
      const text = sources.get(name) ?? '';
      for (const [, file = ''] of text.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) all.add(file);
    }
    return all;
  }
  const sum = (names: Iterable<string>): number => [...names].reduce((all, name) => all + (sizes.get(name) ?? 0), 0);

  it('shows its first screen after at most 170 KB of JavaScript', async () => {
    const html = await readFile(join(folder, 'renderer', 'index.html'), 'utf8');
    const entries = [...html.matchAll(/(?:src|href)="\.\/assets\/([\w.-]+\.js)"/g)].map(([, name = '']) => name);
    const attract = [...sources.keys()].filter((name) => name.startsWith('attract-'));
    expect(entries.length).toBeGreaterThan(0);
    expect(attract).toHaveLength(1);
    const first = sum(closure([...entries, ...attract]));
    expect(first).toBeGreaterThan(50 * 1024);
    process.stdout.write(`first route ${first} bytes, all ${sum(sources.keys())} bytes gzip\n`);
    expect(first).toBeLessThanOrEqual(FIRST_ROUTE);
  });

  it('has at most 500 KB of JavaScript in all, dictionaries apart', () => {
    const dictionaries = [...sources.keys()].filter((name) => /dictionar|pinyin|strokes|reading-zh/i.test(name));
    const code = [...sources.keys()].filter((name) => !dictionaries.includes(name));
    expect(sum(code)).toBeLessThanOrEqual(ALL);
  });

  it('brings its fonts along', async () => {
    const names = await readdir(join(folder, 'renderer', 'assets'));
    for (const part of [/^core-400-.*\.woff2$/, /^core-700-.*\.woff2$/, /^rare-1-.*\.woff2$/]) {
      expect(names.filter((name) => part.test(name))).toHaveLength(1);
    }
    expect(names.filter((name) => /^noto-sans-sc-.*\.woff2$/.test(name)).length).toBeGreaterThan(190);
    expect(names.filter((name) => name.endsWith('.woff'))).toEqual([]);
  });
});
