import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';

/** Bytes that are read at a time, and those that are given up together. */
const STRETCH_BYTES = 1 << 20;
const PIECE_BYTES = 4096;
/** A disk that could not be read at that moment may be read at the next. */
const TRIES = 2;
/** What a system says of bytes that a disk or its file system no longer gives. */
const UNREADABLE: ReadonlySet<string> = new Set([
  'EIO',
  'ENODATA',
  'EREMOTEIO',
  'EILSEQ',
  'EBADMSG',
  'EUCLEAN',
  'ENXIO',
]);

/**
 * Copies a file as far as it can be read; the rest is zeros. The file is read here and not by `copyFileSync`: where a read
 * fails, that goes on from another place of the file and may even say that all went well.
 * @returns how many pieces of 4 KB could not be read
 */
export function copyReadable(from: string, to: string): number {
  const source = openSync(from, 'r');
  try {
    const target = openSync(to, 'w', 0o600);
    try {
      return copyPieces(source, target);
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
}

function copyPieces(source: number, target: number): number {
  const { size } = fstatSync(source);
  ftruncateSync(target, size);
  const stretch = Buffer.alloc(STRETCH_BYTES);
  let unread = 0;
  for (let at = 0; at < size; at += STRETCH_BYTES) {
    const wanted = Math.min(STRETCH_BYTES, size - at);
    if (readAt(source, stretch.subarray(0, wanted), at, 1)) {
      writeAt(target, stretch.subarray(0, wanted), at);
      continue;
    }
    for (let piece = at; piece < at + wanted; piece += PIECE_BYTES) {
      const bytes = stretch.subarray(0, Math.min(PIECE_BYTES, size - piece));
      if (readAt(source, bytes, piece, TRIES)) writeAt(target, bytes, piece);
      else unread += 1;
    }
  }
  return unread;
}

/** Whether all of it could be read. What lies behind the end of a file that became shorter is zeros. */
function readAt(file: number, into: Buffer, at: number, tries: number): boolean {
  for (let tried = 1; ; tried += 1) {
    try {
      for (let done = 0; done < into.length;) {
        const count = readSync(file, into, done, into.length - done, at + done);
        if (count === 0) into.fill(0, done);
        done = count === 0 ? into.length : done + count;
      }
      return true;
    } catch (thrown) {
      if (!isUnreadable(thrown)) throw thrown;
      if (tried >= tries) return false;
    }
  }
}

function writeAt(file: number, bytes: Buffer, at: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done, at + done);
}

function isUnreadable(thrown: unknown): boolean {
  return UNREADABLE.has((thrown as NodeJS.ErrnoException).code ?? '');
}
