import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Carrier, FromProduct } from './carrier.ts';

/** Longest request taken, document and all. */
const MAX_REQUEST = 64 * 1024 * 1024;

/** A print server: each request over HTTP is one message of the product, each message sent is the answer to the oldest. */
export class IppCarrier implements Carrier {
  readonly kind = 'reports';
  readonly baud = null;
  readonly #onBytes: FromProduct;
  readonly #host: string;
  #port: number;
  #server: Server | null = null;
  #asked: ServerResponse[] = [];

  private constructor(onBytes: FromProduct, host: string, port: number) {
    this.#onBytes = onBytes;
    this.#host = host;
    this.#port = port;
  }

  /** @param options.port 0 for any free port */
  static async open(options: {
    readonly onBytes: FromProduct;
    readonly host: string;
    readonly port: number;
  }): Promise<IppCarrier> {
    const carrier = new IppCarrier(options.onBytes, options.host, options.port);
    await carrier.replug();
    return carrier;
  }

  get address(): string {
    const everywhere = this.#host === '0.0.0.0' || this.#host === '::';
    const host = everywhere ? '127.0.0.1' : this.#host.includes(':') ? `[${this.#host}]` : this.#host;
    return `ipp://${host}:${this.#port}/printers/simulated`;
  }

  get plugged(): boolean {
    return this.#server !== null;
  }

  send(bytes: Uint8Array): Promise<void> {
    const response = this.#asked.shift();
    if (response === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      response.once('close', resolve);
      response.writeHead(200, { 'content-type': 'application/ipp', connection: 'close' }).end(bytes);
    });
  }

  async replug(): Promise<void> {
    if (this.#server !== null) return;
    const server = createServer((request, response) => this.#take(request, response));
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
    this.#asked = [];
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  stop(): Promise<void> {
    return this.unplug();
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const pieces: Buffer[] = [];
    let length = 0;
    request.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length > MAX_REQUEST) request.destroy();
      else pieces.push(piece);
    });
    request.on('end', () => {
      this.#asked.push(response);
      this.#onBytes(new Uint8Array(Buffer.concat(pieces)));
    });
    // Whoever hung up waits for no answer; it must not go to the next one.
    response.on('close', () => {
      this.#asked = this.#asked.filter((one) => one !== response);
    });
  }
}
