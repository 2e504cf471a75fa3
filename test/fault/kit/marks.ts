import { writeSync } from 'node:fs';
import type { OutboxKind } from '../../../electron/services/ports.ts';
import { drain, endOf } from './delivery.ts';
import { Dice } from './dice.ts';
import { History, type KioskEnd, type Owed, type Recorded } from './history.ts';
import { MemoryPlatform, type Answer } from './memory-platform.ts';
import { openKioskStore, SteppingClock } from './store-kit.ts';

/** A line that a recorded kiosk says of itself at that very moment. */
export interface Mark {
  /** Somebody was told that this is kept. */
  readonly told?: Owed;
  /** The platform committed this. */
  readonly took?: { readonly kind: OutboxKind; readonly key: string; readonly body: string };
  /** The platform has all of this file, of which this is the hash. */
  readonly file?: { readonly id: string; readonly sha256: string };
  /** Something that must not happen. */
  readonly fault?: string;
  /** Whether the last steps, after the trouble, worked. */
  readonly works?: boolean;
}

/** Says a mark on standard output, before anything else happens. */
export function mark(said: Mark): void {
  writeSync(1, `${JSON.stringify(said)}\n`);
}

/** A history that is said aloud, because its process may die. */
export class SpokenHistory extends History {
  override acknowledge(owed: Owed): void {
    super.acknowledge(owed);
    mark({ told: owed });
  }
}

/** A platform whose commits are said aloud. */
export class SpokenPlatform extends MemoryPlatform {
  override take(...message: Parameters<MemoryPlatform['take']>): Answer {
    const [kind, key, body] = message;
    mark({ took: { kind, key, body: Buffer.from(body).toString('base64') } });
    return super.take(...message);
  }

  override holdFile(id: string, sha256: string): void {
    mark({ file: { id, sha256 } });
    super.holdFile(id, sha256);
  }
}

/** Whole lines of a text as marks; a last line that was cut off was said to nobody. */
export function readMarks(text: string): Mark[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Mark);
}

/** What the checker needs of a kiosk that was started on what a broken-off one left. */
export interface Aftermath {
  readonly owed: readonly Owed[];
  readonly record: readonly Recorded[];
  readonly end: KioskEnd;
}

/** What was said up to a moment: the history and the platform's record at it. */
export class Told {
  readonly history: History;
  readonly platform: MemoryPlatform;
  readonly faults: string[];

  constructor(history = new History(), platform = new MemoryPlatform(), faults: readonly string[] = []) {
    this.history = history;
    this.platform = platform;
    this.faults = [...faults];
  }

  hear({ told, took, file, fault }: Mark): void {
    if (told) this.history.acknowledge(told);
    if (took) this.platform.take(took.kind, took.key, Buffer.from(took.body, 'base64'));
    if (file) this.platform.holdFile(file.id, file.sha256);
    if (fault !== undefined) this.faults.push(fault);
  }

  /** The same, to go on from without touching this. */
  fork(): Told {
    return new Told(this.history.fork(), this.platform.fork(), this.faults);
  }
}

/** What was said by these marks. */
export function toldBy(marks: readonly Mark[]): Told {
  const told = new Told();
  for (const said of marks) told.hear(said);
  return told;
}

/**
 * Starts the kiosk on the files of `dir` and gives everything that waits its chance. A store that had to be salvaged is a
 * fault, unless `mayBeSalvaged`: only damage may come to that, and what SQLite takes for it (a page that cannot be read).
 */
export async function aftermath(dir: string, told: Told, mayBeSalvaged = false): Promise<Aftermath> {
  const { history, platform, faults } = told;
  const clock = new SteppingClock();
  // Later than anything that the broken-off kiosk waits for.
  clock.pass(86_400_000);
  const opened = openKioskStore(dir, clock, new Dice(1));
  if (!opened.ok) {
    faults.push(`the store does not open: ${opened.error.code} ${opened.error.detail}`);
    return { owed: history.acknowledged, record: platform.record, end: { parked: new Set(), waiting: 0, faults } };
  }
  const { store, report } = opened.value;
  if (report.kind === 'salvaged' && !mayBeSalvaged) faults.push(`had to be salvaged: ${report.detail}`);
  const collected = await store.collectAttachments();
  if (!collected.ok) faults.push(`files cannot be collected: ${collected.error.code}`);
  else if (collected.value.lost > 0) faults.push(`${collected.value.lost} files of cases are not there`);
  await drain(store, platform, clock.now());
  const end = await endOf(store, faults);
  await store.close();
  return { owed: history.acknowledged, record: platform.record, end };
}
