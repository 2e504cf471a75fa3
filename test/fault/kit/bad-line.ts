import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { MemoryPlatform } from './memory-platform.ts';

/** A whole HTTP request as it came over the line. */
export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly key: string;
  readonly body: Buffer;
  /** Length of the whole request in bytes. */
  readonly length: number;
}

/** What the line does to a request that carries messages. */
export interface Misbehaviour {
  readonly name: string;
  /** Cuts the connection after so many bytes of the request; the platform never sees it. */
  readonly cutRequestAt?: number;
  /** What is done with the whole request instead of answering it soundly. */
  readonly answer?: (line: Answering) => void;
}

/** Means to answer a request, soundly or not. */
export interface Answering {
  readonly socket: Socket;
  readonly heard: Heard;
  /** Lets the platform take the request and gives its answer as bytes of HTTP. */
  readonly commit: () => Buffer;
}

/** HTTP answer as bytes. */
export function httpBytes(status: number, type: string, body: string, headers: readonly string[] = []): Buffer {
  const length = Buffer.byteLength(body);
  const lines = [`HTTP/1.1 ${status} X`, `content-type: ${type}`, `content-length: ${length}`, ...headers, '', body];
  return Buffer.from(lines.join('\r\n'), 'utf8');
}

const MESSAGES = /^\/v1\/(cases$|pickup-events|ratings|batches)/u;

/**
 * A platform behind a line that may do anything: the first requests that carry messages are treated as the list says, all
 * others soundly. It reads and writes bytes, not HTTP objects, so that a cut may fall between any two of them.
 */
export class BadLine {
  readonly #server: Server;
  readonly #platform: MemoryPlatform;
  readonly #next: Misbehaviour[];
  readonly #sockets = new Set<Socket>();
  /** Requests that were treated badly. */
  treated = 0;

  private constructor(platform: MemoryPlatform, next: readonly Misbehaviour[]) {
    this.#platform = platform;
    this.#next = [...next];
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(platform: MemoryPlatform, treatments: readonly Misbehaviour[]): Promise<BadLine> {
    const line = new BadLine(platform, treatments);
    await new Promise<void>((resolve) => line.#server.listen(0, '127.0.0.1', resolve));
    return line;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    let bytes: Buffer = Buffer.alloc(0);
    let treatment: Misbehaviour | null | undefined;
    socket.on('data', (piece: Buffer) => {
      bytes = Buffer.concat([bytes, piece]);
      const head = bytes.indexOf('\r\n\r\n');
      // Whether a request carries messages is known from its first line.
      const line = bytes.indexOf('\r\n');
      if (treatment === undefined && line >= 0) {
        const [method = '', path = ''] = bytes.subarray(0, line).toString('latin1').split(' ');
        treatment = method === 'POST' && MESSAGES.test(path) ? (this.#next.shift() ?? null) : null;
        if (treatment) this.treated += 1;
      }
      const cutAt = treatment?.cutRequestAt;
      if (cutAt !== undefined && bytes.length >= cutAt) {
        socket.destroy();
        return;
      }
      if (head === -1) return;
      const heads = bytes.subarray(0, head).toString('latin1');
      const length = Number(/^content-length: (\d+)/imu.exec(heads)?.[1] ?? 0);
      if (bytes.length < head + 4 + length) return;
      const body = bytes.subarray(head + 4, head + 4 + length);
      const whole = head + 4 + length;
      bytes = bytes.subarray(whole);
      const [method = '', path = ''] = heads.split(' ');
      const key = /^idempotency-key: (.*)$/imu.exec(heads)?.[1]?.trim() ?? '';
      const heard: Heard = { method, path, key, body, length: whole };
      const now = treatment;
      treatment = undefined;
      // A cut behind the end of the request is one after it came and before anything was done.
      if (now?.cutRequestAt !== undefined) socket.destroy();
      else if (now?.answer) now.answer({ socket, heard, commit: () => this.#commit(heard) });
      else socket.write(this.#commit(heard));
    });
  }

  #commit({ method, path, key, body }: Heard): Buffer {
    const { status, body: answer } = this.#platform.answer(method, path, key, body);
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    return httpBytes(status, type, JSON.stringify(answer));
  }
}
