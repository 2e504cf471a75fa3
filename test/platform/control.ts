import Fastify, { type FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { PROBLEM_TYPES, type PlatformProblemType } from '../../electron/platform-api/messages.ts';
import { ROUTE_NAMES, type RouteName } from '../../electron/platform-api/routes.ts';
import type { Faults } from './faults.ts';
import type { ReferencePlatform } from './platform.ts';

/** The control interface, running. It has a port of its own, so that it answers while the platform has vanished. */
export interface ControlServer {
  /** `http://127.0.0.1:PORT/control` */
  readonly url: string;
  stop(): Promise<void>;
}

const Problem = z.enum(Object.keys(PROBLEM_TYPES) as [PlatformProblemType, ...PlatformProblemType[]]);
const Scope = z.object({
  routes: z.array(z.enum(ROUTE_NAMES as readonly [RouteName, ...RouteName[]])).exactOptional(),
  times: z.number().int().min(1).exactOptional(),
});
const FaultOrder = z.discriminatedUnion('kind', [
  Scope.extend({ kind: z.literal('slow'), ms: z.number().min(0) }),
  Scope.extend({ kind: z.literal('refuse'), what: z.union([z.number().int().min(400).max(599), Problem]) }),
  Scope.extend({ kind: z.literal('drop'), when: z.enum(['before', 'after']) }),
  Scope.extend({ kind: z.enum(['html', 'silent', 'twice', 'empty-answer']) }),
  z.object({ kind: z.enum(['vanish', 'restore']) }),
]);
type FaultOrder = z.infer<typeof FaultOrder>;

const PickupOrder = z.object({
  kioskCode: z.string(),
  cell: z.string(),
  holder: z.string(),
  contents: z.array(
    z.object({ name: z.object({ 'zh-CN': z.string(), en: z.string() }), count: z.number().int().min(1) }),
  ),
  validFrom: z.number(),
  validTo: z.number(),
  code: z
    .string()
    .regex(/^\d{8}$/)
    .exactOptional(),
});

/**
 * Serves `/control/*` on 127.0.0.1, for tests and the simulator panel: it shows everything that the platform holds,
 * personal data included. Answers only requests that name this host, so that a page in a browser cannot reach it.
 */
export async function startControl(platform: ReferencePlatform, port = 0): Promise<ControlServer> {
  const app = Fastify({ logger: false });
  app.addHook('onRequest', async (request, reply) => {
    if (/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) return undefined;
    return reply.code(403).send({ error: 'for this machine only' });
  });
  addRoutes(app, platform);
  await app.listen({ port, host: '127.0.0.1' });
  const { port: taken } = app.server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${taken}/control`, stop: () => app.close() };
}

function addRoutes(app: FastifyInstance, platform: ReferencePlatform): void {
  app.get('/control/state', () => ({ url: platform.url, ...platform.faults.state() }));
  app.get('/control/holdings', () => platform.holdings());
  app.get('/control/messages', () => platform.messages);
  app.post('/control/faults', async (request, reply) => {
    const order = FaultOrder.safeParse(request.body);
    if (!order.success) return reply.code(400).send({ error: z.prettifyError(order.error) });
    await applyFault(platform.faults, order.data);
    return platform.faults.state();
  });
  app.post('/control/pickups', async (request, reply) => {
    const order = PickupOrder.safeParse(request.body);
    if (!order.success) return reply.code(400).send({ error: z.prettifyError(order.error) });
    const announced = await platform.announcePickup(order.data);
    return announced.ok ? reply.code(201).send(announced.value) : reply.code(409).send({ error: announced.error });
  });
  app.post<{ Params: { pickupId: string } }>('/control/pickups/:pickupId/withdraw', async (request, reply) => {
    const pickupId = z.uuid().safeParse(request.params.pickupId);
    if (!pickupId.success) return reply.code(400).send({ error: 'a pick-up id is a UUID' });
    return { withdrawn: await platform.withdrawPickup(pickupId.data) };
  });
}

async function applyFault(faults: Faults, order: FaultOrder): Promise<void> {
  switch (order.kind) {
    case 'slow':
      return faults.slow(order.ms, order);
    case 'refuse':
      return faults.refuse(order.what, order);
    case 'drop':
      return faults.drop(order.when, order);
    case 'html':
      return faults.html(order);
    case 'silent':
      return faults.silent(order);
    case 'twice':
      return faults.twice(order);
    case 'empty-answer':
      return faults.emptyAnswer(order);
    case 'vanish':
      return faults.vanish();
    case 'restore':
      return faults.restore();
    default:
      return order satisfies never;
  }
}
