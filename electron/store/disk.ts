import { closeSync, fsyncSync, openSync, rmSync, statSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Below this many free bytes no new case is begun. */
export const FREE_BYTES_WANTED = 64 << 20;
/** Size of the ballast file in bytes. */
export const BALLAST_BYTES = 32 << 20;
/** So many bytes are written at a time. */
const CHUNK_BYTES = 1 << 20;

/** Bytes that the process may still write in the folder's file system; 0 when nobody can tell. */
export function freeSpace(dir: string): number {
  try {
    const { bavail, bsize } = statfsSync(dir);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

/**
 * A file that only takes up room. A full disk would otherwise wedge the queue: taking an entry out of it needs space
 * too. It is given up when the disk is full, so that the queue can drain, and laid again when there is room.
 */
export class Ballast {
  readonly #path: string;
  readonly #bytes: number;
  #held = false;

  constructor(dir: string, bytes: number = BALLAST_BYTES) {
    this.#path = join(dir, 'ballast');
    this.#bytes = bytes;
  }

  /** Whether the room is reserved. */
  get held(): boolean {
    return this.#held;
  }

  /** Lays the file when there is room for it and as much again. Returns whether it lies there. */
  lay(dir: string): boolean {
    if (this.#held) return true;
    try {
      if (this.#sizeNow() === this.#bytes) return (this.#held = true);
      if (freeSpace(dir) < 2 * this.#bytes) return false;
      this.#write();
      return (this.#held = true);
    } catch {
      this.release();
      return false;
    }
  }

  /** Gives the room up. Returns whether there was any to give. */
  release(): boolean {
    this.#held = false;
    const had = this.#sizeNow() > 0;
    try {
      rmSync(this.#path, { recursive: true, force: true });
    } catch {
      return false;
    }
    return had;
  }

  #sizeNow(): number {
    const found = statSync(this.#path, { throwIfNoEntry: false });
    return found?.isFile() === true ? found.size : 0;
  }

  #write(): void {
    // What is there may be no file, and then cannot be written on.
    rmSync(this.#path, { recursive: true, force: true });
    const file = openSync(this.#path, 'w');
    try {
      // Made here: kept by the module, it would lie in the memory of each process that never lays a ballast.
      const chunk = Buffer.alloc(CHUNK_BYTES, 0x24);
      for (let left = this.#bytes; left > 0; left -= chunk.length)
        writeSync(file, chunk, 0, Math.min(left, chunk.length));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
}
