import type { z } from 'zod';
import { caseKey, pickupKey, ratingKey } from '../../electron/platform-api/canonical.ts';
import { Batch, CaseSubmission, Heartbeat, PickupEvent, Rating } from '../../electron/platform-api/messages.ts';
import {
  PROBLEM_STATUS,
  ROUTE_OF_KIND,
  ROUTES,
  type AnswerOf,
  type Route,
  type RouteName,
} from '../../electron/platform-api/routes.ts';
import type { Clock } from '../../native/model/clock.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import type { CaseDesk } from './cases.ts';
import type { PublishedCatalogue } from './catalogue.ts';
import type { Database, Queries } from './database.ts';
import type { OnceOnly } from './idempotency.ts';
import { heldOf, keepHeartbeat, kioskOfHeader, type KioskRow } from './kiosks.ts';
import type { PickupDesk } from './pickups.ts';
import { problemOf, refusal, type Refusal } from './problem.ts';
import { keepRating } from './ratings.ts';
import type { SealKey } from './seal-key.ts';
import { RunningCalls } from './running-calls.ts';

/** A request without HTTP. */
export interface Call {
  readonly authorization: string | undefined;
  readonly key: string | null;
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  /** Answers to entries of a batch that are given without doing anything, by key. */
  readonly entryFaults?: ReadonlyMap<string, Reply>;
}

/** An answer without HTTP. */
export interface Reply {
  readonly status: number;
  readonly type: 'application/json' | 'application/problem+json';
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Parts {
  readonly database: Database;
  readonly clock: Clock;
  readonly once: OnceOnly;
  readonly cases: CaseDesk;
  readonly pickups: PickupDesk;
  readonly catalogue: PublishedCatalogue;
  readonly sealKey: SealKey;
  /** Whether this platform has /v1/batches; one without is what kiosks met before there were batches. */
  readonly batches: boolean;
  /** Whether this platform takes files of cases; said with every heartbeat. */
  readonly files: boolean;
  /** Something was kept that may concern the locker. */
  readonly onKept: () => void;
}

/** What one batch may hold; told with every heartbeat. */
export const BATCH_LIMITS = { entries: 50, bytes: 1 << 20 } as const;

type Answered = Promise<Result<Reply, Refusal>>;

/** Answers the calls of the route table. */
export class Answers {
  readonly #parts: Parts;
  readonly #running = new RunningCalls();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Answers a call. Rejects only when the store fails. */
  answer(name: RouteName, call: Call): Promise<Reply> {
    return this.#running.track(this.#answer(name, call));
  }

  /** Waits for the calls that are being answered, also those whose connection is gone. */
  idle(): Promise<void> {
    return this.#running.idle();
  }

  async #answer(name: RouteName, call: Call): Promise<Reply> {
    const kiosk = await kioskOfHeader(this.#parts.database, call.authorization);
    const route: Route = ROUTES[name];
    const missing = route.query.find((parameter) => (call.parameters[parameter] ?? '') === '');
    if (kiosk !== null && missing !== undefined) {
      return problemReply(refusal('urn:hall24:malformed', `the query parameter ${missing} is missing`));
    }
    const result =
      kiosk === null
        ? err(refusal('urn:hall24:unauthorised', 'no kiosk has this token'))
        : await this.#dispatch(name, call, kiosk);
    return result.ok ? result.value : problemReply(result.error);
  }

