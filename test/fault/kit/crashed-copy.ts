import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Copies a store's files as a process that died left them. Gives the new folder. */
export function crashedCopy(from: string, to: string): string {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(from)) {
    if (name === 'kiosk.sqlite' || name.endsWith('-wal') || name === 'ballast' || name.startsWith('witness.')) {
      cpSync(join(from, name), join(to, name));
    }
  }
  return to;
}
