import { describe, expect, it } from 'vitest';
import { forbiddenImports, impurities } from './rules.ts';
import { allFiles, importsOf, packageOf, read } from './source.ts';

const sources = allFiles().filter(
  (file) => /^(native|electron|renderer)\/.*\.tsx?$/.test(file) && !/\.(test|d)\.tsx?$/.test(file),
);

describe('import table', () => {
  it('is kept by every file of the product', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.flatMap((file) => forbiddenImports(file, read(file)))).toEqual([]);
  });

  it('keeps clock, chance and I/O out of the PURE folders', () => {
    expect(sources.flatMap((file) => impurities(file, read(file)))).toEqual([]);
  });

  it.each([
    ['native/codec/x.ts', `import { readFileSync } from 'node:fs';`],
    ['native/pickup-locker/x.ts', `import { SerialPort } from 'serialport';`],
    ['native/pickup-locker/x.ts', `import { openSerial } from '../transport/serial.ts';`],
    ['native/pickup-locker/simulator.ts', `import { createServer } from 'node:net';`],
    ['native/model/x.ts', `export { app } from 'electron';`],
    ['electron/services/x.ts', `import { openStore } from '../store/open.ts';`],
    ['electron/services/x.ts', `const store = await import('../store/open.ts');`],
    ['electron/app/x.ts', `import { BrowserWindow } from 'electron';`],
    ['electron/app/x.ts', `import { window } from '../shell/window.ts';`],
    ['electron/app/x.ts', `import Database from 'better-sqlite3';`],
    ['electron/shell/x.ts', `import { run } from '../launch/run.ts';`],
    ['electron/shell/x.ts', `import { card } from '../../test/support/card.ts';`],
    ['renderer/x.tsx', `import { store } from '../electron/store/open.ts';`],
    ['renderer/x.tsx', `import { readFile } from 'node:fs/promises';`],
    ['renderer/x.tsx', `import {\n  a,\n  b,\n} from '../native/codec/frame.ts';`],
    ['nowhere/x.ts', ''],
  ])('finds fault with %s: %s', (file, code) => {
    expect(forbiddenImports(file, code)).toHaveLength(1);
  });

  it.each([
    ['native/pickup-locker/x.ts', `import type { Transport } from '../transport/transport.ts';`],
    ['native/pickup-locker/x.ts', `// import { SerialPort } from 'serialport';`],
    ['electron/store/x.ts', `import { KEY_LENGTH } from '../services/ports.ts';`],
    ['electron/services/x.ts', `import { type A, type B } from '../contract/errors.ts';`],
    ['electron/main.ts', `import { app } from 'electron';`],
    [
      'renderer/screens/x.tsx',
      `import { useState } from 'react';\nimport texts from '../../assets/locales/en/a.json';`,
    ],
  ])('finds no fault with %s: %s', (file, code) => {
    expect(forbiddenImports(file, code)).toEqual([]);
  });

  it.each(['Date.now()', 'new Date()', 'Math.random()', 'setTimeout(f, 1)', 'process.env.X', 'fetch(url)'])(
    'finds %s in a PURE folder, and only there',
    (code) => {
      expect(impurities('electron/domain/x.ts', code)).toHaveLength(1);
      expect(impurities('electron/app/x.ts', code)).toEqual([]);
    },
  );

  it('lets the bootstrap import nothing that has to be installed first', () => {
    const found = importsOf('electron/launch/bootstrap.mjs', read('electron/launch/bootstrap.mjs'));
    expect(found.length).toBeGreaterThan(3);
    expect(found.filter((one) => packageOf(one.target) !== 'node:')).toEqual([]);
  });

  it('reads every form of import', () => {
    const code = `import a from './a.ts';\nimport './b.css';\nexport * from "../c.ts";\nconst d = await import('d');\nimport type { E } from 'node:e';`;
    expect(importsOf('x/y/z.ts', code).map((one) => one.target)).toEqual([
      'x/y/a.ts',
      'x/c.ts',
      'node:e',
      'x/y/b.css',
      'd',
    ]);
  });
});
