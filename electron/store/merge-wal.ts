import { closeSync, existsSync, fstatSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { PAGE_SIZE } from './pragmas.ts';
import { FRAME_BYTES, FRAME_HEAD_BYTES, WAL_HEAD_BYTES } from './wal-format.ts';

/* SQLite stops at the first frame that does not fit. Here those behind it are taken too. */

/** Its last bit says in which order the bytes of a word count in checksums. */
const MAGIC = 0x377f0682;

/** What ties a frame to its WAL and to the frame before. */
interface Link {
  readonly salt: bigint;
  readonly sum: bigint;
}

/**
 * Writes the pages of a WAL into its database and removes it: those of all frames up to the last commit that can be read.
 * A frame must carry the mark of its WAL, and its checksum must fit to that of the frame before where that one is known. One
 * that is lost leaves its page as an earlier frame had it.
 * @param path the database; SQLite must not have it open
 */
export function mergeWal(path: string): void {
  const wal = `${path}-wal`;
  if (!existsSync(wal)) return;
  const source = openSync(wal, 'r');
  try {
    const target = openSync(path, 'r+');
    try {
      mergeFrames(source, target);
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
  rmSync(wal);
}

function mergeFrames(source: number, target: number): void {
  const head = Buffer.alloc(WAL_HEAD_BYTES);
  readSync(source, head, 0, head.length, 0);
  const magic = head.readUInt32BE(0);
  const known = magic === MAGIC || magic === MAGIC + 1;
  const bigEndian = magic === MAGIC + 1;
  const frames = Math.floor((fstatSync(source).size - WAL_HEAD_BYTES) / FRAME_BYTES);
  let before: Link | null = known ? { salt: head.readBigUInt64BE(16), sum: head.readBigUInt64BE(24) } : null;
  let salt = before?.salt ?? null;
  const frame = Buffer.alloc(FRAME_BYTES);
  /** Where the newest frame of each page lies, of what is committed and of what is not yet. */
  const committed = new Map<number, number>();
  let pending = new Map<number, number>();
  for (let index = 0; index < frames; index += 1) {
    const at = WAL_HEAD_BYTES + index * FRAME_BYTES;
    readSync(source, frame, 0, FRAME_BYTES, at);
    const page = frame.readUInt32BE(0);
    const own: Link = { salt: frame.readBigUInt64BE(8), sum: frame.readBigUInt64BE(16) };
    // The head of the WAL is lost: its first frames say to which one they belong.
    if (page !== 0) salt ??= own.salt;
    if (page === 0 || own.salt !== salt) {
      before = null;
      continue;
    }
    const sound: boolean = before === null || checksum(frame, before.sum, bigEndian) === own.sum;
    before = own;
    if (!sound) continue;
    pending.set(page, at + FRAME_HEAD_BYTES);
    if (frame.readUInt32BE(4) === 0) continue;
    for (const [number, place] of pending) committed.set(number, place);
    pending = new Map();
  }
  const bytes = frame.subarray(0, PAGE_SIZE);
  for (const [page, place] of committed) {
    readSync(source, bytes, 0, PAGE_SIZE, place);
    writeSync(target, bytes, 0, PAGE_SIZE, (page - 1) * PAGE_SIZE);
  }
}

/** Checksum of a frame: its first eight bytes and its page, in words of four. */
function checksum(frame: Buffer, before: bigint, bigEndian: boolean): bigint {
  let first = Number(before >> 32n);
  let second = Number(before & 0xffff_ffffn);
  const read = (at: number): number => (bigEndian ? frame.readUInt32BE(at) : frame.readUInt32LE(at));
  for (let at = 0; at < FRAME_BYTES; at += 8) {
    if (at >= 8 && at < FRAME_HEAD_BYTES) continue;
    first = (first + read(at) + second) >>> 0;
    second = (second + read(at + 4) + first) >>> 0;
  }
  return (BigInt(first) << 32n) | BigInt(second);
}
