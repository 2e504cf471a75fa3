import { join } from 'node:path';
import { build } from 'vite';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/**
 * Builds the program of the queue process into one file, as the product does, so that it starts in a third of the time.
 * @returns its path
 */
export async function buildQueueProgram(): Promise<string> {
  const outDir = join(ROOT, 'out', 'fault', `queue-${process.pid}`);
  await build({
    root: ROOT,
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    ssr: { noExternal: true, external: ['better-sqlite3'], target: 'node' },
    build: {
      ssr: true,
      target: 'node20.18',
      outDir,
      emptyOutDir: true,
      minify: false,
      rolldownOptions: {
        input: { 'store-process': join(ROOT, 'electron', 'store-process.ts') },
        output: { format: 'es', entryFileNames: '[name].mjs', codeSplitting: false },
      },
    },
  });
  return join(outDir, 'store-process.mjs');
}
