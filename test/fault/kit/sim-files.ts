import fs, { type PathLike } from 'node:fs';
import promises from 'node:fs/promises';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import zlib from 'node:zlib';

/*
 * Files, ciphers and unpacking without the pool of threads: what the product awaits is done at once, so that nothing of a
 * simulation hangs on the machine's timing, and what never changes (assets, digests of codes) is read and computed once a
 * process. Import this before the product.
 */

const ASSETS = join(import.meta.dirname, '..', '..', '..', 'assets');
/** Nobody searches here: of the table of readings, most of a start's work, a few lines do. */
const READINGS = join(ASSETS, 'dictionaries', 'readings.txt');
const READINGS_BYTES = 4_000;

/** A planted bug: what is to be made durable is not. */
export const laziness = { files: false };

/** An open file. Only what the product uses. */
class File {
  readonly fd: number;

  constructor(fd: number) {
    this.fd = fd;
  }

  async writeFile(data: string | Uint8Array): Promise<void> {
    fs.writeFileSync(this.fd, data);
  }

  async readFile(encoding?: BufferEncoding): Promise<string | Buffer> {
    return encoding === undefined ? fs.readFileSync(this.fd) : fs.readFileSync(this.fd, encoding);
  }

  async write(bytes: Uint8Array, ...rest: [number?, number?, number?]): Promise<{ readonly bytesWritten: number }> {
    return { bytesWritten: fs.writeSync(this.fd, bytes, ...rest) };
  }

  async read(
    bytes: Uint8Array,
    from = 0,
    length = bytes.length - from,
    at: number | null = null,
  ): Promise<{ readonly bytesRead: number }> {
    return { bytesRead: fs.readSync(this.fd, bytes, from, length, at) };
  }

  async stat(): Promise<fs.Stats> {
    return fs.fstatSync(this.fd);
  }

  async truncate(length = 0): Promise<void> {
    fs.ftruncateSync(this.fd, length);
  }

  async sync(): Promise<void> {
    if (!laziness.files) fs.fsyncSync(this.fd);
  }

  async datasync(): Promise<void> {
    fs.fdatasyncSync(this.fd);
  }

  async close(): Promise<void> {
    fs.closeSync(this.fd);
  }
}

const assets = new Map<string, Buffer>();
const unpacked = new WeakMap<object, Buffer>();
const derived = new Map<string, Buffer>();

function asset(path: string): Buffer {
  let bytes = assets.get(path);
  if (!bytes) {
    bytes = fs.readFileSync(path);
    if (path === READINGS) bytes = bytes.subarray(0, bytes.lastIndexOf(10, READINGS_BYTES) + 1);
    assets.set(path, bytes);
  }
  return bytes;
}

function encodingOf(options: unknown): BufferEncoding | undefined {
  if (typeof options === 'string') return options as BufferEncoding;
  return (options as { readonly encoding?: BufferEncoding } | null | undefined)?.encoding;
}

async function readFile(path: PathLike, options?: unknown): Promise<string | Buffer> {
  const encoding = encodingOf(options);
  if (typeof path !== 'string' || !path.startsWith(ASSETS)) {
    return encoding === undefined ? fs.readFileSync(path) : fs.readFileSync(path, encoding);
  }
  return encoding === undefined ? asset(path) : asset(path).toString(encoding);
}

type Done = (error: Error | null, result?: Buffer) => void;

/** Puts these in the place of Node's own for the rest of the process. */
function install(): void {
  Object.assign(promises, {
    mkdir: async (path: PathLike, options?: fs.MakeDirectoryOptions) => fs.mkdirSync(path, options),
    mkdtemp: async (prefix: string) => fs.mkdtempSync(prefix),
    readFile,
    open: async (path: PathLike, flags?: string | number, mode?: number) =>
      new File(fs.openSync(path, flags ?? 'r', mode)),
    chmod: async (path: PathLike, mode: number) => fs.chmodSync(path, mode),
    access: async (path: PathLike, mode?: number) => fs.accessSync(path, mode),
    stat: async (path: PathLike) => fs.statSync(path),
    readdir: async (path: PathLike) => fs.readdirSync(path),
    rename: async (from: PathLike, to: PathLike) => fs.renameSync(from, to),
    rm: async (path: PathLike, options?: fs.RmOptions) => fs.rmSync(path, options),
    copyFile: async (from: PathLike, to: PathLike, mode?: number) => fs.copyFileSync(from, to, mode),
  });
  Object.assign(zlib, {
    brotliDecompress: (bytes: Buffer, options: zlib.BrotliOptions, done: Done) => {
      let whole = unpacked.get(bytes);
      if (!whole) unpacked.set(bytes, (whole = zlib.brotliDecompressSync(bytes, options)));
      done(null, whole);
    },
  });
  Object.assign(crypto, {
    scrypt: (
      password: string,
      salt: crypto.BinaryLike,
      length: number,
      options: crypto.ScryptOptions | Done,
      done?: Done,
    ) => {
      const cost = typeof options === 'function' ? {} : options;
      const name = JSON.stringify([password, Buffer.from(salt as Uint8Array).toString('hex'), length, cost]);
      let key = derived.get(name);
      if (!key) derived.set(name, (key = crypto.scryptSync(password, salt, length, cost)));
      (typeof options === 'function' ? options : done)?.(null, Buffer.from(key));
    },
  });
  syncBuiltinESMExports();
}

install();
