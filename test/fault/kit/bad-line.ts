import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Answer, MemoryPlatform } from './memory-platform.ts';

/** A whole HTTP request as it came over the line. */
export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly key: string;
  /** By names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Length of the whole request in bytes. */
  readonly length: number;
}

/** What the line does to a request that carries messages or belongs to a file. */
export interface Misbehaviour {
  readonly name: string;
  /** Waits for a request of this method. */
  readonly only?: string;
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
  readonly platform: MemoryPlatform;
}

/** HTTP answer as bytes. */
export function httpBytes(status: number, type: string, body: string, headers: readonly string[] = []): Buffer {
  const length = Buffer.byteLength(body);
  const lines = [`HTTP/1.1 ${status} X`, `content-type: ${type}`, `content-length: ${length}`, ...headers, '', body];
  return Buffer.from(lines.join('\r\n'), 'utf8');
}

/** Answer of the platform as bytes of HTTP. */
export function answerBytes({ status, body, headers = {} }: Answer): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  if (body === null)
    return Buffer.from([`HTTP/1.1 ${status} X`, ...lines, ...NO_BODY(status), '', ''].join('\r\n'), 'utf8');
  return httpBytes(status, status < 400 ? 'application/json' : 'application/problem+json', JSON.stringify(body), lines);
}

/** An answer of 204 says nothing of its length. */
const NO_BODY = (status: number): readonly string[] => (status === 204 ? [] : ['content-length: 0']);

const UPLOADS = /^\/v1\/(uploads|attachments)(\/|$)/u;
const MESSAGES = /^\/v1\/(cases$|pickup-events|ratings|batches)/u;

/**
 * A platform behind a line that may do anything: the first requests that carry messages are treated as the list says, all
 * others soundly. It reads and writes bytes, not HTTP objects, so that a cut may fall between any two of them.
 */
export class BadLine {
  readonly #server: Server;
  readonly #platform: MemoryPlatform;
  readonly #next: Misbehaviour[];
  readonly #nextUploads: Misbehaviour[];
  readonly #sockets = new Set<Socket>();
  /** Requests that were treated badly, and those of them that belonged to a file. */
  treated = 0;
  treatedUploads = 0;
  /** Bytes of files that came, also those of chunks that were cut. */
  uploaded = 0;

  private constructor(platform: MemoryPlatform, next: readonly Misbehaviour[], nextUploads: readonly Misbehaviour[]) {
    this.#platform = platform;
    this.#next = [...next];
    this.#nextUploads = [...nextUploads];
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /** @param uploads what is done to the first requests that belong to files */
  static async start(
    platform: MemoryPlatform,
    treatments: readonly Misbehaviour[],
    uploads: readonly Misbehaviour[] = [],
  ): Promise<BadLine> {
    const line = new BadLine(platform, treatments, uploads);
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
        const ofFile = UPLOADS.test(path);
        const list = ofFile ? this.#nextUploads : method === 'POST' && MESSAGES.test(path) ? this.#next : [];
        treatment = list[0]?.only === undefined || list[0].only === method ? (list.shift() ?? null) : null;
        if (treatment) this.treated += 1;
        if (treatment && ofFile) this.treatedUploads += 1;
      }
      const cutAt = treatment?.cutRequestAt;
      if (cutAt !== undefined && bytes.length >= cutAt) {
        if (head !== -1 && bytes.subarray(0, 5).toString('latin1') === 'PATCH') {
          this.uploaded += Math.max(0, Math.min(bytes.length, cutAt) - head - 4);
        }
        socket.destroy();
        return;
      }
      if (head === -1) return;
      const heads = bytes.subarray(0, head).toString('latin1');
      const headers = readHeaders(heads);
      const length = Number(headers['content-length'] ?? 0);
      if (bytes.length < head + 4 + length) return;
      const body = bytes.subarray(head + 4, head + 4 + length);
      const whole = head + 4 + length;
      bytes = bytes.subarray(whole);
      const [method = '', path = ''] = heads.split(' ');
      const heard: Heard = { method, path, key: headers['idempotency-key'] ?? '', headers, body, length: whole };
      if (method === 'PATCH') this.uploaded += body.length;
      const now = treatment;
      treatment = undefined;
      // A cut behind the end of the request is one after it came and before anything was done.
      if (now?.cutRequestAt !== undefined) socket.destroy();
      else if (now?.answer) now.answer({ socket, heard, commit: () => this.#commit(heard), platform: this.#platform });
      else socket.write(this.#commit(heard));
    });
  }

  #commit({ method, path, key, body, headers }: Heard): Buffer {
    return answerBytes(this.#platform.answer(method, path, key, body, headers));
  }
}

function readHeaders(heads: string): Record<string, string> {
  const lines = heads.split('\r\n').slice(1);
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
}
