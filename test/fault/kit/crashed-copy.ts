import { cpSync, mkdirSync } from 'node:fs';

/** Copies a store's files as a process that died left them. Gives the new folder. */
export function crashedCopy(from: string, to: string): string {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  // What is shared between processes is gone with them.
  cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith('-shm') });
  return to;
}
