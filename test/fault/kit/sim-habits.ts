import type { Dice } from './dice.ts';

/**
 * How a simulated kiosk lives. `dense`: visits, troubles and deaths follow each other within minutes; `calm`: days and
 * nights, with trouble a few times a day and a death every few days; `clock`: nothing but jumping clocks.
 */
export type Pace = 'dense' | 'calm' | 'clock';

/** Times in milliseconds; where one is said to be the longest, each is drawn up to it. */
export interface Habits {
  readonly healthIntervalMs: number;
  readonly heartbeatMs: number;
  /** How long looks are left out while nothing happens; 0: every look is taken. */
  readonly idleMs: number;
  /** Longest pause before the next visit, at this wall time. */
  readonly nextVisitMs: (at: number) => number;
  /** Whether anything but the clock is disturbed. */
  readonly trouble: boolean;
  /** Longest good and bad weather of the line. */
  readonly fairMs: number;
  readonly foulMs: number;
  /** Longest time to the next mishap of a device, to the next death, to the next jump of the clock. */
  readonly mishapMs: number;
  readonly deathMs: number;
  readonly jumpMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** The hall's time zone is eight hours ahead. */
const ZONE_MS = 8 * HOUR_MS;

export function habitsOf(pace: Pace, dice: Dice): Habits {
  const idleMs = dice.chance(1 / 64) ? 0 : dice.pick([5 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS]);
  const heartbeatMs = dice.pick([30_000, 60_000, 120_000]);
  const healthIntervalMs = dice.pick([5_000, 20_000, 60_000]);
  const dense: Habits = {
    healthIntervalMs,
    heartbeatMs,
    idleMs,
    nextVisitMs: () => 10 * MINUTE_MS,
    trouble: pace !== 'clock',
    fairMs: 12 * MINUTE_MS,
    foulMs: 3 * MINUTE_MS,
    mishapMs: 25 * MINUTE_MS,
    deathMs: HOUR_MS,
    jumpMs: pace === 'clock' ? 5 * MINUTE_MS : HOUR_MS,
  };
  if (pace !== 'calm') return dense;
  return {
    ...dense,
    healthIntervalMs: MINUTE_MS,
    heartbeatMs: 10 * MINUTE_MS,
    idleMs: HOUR_MS,
    nextVisitMs: (at) => {
      const hour = ((at + ZONE_MS) % DAY_MS) / HOUR_MS;
      return hour > 7 && hour < 21 ? 40 * MINUTE_MS : 5 * HOUR_MS;
    },
    fairMs: 12 * HOUR_MS,
    foulMs: 20 * MINUTE_MS,
    mishapMs: 2 * DAY_MS,
    deathMs: 5 * DAY_MS,
    jumpMs: 10 * DAY_MS,
  };
}
