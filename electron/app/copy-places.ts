import { access, constants, readdir, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import type { CopyPlaces } from '../services/upkeep.ts';

/** Where systems put sticks: folders of them, or folders of a person's. */
const STICKS = ['/media', '/run/media', '/mnt'] as const;
/** Letters that Windows gives to drives that are plugged in. */
const DRIVES = 'DEFGHIJKLMNOPQRSTUVWXYZ'.split('').map((letter) => `${letter}:\\`);

async function foldersIn(folder: string): Promise<string[]> {
  try {
    const found = await readdir(folder, { withFileTypes: true });
    return found.filter((one) => one.isDirectory()).map((one) => join(folder, one.name));
  } catch {
    return [];
  }
}

async function writable(folder: string): Promise<boolean> {
  try {
    if (!(await stat(folder)).isDirectory()) return false;
    await access(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** A folder that something is mounted on: it lies on another device than the one above it. */
async function isMount(folder: string): Promise<boolean> {
  try {
    return (await stat(folder)).dev !== (await stat(dirname(folder))).dev;
  } catch {
    return false;
  }
}

/**
 * Any folder outside of the kiosk's own data that can be written to: a stick, or the folder `hand-over` beside the kiosk's
 * data, where a hall has its share.
 */
export function copyPlaces(dataDir: string): CopyPlaces {
  return {
    async find() {
      const first = process.platform === 'win32' ? [] : (await Promise.all(STICKS.map(foldersIn))).flat();
      const second = (await Promise.all(first.map(foldersIn))).flat();
      const mounted: string[] = [];
      for (const folder of [...first, ...second]) if (await isMount(folder)) mounted.push(folder);
      const drives = process.platform === 'win32' ? DRIVES : mounted;
      const usable: string[] = [];
      for (const folder of [...drives, join(dirname(dataDir), 'hand-over')]) {
        if (await writable(folder)) usable.push(folder);
      }
      return usable.slice(0, 8);
    },
    async fileIn(folder, name) {
      // A copy beside the store would be taken for one of its files, and dies with the disk.
      if (!isAbsolute(folder) || !relative(dataDir, folder).startsWith('..')) return null;
      return (await writable(folder)) ? join(folder, name) : null;
    },
  };
}
