import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { build, preview } from 'vite';

const ROOT = join(import.meta.dirname, '..', '..');
/** Where the page and the window's main process are built. */
const BUILT = join(ROOT, 'out', 'test');

/** The product's screens over a fake bridge, and its components by themselves. */
const PAGES = ['index.html', 'components.html'] as const;

/** The built gallery: an app folder for Electron, and the page, served on this machine alone. */
export interface BuiltGallery {
  readonly appDir: string;
  /** Address of the page, to which a scenario's wishes are added as a query. */
  readonly page: string;
  /** Address of the page of components. */
  readonly components: string;
  stop(): Promise<void>;
}

/** Electron 33, the oldest runtime of the product, is Chromium 130 with Node 20.18. */
async function buildPage(outDir: string): Promise<void> {
  await build({
    root: import.meta.dirname,
    configFile: false,
    plugins: [react()],
    base: './',
    publicDir: false,
    logLevel: 'warn',
    build: {
      outDir,
      emptyOutDir: true,
      target: 'chrome130',
      modulePreload: false,
      chunkSizeWarningLimit: 10_000,
      rolldownOptions: { input: PAGES.map((name) => join(import.meta.dirname, name)) },
    },
  });
}

async function buildWindow(outDir: string): Promise<void> {
  await build({
    root: import.meta.dirname,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    build: {
      ssr: join(import.meta.dirname, 'window.ts'),
      outDir,
      emptyOutDir: true,
      target: 'node20.18',
      rolldownOptions: { external: ['electron'], output: { format: 'es', entryFileNames: 'main.js' } },
    },
  });
  await writeFile(
    join(outDir, 'package.json'),
    '{"name":"hall24-gallery","version":"0.0.0","type":"module","main":"main.js"}\n',
  );
}

/** Builds the page of the screens over the fake bridge and the window that shows it, and serves the page. */
export async function buildGallery(folder = 'gallery'): Promise<BuiltGallery> {
  const built = join(BUILT, folder);
  const page = join(built, 'page');
  const appDir = join(built, 'app');
  await rm(built, { recursive: true, force: true });
  await mkdir(built, { recursive: true });
  await buildPage(page);
  await buildWindow(appDir);
  const server = await preview({
    root: import.meta.dirname,
    configFile: false,
    logLevel: 'error',
    build: { outDir: page },
    preview: { host: '127.0.0.1', port: 0, open: false },
  });
  const address = server.resolvedUrls?.local[0];
  if (address === undefined) throw new Error('the page of the gallery is not served');
  return {
    appDir,
    page: `${address}index.html`,
    components: `${address}components.html`,
    stop: async () => {
      await server.close();
      if (folder !== 'gallery') await rm(built, { recursive: true, force: true });
    },
  };
}
