import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Batch, CaseSubmission, type CaseStatus, type HeartbeatAnswer } from '../platform-api/messages.ts';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Answers one request in its own way; `good` is what a sound platform would answer (and it has processed it then). */
export type Manners = (response: ServerResponse, good: () => unknown, request: SeenRequest) => void;

/**
 * A platform for the tests of this folder that can be told to misbehave, request by request. It keeps what it took by
 * idempotency key and answers a known key with its first answer.
 */
export class TestPlatform {
  #server: Server | null = null;
  #port = 0;
  /** Requests that are not answered yet. */
  underWay = 0;
  readonly requests: SeenRequest[] = [];
  /** First answers by idempotency key. */
  readonly taken = new Map<string, unknown>();
  /** Manners of the next requests to messages (cases, pick-up events, ratings), in order; then sound ones. */
  readonly manners: Manners[] = [];
  /** Problem types of single messages by idempotency key, on their own route and in a batch. */
  readonly refused = new Map<string, string>();
  /** A request with one of these keys is never answered, whether alone or in a batch. */
  readonly hanging = new Set<string>();
  /** What every question for a case is answered with, while set. */
  find: (() => unknown) | null = null;
  /** Manners of batches, while set. */
  batchManners: Manners | null = null;
  /** Manners of heartbeats, while set. */
  heartbeatManners: Manners | null = null;
  heartbeat: HeartbeatAnswer = { now: '2026-01-05T01:00:00Z', catalogueVersion: 1, pickupsVersion: 1 };
  catalogue: unknown = { version: 1, items: [] };
  pickups: unknown = { version: 1, codeSalt: 's', pickups: [] };
  keys: unknown = {
    keys: [
      {
        kid: 'k1',
        alg: 'HPKE-X25519-SHA256-AES256GCM',
        publicKey: Buffer.alloc(32, 9).toString('base64url'),
        notAfter: null,
      },
    ],
  };

  get baseUrl(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens; after a `stop` on the same port as before. */
  async start(): Promise<void> {
    const server = createServer((request, response) => this.#receive(request, response));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Vanishes: every connection is cut. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  /** Requests to one path, in order. */
  to(path: string): SeenRequest[] {
    return this.requests.filter((request) => request.path.startsWith(path));
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    this.underWay += 1;
    response.on('close', () => {
      this.underWay -= 1;
    });
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const seen: SeenRequest = { method, path: url, headers, body: Buffer.concat(chunks) };
      this.requests.push(seen);
      const good = (): unknown => this.#answer(seen);
      if (keysOf(seen).some((key) => this.hanging.has(key))) return;
      const own = this.refused.get(String(headers['idempotency-key']));
      if (own !== undefined) {
        problem(own, 422)(response, good, seen);
        return;
      }
      if (url === '/v1/batches') {
        if (this.batchManners) this.batchManners(response, good, seen);
        else json(response, 200, good());
        return;
      }
      const manners = url === '/v1/heartbeats' ? this.heartbeatManners : isMessage(seen) ? this.manners.shift() : null;
      if (manners) manners(response, good, seen);
      else if (seen.method === 'GET' && url.startsWith('/v1/cases?')) this.#find(url, response, good, seen);
      else json(response, 200, good());
    });
  }

  #find(url: string, response: ServerResponse, good: () => unknown, request: SeenRequest): void {
    const number = new URLSearchParams(url.slice(url.indexOf('?'))).get('number');
    const cases = [...this.taken.values()] as CaseStatus[];
    const found = this.find?.() ?? cases.find(({ trackingNumber }) => trackingNumber === number);
    if (found) json(response, 200, found);
    else problem('urn:hall24:not-found', 404)(response, good, request);
  }

  #answer(request: SeenRequest): unknown {
    if (request.path === '/v1/heartbeats') return this.heartbeat;
    if (request.path === '/v1/catalogue') return this.catalogue;
    if (request.path === '/v1/sealing-keys') return this.keys;
    if (request.path.startsWith('/v1/kiosks/')) return this.pickups;
    if (request.path === '/v1/batches') return { answers: this.#answerBatch(request) };
    const key = String(request.headers['idempotency-key'] ?? '');
    return this.#take(key, request.path === '/v1/cases', request.body);
  }

  #answerBatch(request: SeenRequest): unknown[] {
    return Batch.parse(JSON.parse(request.body.toString('utf8'))).entries.map(({ kind, key, body }) => {
      const type = this.refused.get(key);
      if (type !== undefined) return { key, status: 422, replayed: false, answer: { type, title: type, status: 422 } };
      return { key, status: 201, replayed: false, answer: this.#take(key, kind === 'case', Buffer.from(body)) };
    });
  }

  #take(key: string, isCase: boolean, body: Buffer): unknown {
    const known = this.taken.get(key);
    if (known !== undefined) return known;
    const answer = isCase ? approved(body) : { key, receivedAt: '2026-01-05T01:00:01Z' };
    this.taken.set(key, answer);
    return answer;
  }
}

/** Idempotency keys that a request carries. */
function keysOf(request: SeenRequest): string[] {
  if (request.path !== '/v1/batches') return [String(request.headers['idempotency-key'] ?? '')];
  return Batch.parse(JSON.parse(request.body.toString('utf8'))).entries.map(({ key }) => key);
}

function isMessage(request: SeenRequest): boolean {
  return request.method === 'POST' && request.path !== '/v1/heartbeats';
}

/** The answer of a platform that approves at once. */
export function approved(body: Buffer): CaseStatus {
  const { caseId, trackingNumber, itemId, sha256 } = CaseSubmission.parse(JSON.parse(body.toString('utf8')));
  return {
    caseId,
    trackingNumber,
    itemId,
    state: 'approved',
    caseNumber: `P-${trackingNumber}`,
    receivedAt: '2026-01-05T01:00:01Z',
    decidedAt: '2026-01-05T01:00:02Z',
    outcome: { 'zh-CN': '准予', en: 'Approved' },
    sha256,
  };
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** A refusal in the platform's words. */
export function problem(type: string, status: number, headers: Record<string, string> = {}): Manners {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/problem+json', ...headers });
    response.end(JSON.stringify({ type, title: type, status }));
  };
}
