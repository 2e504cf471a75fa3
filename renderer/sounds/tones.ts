import type { Chime } from './chime-of.ts';

/** One tone: when it begins and how long it sounds, in seconds. */
export interface Tone {
  readonly hertz: number;
  readonly at: number;
  readonly seconds: number;
}

/** Pitches that loudspeakers of a few watts carry and old ears hear well. */
export const CHIMES: Readonly<Record<Chime, readonly Tone[]>> = {
  card: [{ hertz: 880, at: 0, seconds: 0.18 }],
  done: [
    { hertz: 659, at: 0, seconds: 0.22 },
    { hertz: 988, at: 0.2, seconds: 0.42 },
  ],
  attention: [
    { hertz: 784, at: 0, seconds: 0.22 },
    { hertz: 784, at: 0.34, seconds: 0.28 },
  ],
  wrong: [{ hertz: 247, at: 0, seconds: 0.4 }],
};
