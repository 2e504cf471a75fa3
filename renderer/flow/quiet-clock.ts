/** Quiet for so long: the time-out page. */
export const QUIET_MS = 60_000;
/** Time to answer it before the visit ends. */
export const ANSWER_MS = 20_000;

/** Where the visit's clock stands. */
export interface QuietClock {
  readonly phase: 'off' | 'running' | 'asking' | 'over';
  /** Milliseconds left in the phase. */
  readonly leftMs: number;
}

/**
 * State of the quiet clock.
 * @param quietForMs time since the last touch or since the clock was last held
 */
export function quietClock(quietForMs: number, inVisit: boolean): QuietClock {
  if (!inVisit) return { phase: 'off', leftMs: QUIET_MS };
  if (quietForMs < QUIET_MS) return { phase: 'running', leftMs: QUIET_MS - quietForMs };
  const asked = quietForMs - QUIET_MS;
  return asked < ANSWER_MS ? { phase: 'asking', leftMs: ANSWER_MS - asked } : { phase: 'over', leftMs: 0 };
}
