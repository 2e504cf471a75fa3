import fc from 'fast-check';
import { deepStrictEqual, strictEqual } from 'node:assert';
import type { AttachmentOutcome, DeliveryOutcome } from '../../../electron/services/ports.ts';
import { handFileOver, handOver } from './delivery.ts';
import type { ModelEntry, ModelFile, OutboxModel } from './outbox-model.ts';
import type { RealKiosk } from './outbox-real.ts';
import { claim as claimOf, settle as settleAt } from '../../../electron/store/test-kit.ts';

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

const submitFiles =
  (count: number): Step =>
  async (model, real) => {
    const entry = await real.newCaseWithFiles(count);
    strictEqual((await real.store.submitCase(entry)).ok, true);
    model.add(`case:${entry.caseId}:1`, entry.caseId);
    for (const { attachmentId } of entry.attachments ?? []) model.addFile(attachmentId, entry.caseId);
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
    const claimed = await claimOf(real.store, model.now, limit, lane === undefined ? {} : { lane });
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
    const settled = await settleAt(real.store, known.entryId, outcome);
    if (entry.state === 'done' || entry.state === 'discarded') {
      strictEqual(settled.ok, true);
      return;
    }
    if (outcome.kind === 'acknowledged') {
      strictEqual(settled.ok, true);
      entry.state = 'done';
      if (entry.key.startsWith('case:')) model.caseArrived(entry.subject);
      await sameCase(entry.subject, model, real);
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
    if (!given.ok) return;
    entry.state = 'discarded';
    if (entry.key.startsWith('case:')) model.caseDiscarded(entry.subject);
  };

/** A case with files stands where its files say. */
async function sameCase(caseId: string, model: OutboxModel, real: RealKiosk): Promise<void> {
  const expected = model.caseState(caseId);
  if (expected === null) return;
  const found = await real.store.findCase({ caseId });
  strictEqual(found.ok && found.value?.state, expected);
}

const claimFiles =
  (limit: number, wake: boolean): Step =>
  async (model, real) => {
    const claimed = await real.store.claimAttachments(model.now, limit, wake);
    if (!claimed.ok) throw new Error(claimed.error.detail);
    const { uploads, nextDueAt } = claimed.value;
    deepStrictEqual(
      uploads.map(({ attachmentId }) => attachmentId),
      model.claimFiles(limit, wake),
    );
    const waits = model.files.filter(({ state }) => state === 'ready').map((file) => file.nextTryAt);
    strictEqual(nextDueAt, waits.length === 0 ? null : Math.min(...waits));
    for (const upload of uploads) real.claimedFiles.set(upload.attachmentId, upload);
  };

/** Settles one file, whatever state it is in. */
const settleFile =
  (
    index: number,
    outcomeOf: (file: ModelFile, model: OutboxModel, real: RealKiosk) => Promise<AttachmentOutcome>,
    after: (file: ModelFile, outcome: AttachmentOutcome) => void,
  ): Step =>
  async (model, real) => {
    const file = model.nthFile(index);
    if (!file || !real.claimedFiles.has(file.id)) return;
    // What is not under way is not answered; what is done may be answered once more.
    const over = file.state === 'done' || file.state === 'discarded';
    const outcome: AttachmentOutcome =
      file.state === 'sending'
        ? await outcomeOf(file, model, real)
        : { kind: 'retry', nextTryAt: model.now, reason: 'late' };
    const settled = await real.store.settleAttachment(file.id, outcome);
    strictEqual(settled.ok, over || file.state === 'sending');
    if (file.state === 'sending') after(file, outcome);
    await sameCase(file.caseId, model, real);
  };

const completeFile = (index: number): Step =>
  settleFile(
    index,
    async (file, _, real) => {
      const upload = real.claimedFiles.get(file.id);
      if (!upload) throw new Error('not claimed');
      const outcome = await handFileOver(real.store, real.platform, upload, real.clock.now());
      strictEqual(outcome.kind, 'acknowledged');
      return outcome;
    },
    (file) => (file.state = 'done'),
  );

const laterFile = (index: number, wait: number): Step =>
  settleFile(
    index,
    async (_, model) => ({ kind: 'retry', nextTryAt: model.now + wait, reason: 'busy' }),
    (file, outcome) => {
      file.state = 'ready';
      if (outcome.kind === 'retry') file.nextTryAt = outcome.nextTryAt;
    },
  );

const parkFile = (index: number): Step =>
  settleFile(
    index,
    async () => ({ kind: 'parked', reason: 'urn:hall24:attachment-differs' }),
    (file) => (file.state = 'parked'),
  );

const resendFile =
  (index: number): Step =>
  async (model, real) => {
    const file = model.nthFile(index);
    if (!file) return;
    const sent = await real.store.resend(file.id, model.now);
    strictEqual(sent.ok, file.state !== 'done' && file.state !== 'discarded');
    if (file.state !== 'ready' && file.state !== 'parked') return;
    file.state = 'ready';
    file.nextTryAt = 0;
    await sameCase(file.caseId, model, real);
  };

const discardFile =
  (index: number): Step =>
  async (model, real) => {
    const file = model.nthFile(index);
    if (!file) return;
    const order = { entryId: file.id, at: real.clock.now(), people: ['one', 'two'] as const, reason: 'trial' };
    const given = await real.store.discard(order);
    strictEqual(given.ok, file.state === 'parked');
    if (given.ok) file.state = 'discarded';
    await sameCase(file.caseId, model, real);
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
  await real.collect();
  model.releaseClaims();
  model.filesReleased = false;
};

const reopen: Step = async (model, real) => {
  await real.reopen();
  strictEqual((await real.store.releaseClaims()).ok, true);
  await real.collect();
  model.releaseClaims();
  model.filesReleased = false;
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
  fc.integer({ min: 1, max: 3 }).map((count) => named(`submit with ${count} files`, submitFiles(count))),
  fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.boolean())
    .map(([limit, woken]) => named(`claim ${limit} files ${woken}`, claimFiles(limit, woken))),
  fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.boolean())
    .map(([limit, woken]) => named(`claim ${limit} files ${woken}`, claimFiles(limit, woken))),
  index.map((at) => named(`complete file ${at}`, completeFile(at))),
  index.map((at) => named(`complete file ${at}`, completeFile(at))),
  fc.tuple(index, fc.nat(5_000)).map(([at, wait]) => named(`later file ${at} ${wait}`, laterFile(at, wait))),
  index.map((at) => named(`park file ${at}`, parkFile(at))),
  index.map((at) => named(`resend file ${at}`, resendFile(at))),
  index.map((at) => named(`discard file ${at}`, discardFile(at))),
  fc.constant(named('wake all', wake)),
  fc.constant(named('crash', crash)),
  fc.constant(named('reopen', reopen)),
];
