import { describe, expect, it } from 'vitest';
import type { AttachmentOutcome, AttachmentUpload, LogPort, StorePort } from '../services/ports.ts';
import { ok, type Result } from '../../native/model/result.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { AttachmentWorker } from './attachments.ts';
import { Link } from './link.ts';
import type { CallFailure, RawAnswer } from './platform-client.ts';

const ID = '0199a4c4-3d2f-7b61-a8c7-94e0d15f6b23';
const FILE: Omit<AttachmentUpload, 'attempts'> = {
  attachmentId: ID,
  caseId: ID,
  size: 9,
  sha256: 'a'.repeat(64),
  chunks: ['a'.repeat(64)],
};
const random = { bytes: (length: number): Uint8Array => new Uint8Array(length).fill(128) };

/** A worker at a store with one file, and at a platform that gives this answer to everything of uploads. */
class Bench {
  readonly clock = new FakeClock();
  readonly link = new Link(this.clock, () => undefined);
  readonly outcomes: AttachmentOutcome[] = [];
  readonly logged: string[] = [];
  asked = 0;
  #attempts: number;
  #dueAt = 0;
  #waits = true;
  readonly worker: AttachmentWorker;

  constructor(answer: Result<RawAnswer, CallFailure>, attempts = 0) {
    this.#attempts = attempts;
    const log: LogPort = {
      event: (level, event, detail) => void this.logged.push(`${level} ${event} ${JSON.stringify(detail?.['reason'])}`),
      tail: () => [],
    };
    const store: Pick<StorePort, 'claimAttachments' | 'settleAttachment' | 'attachmentChunk'> = {
      claimAttachments: (now) => {
        if (!this.#waits) return Promise.resolve(ok({ uploads: [], nextDueAt: null }));
        if (now < this.#dueAt) return Promise.resolve(ok({ uploads: [], nextDueAt: this.#dueAt }));
        this.#waits = false;
        this.#attempts += 1;
        return Promise.resolve(ok({ uploads: [{ ...FILE, attempts: this.#attempts }], nextDueAt: null }));
      },
      settleAttachment: (_id, outcome) => {
        this.outcomes.push(outcome);
        this.#waits = outcome.kind === 'retry';
        if (outcome.kind === 'retry') this.#dueAt = outcome.nextTryAt;
        return Promise.resolve(ok(undefined));
      },
      attachmentChunk: () => Promise.resolve(ok(new Uint8Array(9))),
    };
    this.worker = new AttachmentWorker({
      store: store as StorePort,
      call: () => Promise.reject(new Error('nothing to ask')),
      raw: () => {
        this.asked += 1;
        return Promise.resolve(answer);
      },
      link: this.link,
      clock: this.clock,
      random,
      log,
      clockOffset: () => 0,
    });
    this.link.answered();
  }

  /** As the store does for all files when the link comes up. */
  makeDue(): void {
    this.#dueAt = 0;
  }

  /** Lets the worker work for so long and ends it. */
  async run(ms: number): Promise<void> {
    this.worker.start();
    await this.clock.advance(ms);
    await this.clock.run(this.worker.stop());
  }
}

/** What a server says that has no such address. */
const noAddress = (status: number): Result<RawAnswer, CallFailure> => ok({ status, headers: {}, text: 'not here' });
const PARKED = { kind: 'parked', reason: 'attachments-not-taken' };
const HOUR = 3_600_000;

describe('a platform that asks for a long pause', () => {
  it('is given it, but not beyond the end of a trouble of the line', async () => {
    const bench = new Bench(
      ok({ status: 503, headers: { 'tus-resumable': '1.0.0', 'retry-after': '999999' }, text: '' }),
    );
    bench.worker.start();
    await bench.clock.advance(5 * 60_000);
    expect(bench.asked).toBe(1);
    bench.link.failed(bench.link.begin(), true);
    bench.makeDue();
    bench.link.answered();
    await bench.clock.advance(1_000);
    expect(bench.asked).toBe(2);
    await bench.clock.run(bench.worker.stop());
  });
});

describe('a platform that takes no files', () => {
  it('by its own words is not asked; the file waits for staff, and so it is told', async () => {
    const bench = new Bench(noAddress(500));
    bench.worker.told(false);
    expect(bench.worker.taken).toBe(false);
    await bench.run(HOUR);
    expect([bench.asked, bench.outcomes]).toEqual([0, [PARKED]]);
    expect(bench.logged).toEqual(['warn attachment-parked "attachments-not-taken"']);
  });

  it.each([404, 405, 501])('as its answers %i show, three in a row, is believed then', async (status) => {
    const bench = new Bench(noAddress(status));
    await bench.run(HOUR);
    expect(bench.outcomes.map(({ kind }) => kind)).toEqual(['retry', 'retry', 'parked']);
    expect(bench.outcomes.at(-1)).toEqual(PARKED);
  });

  it('is not believed to be one after its own word that it takes them: the file is tried on and on', async () => {
    const bench = new Bench(noAddress(404));
    bench.worker.told(true);
    await bench.run(HOUR);
    expect(bench.outcomes.length).toBeGreaterThan(3);
    expect(bench.outcomes.every(({ kind }) => kind === 'retry')).toBe(true);
  });

  it.each([500, 502, 403])('is not every one that answers %i', async (status) => {
    const bench = new Bench(noAddress(status));
    await bench.run(HOUR);
    expect(bench.outcomes.length).toBeGreaterThan(3);
    expect(bench.outcomes.every(({ kind }) => kind === 'retry')).toBe(true);
  });

  it('that says nothing more of files is asked again', async () => {
    const bench = new Bench(noAddress(500));
    bench.worker.told(false);
    bench.worker.told(undefined);
    await bench.run(1_000);
    expect(bench.asked).toBeGreaterThan(0);
    expect(bench.outcomes).not.toContainEqual(PARKED);
  });
});
