import { join } from 'node:path';
import { canonicalEnvelope } from '../../../electron/platform-api/canonical.ts';
import type { NewCase, OutboxEntry } from '../../../electron/services/ports.ts';
import type { OpenedStore } from '../../../electron/store/index.ts';
import { crashedCopy } from './crashed-copy.ts';
import { drain, endOf } from './delivery.ts';
import type { Dice } from './dice.ts';
import { History, type KioskEnd, type Owed, type Recorded } from './history.ts';
import { hash, MemoryPlatform } from './memory-platform.ts';
import type { OutboxModel } from './outbox-model.ts';
import { sealedCase } from './people.ts';
import { openKioskStore, SteppingClock } from './store-kit.ts';

/** The real store under the model's commands. */
export class RealKiosk {
  readonly #parent: string;
  readonly #dice: Dice;
  #folder = 0;
  #opened: OpenedStore;
  readonly #left: OpenedStore[] = [];
  readonly history = new History();
  readonly platform = new MemoryPlatform();
  readonly clock = new SteppingClock();
  readonly cases: NewCase[] = [];
  /** Claimed entries by key, as they were given out last. */
  readonly claimed = new Map<string, OutboxEntry>();

  constructor(parent: string, dice: Dice) {
    this.#parent = parent;
    this.#dice = dice;
    this.#opened = this.#open();
  }

  get store(): OpenedStore['store'] {
    return this.#opened.store;
  }

  newCase(): NewCase {
    const entry = sealedCase(this.#dice, this.cases.length + 1, this.clock.now(), 600);
    this.cases.push(entry);
    return entry;
  }

  acknowledge(entry: NewCase): void {
    const sha256 = hash(canonicalEnvelope(entry.envelope));
    this.history.acknowledge({ subjectId: entry.caseId, sequence: 1, sha256 });
  }

  /** The process dies: what is in its files is taken over by the next one as it lies there. */
  crash(): void {
    const from = this.#dir;
    this.#left.push(this.#opened);
    this.#folder += 1;
    crashedCopy(from, this.#dir);
    this.#opened = this.#open();
  }

  async reopen(): Promise<void> {
    await this.store.close();
    this.#opened = this.#open();
  }

  /** Drains what is left and gives what the checker needs. */
  async finish(model: OutboxModel): Promise<{
    readonly owed: readonly Owed[];
    readonly record: readonly Recorded[];
    readonly end: KioskEnd;
  }> {
    this.clock.pass(10 * 365 * 86_400_000);
    await drain(this.store, this.platform, this.clock.now());
    const end = await endOf(this.store);
    // Nobody is owed what two people gave up.
    const given = new Set(model.entries.filter(({ state }) => state === 'discarded').map(({ subject }) => subject));
    return {
      owed: this.history.acknowledged.filter((one) => !given.has(one.subjectId)),
      record: this.platform.record,
      end,
    };
  }

  async close(): Promise<void> {
    for (const { store } of [...this.#left, this.#opened]) await store.close();
  }

  get #dir(): string {
    return join(this.#parent, `store-${this.#folder}`);
  }

  #open(): OpenedStore {
    const opened = openKioskStore(this.#dir, this.clock, this.#dice.fork());
    if (!opened.ok) throw new Error(`${opened.error.code}: ${opened.error.detail}`);
    if (opened.value.report.kind === 'salvaged') throw new Error(`salvaged: ${opened.value.report.detail}`);
    return opened.value;
  }
}
