import type { ClaimLane } from '../../../electron/services/ports.ts';

/** What the model knows of one message. */
export interface ModelEntry {
  readonly key: string;
  readonly subject: string;
  readonly sequence: number;
  readonly number: number;
  state: 'ready' | 'sending' | 'parked' | 'done' | 'discarded';
  /** The platform said for good that it will not have it. */
  refused: boolean;
  attempts: number;
  nextTryAt: number;
}

/** What the model knows of one file of a case. */
export interface ModelFile {
  readonly id: string;
  readonly caseId: string;
  readonly number: number;
  /** `held` until the platform has its case. */
  state: 'held' | 'ready' | 'sending' | 'parked' | 'done' | 'discarded';
  nextTryAt: number;
}

const OPEN: ReadonlySet<ModelEntry['state']> = new Set(['ready', 'sending', 'parked']);

/** The outbox as one would explain it: a list, and no database. */
export class OutboxModel {
  readonly entries: ModelEntry[] = [];
  /** Steady time, milliseconds. */
  now = 0;
  /** Subjects that have been rated. */
  readonly rated = new Set<string>();
  commands = 0;
  readonly files: ModelFile[] = [];
  /** What a process that died had under way is taken back by the first claim of the next. */
  filesReleased = true;

  add(key: string, subject: string): ModelEntry {
    const before = this.entries.filter((entry) => entry.subject === subject).length;
    const entry: ModelEntry = {
      key,
      subject,
      sequence: before + 1,
      number: this.entries.length,
      state: 'ready',
      refused: false,
      attempts: 0,
      nextTryAt: 0,
    };
    this.entries.push(entry);
    return entry;
  }

  /** Oldest open entry of its subject. */
  isHead(entry: ModelEntry): boolean {
    const first = this.entries.find((other) => other.subject === entry.subject && OPEN.has(other.state));
    return first === entry;
  }

  /** Keys that a claim must give, in order; they are `sending` then. */
  claim(limit: number, lane: ClaimLane['lane']): string[] {
    const due = this.entries
      .filter((entry) => entry.state === 'ready' && this.isHead(entry) && entry.nextTryAt <= this.now)
      .filter((entry) => lane === undefined || (lane === 'first') === (entry.attempts === 0))
      .toSorted((a, b) => a.nextTryAt - b.nextTryAt || a.number - b.number)
      .slice(0, limit);
    for (const entry of due) {
      entry.state = 'sending';
      entry.attempts += 1;
    }
    return due.map(({ key }) => key);
  }

  releaseClaims(): void {
    for (const entry of this.entries) {
      if (entry.state !== 'sending') continue;
      entry.state = 'ready';
      entry.nextTryAt = 0;
    }
  }

  wakeAll(): void {
    for (const entry of this.entries) if (entry.state === 'ready' && this.isHead(entry)) entry.nextTryAt = 0;
  }

  get counts(): { readonly waiting: number; readonly parked: number } {
    const all = [...this.entries, ...this.files];
    const parked = all.filter(({ state }) => state === 'parked').length;
    return { parked, waiting: all.filter(({ state }) => state !== 'done' && state !== 'discarded').length - parked };
  }

  addFile(id: string, caseId: string): void {
    this.files.push({ id, caseId, number: this.files.length, state: 'held', nextTryAt: 0 });
  }

  /** The platform has the case: its files may follow. */
  caseArrived(caseId: string): void {
    for (const file of this.files) if (file.caseId === caseId && file.state === 'held') file.state = 'ready';
  }

  caseDiscarded(caseId: string): void {
    for (const file of this.files) {
      if (file.caseId === caseId && file.state !== 'done') file.state = 'discarded';
    }
  }

  /** Files that a claim must give, in order; they are `sending` then. */
  claimFiles(limit: number, wake: boolean): string[] {
    for (const file of this.files) {
      if (wake && file.state === 'ready') file.nextTryAt = 0;
      if (this.filesReleased || file.state !== 'sending') continue;
      file.state = 'ready';
      file.nextTryAt = 0;
    }
    this.filesReleased = true;
    const due = this.files
      .filter(({ state, nextTryAt }) => state === 'ready' && nextTryAt <= this.now)
      .toSorted((a, b) => a.nextTryAt - b.nextTryAt || a.number - b.number)
      .slice(0, limit);
    for (const file of due) file.state = 'sending';
    return due.map(({ id }) => id);
  }

  /** Where a person is told that a case stands; null where its files do not say. */
  caseState(caseId: string): 'kept' | 'parked' | 'received' | null {
    const files = this.files.filter((file) => file.caseId === caseId);
    const entry = this.entries.find(({ key }) => key === `case:${caseId}:1`);
    if (files.length === 0 || entry?.state !== 'done') return null;
    if (files.some(({ state }) => state === 'parked')) return 'parked';
    return files.some(({ state }) => state === 'ready' || state === 'sending') ? 'kept' : 'received';
  }

  nthFile(index: number): ModelFile | null {
    return this.files[index % Math.max(1, this.files.length)] ?? null;
  }

  /** Any entry by a number from outside, or null while there is none. */
  nth(index: number): ModelEntry | null {
    return this.entries[index % Math.max(1, this.entries.length)] ?? null;
  }
}