  #dispatch(name: RouteName, call: Call, kiosk: KioskRow): Answered {
    const { clock, catalogue, sealKey, cases, pickups } = this.#parts;
    const now = clock.now();
    const handlers: Readonly<Record<RouteName, () => Answered>> = {
      getCatalogue: () =>
        this.#plain('getCatalogue', async () => {
          const { version, items } = await catalogue.current();
          return ok({ version, items: [...items] });
        }),
      getSealingKeys: () => this.#plain('getSealingKeys', () => Promise.resolve(ok({ keys: [sealKey.public] }))),
      findCase: () => this.#plain('findCase', () => cases.find(call.parameters['number'] ?? '')),
      getSubmission: () => this.#plain('getSubmission', () => this.#submission(call.parameters['key'] ?? '', kiosk)),
      getPickups: () =>
        this.#plain('getPickups', async () => {
          const own = mustBeOwn(kiosk, call.parameters['kioskCode'] ?? '');
          return own.ok ? ok(await pickups.list(kiosk, now)) : own;
        }),
      heartbeat: () => this.#heartbeat(call, kiosk, now),
      getAttachment: () =>
        this.#plain('getAttachment', () => cases.attachments.status(call.parameters['attachmentId'] ?? '', kiosk.code)),
      submitBatch: () => this.#batch(call, kiosk),
      submitCase: () =>
        this.#once(call, kiosk, now, {
          schema: CaseSubmission,
          keyOf: (body) => caseKey(body.caseId, body.sequence),
          subjectOf: (body) => `case ${body.caseId}`,
          work: (queries, body) => cases.take(queries, body, now),
        }),
      reportPickup: () =>
        this.#once(call, kiosk, now, {
          schema: PickupEvent,
          keyOf: (body) => pickupKey(body.pickupId, body.sequence),
          subjectOf: (body) => `pickup ${body.pickupId}`,
          work: (queries, body, key) => acknowledged(key, now, pickups.report(queries, body, now)),
        }),
      rate: () =>
        this.#once(call, kiosk, now, {
          schema: Rating,
          keyOf: (body) => ratingKey(body.ratingId),
          subjectOf: (body) => `rating ${body.subject} ${body.subjectId}`,
          work: (queries, body, key) => acknowledged(key, now, keepRating(queries, body, now)),
        }),
    };
    return handlers[name]();
  }

  async #plain<N extends RouteName>(name: N, work: () => Promise<Result<AnswerOf<N>, Refusal>>): Answered {
    const result = await work();
    return result.ok ? ok(json(statusOf(name), JSON.stringify(result.value))) : result;
  }

  async #submission(key: string, kiosk: KioskRow): Promise<Result<AnswerOf<'getSubmission'>, Refusal>> {
    const found = await this.#parts.once.find(key, kiosk.code);
    if (!found.ok) return found;
    return ok({ key, status: found.value.status, answer: JSON.parse(found.value.text) as unknown });
  }

  async #heartbeat(call: Call, kiosk: KioskRow, now: number): Answered {
    const body = parse(Heartbeat, call.body);
    if (!body.ok) return body;
    const own = mustBeOwn(kiosk, body.value.kioskCode);
    if (!own.ok) return own;
    const seen = await keepHeartbeat(this.#parts.database, body.value, now);
    return this.#plain('heartbeat', async () =>
      ok({
        now: new Date(now).toISOString(),
        catalogueVersion: await this.#parts.catalogue.version(),
        pickupsVersion: kiosk.pickups_version,
        held: await heldOf(this.#parts.database, kiosk.code),
        ...(seen.length === 0 ? {} : { helpSeen: seen }),
        ...(this.#parts.batches ? { batch: BATCH_LIMITS } : {}),
        attachments: this.#parts.files,
      }),
    );
  }

  /** Every entry is a request of its own, with its own transaction: whatever one comes to, the others stand. */
  async #batch(call: Call, kiosk: KioskRow): Answered {
    if (!this.#parts.batches) return err(refusal('urn:hall24:not-found', 'no such address'));
    const batch = parse(Batch, call.body);
    if (!batch.ok) return batch;
    if ((call.body?.length ?? 0) > 2 * BATCH_LIMITS.bytes) return err(refusal('urn:hall24:malformed', 'too long'));
    const answers: AnswerOf<'submitBatch'>['answers'] = [];
    for (const { kind, key, body } of batch.value.entries) {
      const reply =
        call.entryFaults?.get(key) ??
        (await this.#entry(ROUTE_OF_KIND[kind], { ...call, key, body: new TextEncoder().encode(body) }, kiosk));
      const retryAfter = reply.headers['retry-after'];
      answers.push({
        key,
        status: reply.status,
        replayed: reply.headers['idempotency-replayed'] === 'true',
        ...(retryAfter === undefined ? {} : { retryAfter: Number(retryAfter) }),
        answer: JSON.parse(reply.text) as unknown,
      });
    }
    return this.#plain('submitBatch', () => Promise.resolve(ok({ answers })));
  }

  async #entry(name: RouteName, call: Call, kiosk: KioskRow): Promise<Reply> {
    try {
      const result = await this.#dispatch(name, call, kiosk);
      return result.ok ? result.value : problemReply(result.error);
    } catch (error) {
      // The store failed on this one; what was done before it is done.
      console.error(error);
      return problemReply(refusal('urn:hall24:busy', ''));
    }
  }

  async #once<B extends { readonly kioskCode: string }>(
    call: Call,
    kiosk: KioskRow,
    now: number,
    route: {
      readonly schema: z.ZodType<B>;
      readonly keyOf: (body: B) => string;
      readonly subjectOf: (body: B) => string;
      readonly work: (queries: Queries, body: B, key: string) => Promise<Result<unknown, Refusal>>;
    },
  ): Answered {
    const { key, body } = call;
    if (key === null) return err(refusal('urn:hall24:malformed', 'the header Idempotency-Key is missing'));
    const parsed = parse(route.schema, body);
    if (!parsed.ok) return parsed;
    const own = mustBeOwn(kiosk, parsed.value.kioskCode);
    if (!own.ok) return own;
    if (key !== route.keyOf(parsed.value)) {
      return err(refusal('urn:hall24:malformed', 'the idempotency key does not belong to this body'));
    }
    const kept = await this.#parts.once.run(
      { key, kioskCode: kiosk.code, body: body ?? new Uint8Array(), subject: route.subjectOf(parsed.value), now },
      (queries) => route.work(queries, parsed.value, key),
    );
    if (!kept.ok) return kept;
    const { status, text, replayed } = kept.value;
    if (!replayed) this.#parts.onKept();
    return ok({ ...json(status, text), headers: replayed ? { 'idempotency-replayed': 'true' } : {} });
  }
}

