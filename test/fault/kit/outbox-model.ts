import type { ClaimOptions } from '../../../electron/services/ports.ts';

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

const OPEN: ReadonlySet<ModelEntry['state']> = new Set(['ready', 'sending', 'parked']);

/** The outbox as one would explain it: a list, and no database. */
export class OutboxModel {
  readonly entries: ModelEntry[] = [];
  /** Steady time, milliseconds. */
  now = 0;
  /** Subjects that have been rated. */
  readonly rated = new Set<string>();
  commands = 0;

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
  claim(limit: number, lane: ClaimOptions['lane']): string[] {
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
    const parked = this.entries.filter(({ state }) => state === 'parked').length;
    return { parked, waiting: this.entries.filter(({ state }) => OPEN.has(state)).length - parked };
  }

  /** Any entry by a number from outside, or null while there is none. */
  nth(index: number): ModelEntry | null {
    return this.entries[index % Math.max(1, this.entries.length)] ?? null;
  }
}
