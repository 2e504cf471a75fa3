import { join, sep } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pagePath } from './page-path.ts';

const DIR = join(sep, 'opt', 'hall24', 'resources', 'app.asar', 'renderer');

describe('pagePath', () => {
  it('finds the files of the page, whatever follows the path', () => {
    expect(pagePath('app://hall24/index.html', DIR)).toBe(join(DIR, 'index.html'));
    expect(pagePath('app://hall24/assets/main-1a2b.js?v=1#top', DIR)).toBe(join(DIR, 'assets', 'main-1a2b.js'));
    expect(pagePath('app://hall24/a/%E5%AD%97.woff2', DIR)).toBe(join(DIR, 'a', '字.woff2'));
    expect(pagePath('app://hall24/a/../index.html', DIR)).toBe(join(DIR, 'index.html'));
  });

  it.each([
    'app://hall24/%2e%2e%2fmain/main.js',
    'app://hall24/..%2f..%2f..%2f..%2fetc/passwd',
    'app://hall24/..%5cmain%5cmain.js',
    'app://hall24/index.html%00.png',
    'app://hall24/%0aindex.html',
    'app://hall24/%E0%A4%A',
    'app://hall24/..%2frenderer-of-another/index.html',
    'app://hall24',
    'app://hall24/',
    'app://hall24.example/index.html',
    'app://user@other/index.html',
    'app://hall24:8080/index.html',
    'file:///etc/passwd',
    'not an address',
  ])('refuses %s', (address) => {
    expect(pagePath(address, DIR)).toBeNull();
  });

  it.each([
    ['app://hall24/../main/main.js', 'main/main.js'],
    ['app://hall24/%2e%2e/main/main.js', 'main/main.js'],
    ['app://hall24/a/%2E%2e/.%2e/package.json', 'package.json'],
  ])('looks for %s inside the folder', (address, name) => {
    expect(pagePath(address, DIR)).toBe(join(DIR, name));
  });

  it('never leads out of the folder', () => {
    const part = fc.constantFrom('..', '.', '%2e%2e', '%2f', '%5c', '/', '\\', 'a', 'index.html', '%00', '%', '..;');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const path = pagePath(`app://hall24/${parts.join('')}`, DIR);
        return path === null || (path.startsWith(DIR + sep) && !path.split(sep).includes('..'));
      }),
    );
  });
});
