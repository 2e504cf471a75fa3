import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A line to a platform on this machine that can be slow and can be cut. */
export class SlowLink {
  readonly #target: number;
  /** Bytes a second that the kiosk may send; null for no limit. */
  readonly #bytesPerSecond: number | null;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #freeAt = 0;
  port = 0;
  sentBytes = 0;

  constructor(target: number, bytesPerSecond: number | null) {
    this.#target = target;
    this.#bytesPerSecond = bytesPerSecond;
  }

  async up(): Promise<void> {
    const server = createServer((kiosk) => this.#join(kiosk));
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    const closed = new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #join(kiosk: Socket): void {
    const platform = connect(this.#target, '127.0.0.1');
    for (const socket of [kiosk, platform]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        kiosk.destroy();
        platform.destroy();
      });
    }
    platform.pipe(kiosk);
    kiosk.on('data', (chunk: Buffer) => {
      this.sentBytes += chunk.length;
      if (this.#bytesPerSecond === null) {
        platform.write(chunk);
        return;
      }
      // All connections share the line: each chunk leaves when those before it have.
      kiosk.pause();
      const now = performance.now();
      this.#freeAt = Math.max(now, this.#freeAt) + (chunk.length / this.#bytesPerSecond) * 1000;
      setTimeout(() => {
        platform.write(chunk);
        kiosk.resume();
      }, this.#freeAt - now);
    });
  }
}
