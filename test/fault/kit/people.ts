import { canonicalEnvelope } from '../../../electron/platform-api/canonical.ts';
import type { Envelope } from '../../../electron/platform-api/envelope.ts';
import type { PickupList } from '../../../electron/platform-api/messages.ts';
import { SEALED_CHUNK_BYTES } from '../../../electron/domain/attachment.ts';
import type { AttachmentFiles, NewAttachment, NewCase } from '../../../electron/services/ports.ts';
import { newCase, pickupList, START, testId } from '../../../electron/store/test-kit.ts';
import type { Dice } from './dice.ts';
import type { History } from './history.ts';
import { fileSubject } from './memory-files.ts';
import { hash, ratingSubject } from './memory-platform.ts';
import type { QueueStore } from './store-kit.ts';

const KIOSK = 'CH03';
const DAY_MS = 86_400_000;

/** Ids of one kind leave room for this many of it. */
const ROOM = 0x100_0000;

/** Ids of a kind that are never given twice within a campaign. */
const idOf = (kind: number, number: number): string => testId(kind * ROOM + number);

/** Pick-ups for people to collect, valid for a century. */
export function laidPickups(count: number): PickupList {
  return pickupList(
    ...Array.from({ length: count }, (_, index) => ({
      pickupId: idOf(9, index),
      codeDigest: `digest-${index}`,
      validFrom: new Date(START - 50 * 365 * DAY_MS).toISOString(),
      validTo: new Date(START + 50 * 365 * DAY_MS).toISOString(),
    })),
  );
}

/** A sealed case; what is inside is as unreadable as the real thing. */
export function sealedCase(dice: Dice, number: number, at: number, maxBytes: number): NewCase {
  const envelope: Envelope = {
    alg: 'HPKE-X25519-SHA256-AES256GCM',
    kid: 'k1',
    enc: Buffer.from(dice.bytes(32)).toString('base64url'),
    ct: Buffer.from(dice.bytes(dice.between(16, maxBytes))).toString('base64url'),
  };
  return newCase(number, {
    caseId: idOf(1, number),
    submissionId: idOf(2, number),
    actId: idOf(3, number),
    kioskCode: KIOSK,
    keptAt: at,
    envelope,
  });
}

export interface PeopleOptions {
  readonly dice: Dice;
  readonly history: History;
  /** Wall clock for stamps, milliseconds since 1970. */
  readonly now: () => number;
  /** Pick-ups that lie in the locker; `laidPickups` of as many must have been announced. */
  readonly pickups: number;
  /** Longest sealed payload in bytes; 3,000 unless told. */
  readonly maxBytes?: number;
  /** Told when a lock gets a pulse. */
  readonly pulse?: (pickupId: string) => void;
  /** Where the files of cases are written; without it no case has any. */
  readonly files?: AttachmentFiles;
  /** Share of the cases that have files, and of the files that have more than one chunk; a quarter and a tenth. */
  readonly fileShare?: number;
  readonly largeShare?: number;
  /** Numbers that this group of people begins above, so that several groups share a kiosk; 0 unless told. */
  readonly above?: number;
}

/** One kept case as somebody remembers it. */
interface Remembered {
  readonly entry: NewCase;
  rated: boolean;
}

/**
 * People at a kiosk, as seen by its store: they file cases, repeat an answer that did not come, rate, collect. What they
 * are told goes into the history when the answer is there, never before.
 */
export class People {
  readonly #options: PeopleOptions;
  readonly #kept: Remembered[] = [];
  readonly #unanswered: NewCase[] = [];
  readonly #doors: ('shut' | 'open' | 'done')[];
  readonly #events: number[];
  readonly #above: number;
  #number: number;

  constructor(options: PeopleOptions) {
    this.#options = options;
    this.#above = options.above ?? 0;
    this.#number = this.#above;
    this.#doors = Array.from({ length: options.pickups }, () => 'shut');
    this.#events = Array.from({ length: options.pickups }, () => 0);
  }

  /** Somebody does one thing. Gives false when the store did not do it. */
  async step(store: QueueStore): Promise<boolean> {
    const { dice } = this.#options;
    const throwing = dice.next();
    if (throwing < 0.62) return this.file(store);
    if (throwing < 0.7) return this.repeat(store);
    if (throwing < 0.85) return this.rate(store);
    return this.collect(store);
  }

