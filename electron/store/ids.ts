import { createHash } from 'node:crypto';
import type { Clock, Random } from '../../native/model/clock.ts';

/** A UUIDv7 (RFC 9562): 48 bits of milliseconds, the rest unpredictable. */
export function uuidV7(clock: Clock, random: Random): string {
  const bytes = Buffer.from(random.bytes(16));
  bytes.writeUIntBE(Math.max(0, Math.min(clock.now(), 2 ** 48 - 1)), 0, 6);
  return format(bytes);
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
