import { Agent, request } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { Transport, TransportError } from '../model/transport.ts';
import { formatAddress } from './address.ts';
import type { IppAddress } from './address.ts';
import { openTcp } from './tcp.ts';
import { TransportCore, messageOf, transportError, withDeadline } from './transport-core.ts';

/** How long the server may take for one answer, in milliseconds; a document also gets a second for each 100 KB. */
const ANSWER_MS = 10_000;
const BYTES_A_MS = 100;
/** Longest answer taken: a list of jobs is far shorter. */
const MAX_ANSWER = 4 * 1024 * 1024;

/** Figures that tests shorten. */
export interface IppOptions {
  readonly answerMs?: number;
}

/**
 * Opens a printer at a print server (RFC 8010: IPP over HTTP). Each write is one whole request with its document, each
 * piece of data one whole answer. A write resolves when the answer was handed out; when there is none, it fails, and
 * unlike other lines this one stays open: the server may be back at the next question.
 */
export async function openIpp(
  address: IppAddress,
  options: IppOptions = {},
): Promise<Result<Transport, TransportError>> {
  // Nothing is asked yet; this only tells a missing server from one that is there.
  const probe = await openTcp({ scheme: 'tcp', host: address.host, port: address.port });
  if (!probe.ok) return probe;
  await probe.value.close();
  return ok(new IppTransport(address, options.answerMs ?? ANSWER_MS));
}

class IppTransport implements Transport {
  readonly kind = 'reports';
  readonly address: string;
  readonly baud = null;
  readonly #core = new TransportCore();
  readonly #target: IppAddress;
  readonly #answerMs: number;
  // A connection for each question: one that the server has closed meanwhile would look like a lost question.
  readonly #agent = new Agent({ keepAlive: false });
  readonly #running = new Set<ClientRequest>();

  constructor(target: IppAddress, answerMs: number) {
    this.address = formatAddress(target);
    this.#target = target;
    this.#answerMs = answerMs;
  }

  onData: Transport['onData'] = (listener) => this.#core.onData(listener);
  onClosed: Transport['onClosed'] = (listener) => this.#core.onClosed(listener);

  async write(bytes: Uint8Array): Promise<Result<void, TransportError>> {
    if (this.#core.closed) return err(transportError('lost', 'the line is closed'));
    const { host, port, path } = this.#target;
    const sending = request({
      agent: this.#agent,
      host,
      port,
      path,
      method: 'POST',
      headers: { 'content-type': 'application/ipp', 'content-length': bytes.length, 'cache-control': 'no-store' },
    });
    this.#running.add(sending);
    const answered = new Promise<Result<Uint8Array, TransportError>>((resolve) => {
      sending.on('error', (error) => resolve(err(requestError(error))));
      sending.on('close', () => resolve(err(transportError('lost', 'the server closed the connection'))));
      sending.on('response', (response) => resolve(body(response)));
    });
    sending.end(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    const deadline = this.#answerMs + bytes.length / BYTES_A_MS;
    const answer = await withDeadline(answered, deadline, () =>
      err(transportError('unreachable', `no answer within ${Math.round(deadline)} ms`)),
    );
    this.#running.delete(sending);
    sending.destroy();
    if (!answer.ok) return answer;
    this.#core.deliver(answer.value);
    return ok(undefined);
  }

  async close(): Promise<void> {
    this.#core.end(null);
    for (const sending of this.#running) sending.destroy();
    this.#agent.destroy();
  }
}

function body(response: IncomingMessage): Promise<Result<Uint8Array, TransportError>> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let length = 0;
    response.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length <= MAX_ANSWER) pieces.push(piece);
      else response.destroy();
    });
    response.on('error', (error) => resolve(err(transportError('lost', messageOf(error)))));
    response.on('close', () => resolve(err(transportError('lost', 'the answer ended too early'))));
    response.on('end', () => {
      const { statusCode = 0 } = response;
      if (statusCode === 200) resolve(ok(new Uint8Array(Buffer.concat(pieces))));
      else if (statusCode === 401 || statusCode === 403) resolve(err(transportError('denied', `HTTP ${statusCode}`)));
      else resolve(err(transportError('io', `HTTP ${statusCode}`)));
    });
  });
}

function requestError(error: Error): TransportError {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return transportError(code === 'ECONNREFUSED' ? 'unreachable' : 'lost', code === '' ? error.message : code);
}
