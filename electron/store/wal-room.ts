import { closeSync, fdatasyncSync, fstatSync, openSync, writeSync } from 'node:fs';
import { FOLDED_AT_PAGES } from './pragmas.ts';
import { FRAME_BYTES, WAL_HEAD_BYTES } from './wal-format.ts';

/** As long as a WAL gets before it is folded in by itself, in bytes. */
export const WAL_ROOM_BYTES = WAL_HEAD_BYTES + FOLDED_AT_PAGES * FRAME_BYTES;
const STEP_BYTES = 1 << 18;

/**
 * Lays zeros behind what is in a WAL. A commit that makes its file longer waits for the file system's journal too, which
 * doubles what it takes (ext4: 200 instead of 100 us for 32 KB); one that writes over what is there does not. Zeros are no
 * frame: what reads a WAL ends at the first one whose salts and checksum do not fit, and one without a head is empty.
 * @param path the WAL; whoever calls holds SQLite's lock for writing, so that nobody makes the file longer meanwhile
 * @throws what the file system throws; whatever was laid by then does no harm
 */
export function layWalRoom(path: string): void {
  const file = openSync(path, 'r+');
  try {
    const zeros = Buffer.alloc(STEP_BYTES);
    const from = fstatSync(file).size;
    for (let at = from; at < WAL_ROOM_BYTES;)
      at += writeSync(file, zeros, 0, Math.min(STEP_BYTES, WAL_ROOM_BYTES - at), at);
    if (from < WAL_ROOM_BYTES) fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
}
