import { closeSync, fdatasyncSync, readFileSync, writeSync } from 'node:fs';
import {
  markBytes,
  openMarks,
  SLOT_BYTES,
  writeWitness,
  type ReservedNumbers,
  type WitnessMark,
  type WitnessRecord,
} from './witness-files.ts';

/** Tracking numbers that are reserved at once; the next block when half of one is used. */
export const BLOCK = 256;
/** Days whose reservations are kept; a kiosk's clock may jump to and fro. */
const DAYS_KEPT = 32;
/** Commits after which the marks are made durable, besides every reservation. */
const SYNC_EVERY = 256;

/** The witness could not be written, so that no number may be given out. */
export class WitnessTrouble extends Error {
  readonly code: 'full' | 'unavailable';

  constructor(cause: unknown) {
    const { code, message } = cause as NodeJS.ErrnoException;
    super(`witness: ${message}`);
    this.code = code === 'ENOSPC' ? 'full' : 'unavailable';
  }
}

/** A name of the machine's present start; null where there is none. */
export function bootOfMachine(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return null;
  }
}

/** What a witness begins with. */
export interface WitnessBegin {
  readonly storeId: string;
  readonly boot: string | null;
  /** Of the last record that was found; 0 for none. */
  readonly generation: number;
  readonly mark: WitnessMark;
  readonly reserved: readonly ReservedNumbers[];
}

/**
 * What stands beside the database: how far it got, and up to where tracking numbers may have been given out. After each
 * commit a mark is put down, which costs a write of less than a sector and no sync: it is never ahead of the database, and
 * it is exact as long as the machine was not cut off. Whatever else is lost, numbers of a reserved block are not given again.
 */
export class Witness {
  readonly #dir: string;
  readonly #storeId: string;
  readonly #boot: string | null;
  readonly #reserved = new Map<string, ReservedNumbers>();
  #generation: number;
  #mark: WitnessMark;
  #marks: number | null = null;
  #marked = false;
  #slot = 0;
  #unsynced = 0;
  #closed = false;
  /** Days whose next block is due. */
  readonly #due = new Set<string>();

  constructor(dir: string, begin: WitnessBegin) {
    this.#dir = dir;
    this.#storeId = begin.storeId;
    this.#boot = begin.boot;
    this.#generation = begin.generation;
    this.#mark = begin.mark;
    for (const day of begin.reserved) this.#reserved.set(keyOf(day.kioskCode, day.localDate), day);
  }

  /** Says that the store runs. What cannot be written now is written with the next reservation. */
  open(mark: WitnessMark): void {
    this.#mark = mark;
    this.#openMarks();
    try {
      this.#write('running');
    } catch (thrown) {
      passOnBug(thrown);
    }
  }

  /** Lays down a first mark, durably, so that one is there whenever the record says so. */
  #openMarks(): void {
    try {
      this.#marks = openMarks(this.#dir);
      this.#putMark();
      fdatasyncSync(this.#marks);
      this.#marked = true;
    } catch (thrown) {
      // Marks in the record alone are older, never wrong.
      passOnBug(thrown);
    }
  }

  /** A transaction is committed. */
  committed(mark: WitnessMark): void {
    this.#mark = mark;
    if (this.#marks === null) return;
    this.#unsynced += 1;
    try {
      this.#putMark();
      if (this.#unsynced < SYNC_EVERY) return;
      this.#unsynced = 0;
      fdatasyncSync(this.#marks);
    } catch (thrown) {
      // An older mark stays, which still holds.
      passOnBug(thrown);
    }
  }

  #putMark(): void {
    if (this.#marks === null) return;
    this.#slot = 1 - this.#slot;
    const bytes = markBytes(this.#storeId, this.#mark);
    writeSync(this.#marks, bytes, 0, bytes.length, this.#slot * SLOT_BYTES);
  }

  /** The next number of that day is above this one. */
  floorOf(kioskCode: string, localDate: string): number {
    return this.#reserved.get(keyOf(kioskCode, localDate))?.floor ?? 0;
  }

  /**
   * Makes sure that no later opening gives this number again, before it is given out: durable when it returns. A number
   * of a block that is reserved already costs nothing.
   * @throws WitnessTrouble when that cannot be written
   */
  reserve(kioskCode: string, localDate: string, number: number): void {
    const key = keyOf(kioskCode, localDate);
    const day = this.#reserved.get(key);
    if (day === undefined || number > day.upTo) {
      this.#extend(kioskCode, localDate, number + BLOCK - 1);
    } else if (number > day.upTo - BLOCK / 2 && !this.#due.has(key)) {
      if (this.#due.size === 0) setImmediate(() => this.#extendDue());
      this.#due.add(key);
    }
  }

  /** Numbers up to this one may be with people although nothing here says so. Throws WitnessTrouble. */
  raise(kioskCode: string, localDate: string, floor: number): void {
    const day = this.#reserved.get(keyOf(kioskCode, localDate));
    const to = Math.max(floor, day?.floor ?? 0);
    this.#put({ kioskCode, localDate, floor: to, upTo: Math.max(to, day?.upTo ?? 0) });
  }

  /** A clean end: the database is closed and as the last mark says. */
  end(): void {
    this.#closed = true;
    try {
      this.#write('ended');
    } catch (thrown) {
      passOnBug(thrown);
    }
    if (this.#marks !== null) closeSync(this.#marks);
    this.#marks = null;
  }

  #extendDue(): void {
    const due = [...this.#due];
    this.#due.clear();
    if (this.#closed) return;
    for (const key of due) {
      const day = this.#reserved.get(key);
      if (day === undefined) continue;
      try {
        this.#extend(day.kioskCode, day.localDate, day.upTo + BLOCK);
      } catch (thrown) {
        // There is half a block left; the next number tries again.
        if (!(thrown instanceof WitnessTrouble)) throw thrown;
      }
    }
  }

  #extend(kioskCode: string, localDate: string, upTo: number): void {
    this.#put({ kioskCode, localDate, floor: this.floorOf(kioskCode, localDate), upTo });
  }

  #put(day: ReservedNumbers): void {
    const key = keyOf(day.kioskCode, day.localDate);
    const before = this.#reserved.get(key);
    this.#reserved.delete(key);
    this.#reserved.set(key, day);
    try {
      this.#write('running');
    } catch (thrown) {
      if (before) this.#reserved.set(key, before);
      else this.#reserved.delete(key);
      passOnBug(thrown);
      throw new WitnessTrouble(thrown);
    }
  }

  #write(state: WitnessRecord['state']): void {
    const reserved = [...this.#reserved.values()].slice(-DAYS_KEPT);
    const of = { storeId: this.#storeId, boot: this.#boot, marked: this.#marked, mark: this.#mark };
    writeWitness(this.#dir, { generation: this.#generation + 1, state, reserved, ...of });
    this.#generation += 1;
  }
}

/** What the file system says is expected; anything else is a bug. */
function passOnBug(thrown: unknown): void {
  if ((thrown as NodeJS.ErrnoException).code === undefined) throw thrown;
}

function keyOf(kioskCode: string, localDate: string): string {
  return `${kioskCode} ${localDate}`;
}
