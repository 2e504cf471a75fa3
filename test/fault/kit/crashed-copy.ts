import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Copies a store's files as a process that died left them. Gives the new folder. */
export function crashedCopy(from: string, to: string): string {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const name of ['kiosk.sqlite', 'kiosk.sqlite-wal', 'ballast']) {
    if (existsSync(join(from, name))) cpSync(join(from, name), join(to, name));
  }
  return to;
}
