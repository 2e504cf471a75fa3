import { access, constants, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
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

/** Whether a folder is, or lies in, another one; links are followed. */
async function isWithin(folder: string, outer: string): Promise<boolean> {
  try {
    const way = relative(await realpath(outer), await realpath(folder));
    // From one drive to another there is no way but the whole path.
    return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  } catch {
    return false;
  }
}

/**
 * Any folder outside of the kiosk's own data that can be written to: a stick, or the folder `hand-over` beside the kiosk's
 * data, where a hall has its share.
 * @param sticks folders that sticks are mounted in, or in folders of which
 */
export function copyPlaces(dataDir: string, sticks: readonly string[] = STICKS): CopyPlaces {
  return {
    async find() {
      const first = process.platform === 'win32' ? [] : (await Promise.all(sticks.map(foldersIn))).flat();
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
      if (!isAbsolute(folder) || (await isWithin(folder, dataDir))) return null;
      return (await writable(folder)) ? join(folder, name) : null;
    },
  };
}
