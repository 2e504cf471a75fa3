import type { Clock } from '../model/clock.ts';
import type { DeviceError, DeviceErrorCode } from '../model/device.ts';
import type { DecodedPhoto, PhotoDecoder } from '../model/id-card-reader.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import { PHOTO_LENGTH } from './sdt-module.ts';

/** Longest picture that is taken from a decoder, in bytes: the usual bitmap of 102 x 126 points has 38,862. */
const MAX_PICTURE = 1_000_000;
/** How each kind of picture begins. */
const MARKS: Readonly<Record<DecodedPhoto['mediaType'], readonly number[]>> = {
  'image/bmp': [0x42, 0x4d],
  'image/png': [0x89, 0x50, 0x4e, 0x47],
  'image/jpeg': [0xff, 0xd8, 0xff],
};

/** How a photo is decoded. */
export interface PhotoDecoding {
  /** Null where none was bought: then there is no picture. */
  readonly decoder: PhotoDecoder | null;
  readonly clock: Clock;
  /** How long a decoder may take, in milliseconds. */
  readonly deadlineMs?: number;
}

/**
 * Turns a photo block into a picture. Never rejects, and holds against a decoder that throws, rejects, never ends or gives
 * something that is no picture. Errors: `not-supported` (no decoder), `bad-request` (no photo block), `timeout`,
 * `bad-reply`. The decoder gets a copy; its words are not handed on, because they may hold what it saw.
 */
export async function decodePhoto(
  block: Uint8Array,
  { decoder, clock, deadlineMs = 3_000 }: PhotoDecoding,
): Promise<Result<DecodedPhoto, DeviceError>> {
  if (!decoder) return fail('not-supported', 'no photo decoder is installed');
  if (block.length !== PHOTO_LENGTH) return fail('bad-request', `a photo block has ${PHOTO_LENGTH} bytes`);
  const late = new AbortController();
  const settled = new AbortController();
  const copy = block.slice();
  try {
    const picture = await Promise.race([
      decoded(decoder, copy, late.signal),
      clock.sleep(deadlineMs, settled.signal).then((): 'late' => 'late'),
    ]);
    if (picture === 'late') return fail('timeout', 'the photo decoder did not end');
    if (picture === 'failed') return fail('bad-reply', 'the photo decoder failed');
    return isPicture(picture) ? ok(picture) : fail('bad-reply', 'the photo decoder gave no picture');
  } finally {
    settled.abort();
    late.abort();
    copy.fill(0);
  }
}

async function decoded(decoder: PhotoDecoder, block: Uint8Array, signal: AbortSignal): Promise<unknown> {
  try {
    return await decoder.decode(block, signal);
  } catch {
    return 'failed';
  }
}

function isPicture(given: unknown): given is DecodedPhoto {
  if (typeof given !== 'object' || given === null || !('mediaType' in given) || !('bytes' in given)) return false;
  const { mediaType, bytes } = given;
  if (!(bytes instanceof Uint8Array) || bytes.length > MAX_PICTURE) return false;
  const mark = typeof mediaType === 'string' && Object.hasOwn(MARKS, mediaType) ? Object.entries(MARKS) : [];
  return mark.some(([kind, start]) => kind === mediaType && start.every((byte, index) => bytes[index] === byte));
}

function fail(code: DeviceErrorCode, detail: string): Result<never, DeviceError> {
  return err({ code, detail });
}