function statusOf(name: RouteName): number {
  const route: Route = ROUTES[name];
  return route.status;
}

function json(status: number, text: string): Reply {
  return { status, type: 'application/json', text, headers: {} };
}

/** A refusal as an answer. */
export function problemReply(refused: Refusal): Reply {
  return {
    status: PROBLEM_STATUS[refused.type],
    type: 'application/problem+json',
    text: JSON.stringify(problemOf(refused)),
    headers: refused.type === 'urn:hall24:busy' ? { 'retry-after': '1' } : {},
  };
}

function mustBeOwn(kiosk: KioskRow, kioskCode: string): Result<void, Refusal> {
  if (kiosk.code === kioskCode) return ok(undefined);
  return err(refusal('urn:hall24:unauthorised', 'the token belongs to another kiosk'));
}

function parse<B>(schema: z.ZodType<B>, body: Uint8Array | null): Result<B, Refusal> {
  if (body === null) return err(refusal('urn:hall24:malformed', 'a JSON body is needed'));
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return err(refusal('urn:hall24:malformed', 'the body is not JSON in UTF-8'));
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  // Only the place: a value could be personal.
  return err(
    refusal(
      'urn:hall24:malformed',
      `not as described: ${parsed.error.issues.map((issue) => issue.path.join('.')).join(', ')}`,
    ),
  );
}

async function acknowledged(
  key: string,
  now: number,
  done: Promise<Result<void, Refusal>>,
): Promise<Result<AnswerOf<'rate'>, Refusal>> {
  const result = await done;
  return result.ok ? ok({ key, receivedAt: new Date(now).toISOString() }) : result;
}
