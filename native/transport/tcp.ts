import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { Transport, TransportError } from '../model/transport.ts';
import { formatAddress } from './address.ts';
import type { TcpAddress } from './address.ts';
import { TransportCore, transportError, withDeadline, writeDeadlineMs } from './transport-core.ts';

const CONNECT_DEADLINE_MS = 3_000;
/** Idle time before the operating system asks whether the far end still lives, in milliseconds. */
const KEEPALIVE_MS = 5_000;

/** Figures that tests shorten. */
export interface TcpOptions {
  readonly connectDeadlineMs?: number;
  readonly writeGraceMs?: number;
}

/** Connects to a serial device server, network printer or simulator. */
export async function openTcp(
  address: TcpAddress,
  options: TcpOptions = {},
): Promise<Result<Transport, TransportError>> {
  const socket = connect({ host: address.host, port: address.port, noDelay: true });
  const connected = new Promise<TransportError | null>((resolve) => {
    socket.once('connect', () => resolve(null));
    // Stays attached: a socket error without a listener would be thrown.
    socket.on('error', (error) => resolve(connectError(error)));
  });
  const failure = await withDeadline<TransportError | null>(
    connected,
    options.connectDeadlineMs ?? CONNECT_DEADLINE_MS,
    () => transportError('unreachable', `no connection to ${formatAddress(address)} in time`),
  );
  if (failure) {
    socket.destroy();
    return err(failure);
  }
  socket.setKeepAlive(true, KEEPALIVE_MS);
  return ok(new TcpTransport(formatAddress(address), socket, options));
}

function connectError(error: Error): TransportError {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return transportError('not-found', error.message);
  if (code === 'EACCES' || code === 'EPERM') return transportError('denied', error.message);
  if (['ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNRESET', 'EHOSTDOWN'].includes(code)) {
    return transportError('unreachable', error.message);
  }
  return transportError('io', error.message);
}

class TcpTransport implements Transport {
  readonly kind = 'stream';
  readonly address: string;
  readonly baud = null;
  readonly #core = new TransportCore();
  readonly #socket: Socket;
  readonly #writeGraceMs: number | undefined;

  constructor(address: string, socket: Socket, options: TcpOptions) {
    this.address = address;
    this.#socket = socket;
    this.#writeGraceMs = options.writeGraceMs;
    socket.on('data', (bytes) => this.#core.deliver(new Uint8Array(bytes)));
    socket.on('error', (error) => this.#lose(transportError('lost', error.message)));
    socket.on('end', () => this.#lose(transportError('lost', 'the far end closed the connection')));
    socket.on('close', () => this.#lose(transportError('lost', 'connection closed')));
  }

  onData: Transport['onData'] = (listener) => this.#core.onData(listener);
  onClosed: Transport['onClosed'] = (listener) => this.#core.onClosed(listener);

  async write(bytes: Uint8Array): Promise<Result<void, TransportError>> {
    if (this.#core.closed) return err(this.#core.closeError ?? transportError('lost', 'connection is closed'));
    const writing = new Promise<Result<void, TransportError>>((resolve) => {
      const forget = this.#core.onClosed((error) =>
        resolve(err(error ?? transportError('lost', 'connection is closed'))),
      );
      this.#socket.write(bytes, (error) => {
        forget();
        resolve(error ? err(transportError('lost', error.message)) : ok(undefined));
      });
    });
    const deadline = writeDeadlineMs(bytes.length, null, this.#writeGraceMs);
    const result = await withDeadline(writing, deadline, () =>
      err(transportError('io', `the connection did not take ${bytes.length} bytes within ${deadline} ms`)),
    );
    if (!result.ok) this.#lose(result.error);
    return result;
  }

  async close(): Promise<void> {
    this.#core.end(null);
    await this.#destroy();
  }

  #lose(error: TransportError): void {
    if (this.#core.end(error)) void this.#destroy();
  }

  #destroy(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.closed) {
        resolve();
        return;
      }
      this.#socket.once('close', () => resolve());
      this.#socket.destroy();
    });
  }
}
