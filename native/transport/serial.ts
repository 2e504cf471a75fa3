import { statSync } from 'node:fs';
import type { SerialPort } from 'serialport';
import type * as SerialLibrary from 'serialport';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { ModemLines, Transport, TransportError } from '../model/transport.ts';
import { formatAddress } from './address.ts';
import type { SerialAddress } from './address.ts';
import { workAtOnce } from './serial-descriptor.ts';
import { TransportCore, messageOf, transportError, withDeadline, writeDeadlineMs } from './transport-core.ts';

/** How often it is looked whether the device nodes of open ports still exist, in milliseconds. */
const WATCH_INTERVAL_MS = 1_000;
/** How long opening or closing may take, in milliseconds. */
const OPEN_DEADLINE_MS = 5_000;
/** How long reading the input pins may take, in milliseconds. */
const PINS_DEADLINE_MS = 1_000;

/** Figures that tests shorten. */
export interface SerialOptions {
  /** Write deadline beyond the wire time, in milliseconds. */
  readonly writeGraceMs?: number;
  /** Address that the transport names as its own, where it was found by another one than its node. */
  readonly foundBy?: string;
}

/** Loads serialport; a machine without a fitting build gives a typed error instead of a crash at start. */
export async function loadSerial(): Promise<Result<typeof SerialLibrary, TransportError>> {
  try {
    return ok(await import('serialport'));
  } catch (error) {
    return err(transportError('io', `serial port library cannot be loaded: ${messageOf(error)}`));
  }
}

/** Opens a serial port, 8 data bits, no parity, 1 stop bit, no flow control, exclusively locked. */
export async function openSerial(
  address: SerialAddress,
  options: SerialOptions = {},
): Promise<Result<Transport, TransportError>> {
  const library = await loadSerial();
  if (!library.ok) return library;
  const identity = nodeIdentity(address.path);
  if (identity === 'gone') return err(transportError('not-found', `no such port ${address.path}`));
  let port: SerialPort;
  try {
    port = new library.value.SerialPort({
      path: address.path,
      baudRate: address.baud,
      dataBits: 8,
      parity: 'none',
      stopBits: 1,
      autoOpen: false,
      lock: true,
    });
  } catch (error) {
    return err(transportError('bad-address', messageOf(error)));
  }
  const opening = new Promise<Error | null>((resolve) => port.open((error) => resolve(error)));
  const failure = await withDeadline<Error | null | 'late'>(opening, OPEN_DEADLINE_MS, () => 'late');
  if (failure === 'late') {
    // The open call may still succeed inside the driver; then the port is given back at once.
    void opening.then((error) => (error ? undefined : port.close(() => undefined)));
    return err(transportError('io', 'opening the port took too long'));
  }
  if (failure) return err(openError(failure));
  if (port.port) workAtOnce(port.port);
  return ok(new SerialTransport(address, port, identity, options));
}

/** Maps what the operating system says on opening (texts of serialport's bindings on Linux, macOS and Windows). */
export function openError(error: Error): TransportError {
  const text = error.message;
  if (/cannot lock|resource (?:temporarily unavailable|busy)|in use|sharing violation/iu.test(text)) {
    return transportError('busy', text);
  }
  if (/permission denied|access (?:is )?denied|not permitted/iu.test(text)) return transportError('denied', text);
  if (/no such (?:file|device)|file not found|cannot find|unknown error code (?:2|3)\b/iu.test(text)) {
    return transportError('not-found', text);
  }
  return transportError('io', text);
}

/** One timer for all open ports: a program at rest is woken no oftener for having more of them. */
class NodeWatch {
  readonly #looks = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;

