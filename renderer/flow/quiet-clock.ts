import type { Overlay } from './types.ts';

/** Quiet for so long: the time-out page. */
const QUIET_MS = 60_000;
/** The same while help is open, when somebody may be on the telephone, and while a code is photographed and noted. */
const QUIET_AT_LEISURE_MS = 180_000;
/** Time to answer it before the visit ends. */
export const ANSWER_MS = 20_000;

/** How long a visit may be quiet under this overlay, in milliseconds. */
export function quietMsUnder(overlay: Overlay): number {
  return overlay === 'help' || overlay === 'carry' ? QUIET_AT_LEISURE_MS : QUIET_MS;
}

/** Where the visit's clock stands. */
export interface QuietClock {
  readonly phase: 'off' | 'running' | 'asking' | 'over';
  /** Milliseconds left in the phase. */
  readonly leftMs: number;
}

/**
 * State of the quiet clock.
 * @param quietForMs time since the last touch or since the clock was last held
 * @param quietMs how long the visit may be quiet
 */
export function quietClock(quietForMs: number, inVisit: boolean, quietMs = QUIET_MS): QuietClock {
  if (!inVisit) return { phase: 'off', leftMs: quietMs };
  if (quietForMs < quietMs) return { phase: 'running', leftMs: quietMs - quietForMs };
  const asked = quietForMs - quietMs;
  return asked < ANSWER_MS ? { phase: 'asking', leftMs: ANSWER_MS - asked } : { phase: 'over', leftMs: 0 };
}

/**
 * When the quiet began, while something holds the clock: it begins anew, but a question that has been asked stays asked.
 * Its own voice holds the clock as well and would answer it for somebody who is gone: only its time stands still.
 * @param since when the quiet began so far
 * @param looked when the clock was looked at before `now`, on the same clock in milliseconds
 */
export function heldSince(since: number, looked: number, now: number, quietMs = QUIET_MS): number {
  return quietClock(looked - since, true, quietMs).phase === 'running' ? now : since + (now - looked);
}
