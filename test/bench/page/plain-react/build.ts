import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';
import { writeEmptyApp } from '../start-kit.ts';

/** An Electron app with nothing but a React page that changes its screen: what any change costs. */
export async function writePlainReact(
  dir: string,
  size: { readonly width: number; readonly height: number },
): Promise<void> {
  await writeEmptyApp(dir, size);
  const nodeEnv = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    await build({
      configFile: false,
      root: import.meta.dirname,
      logLevel: 'error',
      define: { 'process.env.NODE_ENV': '"production"' },
      build: {
        outDir: join(dir, 'built'),
        emptyOutDir: true,
        lib: {
          entry: join(import.meta.dirname, 'main.tsx'),
          formats: ['iife'],
          name: 'plain',
          fileName: () => 'plain.js',
        },
      },
    });
  } finally {
    if (nodeEnv === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = nodeEnv;
  }
  const page = join(dir, 'index.html');
  const html = await readFile(page, 'utf8');
  await writeFile(
    page,
    html.replace('<button>empty</button>', '<div id="root"></div><script src="built/plain.js"></script>'),
  );
}
