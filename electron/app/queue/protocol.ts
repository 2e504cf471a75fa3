import { z } from 'zod';
import { ItemPackSchema } from '../../platform-api/item-pack-schema.ts';
import { CaseStatus, Heartbeat } from '../../platform-api/messages.ts';
import { LocalKeysShape, STORE_METHODS, StoreErrorShape } from './store-methods.ts';

/** Both sides must speak the same; they are of one build, so another number means a half-replaced installation. */
export const PROTOCOL = 3;

const id = z.number().int().min(1);
const Health = z.object({ freeBytes: z.number(), ok: z.boolean() });
const Link = z.object({ state: z.enum(['up', 'down']), since: z.number() });

/** What the main process says. */
export const ToQueue = z.discriminatedUnion('t', [
  z.object({
    t: z.literal('open'),
    protocol: z.number(),
    dir: z.string().min(1),
    /** Local data keys as they are now; left out while there are none. */
    keys: LocalKeysShape.exactOptional(),
  }),
  z.object({
    t: z.literal('ask'),
    id,
    method: z.enum(Object.keys(STORE_METHODS) as [keyof typeof STORE_METHODS]),
    args: z.array(z.unknown()).max(4),
    /** Id by which the answer of a command is kept, see `AnsweredCommands`. */
    command: z.string().nullable(),
  }),
  z.object({
    t: z.literal('start-sync'),
    settings: z.object({
      baseUrl: z.url(),
      token: z.string(),
      kioskCode: z.string(),
      version: z.string(),
      settings: Heartbeat.shape.settings.unwrap().exactOptional(),
      heartbeatMs: z.number().exactOptional(),
      devices: Heartbeat.shape.devices,
      catalogueVersion: z.number().int(),
    }),
  }),
  z.object({ t: z.enum(['wake', 'kick']) }),
  z.object({ t: z.literal('refresh-pickups'), id }),
  z.object({ t: z.literal('ask-case'), id, number: z.string() }),
  z.object({ t: z.literal('stop-sync'), id }),
  z.object({ t: z.literal('close'), id }),
  /** Every few seconds; `devices` when they changed. */
  z.object({ t: z.literal('ping'), devices: Heartbeat.shape.devices.exactOptional() }),
]);
export type ToQueue = z.infer<typeof ToQueue>;

/** Outcome of a question; the value is checked by who asked. */
const Answer = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: StoreErrorShape }),
]);

/** What the queue process says. */
export const FromQueue = z.discriminatedUnion('t', [
  z.object({ t: z.literal('hello'), protocol: z.number() }),
  z.object({ t: z.literal('opened'), report: z.looseObject({ kind: z.string() }), health: Health }),
  z.object({
    t: z.literal('not-opened'),
    error: z.object({ code: z.enum(['newer', 'foreign', 'unsafe', 'full', 'unavailable']), detail: z.string() }),
  }),
  z.object({ t: z.literal('answer'), id, result: Answer }),
  z.object({
    t: z.literal('changes'),
    changes: z.array(
      z.discriminatedUnion('type', [
        z.object({ type: z.literal('case'), caseId: z.string() }),
        z.object({ type: z.enum(['outbox', 'pickups']) }),
      ]),
    ),
  }),
  z.object({ t: z.literal('link'), link: Link, clockOffset: z.number(), files: z.boolean().optional() }),
  z.object({
    t: z.literal('pong'),
    health: Health,
    sync: Link.extend({ clockOffset: z.number(), files: z.boolean().optional() }).nullable(),
  }),
  // In pieces, so that nobody waits while thousands of items are checked; `left` come after these.
  z.object({
    t: z.literal('catalogue'),
    version: z.number().int(),
    items: z.array(ItemPackSchema),
    left: z.number().int().nonnegative(),
  }),
  z.object({
    t: z.literal('log'),
    level: z.enum(['debug', 'info', 'warn', 'error']),
    event: z.string(),
    detail: z.record(z.string(), z.unknown()),
  }),
]);
export type FromQueue = z.infer<typeof FromQueue>;

/** Answer to `ask-case`. */
export const AskedCase = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: CaseStatus.nullable() }),
  z.object({ ok: z.literal(false), error: z.literal('unreachable') }),
]);
