import fc from 'fast-check';
import { deepStrictEqual, strictEqual } from 'node:assert';
import type { DeliveryOutcome } from '../../../electron/services/ports.ts';
import { handOver } from './delivery.ts';
import type { ModelEntry, OutboxModel } from './outbox-model.ts';
import type { RealKiosk } from './outbox-real.ts';

type Step = (model: OutboxModel, real: RealKiosk) => Promise<void>;

/** A command of the model test, with its name for the report of a failure. */
class Command implements fc.AsyncCommand<OutboxModel, RealKiosk> {
  readonly #name: string;
  readonly #step: Step;

  constructor(name: string, step: Step) {
    this.#name = name;
    this.#step = step;
  }

  check(): boolean {
    return true;
  }

  async run(model: OutboxModel, real: RealKiosk): Promise<void> {
    model.commands += 1;
    await this.#step(model, real);
    const counts = await real.store.outboxCounts();
    if (!counts.ok) throw new Error(counts.error.detail);
    const { waiting, parked } = counts.value;
    deepStrictEqual({ waiting, parked }, model.counts);
  }

  toString(): string {
    return this.#name;
  }
}

const submit: Step = async (model, real) => {
  const entry = real.newCase();
  const stored = await real.store.submitCase(entry);
  strictEqual(stored.ok, true);
  model.add(`case:${entry.caseId}:1`, entry.caseId);
  real.acknowledge(entry);
};

const repeat =
  (index: number): Step =>
  async (_, real) => {
    const entry = real.cases[index % Math.max(1, real.cases.length)];
    if (!entry) return;
    const stored = await real.store.submitCase(entry);
    strictEqual(stored.ok && stored.value.caseId, entry.caseId);
  };

const rate =
  (index: number): Step =>
  async (model, real) => {
    const entry = real.cases[index % Math.max(1, real.cases.length)];
    if (!entry) return;
    const ratingId = entry.caseId.replace('01990000', '01990001');
    const rated = await real.store.rate({
      ratingId,
      actId: entry.caseId.replace('01990000', '01990002'),
      subject: 'case',
      subjectId: entry.caseId,
      level: 4,
      channel: 'screen',
      at: real.clock.now(),
      kioskCode: entry.kioskCode,
    });
    strictEqual(rated.ok, !model.rated.has(entry.caseId));
    if (!rated.ok) return;
    model.rated.add(entry.caseId);
    model.add(`rating:${ratingId}`, entry.caseId);
    real.history.acknowledge({ subjectId: entry.caseId, sequence: 2, sha256: null });
  };

const claim =
  (limit: number, lane: 'first' | 'again' | undefined): Step =>
  async (model, real) => {
    const claimed = await real.store.claim(model.now, limit, lane === undefined ? {} : { lane });
    if (!claimed.ok) throw new Error(claimed.error.detail);
    deepStrictEqual(
      claimed.value.map(({ idempotencyKey }) => idempotencyKey),
      model.claim(limit, lane),
    );
    for (const entry of claimed.value) real.claimed.set(entry.idempotencyKey, entry);
  };

/** Settles one entry, whatever state it is in. */
const settle =
  (
    index: number,
    outcomeOf: (entry: ModelEntry, model: OutboxModel, real: RealKiosk) => DeliveryOutcome | null,
  ): Step =>
  async (model, real) => {
    const entry = model.nth(index);
    const known = entry && real.claimed.get(entry.key);
    if (!entry || !known) return;
    const outcome = outcomeOf(entry, model, real);
    if (!outcome) return;
    const settled = await real.store.settleDelivery(known.entryId, outcome);
    if (entry.state === 'done' || entry.state === 'discarded') {
      strictEqual(settled.ok, true);
      return;
    }
    if (outcome.kind === 'acknowledged') {
      strictEqual(settled.ok, true);
      entry.state = 'done';
      return;
    }
    strictEqual(settled.ok, entry.state === 'sending');
    if (!settled.ok) return;
    if (outcome.kind === 'retry') {
      entry.state = 'ready';
      entry.nextTryAt = outcome.nextTryAt;
    } else {
      entry.state = 'parked';
      entry.refused = outcome.reason === 'urn:hall24:item-unknown';
    }
  };

const complete = (index: number): Step =>
  settle(index, (entry, _, real) => {
    const known = real.claimed.get(entry.key);
    // The platform answers only what it was sent, and it was sent only what is under way or was.
    if (!known || entry.state === 'discarded') return null;
    return entry.state === 'ready' || entry.state === 'parked'
      ? null
      : handOver(real.platform, known, real.clock.now());
  });

