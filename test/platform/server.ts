import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { ServerResponse } from 'node:http';
import type { Clock } from '../../native/model/clock.ts';
import { Batch } from '../../electron/platform-api/messages.ts';
import { ROUTE_OF_KIND, ROUTES, ROUTE_NAMES, type Route, type RouteName } from '../../electron/platform-api/routes.ts';
import { problemReply, type Answers, type Call, type Reply } from './answers.ts';
import type { Fault, FaultSwitches } from './faults.ts';
import { refusal } from './problem.ts';
import { addUploadRoutes, type UploadReply, type Uploads } from './uploads.ts';

const BODY_LIMIT = 4 * 1024 * 1024;

interface Parts {
  readonly answers: Answers;
  readonly uploads: Uploads;
  readonly faults: FaultSwitches;
  readonly clock: Clock;
  /** Counts requests by idempotency key. */
  readonly seen: Map<string, number>;
  /** Ended when the connections are dropped. */
  readonly gone: () => AbortSignal;
  readonly openApiText: string;
}

/** The HTTP side: routes of the table, problems as RFC 9457, misbehaviour on command. */
export function makeServer(parts: Parts): FastifyInstance {
  const app = Fastify({ bodyLimit: BODY_LIMIT, logger: false });
  // Bodies stay bytes: what is compared and hashed is what came.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setNotFoundHandler((_request, reply) =>
    sendReply(reply, problemReply(refusal('urn:hall24:not-found', 'no such address'))),
  );
  app.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) => {
    const mine = (error.statusCode ?? 500) < 500;
    if (!mine) console.error(error);
    return sendReply(
      reply,
      problemReply(refusal(mine ? 'urn:hall24:malformed' : 'urn:hall24:busy', mine ? error.message : '')),
    );
  });
  app.get('/openapi.json', (_request, reply) => reply.type('application/json').send(parts.openApiText));
  for (const name of ROUTE_NAMES) {
    const route: Route = ROUTES[name];
    app.route({
      method: route.method,
      // Fastify writes parameters with a colon.
      url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      handler: (request, reply) => handle(parts, name, request, reply),
    });
  }
  addUploadRoutes(app, async (name, request, reply) => {
    const { slowMs, fault } = parts.faults.take(name);
    const gone = parts.gone();
    if (slowMs > 0) await parts.clock.sleep(slowMs, gone);
    if (gone.aborted) return cut(reply);
    const early = fault === null ? null : beforeWork(fault, reply);
    if (early !== null) return early;
    const answer = await parts.uploads.answer(name, request);
    return fault?.kind === 'drop' ? cut(reply) : sendUpload(reply, answer);
  });
  return app;
}

function sendUpload(reply: FastifyReply, { status, headers, problem }: UploadReply): FastifyReply {
  const told = reply.code(status).headers(headers);
  return problem === null ? told.send() : told.type('application/problem+json').send(problem);
}

async function handle(
  parts: Parts,
  name: RouteName,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const call = callOf(request);
  if (call.key !== null && ROUTES[name].idempotent) parts.seen.set(call.key, (parts.seen.get(call.key) ?? 0) + 1);
  const taken: Taken = name === 'submitBatch' ? takeForBatch(parts, call) : parts.faults.take(name);
  const { slowMs, fault, entryFaults } = taken;
  // Of this connection: the platform may be back by the time the wait is over.
  const gone = parts.gone();
  if (slowMs > 0) await parts.clock.sleep(slowMs, gone);
  if (gone.aborted) return cut(reply);
  const early = fault === null ? null : beforeWork(fault, reply);
  if (early !== null) return early;
  const answer = await parts.answers.answer(name, entryFaults ? { ...call, entryFaults } : call);
  return fault === null ? sendReply(reply, answer) : afterWork(fault, answer, reply);
}

interface Taken {
  readonly slowMs: number;
  readonly fault: Fault | null;
  readonly entryFaults?: ReadonlyMap<string, Reply>;
}

/** A fault of a message's route meets it in a batch too: a refusal that entry alone, all else the whole answer. */
function takeForBatch(parts: Parts, call: Call): Taken {
  let { slowMs, fault } = parts.faults.take('submitBatch');
  const entryFaults = new Map<string, Reply>();
  for (const { kind, key } of entriesOf(call)) {
    parts.seen.set(key, (parts.seen.get(key) ?? 0) + 1);
    const met = parts.faults.take(ROUTE_OF_KIND[kind]);
    slowMs = Math.max(slowMs, met.slowMs);
    if (met.fault?.kind === 'refuse') entryFaults.set(key, refused(met.fault.what));
    else fault ??= met.fault;
  }
  return { slowMs, fault, entryFaults };
}

function entriesOf(call: Call): Batch['entries'] {
  try {
    return Batch.parse(JSON.parse(Buffer.from(call.body ?? []).toString('utf8'))).entries;
  } catch {
    return [];
  }
}

function refused(what: (Fault & { readonly kind: 'refuse' })['what']): Reply {
  return typeof what === 'number' ? bareStatus(what) : problemReply(refusal(what, 'told to refuse'));
}

function callOf(request: FastifyRequest): Call {
  const key = request.headers['idempotency-key'];
  return {
    authorization: request.headers.authorization,
    key: typeof key === 'string' && key !== '' ? key : null,
    parameters: { ...(request.params as Record<string, string>), ...(request.query as Record<string, string>) },
    body: request.body instanceof Uint8Array ? request.body : null,
  };
}

/** Faults by which nothing is done; null when the work is done all the same. */
function beforeWork(fault: Fault, reply: FastifyReply): FastifyReply | null {
  switch (fault.kind) {
    case 'refuse':
      return sendReply(reply, refused(fault.what));
    case 'html':
      return reply
        .code(200)
        .type('text/html; charset=utf-8')
        .send('<!doctype html><title>Log in</title><p>Log in to use this network.');
    case 'drop':
      return fault.when === 'before' ? cut(reply) : null;
    case 'silent':
      return reply.hijack();
    default:
      return null;
  }
}

function afterWork(fault: Fault, answer: Reply, reply: FastifyReply): FastifyReply {
  switch (fault.kind) {
    case 'drop':
      return cut(reply);
    case 'empty-answer':
      return reply.code(answer.status).type(answer.type).send('');
    case 'twice':
      return sendTwice(reply, answer);
    default:
      return sendReply(reply, answer);
  }
}

function bareStatus(status: number): Reply {
  const text = JSON.stringify({ type: 'about:blank', title: 'Told to refuse', status });
  return { status, type: 'application/problem+json', text, headers: {} };
}

function sendReply(reply: FastifyReply, answer: Reply): FastifyReply {
  return reply.code(answer.status).headers(answer.headers).type(answer.type).send(answer.text);
}

function cut(reply: FastifyReply): FastifyReply {
  reply.hijack();
  reply.raw.socket?.destroy();
  return reply;
}

function sendTwice(reply: FastifyReply, answer: Reply): FastifyReply {
  reply.hijack();
  const head = Object.entries({
    ...answer.headers,
    'content-type': answer.type,
    'content-length': String(Buffer.byteLength(answer.text)),
  }).map(([header, value]) => `${header}: ${value}\r\n`);
  const raw: ServerResponse = reply.raw;
  const bytes = `HTTP/1.1 ${answer.status} Twice\r\n${head.join('')}\r\n${answer.text}`;
  raw.socket?.end(bytes + bytes);
  return reply;
}
