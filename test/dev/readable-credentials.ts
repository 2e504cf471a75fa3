import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { textOf } from '../../electron/app/config/secrets.ts';
import type { Stack } from './stack.ts';

/** What nobody may read on the disk: the token, and each PIN's hash as a whole and by its parts. */
function credentials({ platform, technician }: Stack['config']): string[] {
  const hashes = [technician.pinHash, technician.secondPinHash].map((hash) => textOf(hash) ?? '');
  const parts = hashes.flatMap((hash) => [hash, ...hash.split('$').slice(-2)]);
  return [textOf(platform.token) ?? '', ...parts].filter((text) => text !== '');
}

/** Names of files in a kiosk's data folder in which a credential of its can be read, as it is or in base64. */
export async function readableCredentials({ config, dataDir }: Pick<Stack, 'config' | 'dataDir'>): Promise<string[]> {
  const wanted = credentials(config).flatMap((text) => [
    Buffer.from(text),
    Buffer.from(text, 'utf16le'),
    // Without its end, which depends on what follows.
    Buffer.from(Buffer.from(text).toString('base64').slice(0, -4)),
  ]);
  const hits: string[] = [];
  for (const entry of await readdir(dataDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === 'ballast') continue;
    // A running browser engine takes its files away as it likes.
    const bytes = await readFile(join(entry.parentPath, entry.name)).catch(() => Buffer.alloc(0));
    if (wanted.some((text) => bytes.includes(text))) hits.push(entry.name);
  }
  return hits;
}
