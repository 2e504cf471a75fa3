/** What may be wrong with a simulated bus and its boards. All of it can be switched while it runs. */
export interface BusBehaviour {
  /** Added to the thinking time before each answer, in milliseconds. */
  readonly lateMs: number;
  /** Pause between the bytes of an answer in milliseconds; 0 sends answers whole. */
  readonly byteGapMs: number;
  /** Bytes of noise before each answer. */
  readonly garbageBefore: number;
  /** Bytes of noise in the middle of each answer. */
  readonly garbageInside: number;
  /** Answers carry a check byte that does not fit. */
  readonly wrongCheck: boolean;
  /** Only the first half of each answer is sent. */
  readonly halfFrames: boolean;
  /**
   * Boards say no to everything and do nothing: CU12 with "failed", WKLY with a status that is not 0, Modbus boards
   * with "busy". The other protocols have no word for it: their boards keep silent.
   */
  readonly refuses: boolean;
  /** A two-wire adapter hands back what the host sends: all of it, or its first or second half. */
  readonly echo: 'none' | 'whole' | 'head' | 'tail';
  /** Feedback contacts: wired as declared, wired the other way round, or not wired at all and reading constantly so. */
  readonly sensors: 'connected' | 'inverted' | 'read-open' | 'read-closed';
  /** Addresses that two boards share by mistake: both answer at once, which gives garbage. */
  readonly collidingBoards: readonly number[];
}

/** A bus on which nothing is wrong. */
export const GOOD_BUS: BusBehaviour = {
  lateMs: 0,
  byteGapMs: 0,
  garbageBefore: 0,
  garbageInside: 0,
  wrongCheck: false,
  halfFrames: false,
  refuses: false,
  echo: 'none',
  sensors: 'connected',
  collidingBoards: [],
};
