import { createHash } from 'node:crypto';
import type { Clock, Random } from '../../native/model/clock.ts';

/** A UUIDv7 (RFC 9562): 48 bits of milliseconds, the rest unpredictable. */
export function uuidV7(clock: Clock, random: Random): string {
  const bytes = Buffer.from(random.bytes(16));
  bytes.writeUIntBE(Math.max(0, Math.min(clock.now(), 2 ** 48 - 1)), 0, 6);
  return format(bytes);
}

/** First part of the ids of outbox entries: a UUIDv8 (RFC 9562) that says the row's number in its last 48 bits. */
export const ENTRY_ID = '68313234-0000-8000-8000-';

/** Id of the outbox entry in a row, so that it is found without an index. */
export function entryIdOf(seq: number): string {
  return ENTRY_ID + seq.toString(16).padStart(12, '0');
}

/** The row that an entry's id names; null for ids of another making, which are found by an index. */
export function seqOfEntryId(entryId: string): number | null {
  return entryId.startsWith(ENTRY_ID) ? Number.parseInt(entryId.slice(ENTRY_ID.length), 16) : null;
}

/** An id in the form of a UUIDv7 that is always the same for the same text. */
export function uuidV7FromSeed(text: string): string {
  return format(createHash('sha256').update(text, 'utf8').digest().subarray(0, 16));
}

function format(bytes: Buffer): string {
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
