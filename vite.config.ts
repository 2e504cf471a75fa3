import react from '@vitejs/plugin-react';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin, UserConfig } from 'vite';
import { defineConfig } from 'vitest/config';

/**
 * All builds, told apart by `--mode`: `main`, `preload:NAME`, `renderer`; any other mode is the test runner's.
 * electron/launch/build.ts drives them and says by HALL24_BUILD where the result goes and which flags hold.
 */
interface BuildSettings {
  readonly outDir: string;
  readonly devPanel: boolean;
  readonly drivable: boolean;
  readonly manifestKey: string;
}

const root = import.meta.dirname;

/** Modules with a native part: they stay outside the bundle, in the app's node_modules. */
const NATIVE_MODULES = ['better-sqlite3', 'serialport', 'node-hid', '@serialport/bindings-cpp', 'pcsc-mini', 'koffi'];
/** Electron 33, the oldest runtime the product runs in, is Chromium 130 with Node 20.18. */
const NODE_TARGET = 'node20.18';
const CHROMIUM_TARGET = 'chrome130';

function settings(): BuildSettings {
  const text = process.env['HALL24_BUILD'];
  if (text !== undefined) return JSON.parse(text) as BuildSettings;
  return { outDir: join(root, 'out', 'app'), devPanel: true, drivable: true, manifestKey: '' };
}

function flags(build: BuildSettings): Record<string, string> {
  return {
    __DEV_PANEL__: JSON.stringify(build.devPanel),
    __DRIVABLE__: JSON.stringify(build.drivable),
    __MANIFEST_KEY__: JSON.stringify(build.manifestKey),
  };
}

/** Entries in electron/: `main.ts` and every `NAME-process.ts` (utility processes), each to its own file. */
function mainEntries(): Record<string, string> {
  const folder = join(root, 'electron');
  const names = readdirSync(folder).filter((name) => name === 'main.ts' || name.endsWith('-process.ts'));
  return Object.fromEntries(names.map((name) => [name.slice(0, -'.ts'.length), join(folder, name)]));
}

/**
 * Writes what is not ASCII as escapes. V8 keeps the text of every program in memory, with two bytes for each character of one
 * that has a single Chinese one.
 */
const asciiOnly: Plugin = {
  name: 'ascii-only',
  generateBundle: (_options, bundle) => {
    for (const file of Object.values(bundle)) {
      if (file.type !== 'chunk') continue;
      file.code = file.code.replaceAll(
        /[^\0-\x7f]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
    }
  },
};

/** Tables of characters for Japanese, Korean, Big5 and single bytes: no device here speaks them. */
const UNUSED_TABLES =
  /[\\/]iconv-lite[\\/]encodings[\\/](?:tables[\\/](?:shiftjis|eucjp|cp949|cp950|big5-added)\.json|sbcs-data-generated\.js)$/;
/** Every process with drivers would read them at its start, half a megabyte, and keep them in memory. */
const withoutTables: Plugin = {
  name: 'without-tables',
  enforce: 'pre',
  load: (id) => (UNUSED_TABLES.test(id) ? (id.endsWith('.json') ? '[]' : 'module.exports = {};') : undefined),
};

function mainConfig(build: BuildSettings): UserConfig {
  return {
    root,
    publicDir: false,
    plugins: build.devPanel ? [withoutTables] : [withoutTables, asciiOnly],
    define: flags(build),
    ssr: { noExternal: true, external: NATIVE_MODULES, target: 'node' },
    build: {
      ssr: true,
      target: NODE_TARGET,
      outDir: join(build.outDir, 'main'),
      emptyOutDir: true,
      minify: false,
      sourcemap: build.devPanel,
      rolldownOptions: {
        input: mainEntries(),
        external: ['electron', 'original-fs'],
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
          // Every process reads its code at each start: less text is less to read. Names stay, for the log.
          minify: build.devPanel
            ? false
            : { compress: false, mangle: { keepNames: true }, codegen: { removeWhitespace: true } },
        },
      },
    },
  };
}

/** A sandboxed preload is one CommonJS file: it can load nothing but `electron`. */
function preloadConfig(build: BuildSettings, name: string): UserConfig {
  return {
    root,
    publicDir: false,
    define: flags(build),
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: true,
      target: NODE_TARGET,
      outDir: join(build.outDir, 'main'),
      emptyOutDir: false,
      minify: false,
      sourcemap: false,
      rolldownOptions: {
        input: { [name]: join(root, 'electron', `${name}.ts`) },
        external: ['electron'],
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  };
}

/** Every page in renderer/. */
function rendererConfig(build: BuildSettings): UserConfig {
  const folder = join(root, 'renderer');
  const pages = readdirSync(folder).filter((name) => name.endsWith('.html'));
  return {
    root: folder,
    base: './',
    publicDir: existsSync(join(folder, 'public')) ? 'public' : false,
    plugins: build.devPanel ? [react()] : [react(), asciiOnly],
    define: flags(build),
    build: {
      target: CHROMIUM_TARGET,
      outDir: join(build.outDir, 'renderer'),
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      sourcemap: build.devPanel,
      rolldownOptions: { input: pages.map((name) => join(folder, name)) },
    },
  };
}

export default defineConfig(({ mode }) => {
  const build = settings();
  if (mode === 'main') return mainConfig(build);
  if (mode.startsWith('preload:')) return preloadConfig(build, mode.slice('preload:'.length));
  if (mode === 'renderer') return rendererConfig(build);
  return {
    root,
    plugins: [react()],
    define: flags({ ...build, devPanel: true, drivable: true, manifestKey: '' }),
    test: {
      include: ['{native,electron,renderer,test}/**/*.test.{ts,tsx}'],
      // What needs a running Electron, or runs for long, has commands of its own.
      exclude: ['test/{e2e,fault,bench}/**'],
      setupFiles: ['test/support/seed.ts'],
      environment: 'node',
      // Processes, not threads: native modules with event loops of their own do not like being unloaded.
      pool: 'forks',
      // More than a small machine has cores: half of the time goes into tests that wait for devices and the platform.
      maxWorkers: 3,
      testTimeout: 20_000,
      hookTimeout: 30_000,
      passWithNoTests: false,
    },
  };
});
