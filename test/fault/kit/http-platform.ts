import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Counter } from './counter.ts';
import { MemoryPlatform } from './memory-platform.ts';

/** A `MemoryPlatform` on a port of this machine, well-behaved. */
export class HttpPlatform {
  readonly memory: MemoryPlatform;
  /** Requests that it has heard and answered. */
  readonly requests: Counter;
  readonly #server: Server;

  private constructor(memory: MemoryPlatform, requests: Counter, server: Server) {
    this.memory = memory;
    this.requests = requests;
    this.#server = server;
  }

  static async start(memory = new MemoryPlatform()): Promise<HttpPlatform> {
    const requests = new Counter();
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const key = String(request.headers['idempotency-key'] ?? '');
        const { status, body } = memory.answer(request.method ?? '', request.url ?? '', key, Buffer.concat(chunks));
        const type = status < 400 ? 'application/json' : 'application/problem+json';
        response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
        requests.add();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new HttpPlatform(memory, requests, server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}
