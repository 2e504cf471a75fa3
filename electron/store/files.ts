import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, join } from 'node:path';

/** Where the files of a store lie. SQLite puts `-wal` and `-shm` beside the database. */
export interface StoreFiles {
  readonly dir: string;
  readonly database: string;
  /** A database being put together from a damaged one; thrown away when found at a start. */
  readonly salvaging: string;
  /** The same, complete: it takes the database's place even when the program died in between. */
  readonly salvaged: string;
  /** An empty file: the database was found damaged while it was open. */
  readonly suspect: string;
}

/** Names of the files in a store folder. */
export function storeFiles(dir: string): StoreFiles {
  return {
    dir,
    database: join(dir, 'kiosk.sqlite'),
    salvaging: join(dir, 'kiosk.salvaging.sqlite'),
    salvaged: join(dir, 'kiosk.salvaged.sqlite'),
    suspect: join(dir, 'kiosk.suspect'),
  };
}

/** Wall-clock milliseconds as part of a file name, e.g. `20260105T010000000Z`. */
export function stampForName(at: number): string {
  return new Date(at).toISOString().replaceAll(/[-:.]/g, '');
}

/** Reads a whole file. Throws what the file system throws, and `EINVAL` for a pipe or device, which might never end. */
export function readWholeFile(path: string): Buffer {
  if (!isPlainFile(path)) {
    const thrown: NodeJS.ErrnoException = new Error('not a file');
    thrown.code = 'EINVAL';
    throw thrown;
  }
  return readFileSync(path);
}

/** Whether there is a file, and not a folder, pipe or device. Throws `ENOENT` where there is nothing. */
export function isPlainFile(path: string): boolean {
  return statSync(path).isFile();
}

/** Makes created, renamed and removed names of a folder durable. Windows cannot and need not. */
export function syncFolder(dir: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(dir, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Makes the content of a file durable. */
export function syncFile(path: string): void {
  const handle = openSync(path, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Name of what is in the place of a file of the database and is none, e.g. a folder; null when there is no such thing. */
export function strangerIn({ database, salvaged }: StoreFiles): string | null {
  const paths = ['', '-wal', '-shm', '-journal'].flatMap((suffix) => [database + suffix, salvaged + suffix]);
  const strange = paths.find((path) => existsSync(path) && !isPlainFile(path));
  return strange === undefined ? null : basename(strange);
}

/** Removes a database with its companions. */
export function removeDatabase(path: string): void {
  for (const suffix of ['-shm', '-wal', '-journal', '']) rmSync(path + suffix, { force: true });
}

/**
 * Moves a damaged database aside; it is never deleted. The WAL goes first: a WAL left beside another database would be
 * replayed into it. A WAL that was moved before a death is joined by its database.
 */
export function moveAside(files: StoreFiles, at: number): string {
  const orphan = readdirSync(files.dir).find(
    (name) => /^kiosk\.corrupt-.*\.sqlite-wal$/.test(name) && !existsSync(join(files.dir, name.slice(0, -4))),
  );
  const aside = join(files.dir, orphan?.slice(0, -4) ?? `kiosk.corrupt-${stampForName(at)}.sqlite`);
  if (existsSync(`${files.database}-wal`)) renameSync(`${files.database}-wal`, `${aside}-wal`);
  rmSync(`${files.database}-shm`, { force: true });
  if (existsSync(files.database)) renameSync(files.database, aside);
  syncFolder(files.dir);
  return aside;
}

/** Puts a complete salvaged database in its place. Safe to repeat after a death at any point. */
export function takeSalvaged(files: StoreFiles, at: number): void {
  if (existsSync(files.database) || existsSync(`${files.database}-wal`)) moveAside(files, at);
  renameSync(files.salvaged, files.database);
  syncFolder(files.dir);
}

/** Backups made before a migration, newest first. */
export function backupsIn(dir: string): string[] {
  return readdirSync(dir)
    .filter((name) => /^kiosk\.before-\d+-\w+\.sqlite$/.test(name))
    .sort((a, b) => (stampOf(a) < stampOf(b) ? 1 : -1))
    .map((name) => join(dir, name));
}

function stampOf(name: string): string {
  return name.split('-')[2] ?? '';
}
