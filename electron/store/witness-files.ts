import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EvidenceHead } from '../domain/evidence.ts';
import { readWholeFile, syncFolder } from './files.ts';
import { sha256 } from './sha256.ts';

/** How far a store had got: what a database of the same store must have reached at least. */
export interface WitnessMark {
  /** Transactions that changed something, from the store's beginning. */
  readonly commits: number;
  readonly evidence: EvidenceHead | null;
}

/** Local tracking numbers of one kiosk and day. */
export interface ReservedNumbers {
  readonly kioskCode: string;
  /** YYYY-MM-DD */
  readonly localDate: string;
  /** Numbers up to this one may have been given out without a trace: the next one is above it. */
  readonly floor: number;
  /** No number above this one was ever given out. */
  readonly upTo: number;
}

/** What a store leaves outside of its database, so that a loss in it is seen. */
export interface WitnessRecord {
  /** Rises with every writing; the higher of two copies counts. */
  readonly generation: number;
  readonly storeId: string;
  /** The machine's start in which it was written; null where nobody can tell one from another. */
  readonly boot: string | null;
  /** `ended` after a clean end. */
  readonly state: 'running' | 'ended';
  /** Whether a mark lies in `witness.marks` for certain. */
  readonly marked: boolean;
  readonly mark: WitnessMark;
  /** Days on which numbers were given out, the one used last at the end. */
  readonly reserved: readonly ReservedNumbers[];
}

/** What was found at an opening. */
export interface FoundWitness {
  readonly record: WitnessRecord | null;
  /** The furthest mark of that store. */
  readonly mark: WitnessMark | null;
  /** Marks that the record speaks of are gone: nobody knows how far the store got after it. */
  readonly marksLost: boolean;
  /** A copy that must be there cannot be read: the other one may not know the last reservation. */
  readonly damaged: boolean;
}

const copy = (dir: string, generation: number): string => join(dir, `witness.${1 + (generation % 2)}`);
const marksIn = (dir: string): string => join(dir, 'witness.marks');
const temporary = (dir: string): string => join(dir, 'witness.tmp');

/** Slots of the marks lie in sectors of their own, so that a torn write costs one of the two. */
export const SLOT_BYTES = 512;
const MARK_LENGTH = 192;

/** Writes the copy that is due: complete and durable under its name, or not at all. Throws what the file system throws. */
export function writeWitness(dir: string, record: WitnessRecord): void {
  const text = JSON.stringify(record);
  const path = temporary(dir);
  const file = openSync(path, 'w', 0o600);
  try {
    writeFileSync(file, `${text}\n${sha256(text)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(path, copy(dir, record.generation));
  syncFolder(dir);
}

/** Opens the file of the marks, which is made when missing; its name is durable with the next writing of the witness. */
export function openMarks(dir: string): number {
  try {
    return openSync(marksIn(dir), 'r+');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
    return openSync(marksIn(dir), 'w+', 0o600);
  }
}

/** A mark as it lies in its slot. */
export function markBytes(storeId: string, { commits, evidence }: WitnessMark): Buffer {
  const text = `${storeId} ${commits} ${evidence?.seq ?? 0} ${evidence?.hash ?? '-'}`;
  return Buffer.from(`${text} ${sha256(text).slice(0, 16)}`.padEnd(MARK_LENGTH, ' '), 'latin1');
}

/** Reads what the last opening left. Never throws: what cannot be read counts as damaged. */
export function readWitness(dir: string): FoundWitness {
  let damaged = false;
  let copies = 0;
  let record: WitnessRecord | null = null;
  for (const generation of [0, 1]) {
    const read = readText(copy(dir, generation));
    if (read === null) continue;
    const found = read === 'unreadable' ? null : recordOf(read);
    copies += found === null ? 0 : 1;
    if (found === null) damaged = true;
    else if (record === null || found.generation > record.generation) record = found;
  }
  if (record === null) return { record, mark: null, marksLost: false, damaged };
  let { mark } = record;
  let marksLost = record.state === 'running' && record.marked;
  const marks = readText(marksIn(dir));
  for (const slot of [0, 1]) {
    const found = marks === null ? null : markOf(marks.slice(slot * SLOT_BYTES, slot * SLOT_BYTES + MARK_LENGTH));
    if (found?.storeId !== record.storeId) continue;
    marksLost = false;
    if (found.mark.commits > mark.commits) ({ mark } = found);
  }
  return { record, mark, marksLost, damaged: damaged || (record.generation > 0 && copies < 2) };
}

/** Takes the witness away, when another store takes this one's place on purpose. */
export function removeWitness(dir: string): void {
  for (const path of [copy(dir, 0), copy(dir, 1), marksIn(dir), temporary(dir)]) rmSync(path, { force: true });
}

function readText(path: string): string | null {
  try {
    return readWholeFile(path).toString('latin1');
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ENOENT' ? null : 'unreadable';
  }
}

function recordOf(content: string): WitnessRecord | null {
  const [text = '', check, rest] = content.split('\n');
  if (rest !== '' || sha256(text) !== check) return null;
  // Written by `writeWitness`: the hash says so.
  return JSON.parse(text) as WitnessRecord;
}

function markOf(slot: string): { readonly storeId: string; readonly mark: WitnessMark } | null {
  const [storeId = '', commits, seq, hash = '', check, rest] = slot.trimEnd().split(' ');
  if (rest !== undefined || sha256(`${storeId} ${commits} ${seq} ${hash}`).slice(0, 16) !== check) return null;
  const evidence = hash === '-' ? null : { seq: Number(seq), hash };
  return { storeId, mark: { commits: Number(commits), evidence } };
}
