import { join } from 'node:path';
import { canonicalEnvelope } from '../../../electron/platform-api/canonical.ts';
import type { AttachmentUpload, NewAttachment, NewCase, OutboxEntry } from '../../../electron/services/ports.ts';
import { AttachmentFolder, type OpenedStore } from '../../../electron/store/index.ts';
import { testId } from '../../../electron/store/test-kit.ts';
import { crashedCopy } from './crashed-copy.ts';
import { drain, endOf } from './delivery.ts';
import type { Dice } from './dice.ts';
import { History, type KioskEnd, type Owed, type Recorded } from './history.ts';
import { fileSubject } from './memory-files.ts';
import { hash, MemoryPlatform } from './memory-platform.ts';
import type { OutboxModel } from './outbox-model.ts';
import { sealedCase } from './people.ts';
import { openKioskStore, SteppingClock } from './store-kit.ts';

/** Ids of files begin behind those of everything else. */
const FIRST_FILE = 0x4000_0000;

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
  /** The same for files, by their id. */
  readonly claimedFiles = new Map<string, AttachmentUpload>();
  #files = 0;

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
    for (const file of entry.attachments ?? []) {
      const subjectId = fileSubject(file.attachmentId);
      this.history.acknowledge({ subjectId, sequence: 1, sha256: file.sha256, with: entry.caseId });
    }
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

  /** A case with so many files, which lie complete on the disk. */
  async newCaseWithFiles(count: number): Promise<NewCase> {
    const entry = this.newCase();
    const files = new AttachmentFolder(this.#dir);
    const attachments: NewAttachment[] = [];
    for (let index = 0; index < count; index += 1) {
      this.#files += 1;
      const attachmentId = testId(FIRST_FILE + this.#files);
      const begun = await files.begin(attachmentId);
      if (!begun.ok) throw new Error(begun.error.detail);
      await begun.value.append(this.#dice.bytes(this.#dice.between(20, 400)));
      const written = await begun.value.finish();
      if (!written.ok) throw new Error(written.error.detail);
      const actId = testId(FIRST_FILE * 2 + this.#files);
      attachments.push({ attachmentId, actId, slot: 'contract', envelope: entry.envelope, ...written.value });
    }
    const whole = { ...entry, attachments };
    this.cases[this.cases.length - 1] = whole;
    return whole;
  }

  /** Looks for files as every start does; none may be gone. */
  async collect(): Promise<void> {
    const collected = await this.store.collectAttachments();
    if (!collected.ok) throw new Error(collected.error.detail);
    if (collected.value.lost > 0) throw new Error(`${collected.value.lost} files are not there`);
  }

  /** Drains what is left and gives what the checker needs. */
  async finish(model: OutboxModel): Promise<{
    readonly owed: readonly Owed[];
    readonly record: readonly Recorded[];
    readonly end: KioskEnd;
  }> {
    this.clock.pass(10 * 365 * 86_400_000);
    // What was under way is taken back by the next process.
    await this.reopen();
    await this.collect();
    await drain(this.store, this.platform, this.clock.now());
    const end = await endOf(this.store);
    // Nobody is owed what two people gave up.
    const given = new Set([
      ...model.entries.filter(({ state }) => state === 'discarded').map(({ subject }) => subject),
      ...model.files.filter(({ state }) => state === 'discarded').map(({ id }) => fileSubject(id)),
    ]);
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
