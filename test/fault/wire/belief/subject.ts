import type { Chance } from '../noise.ts';
import type { BadFarEnd } from './bad-far-end.ts';
import type { QuickClock } from './quick-clock.ts';

/** One driver at work against a line that spoils its answers. */
export interface BeliefRun {
  readonly farEnd: BadFarEnd;
  /** One question or a few; what of the answers was believed, and how much of that is not so. */
  turn(): Promise<Belief>;
  dispose(): void;
}

export interface Belief {
  readonly believed: number;
  /** What was believed and is not so, in words. */
  readonly wrong: readonly string[];
}

export interface BeliefSubject {
  readonly name: string;
  /**
   * False beliefs to be expected in 10 MB by arithmetic: how often the same damage that no check sees comes as often in a
   * row as is asked for.
   */
  readonly expected: number;
  readonly reason: string;
  /** Nothing can be asked again, so chance is left: about `expected` false beliefs pass. Else one is a failure. */
  readonly unavoidable?: boolean;
  start(clock: QuickClock, chance: Chance): BeliefRun;
}