/** The answer is lost after the platform's commit: the entry will be sent again. */
const lose = (index: number): Step =>
  settle(index, (entry, model, real) => {
    const known = real.claimed.get(entry.key);
    if (!known || entry.state !== 'sending') return null;
    handOver(real.platform, known, real.clock.now());
    return { kind: 'retry', nextTryAt: model.now + 1_000, reason: 'no-answer' };
  });

const later = (index: number, wait: number): Step =>
  settle(index, (_, model) => ({ kind: 'retry', nextTryAt: model.now + wait, reason: 'busy' }));

const park = (index: number, reason: string): Step =>
  settle(index, (entry, _, real) => {
    // A platform that has taken a message does not refuse it afterwards.
    const taken = real.platform.record.some(({ key }) => key === entry.key);
    return taken ? null : { kind: 'parked', reason };
  });

const resend =
  (index: number): Step =>
  async (model, real) => {
    const entry = model.nth(index);
    const known = entry && real.claimed.get(entry.key);
    if (!entry || !known) return;
    const sent = await real.store.resend(known.entryId, model.now);
    const gone = entry.state === 'done' || entry.state === 'discarded' || (entry.state === 'parked' && entry.refused);
    strictEqual(sent.ok, !gone);
    if (gone || entry.state === 'sending') return;
    entry.state = 'ready';
    entry.nextTryAt = 0;
  };

const discard =
  (index: number): Step =>
  async (model, real) => {
    const entry = model.nth(index);
    const known = entry && real.claimed.get(entry.key);
    if (!entry || !known) return;
    const order = { entryId: known.entryId, at: real.clock.now(), people: ['one', 'two'] as const, reason: 'trial' };
    const given = await real.store.discard(order);
    strictEqual(given.ok, entry.state === 'parked');
    if (given.ok) entry.state = 'discarded';
  };

const pass =
  (ms: number): Step =>
  (model, real) => {
    model.now += ms;
    real.clock.pass(ms);
    return Promise.resolve();
  };

const jump =
  (ms: number): Step =>
  (_, real) => {
    real.clock.jump(ms);
    return Promise.resolve();
  };

const wake: Step = async (model, real) => {
  strictEqual((await real.store.wakeAll(model.now)).ok, true);
  model.wakeAll();
};

const crash: Step = async (model, real) => {
  real.crash();
  strictEqual((await real.store.releaseClaims()).ok, true);
  model.releaseClaims();
};

const reopen: Step = async (model, real) => {
  await real.reopen();
  strictEqual((await real.store.releaseClaims()).ok, true);
  model.releaseClaims();
};

const named = (name: string, step: Step): Command => new Command(name, step);
const index = fc.nat(40);
const TEN_YEARS = 3_652 * 86_400_000;

/** Everything that can happen to the outbox; what happens most stands there more than once. */
export const OUTBOX_COMMANDS: readonly fc.Arbitrary<Command>[] = [
  fc.constant(named('submit', submit)),
  fc.constant(named('submit', submit)),
  index.map((at) => named(`repeat ${at}`, repeat(at))),
  index.map((at) => named(`rate ${at}`, rate(at))),
  fc.integer({ min: 1, max: 8 }).map((limit) => named(`claim ${limit}`, claim(limit, undefined))),
  fc.integer({ min: 1, max: 8 }).map((limit) => named(`claim ${limit} first`, claim(limit, 'first'))),
  fc.integer({ min: 1, max: 8 }).map((limit) => named(`claim ${limit} again`, claim(limit, 'again'))),
  index.map((at) => named(`complete ${at}`, complete(at))),
  index.map((at) => named(`complete ${at}`, complete(at))),
  index.map((at) => named(`lose ${at}`, lose(at))),
  fc.tuple(index, fc.nat(5_000)).map(([at, wait]) => named(`later ${at} ${wait}`, later(at, wait))),
  index.map((at) => named(`refuse ${at}`, park(at, 'urn:hall24:item-unknown'))),
  index.map((at) => named(`park ${at}`, park(at, 'urn:hall24:malformed'))),
  index.map((at) => named(`resend ${at}`, resend(at))),
  index.map((at) => named(`discard ${at}`, discard(at))),
  fc.nat(10_000).map((ms) => named(`pass ${ms}`, pass(ms))),
  fc.integer({ min: -TEN_YEARS, max: TEN_YEARS }).map((ms) => named(`jump ${ms}`, jump(ms))),
  fc.constant(named('wake all', wake)),
  fc.constant(named('crash', crash)),
  fc.constant(named('reopen', reopen)),
];
