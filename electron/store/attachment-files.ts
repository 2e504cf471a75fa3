import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { open, mkdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { SEALED_CHUNK_BYTES } from '../domain/attachment.ts';
import type { AttachmentFileError, AttachmentFiles, AttachmentWriter, WrittenAttachment } from '../services/ports.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import { isPlainFile, syncFolder } from './files.ts';

/** Ending of a file that is not complete. */
const PART = '.part';
const NAME = /^[0-9a-f]{64}$/;
const PART_NAME = /^[0-9a-f-]{36}\.part$/;

/** Whether a file of this name is a complete one. */
export function isFileName(name: string): boolean {
  return NAME.test(name);
}

/** Folder of the sealed files of a store. */
export function attachmentFolder(storeDir: string): string {
  return join(storeDir, 'attachments');
}

function errorOf(thrown: unknown): AttachmentFileError {
  const code = thrown instanceof Error ? (thrown as NodeJS.ErrnoException).code : undefined;
  if (code === undefined) throw thrown;
  return { code: code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG' ? 'full' : 'unavailable', detail: code };
}

/**
 * Writes sealed files, chunk by chunk, away from the database. A complete file has the SHA-256 of its bytes as its name and
 * is durable, name and all, before anybody is told of it.
 */
export class AttachmentFolder implements AttachmentFiles {
  readonly #dir: string;

  constructor(storeDir: string) {
    this.#dir = attachmentFolder(storeDir);
  }

  async begin(attachmentId: string): Promise<Result<AttachmentWriter, AttachmentFileError>> {
    try {
      const made = await mkdir(this.#dir, { recursive: true, mode: 0o700 });
      if (made !== undefined) await settleNames(join(this.#dir, '..'));
      const part = join(this.#dir, attachmentId + PART);
      return ok(new Writer(this.#dir, part, await open(part, 'wx', 0o600)));
    } catch (thrown) {
      return err(errorOf(thrown));
    }
  }

  async remove(sha256: string): Promise<void> {
    if (!isFileName(sha256)) return;
    // What cannot be removed now is collected at the next start.
    await rm(join(this.#dir, sha256), { force: true }).catch(() => undefined);
  }
}

class Writer implements AttachmentWriter {
  readonly #dir: string;
  readonly #part: string;
  readonly #file: FileHandle;
  readonly #whole = createHash('sha256');
  readonly #chunks: string[] = [];
  #size = 0;
  #closed = false;

  constructor(dir: string, part: string, file: FileHandle) {
    this.#dir = dir;
    this.#part = part;
    this.#file = file;
  }

  async append(sealed: Uint8Array): Promise<Result<void, AttachmentFileError>> {
    try {
      for (let done = 0; done < sealed.length;) {
        done += (await this.#file.write(sealed, done, sealed.length - done, this.#size + done)).bytesWritten;
      }
      this.#size += sealed.length;
      this.#whole.update(sealed);
      this.#chunks.push(createHash('sha256').update(sealed).digest('hex'));
      return ok(undefined);
    } catch (thrown) {
      return err(errorOf(thrown));
    }
  }

  async finish(): Promise<Result<WrittenAttachment, AttachmentFileError>> {
    try {
      await this.#file.sync();
      this.#closed = true;
      await this.#file.close();
      const sha256 = this.#whole.digest('hex');
      await rename(this.#part, join(this.#dir, sha256));
      await settleNames(this.#dir);
      return ok({ sha256, size: this.#size, chunks: this.#chunks });
    } catch (thrown) {
      return err(errorOf(thrown));
    }
  }

  async abandon(): Promise<void> {
    if (!this.#closed) await this.#file.close().catch(() => undefined);
    this.#closed = true;
    await rm(this.#part, { force: true }).catch(() => undefined);
  }
}

/** Makes the names of a folder durable without holding this process up, which may be the one with the windows. */
async function settleNames(dir: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Size of a complete file in bytes; null when it is not there. */
export function fileSize(storeDir: string, sha256: string): number | null {
  return statSync(join(attachmentFolder(storeDir), sha256), { throwIfNoEntry: false })?.size ?? null;
}

/** One sealed chunk of a file; null when the file is not there. Throws what the file system throws. */
export function readChunk(storeDir: string, sha256: string, index: number): Uint8Array | null {
  const path = join(attachmentFolder(storeDir), sha256);
  if (!existsSync(path) || !isPlainFile(path)) return null;
  const file = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(SEALED_CHUNK_BYTES);
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(file, bytes, length, bytes.length - length, index * SEALED_CHUNK_BYTES + length);
      if (read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

/** Removes a file that the platform holds. One that cannot be removed is collected at the next start. */
export function removeFile(storeDir: string, sha256: string): void {
  try {
    rmSync(join(attachmentFolder(storeDir), sha256), { force: true });
  } catch {
    // See above.
  }
}

/**
 * Takes away files that no row names: what a visit left that never came to its end.
 * @param keepAside complete ones are moved to `lost` instead: rows were lost in a damaged database, perhaps theirs
 */
export function collectFiles(
  storeDir: string,
  named: ReadonlySet<string>,
  keepAside: boolean,
): { readonly removed: number; readonly aside: number } {
  const dir = attachmentFolder(storeDir);
  if (!existsSync(dir)) return { removed: 0, aside: 0 };
  let removed = 0;
  let aside = 0;
  for (const name of readdirSync(dir)) {
    if (named.has(name) || (!isFileName(name) && !PART_NAME.test(name))) continue;
    if (keepAside && isFileName(name)) {
      mkdirSync(join(dir, 'lost'), { recursive: true, mode: 0o700 });
      renameSync(join(dir, name), join(dir, 'lost', name));
      aside += 1;
    } else {
      // Whatever has the name: a folder there must not keep the kiosk from starting.
      rmSync(join(dir, name), { recursive: true, force: true });
      removed += 1;
    }
  }
  if (removed + aside > 0) syncFolder(dir);
  return { removed, aside };
}
