import { readdir, readFile, stat } from 'node:fs/promises';
import type { ReadText } from './host-check.ts';

/** A file of /proc or /sys; of a folder the names in it. */
export const readHost: ReadText = async (path) => {
  try {
    return (await stat(path)).isDirectory() ? (await readdir(path)).join('\n') : await readFile(path, 'utf8');
  } catch {
    return null;
  }
};

/** `major:minor` of a device, or of the one that a file lies on, as Linux packs them. */
export async function deviceOfFile(path: string): Promise<string | null> {
  try {
    const about = await stat(path);
    const number = BigInt(about.isBlockDevice() ? about.rdev : about.dev);
    const major = ((number >> 8n) & 0xfffn) | ((number >> 32n) & ~0xfffn);
    const minor = (number & 0xffn) | ((number >> 12n) & ~0xffn);
    return `${major}:${minor}`;
  } catch {
    return null;
  }
}
