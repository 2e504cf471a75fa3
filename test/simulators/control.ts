import { rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** Longest request, in characters. */
const MAX_LINE = 65_536;

/**
 * A socket by which programs operate a simulator: one request a line, one JSON object as the answer. Listens on a path
 * (Unix domain socket) or on `tcp://HOST:PORT`.
 */
export class ControlSocket {
  readonly address: string;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  readonly #path: string | null;

  private constructor(address: string, server: Server, sockets: Set<Socket>, path: string | null) {
    this.address = address;
    this.#server = server;
    this.#sockets = sockets;
    this.#path = path;
  }

  /** @throws Error when the place cannot be listened on */
  static async open(place: string, answer: (line: string) => Promise<object>): Promise<ControlSocket> {
    const tcp = /^tcp:\/\/(.+):(\d{1,5})$/u.exec(place);
    const sockets = new Set<Socket>();
    const server = createServer((socket) => serve(socket, sockets, answer));
    // A file that a killed simulator left behind would make it busy for ever.
    if (!tcp && !(await someoneListens(place))) await rm(place, { force: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      if (tcp) server.listen(Number(tcp[2]), (tcp[1] ?? '').replaceAll(/[[\]]/gu, ''), () => resolve());
      else server.listen(place, () => resolve());
    });
    const address = tcp ? `tcp://${tcp[1] ?? ''}:${(server.address() as AddressInfo).port}` : place;
    return new ControlSocket(address, server, sockets, tcp ? null : place);
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    if (this.#path !== null) await rm(this.#path, { force: true });
  }
}

/** Only a socket that nobody answers is taken for a leftover; any other file stays and makes listening fail. */
async function someoneListens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'));
  });
}

function serve(socket: Socket, sockets: Set<Socket>, answer: (line: string) => Promise<object>): void {
  let text = '';
  let answering: Promise<void> = Promise.resolve();
  sockets.add(socket);
  socket.setEncoding('utf8');
  socket.on('error', () => socket.destroy());
  socket.on('close', () => sockets.delete(socket));
  socket.on('data', (part: string) => {
    text += part;
    if (text.length > MAX_LINE) socket.destroy();
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines.filter((one) => one.trim() !== '')) {
      answering = answering.then(async () => {
        const told = await answer(line);
        if (!socket.destroyed) socket.write(`${JSON.stringify(told)}\n`);
      });
    }
  });
}
