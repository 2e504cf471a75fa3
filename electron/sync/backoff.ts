import type { Clock, Random } from '../../native/model/clock.ts';

const FIRST_MS = 1_000;
const LONGEST_MS = 5 * 60_000;
/** Longest wait that the other side may ask for: a wrong `Retry-After` must not silence a kiosk for a day. */
const LONGEST_ASKED_MS = 15 * 60_000;

/**
 * Wait before the next try, full jitter: anything from 0 to 1 s x 2^(attempts - 1), at most five minutes, but not less
 * than what the other side asked for (which counts up to 15 minutes).
 * @param attempts tries made so far, from 1
 */
export function backoffMs(random: Random, attempts: number, askedMs: number | null = null): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(Math.max(0, attempts - 1), 30));
  return Math.max(Math.floor(fraction(random) * ceiling), Math.min(askedMs ?? 0, LONGEST_ASKED_MS));
}

/** A number from 0 (included) to 1 (excluded). */
export function fraction(random: Random): number {
  const bytes = random.bytes(4);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) / 2 ** 32;
}

/**
 * Milliseconds since 1970 that never jump: the wall clock's reading at the start, carried on by the monotonic clock.
 * Waits are counted on it, so that a corrected kiosk clock neither delays nor rushes a try.
 */
export function steadyTime(clock: Clock): () => number {
  const offset = clock.now() - clock.monotonic();
  return () => Math.round(offset + clock.monotonic());
}
