import { mkdir, open, symlink, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';

/** One file or folder of a zip archive. */
export interface ZipEntry {
  readonly name: string;
  /** Whether its content is the target of a symbolic link. */
  readonly link: boolean;
  /** Whether it is to be executable. */
  readonly executable: boolean;
  read(): Promise<Buffer>;
}

export interface ZipArchive {
  readonly entries: readonly ZipEntry[];
  close(): Promise<void>;
}

const inflate = promisify(inflateRaw);

// Record signatures and sizes: PKWARE APPNOTE 6.3.
const END_SIGNATURE = 0x06054b50;
const END_SIZE = 22;
const MAX_COMMENT = 0xffff;
const CENTRAL_SIGNATURE = 0x02014b50;
const CENTRAL_SIZE = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_SIZE = 30;
// Unix file types, in the upper half of the external attributes.
const FILE_TYPE = 0xf000;
const SYMBOLIC_LINK = 0xa000;
const STORED = 0;
const DEFLATED = 8;

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead !== length) throw new Error('zip: the archive is cut short');
  return buffer;
}

/** Opens an archive of less than 4 GB (no Zip64, no encryption) and lists it without unpacking. */
export async function openZip(path: string): Promise<ZipArchive> {
  const file = await open(path, 'r');
  try {
    return { entries: await readCentralDirectory(file), close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * Unpacks files of an archive into a folder.
 * @param place where an entry goes, named from the folder; undefined leaves it out
 */
export async function unpackZip(
  path: string,
  folder: string,
  place: (name: string) => string | undefined = (name) => name,
): Promise<void> {
  const archive = await openZip(path);
  try {
    for (const entry of archive.entries) {
      const name = entry.name.endsWith('/') ? undefined : place(entry.name);
      if (name === undefined) continue;
      const target = join(folder, name);
      if (relative(folder, target).startsWith('..')) throw new Error(`zip: ${entry.name} leads out of its folder`);
      await mkdir(dirname(target), { recursive: true });
      const bytes = await entry.read();
      if (entry.link) await symlink(bytes.toString('utf8'), target);
      else await writeFile(target, bytes, { mode: entry.executable ? 0o755 : 0o644 });
    }
  } finally {
    await archive.close();
  }
}

async function readCentralDirectory(file: FileHandle): Promise<ZipEntry[]> {
  const { size } = await file.stat();
  const tailLength = Math.min(size, END_SIZE + MAX_COMMENT);
  const tail = await readAt(file, size - tailLength, tailLength);
  let end = tail.length - END_SIZE;
  while (end >= 0 && tail.readUInt32LE(end) !== END_SIGNATURE) end -= 1;
  if (end < 0) throw new Error('zip: no end of central directory');
  const count = tail.readUInt16LE(end + 10);
  const directory = await readAt(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const entries: ZipEntry[] = [];
  for (let at = 0, index = 0; index < count; index += 1) {
    if (directory.readUInt32LE(at) !== CENTRAL_SIGNATURE) throw new Error('zip: broken central directory');
    const method = directory.readUInt16LE(at + 10);
    const compressedSize = directory.readUInt32LE(at + 20);
    const realSize = directory.readUInt32LE(at + 24);
    const nameLength = directory.readUInt16LE(at + 28);
    const mode = directory.readUInt32LE(at + 38) >>> 16;
    const offset = directory.readUInt32LE(at + 42);
    const name = directory.toString('utf8', at + CENTRAL_SIZE, at + CENTRAL_SIZE + nameLength);
    entries.push({
      name,
      link: (mode & FILE_TYPE) === SYMBOLIC_LINK,
      executable: (mode & 0o111) !== 0,
      read: () => readEntry(file, { name, method, offset, compressedSize, realSize }),
    });
    at += CENTRAL_SIZE + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

interface EntryPlace {
  readonly name: string;
  readonly method: number;
  readonly offset: number;
  readonly compressedSize: number;
  readonly realSize: number;
}

async function readEntry(file: FileHandle, entry: EntryPlace): Promise<Buffer> {
  const head = await readAt(file, entry.offset, LOCAL_SIZE);
  if (head.readUInt32LE(0) !== LOCAL_SIGNATURE) throw new Error(`zip: broken entry ${entry.name}`);
  const start = entry.offset + LOCAL_SIZE + head.readUInt16LE(26) + head.readUInt16LE(28);
  const data = await readAt(file, start, entry.compressedSize);
  if (entry.method !== STORED && entry.method !== DEFLATED)
    throw new Error(`zip: ${entry.name} has method ${entry.method}`);
  const bytes = entry.method === STORED ? data : ((await inflate(data)) as Buffer);
  if (bytes.length !== entry.realSize) throw new Error(`zip: ${entry.name} has the wrong size`);
  return bytes;
}
