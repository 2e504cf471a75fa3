import type { Random } from '../model/clock.ts';
import type { TransportErrorCode } from '../model/transport.ts';

/** Shortest wait before the next try, in milliseconds. */
export const BACKOFF_MIN_MS = 250;

/**
 * Longest wait before the next try, in milliseconds. A port that is away is looked for often, because looking is cheap
 * and the device must be ready within 2 s of coming back; what only a person can mend is tried seldom.
 */
export function backoffLimitMs(cause: TransportErrorCode | 'silent'): number {
  switch (cause) {
    case 'not-found':
    case 'lost':
    case 'unreachable':
      return 1_000;
    case 'silent':
      return 1_500;
    default:
      return 5_000;
  }
}

/** Wait before try number `attempt` (0 is the first retry): doubling, with full jitter between 250 ms and the limit. */
export function backoffMs(attempt: number, limitMs: number, random: Random): number {
  const upper = Math.min(limitMs, BACKOFF_MIN_MS * 2 ** Math.min(attempt + 1, 10));
  const fraction = (random.bytes(1)[0] ?? 0) / 255;
  return BACKOFF_MIN_MS + Math.round(fraction * Math.max(0, upper - BACKOFF_MIN_MS));
}

/**
 * Wait between a sign that a port may be back and the next try, in milliseconds: 20 to 60 at first, doubling with every
 * further sign that brought nothing, up to 640 to 1,280.
 */
export function portBackMs(earlier: number, random: Random): number {
  const least = 20 * 2 ** Math.min(earlier, 5);
  return Math.round(least * (1 + ((random.bytes(1)[0] ?? 0) / 255) * (earlier === 0 ? 2 : 1)));
}
