import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { aroundOf } from './processes.ts';
import type { Needle, NeedleSet } from './needles.ts';

/** A trace in a file. */
export interface DiskHit {
  readonly path: string;
  readonly needle: Needle;
  readonly around: string;
}

/** What was looked through on disk. */
export interface SearchedDisk {
  readonly files: number;
  readonly bytes: number;
  readonly hits: readonly DiskHit[];
}

/** A file larger than this was not written by a visit of minutes. */
const LARGEST = 256 * 1024 * 1024;

/** Folders of tools that keep thousands of files and that no kiosk knows. */
const NOT_OF_A_KIOSK = new Set(['node_modules', '.git']);

/**
 * Looks through every file below the folders that was changed since `since` (ms), their names too.
 * @param without folders that belong to the test itself
 */
export async function searchDisk(
  folders: readonly string[],
  needles: NeedleSet,
  since: number,
  without: readonly string[],
): Promise<SearchedDisk> {
  let files = 0;
  let bytes = 0;
  const hits: DiskHit[] = [];
  const look = (path: string, content: Buffer): void => {
    needles.search(content, content.length, (needle, at) =>
      hits.push({ path, needle, around: aroundOf(content, at, needle) }),
    );
  };
  const walk = async (folder: string): Promise<void> => {
    if (without.includes(folder)) return;
    // What vanishes while being looked at has left nothing behind.
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = join(folder, entry.name);
      look(path, Buffer.from(entry.name));
      if (entry.isDirectory() && !NOT_OF_A_KIOSK.has(entry.name)) await walk(path);
      else if (entry.isFile()) {
        const about = await stat(path).catch(() => null);
        if (!about || Math.max(about.mtimeMs, about.ctimeMs) < since || about.size > LARGEST) continue;
        const content = await readFile(path).catch(() => null);
        if (!content) continue;
        files += 1;
        bytes += content.length;
        look(path, content);
      }
    }
  };
  for (const folder of folders) await walk(folder);
  return { files, bytes, hits };
}