  /** Files a new case. */
  async file(store: QueueStore): Promise<boolean> {
    const { dice, now, files, fileShare = 0.25, maxBytes = 3_000 } = this.#options;
    this.#number += 1;
    const entry = sealedCase(dice, this.#number, now(), maxBytes);
    if (!files || !dice.chance(fileShare)) return this.#submit(store, entry);
    const attachments = await this.#write(files, entry.envelope);
    return attachments === null ? false : this.#submit(store, { ...entry, attachments });
  }

  /** Writes one or two files; null when the disk refused. */
  async #write(files: AttachmentFiles, envelope: Envelope): Promise<readonly NewAttachment[] | null> {
    const { dice, largeShare = 0.1 } = this.#options;
    const written: NewAttachment[] = [];
    for (let index = 0; index < dice.between(1, 2); index += 1) {
      const number = this.#number * 2 + index;
      const attachmentId = idOf(10, number);
      const size = dice.chance(largeShare) ? SEALED_CHUNK_BYTES + dice.between(1, 3_000) : dice.between(20, 6_000);
      const bytes = dice.bytes(size);
      const file = await files.begin(attachmentId);
      if (!file.ok) return null;
      for (let at = 0; at < size; at += SEALED_CHUNK_BYTES) {
        const kept = await file.value.append(bytes.subarray(at, at + SEALED_CHUNK_BYTES));
        if (!kept.ok) {
          await file.value.abandon();
          return null;
        }
      }
      const done = await file.value.finish();
      if (!done.ok) return null;
      written.push({ attachmentId, actId: idOf(11, number), slot: 'contract', envelope, ...done.value });
    }
    return written;
  }

  /** The same submission again: one whose answer never came, or an impatient second touch. */
  async repeat(store: QueueStore): Promise<boolean> {
    const open = this.#unanswered.shift();
    if (open) return this.#submit(store, open);
    const known = this.#kept.length > 0 ? this.#options.dice.pick(this.#kept) : null;
    return known ? this.#submit(store, known.entry) : true;
  }

  async rate(store: QueueStore): Promise<boolean> {
    const { dice, now, history } = this.#options;
    const remembered = this.#kept.findLast((one) => !one.rated);
    if (!remembered) return true;
    const number = this.#above + this.#kept.indexOf(remembered);
    const { caseId } = remembered.entry;
    const rated = await store.rate({
      ratingId: idOf(4, number),
      actId: idOf(5, number),
      subject: 'case',
      subjectId: caseId,
      level: dice.pick([1, 2, 3, 4, 5] as const),
      channel: 'screen',
      at: now(),
      kioskCode: KIOSK,
    });
    // `conflict` says that the answer before was lost, not the rating.
    if (!rated.ok && rated.error.code !== 'conflict') return false;
    remembered.rated = true;
    history.acknowledge({ subjectId: caseId, sequence: 2, sha256: null });
    return true;
  }

  /** Goes one step further with one door: open it, or shut it again. */
  async collect(store: QueueStore): Promise<boolean> {
    const { dice, now, history } = this.#options;
    const open = this.#doors.findIndex((door) => door !== 'done');
    if (open === -1) return true;
    const pickupId = idOf(9, open);
    const actId = idOf(6, open * 0x1000 + (this.#events[open] ?? 0));
    const at = now();
    if (this.#doors[open] === 'open') {
      const closed = await store.settleClosing({ pickupId, actId, at, kioskCode: KIOSK });
      if (!closed.ok) return false;
      this.#doors[open] = 'done';
      history.acknowledge({ subjectId: pickupId, sequence: 2, sha256: null });
      if (!dice.chance(0.5)) return true;
      const rated = await store.rate({
        ratingId: idOf(7, open),
        actId: idOf(8, open),
        subject: 'pickup',
        subjectId: pickupId,
        level: 5,
        channel: 'keypad',
        at,
        kioskCode: KIOSK,
      });
      if (rated.ok) history.acknowledge({ subjectId: ratingSubject(pickupId), sequence: 1, sha256: null });
      return rated.ok;
    }
    // The door of a broken-off try is seen shut: no pulse reached it.
    const begun = await store.beginOpening({ pickupId, actId, at, sensorSays: 'closed' });
    if (!begun.ok) {
      // The answer of the settling was lost; the store knows that the door was opened.
      if (begun.error.code === 'conflict' && begun.error.detail === 'opened') return this.#opened(open, pickupId);
      this.#events[open] = (this.#events[open] ?? 0) + 1;
      return false;
    }
    this.#events[open] = (this.#events[open] ?? 0) + 1;
    const sent = await store.advanceAct({ actId, event: 'send', at });
    if (!sent.ok) return false;
    this.#options.pulse?.(pickupId);
    const settled = await store.settleOpening({ pickupId, actId, outcome: 'opened', at, kioskCode: KIOSK });
    return settled.ok ? this.#opened(open, pickupId) : false;
  }

  #opened(door: number, pickupId: string): true {
    this.#doors[door] = 'open';
    this.#options.history.acknowledge({ subjectId: pickupId, sequence: 1, sha256: null });
    return true;
  }

  async #submit(store: QueueStore, entry: NewCase): Promise<boolean> {
    const stored = await store.submitCase(entry);
    if (!stored.ok) {
      this.#unanswered.push(entry);
      return false;
    }
    if (!this.#kept.some((one) => one.entry.caseId === entry.caseId)) this.#kept.push({ entry, rated: false });
    // What is kept is what was sealed first; a repeat carries the same bytes.
    this.#options.history.acknowledge({
      subjectId: entry.caseId,
      sequence: 1,
      sha256: hash(canonicalEnvelope(entry.envelope)),
    });
    for (const { attachmentId, sha256 } of entry.attachments ?? []) {
      const file = { subjectId: fileSubject(attachmentId), sequence: 1, sha256, with: entry.caseId };
      this.#options.history.acknowledge(file);
    }
    return true;
  }
}
