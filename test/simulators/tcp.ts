import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { ReportSplitter, encodeReport } from '../../native/transport/hid-over-tcp.ts';
import type { Carrier, FromProduct } from './carrier.ts';

/**
 * A device behind a TCP socket: a serial device server (`stream`), or a HID device whose reports are carried with two
 * bytes of length before each (`reports`). One connection at a time; a newer one takes over.
 */
export class TcpCarrier implements Carrier {
  readonly kind: 'stream' | 'reports';
  readonly baud: number | null;
  readonly #onBytes: FromProduct;
  readonly #scheme: 'tcp' | 'hid+tcp' | 'pcsc+tcp' | 'winspool+tcp';
  #server: Server | null = null;
  #socket: Socket | null = null;
  readonly #host: string;
  #port: number;

  private constructor(
    kind: 'stream' | 'reports',
    baud: number | null,
    onBytes: FromProduct,
    place: { readonly host: string; readonly port: number },
    scheme: 'tcp' | 'hid+tcp' | 'pcsc+tcp' | 'winspool+tcp',
  ) {
    this.#scheme = scheme;
    this.kind = kind;
    this.baud = baud;
    this.#onBytes = onBytes;
    this.#host = place.host;
    this.#port = place.port;
  }

  /**
   * @param options.baud speed of the wire behind the device server, null for none
   * @param options.host where it listens; 127.0.0.1 when left out
   * @param options.port 0 or left out for any free port
   * @param options.scheme of the address; `hid+tcp` for reports when left out
   */
  static async open(options: {
    readonly kind: 'stream' | 'reports';
    readonly baud: number | null;
    readonly onBytes: FromProduct;
    readonly host?: string;
    readonly port?: number;
    readonly scheme?: 'pcsc+tcp' | 'winspool+tcp';
  }): Promise<TcpCarrier> {
    const scheme = options.scheme ?? (options.kind === 'reports' ? 'hid+tcp' : 'tcp');
    const place = { host: options.host ?? '127.0.0.1', port: options.port ?? 0 };
    const carrier = new TcpCarrier(options.kind, options.baud, options.onBytes, place, scheme);
    await carrier.replug();
    return carrier;
  }

  get address(): string {
    // Whoever listens everywhere is reached on this machine by its own name.
    const everywhere = this.#host === '0.0.0.0' || this.#host === '::';
    const host = everywhere ? '127.0.0.1' : this.#host.includes(':') ? `[${this.#host}]` : this.#host;
    return `${this.#scheme}://${host}:${this.#port}`;
  }

  get plugged(): boolean {
    return this.#server !== null;
  }

  send(bytes: Uint8Array): Promise<void> {
    const socket = this.#socket;
    if (socket === null || socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      socket.write(this.kind === 'reports' ? encodeReport(bytes) : bytes, () => resolve());
    });
  }

  async replug(): Promise<void> {
    if (this.#server !== null) return;
    const server = createServer((socket) => this.#accept(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, this.#host, () => resolve());
    });
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async unplug(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    this.#socket?.destroy();
    this.#socket = null;
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  stop(): Promise<void> {
    return this.unplug();
  }

  #accept(socket: Socket): void {
    this.#socket?.destroy();
    this.#socket = socket;
    socket.setNoDelay(true);
    const splitter = new ReportSplitter();
    socket.on('data', (bytes) => {
      if (this.kind === 'stream') {
        this.#onBytes(new Uint8Array(bytes));
        return;
      }
      const reports = splitter.push(new Uint8Array(bytes));
      if (reports === null) socket.destroy();
      else for (const report of reports) this.#onBytes(report);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = null;
    });
  }
}
