import { access, constants, stat } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import type { CopyPlaces } from '../services/upkeep.ts';

/** Any folder outside of the kiosk's own data that can be written to: a stick, or a share of the hall. */
export function copyPlaces(dataDir: string): CopyPlaces {
  return {
    async fileIn(folder, name) {
      // A copy beside the store would be taken for one of its files, and dies with the disk.
      if (!isAbsolute(folder) || !relative(dataDir, folder).startsWith('..')) return null;
      try {
        if (!(await stat(folder)).isDirectory()) return null;
        await access(folder, constants.W_OK);
        return join(folder, name);
      } catch {
        return null;
      }
    },
  };
}