  add(look: () => void): void {
    this.#looks.add(look);
    this.#timer ??= setInterval(() => {
      for (const one of this.#looks) one();
    }, WATCH_INTERVAL_MS);
  }

  remove(look: () => void): void {
    this.#looks.delete(look);
    if (this.#looks.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

const nodeWatch = new NodeWatch();

/** Pseudo-terminals and some adapters have no pins to read. */
export function pinsError(error: Error): TransportError {
  const none = /inappropriate ioctl|not supported|invalid argument|unknown error code (?:1|50|87)\b/iu;
  return transportError(none.test(error.message) ? 'unsupported' : 'io', error.message);
}

class SerialTransport implements Transport {
  readonly kind = 'stream';
  readonly address: string;
  readonly baud: number;
  readonly #core = new TransportCore();
  readonly #port: SerialPort;
  readonly #path: string;
  readonly #identity: string;
  readonly #writeGraceMs: number | undefined;
  #released: Promise<void> | null = null;

  constructor(address: SerialAddress, port: SerialPort, identity: string, options: SerialOptions) {
    this.address = options.foundBy ?? formatAddress(address);
    this.baud = address.baud;
    this.#port = port;
    this.#path = address.path;
    this.#identity = identity;
    this.#writeGraceMs = options.writeGraceMs;
    // A data listener from the first moment on: a paused stream never notices that the port has gone.
    port.on('data', (bytes: Buffer) => this.#core.deliver(new Uint8Array(bytes)));
    port.on('error', (error: Error) => this.#lose(transportError('io', error.message)));
    port.on('close', (error: Error | null) => this.#lose(transportError('lost', error?.message ?? 'port closed')));
    nodeWatch.add(this.#look);
  }

  onData: Transport['onData'] = (listener) => this.#core.onData(listener);
  onClosed: Transport['onClosed'] = (listener) => this.#core.onClosed(listener);

  async write(bytes: Uint8Array): Promise<Result<void, TransportError>> {
    if (this.#core.closed) return err(this.#core.closeError ?? transportError('lost', 'port is closed'));
    const writing = new Promise<Result<void, TransportError>>((resolve) => {
      // An unplug may swallow the callback, so the end of the line settles the write as well.
      const forget = this.#core.onClosed((error) => resolve(err(error ?? transportError('lost', 'port is closed'))));
      this.#port.write(Buffer.from(bytes), (error) => {
        forget();
        resolve(error ? err(transportError('lost', error.message)) : ok(undefined));
      });
    });
    const deadline = writeDeadlineMs(bytes.length, this.baud, this.#writeGraceMs);
    const result = await withDeadline(writing, deadline, () =>
      err(transportError('io', `the port did not take ${bytes.length} bytes within ${Math.round(deadline)} ms`)),
    );
    // After a failed write nobody knows how much has gone out: the line is used up.
    if (!result.ok) this.#lose(result.error);
    return result;
  }

  readonly modemLines = (): Promise<Result<ModemLines, TransportError>> => {
    if (this.#core.closed) return Promise.resolve(err(transportError('lost', 'port is closed')));
    const reading = new Promise<Result<ModemLines, TransportError>>((resolve) => {
      this.#port.get((error, pins) => {
        if (error) return resolve(err(pinsError(error)));
        if (!pins) return resolve(err(transportError('io', 'the port said nothing of its pins')));
        return resolve(ok({ cts: pins.cts, dsr: pins.dsr, dcd: pins.dcd }));
      });
    });
    return withDeadline(reading, PINS_DEADLINE_MS, () => err(transportError('io', 'reading the pins took too long')));
  };

  async close(): Promise<void> {
    this.#core.end(null);
    await this.#release();
  }

  #lose(error: TransportError): void {
    if (this.#core.end(error)) void this.#release();
  }

  #release(): Promise<void> {
    nodeWatch.remove(this.#look);
    this.#released ??= withDeadline<void>(
      new Promise<void>((resolve) => {
        if (this.#port.isOpen) this.#port.close(() => resolve());
        else resolve();
      }),
      OPEN_DEADLINE_MS,
      () => undefined,
    );
    return this.#released;
  }

  /** A driver of the system may take the node away without hanging up the line, so the node is watched as well. */
  readonly #look = (): void => {
    const identity = nodeIdentity(this.#path);
    if (identity !== this.#identity) this.#lose(transportError('lost', `${this.#path} has gone away`));
  };
}

/** Which node stands at the path, `gone` when none does. Windows port names are no files and always look the same. */
function nodeIdentity(path: string): string {
  if (!path.startsWith('/')) return 'named';
  try {
    // Device nodes live in memory, so this never waits; by way of the thread pool it would cost ten times as much.
    const node = statSync(path);
    return `${node.dev}:${node.ino}:${node.rdev}`;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENXIO' || code === 'ELOOP' ? 'gone' : 'unreadable';
  }
}
