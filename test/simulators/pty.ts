import { execFile } from 'node:child_process';
import { close, write } from 'node:fs';
import { rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import type { Carrier, FromProduct } from './carrier.ts';

/** The native part of node-pty: opens a pair without starting a shell. */
interface PtyBinding {
  open(columns: number, rows: number): { readonly master: number; readonly slave: number; readonly pty: string };
}

/** One plugged-in pair. */
interface Pair {
  readonly pty: string;
  readonly master: number;
  readonly slave: number;
  readonly reader: ReadStream;
}

/** How long bytes wait for a reader before they are lost. */
const LOST_AFTER_MS = 250;

const run = promisify(execFile);
const closeFile = promisify(close);

function loadBinding(): PtyBinding {
  const require = createRequire(import.meta.url);
  return require(`@lydell/node-pty-${process.platform}-${process.arch}/pty.node`) as PtyBinding;
}

/**
 * A serial port made of a pseudo-terminal (Linux, macOS). The address is a symbolic link in `dir`, so it stays the
 * same when the device is plugged in again and gets another number.
 */
export class PtyCarrier implements Carrier {
  readonly kind = 'stream';
  readonly address: string;
  readonly baud: number;
  /** The symbolic link by which it is opened. */
  readonly path: string;
  readonly #onBytes: FromProduct;
  readonly #binding = loadBinding();
  #pair: Pair | null = null;
  #sending: Promise<void> = Promise.resolve();

  private constructor(path: string, baud: number, onBytes: FromProduct) {
    this.path = path;
    this.baud = baud;
    this.address = `serial://${path}?baud=${baud}`;
    this.#onBytes = onBytes;
  }

  /** @param options.dir folder that exists; the port appears as `dir/name` */
  static async open(options: {
    readonly dir: string;
    readonly name: string;
    readonly baud: number;
    readonly onBytes: FromProduct;
  }): Promise<PtyCarrier> {
    const carrier = new PtyCarrier(join(options.dir, options.name), options.baud, options.onBytes);
    await carrier.replug();
    return carrier;
  }

  get plugged(): boolean {
    return this.#pair !== null;
  }

  /** Where the terminal itself is just now, e.g. `/dev/pts/5`; null while unplugged. */
  get terminal(): string | null {
    return this.#pair?.pty ?? null;
  }

  send(bytes: Uint8Array): Promise<void> {
    const pair = this.#pair;
    if (pair === null) return Promise.resolve();
    this.#sending = this.#sending.then(() => this.#write(pair, bytes));
    return this.#sending;
  }

  async replug(): Promise<void> {
    if (this.#pair !== null) return;
    const { master, slave, pty } = this.#binding.open(80, 24);
    // Cooked mode would echo the product's bytes and turn some of them into signals.
    await run('stty', [process.platform === 'darwin' ? '-f' : '-F', pty, 'raw', '-echo']);
    const reader = new ReadStream(master);
    reader.on('data', (bytes: Buffer) => this.#onBytes(new Uint8Array(bytes)));
    // The end of the pair is known already; a late EIO says nothing new.
    reader.on('error', () => undefined);
    this.#pair = { pty, master, slave, reader };
    await rm(this.path, { force: true });
    await symlink(pty, this.path);
  }

  async unplug(): Promise<void> {
    const pair = this.#pair;
    if (pair === null) return;
    this.#pair = null;
    await this.#sending;
    await rm(this.path, { force: true });
    const closed = new Promise<void>((resolve) => pair.reader.once('close', () => resolve()));
    pair.reader.destroy();
    await closed;
    // The slave was kept open so that the master did not fail while nobody had the port open.
    await closeFile(pair.slave);
  }

  stop(): Promise<void> {
    return this.unplug();
  }

  /** `fs.write` and not the stream: a terminal stream writes blocking and would stop this process when nobody reads. */
  async #write(pair: Pair, bytes: Uint8Array): Promise<void> {
    let done = 0;
    let waited = 0;
    while (done < bytes.length && this.#pair === pair && waited < LOST_AFTER_MS) {
      const written = await new Promise<number>((resolve) => {
        write(pair.master, bytes, done, bytes.length - done, null, (error, count) => resolve(error ? 0 : count));
      });
      done += written;
      if (written === 0) {
        waited += 1;
        await delay(1);
      }
    }
  }
}
