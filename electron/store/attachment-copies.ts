import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { attachmentFolder, isFileName } from './attachment-files.ts';
import { syncFile, syncFolder } from './files.ts';
import type { Sqlite } from './sqlite.ts';

/** Folder beside a copy of the queue with the files that are not sent. */
export function copiesOf(path: string): string {
  return `${path}.files`;
}

/** Names of files that the platform does not have yet; those that are known to be lost or damaged are left out. */
function unsent(db: Sqlite): string[] {
  // A copy of an older program has no such table.
  const known = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'attachments'").get();
  if (known === undefined) return [];
  const rows = db
    .prepare(
      `SELECT sha256 FROM attachments WHERE state IN ('held', 'ready', 'sending')
         OR (state = 'parked' AND reason NOT IN ('file-lost', 'file-damaged'))`,
    )
    .all() as { sha256: string }[];
  return rows.map(({ sha256 }) => sha256);
}

/** Copies the unsent files of a store beside its copy; durable when it has returned. Rejects with what the file system says. */
export async function takeFiles(db: Sqlite, storeDir: string, to: string): Promise<void> {
  const names = unsent(db);
  if (names.length === 0) return;
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const name of names) {
    await copyFile(join(attachmentFolder(storeDir), name), join(to, name));
    const file = await open(join(to, name), 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }
  syncFolder(to);
}

/** The first unsent file that is not there, or is not what its name says; null when all are sound. */
export function wrongFile(db: Sqlite, folder: string): string | null {
  for (const name of unsent(db)) {
    const path = join(folder, name);
    if (!existsSync(path)) return name;
    if (createHash('sha256').update(readFileSync(path)).digest('hex') !== name) return name;
  }
  return null;
}

/** Puts the files of a copy into a store, before the rows that name them. */
export function bringFiles(from: string, storeDir: string): void {
  if (!existsSync(from)) return;
  const dir = attachmentFolder(storeDir);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(from).filter(isFileName)) {
    copyFileSync(join(from, name), join(dir, name));
    syncFile(join(dir, name));
  }
  syncFolder(dir);
  syncFolder(dirname(dir));
}
