/** One message that somebody was told is kept or done: it is owed to the platform. */
export interface Owed {
  readonly subjectId: string;
  /** Number within the subject, from 1. */
  readonly sequence: number;
  /** SHA-256 of the sealed payload's canonical JSON for a case; null where nobody was told a hash. */
  readonly sha256: string | null;
  /** The subject with which it may be parked, when that is another one: a file waits with its case. */
  readonly with?: string;
}

/** One message as the platform put it on record, in the order of its commits. */
export interface Recorded {
  readonly key: string;
  readonly subjectId: string;
  readonly sequence: number;
  /** SHA-256 of the sealed payload as it arrived, computed by the platform; of the body where nothing is sealed. */
  readonly sha256: string;
}

/** What the kiosk itself says at the end of a run. */
export interface KioskEnd {
  /** Subjects with a parked entry that staff are shown. */
  readonly parked: ReadonlySet<string>;
  /** Entries that still wait although everything was given its chance. */
  readonly waiting: number;
  /** What must never happen: an act without an owner, an unhandled rejection, a store that does not open. */
  readonly faults: readonly string[];
}

/** Counts of a campaign; the last line of every suite. */
export interface Verdict {
  readonly acknowledged: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
  readonly corrupt: number;
  readonly wedged: number;
}

/**
 * What people were told, as a client of the kiosk sees it. An answer that never came is not in it: such a message may
 * arrive or not, but at most once.
 */
export class History {
  readonly #owed: Map<string, Owed>;

  constructor(owed: ReadonlyMap<string, Owed> = new Map()) {
    this.#owed = new Map(owed);
  }

  /** The same so far, to go on from without touching this. */
  fork(): History {
    return new History(this.#owed);
  }

  /** Somebody was told that it is kept. Told again (the same submission repeated) it stays one message. */
  acknowledge(owed: Owed): void {
    this.#owed.set(`${owed.subjectId}#${owed.sequence}`, owed);
  }

  get acknowledged(): readonly Owed[] {
    return [...this.#owed.values()];
  }
}

/** Gives the verdict on one run and says what was wrong, a line each. */
export function check(
  owed: readonly Owed[],
  record: readonly Recorded[],
  kiosk: KioskEnd,
): { readonly verdict: Verdict; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const counts = { lost: 0, duplicated: 0, reordered: 0, corrupt: 0, wedged: 0 };
  const say = (what: keyof typeof counts, text: string): void => {
    counts[what] += 1;
    problems.push(`${what}: ${text}`);
  };
  const first = new Map<string, Recorded>();
  const latest = new Map<string, number>();
  for (const message of record) {
    const name = `${message.subjectId}#${message.sequence}`;
    if (first.has(name)) say('duplicated', `${name} under ${first.get(name)?.key} and ${message.key}`);
    else first.set(name, message);
    const before = latest.get(message.subjectId) ?? 0;
    if (message.sequence < before) say('reordered', `${name} came after ${before}`);
    latest.set(message.subjectId, Math.max(before, message.sequence));
  }
  for (const { subjectId, sequence, sha256, with: other = subjectId } of owed) {
    const name = `${subjectId}#${sequence}`;
    const arrived = first.get(name);
    if (!arrived) {
      if (!kiosk.parked.has(other)) say('lost', name);
    } else if (sha256 !== null && arrived.sha256 !== sha256) say('corrupt', `${name} arrived as ${arrived.sha256}`);
  }
  if (kiosk.waiting > 0) say('wedged', `${kiosk.waiting} entries do not move`);
  for (const fault of kiosk.faults) say('wedged', fault);
  return { verdict: { acknowledged: owed.length, ...counts }, problems };
}
