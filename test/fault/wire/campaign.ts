import { limitOf } from './limits.ts';
import type { CheckFamily, WireLimit } from './limits.ts';
import { Chance, MUTATIONS, mutate } from './noise.ts';
import type { Mutation } from './noise.ts';
import type { WireFuzzSubject } from './subject.ts';

export interface CampaignOptions {
  /** Bytes to feed. */
  readonly bytes: number;
  readonly seed: number;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Figures; those declared for the subject's name when left out. */
  readonly limit?: WireLimit;
}

/** What one subject made of the noise. */
export interface CampaignResult {
  readonly subject: string;
  readonly seed: number;
  readonly bytes: number;
  /** Valid frames between the noise, and how many of them came out. */
  readonly planted: number;
  readonly plantedAccepted: number;
  readonly mutated: number;
  /** Frames that nobody sent, in noise or out of damaged frames. */
  readonly falseFrames: number;
  /** How many the check of the protocol must let through, whatever the parser does; null where nothing is false. */
  readonly expectedFalse: number | null;
  readonly falseLimit: number | null;
  readonly maxPending: number;
  readonly pendingLimit: number;
  /** Tries to find back after noise, frames needed at most. */
  readonly resyncs: number;
  readonly resyncFrames: number;
  readonly nsPerByte: number;
  readonly slowestFeedMs: number;
  readonly check: CheckFamily;
  readonly reason: string;
  /** What was wrong; empty when all was well. */
  readonly problems: readonly string[];
  readonly passed: boolean;
}

/** No parser may take longer for a byte, on average; a frame of 2,300 bytes at 115,200 baud has 86,000 ns a byte. */
const MAX_NS_PER_BYTE = 20_000;
/** One feed may not take longer: a hang, or time that grows with the square of the noise. */
const MAX_FEED_MS = 1_000;
/** Valid frames that are remembered: what comes out late is still one of them. */
const REMEMBERED = 64;
const RESYNC_EVERY_BYTES = 20_000;
/** After noise and the quiet that the protocol wants, the first frame must come out. */
const RESYNC_FRAMES = 1;

/** Share of damaged frames that keep a right check, by what happened to them. */
const SURVIVES: Readonly<Record<CheckFamily, Readonly<Record<Mutation, number>>>> = {
  // Two flips in one column cancel out in an XOR (1 in 8), and half as often in a sum. Two bytes that changed places are
  // never seen, unless one of them has a fixed place: at most half of all pairs in a frame with a header.
  xor8: share({ flips: 1 / 32, swap: 1 / 2, other: 1 / 256 }),
  sum8: share({ flips: 1 / 64, swap: 1 / 2, other: 1 / 256 }),
  crc16: share({ flips: 1 / 65_536, swap: 1 / 65_536, other: 1 / 65_536 }),
  none: share({ flips: 1, swap: 1, other: 1 }),
};

function share(rates: {
  readonly flips: number;
  readonly swap: number;
  readonly other: number;
}): Readonly<Record<Mutation, number>> {
  const { flips, swap, other } = rates;
  return { flip: other, flips, replace: other, drop: other, duplicate: other, swap, truncate: other, insert: other };
}

/** Feeds one parser with noise, damaged frames and valid ones in random pieces, and judges what comes out. */
export class Campaign {
  readonly #subject: WireFuzzSubject;
  readonly #options: CampaignOptions;
  readonly #limit: WireLimit;
  readonly #chance: Chance;
  readonly #genuine: string[] = [];
  readonly #problems: string[] = [];
  readonly #mutations = new Map<Mutation, number>();
  #fed = 0;
  #planted = 0;
  #plantedAccepted = 0;
  #mutated = 0;
  #randomBytes = 0;
  #alphabetChance = 0;
  #false = 0;
  #maxPending = 0;
  #resyncs = 0;
  #resyncFrames = 0;
  #feedMs = 0;
  #slowestMs = 0;

  constructor(subject: WireFuzzSubject, options: CampaignOptions) {
    this.#subject = subject;
    this.#options = options;
    this.#limit = options.limit ?? limitOf(subject.name);
    this.#chance = new Chance(options.seed);
  }

  run(): CampaignResult {
    try {
      this.#subject.reset();
      this.#checkPlants();
      let nextResync = RESYNC_EVERY_BYTES;
      while (this.#fed < this.#options.bytes && this.#problems.length < 10) {
        this.#segment();
        if (this.#fed >= nextResync) {
          nextResync = this.#fed + RESYNC_EVERY_BYTES;
          this.#resync();
        }
      }
    } catch (error) {
      this.#problems.push(`threw after ${this.#fed} bytes: ${error instanceof Error ? error.message : String(error)}`);
    }
    return this.#judge();
  }

  /** Every planted frame must be one: fed alone it comes out, and only it. */
  #checkPlants(): void {
    for (let n = 0; n < REMEMBERED; n += 1) {
      const frame = this.#subject.validFrame(n);
      this.#subject.reset();
      const found = [...this.#feed(frame), ...this.#feed(new Uint8Array(0))];
      const [first] = found;
      if (found.length !== 1 || first === undefined || hex(first) !== hex(frame)) {
        this.#problems.push(`valid frame ${n} (${hex(frame).slice(0, 80)}) gave ${found.length} frames, not itself`);
        return;
      }
    }
    this.#subject.reset();
  }

  #segment(): void {
    const chance = this.#chance;
    const kind = chance.below(8);
    if (kind < 2) {
      const noise = chance.bytes(chance.below(300) + 1);
      this.#randomBytes += noise.length;
      this.#pieces(noise);
    } else if (kind === 2) {
      // Noise made of the bytes that frames are made of finds far more beginnings of frames than chance does.
      const alphabet = [...this.#subject.validFrame(chance.below(1_000))];
      const length = chance.below(200) + 1;
      this.#alphabetChance += length * meeting(alphabet) ** ((this.#limit.fixedBits ?? 0) / 8);
      this.#pieces(Uint8Array.from({ length }, () => chance.pick(alphabet)));
    } else if (kind < 6) {
      const frame = this.#remember(this.#subject.validFrame(chance.below(1_000)));
      const how = chance.pick(MUTATIONS);
      this.#mutations.set(how, (this.#mutations.get(how) ?? 0) + 1);
      this.#mutated += 1;
      this.#pieces(mutate(frame, how, chance));
    } else {
      this.#planted += 1;
      const frame = this.#remember(this.#subject.validFrame(chance.below(1_000)));
      const wanted = hex(frame);
      if (this.#pieces(frame).includes(wanted)) this.#plantedAccepted += 1;
    }
    if (chance.below(3) === 0) this.#take(new Uint8Array(0));
  }

  /** After noise and the quiet that the protocol wants, the next frame comes out. */
  #resync(): void {
    const chance = this.#chance;
    this.#pieces(chance.bytes(chance.below(400)));
    this.#pieces(mutate(this.#subject.validFrame(chance.below(1_000)), chance.pick(MUTATIONS), chance));
    this.#resyncs += 1;
    for (let needed = 1; needed <= RESYNC_FRAMES; needed += 1) {
      this.#take(new Uint8Array(0));
      const frame = this.#remember(this.#subject.validFrame(chance.below(1_000)));
      if ([...this.#pieces(frame), ...this.#take(new Uint8Array(0))].includes(hex(frame))) {
        this.#resyncFrames = Math.max(this.#resyncFrames, needed);
        return;
      }
    }
    this.#problems.push(`not back after ${RESYNC_FRAMES} valid frames behind noise, at byte ${this.#fed}`);
  }

  #pieces(bytes: Uint8Array): readonly string[] {
    const found: string[] = [];
    for (let at = 0; at < bytes.length;) {
      const length = this.#chance.below(4) === 0 ? 1 : this.#chance.below(64) + 1;
      found.push(...this.#take(bytes.slice(at, at + length)));
      at += length;
    }
    return found;
  }

  /** Feeds a piece; what comes out must have been sent. */
  #take(piece: Uint8Array): readonly string[] {
    const found = this.#feed(piece).map(hex);
    for (const frame of found) if (!this.#genuine.includes(frame)) this.#false += 1;
    const pending = this.#subject.pending();
    this.#maxPending = Math.max(this.#maxPending, pending);
    if (pending > this.#limit.maxPending) {
      this.#problems.push(`holds back ${pending} bytes after ${this.#fed}`);
      this.#subject.reset();
    }
    return found;
  }

  #feed(piece: Uint8Array): readonly Uint8Array[] {
    const { now } = this.#options;
    const before = now();
    const found = this.#subject.feed(piece);
    const took = now() - before;
    this.#feedMs += took;
    this.#slowestMs = Math.max(this.#slowestMs, took);
    this.#fed += piece.length;
    return found;
  }

  #remember(frame: Uint8Array): Uint8Array {
    this.#genuine.push(hex(frame));
    if (this.#genuine.length > REMEMBERED) this.#genuine.shift();
    return frame;
  }

  #judge(): CampaignResult {
    const { check, fixedBits, maxPending, reason } = this.#limit;
    const survive = [...this.#mutations].reduce((sum, [how, count]) => sum + count * SURVIVES[check][how], 0);
    const expectedFalse =
      fixedBits === null ? null : survive + this.#alphabetChance + this.#randomBytes / 2 ** fixedBits;
    // Chance scatters: three times the root of what is expected, and a few more where next to nothing is.
    const falseLimit = expectedFalse === null ? null : Math.ceil(expectedFalse + 3 * Math.sqrt(expectedFalse) + 3);
    const nsPerByte = Math.round((this.#feedMs * 1e6) / Math.max(1, this.#fed));
    const problems = [...this.#problems];
    if (falseLimit !== null && this.#false > falseLimit) {
      problems.push(`${this.#false} false frames, more than ${falseLimit}`);
    }
    if (nsPerByte > MAX_NS_PER_BYTE) problems.push(`${nsPerByte} ns a byte, more than ${MAX_NS_PER_BYTE}`);
    if (this.#slowestMs > MAX_FEED_MS) problems.push(`one feed took ${Math.round(this.#slowestMs)} ms`);
    if (this.#resyncs === 0 && this.#fed > 2 * RESYNC_EVERY_BYTES) problems.push('resynchronisation was never tried');
    return {
      subject: this.#subject.name,
      seed: this.#options.seed,
      bytes: this.#fed,
      planted: this.#planted,
      plantedAccepted: this.#plantedAccepted,
      mutated: this.#mutated,
      falseFrames: this.#false,
      expectedFalse: expectedFalse === null ? null : Math.round(expectedFalse * 10) / 10,
      falseLimit,
      maxPending: this.#maxPending,
      pendingLimit: maxPending,
      resyncs: this.#resyncs,
      resyncFrames: this.#resyncFrames,
      nsPerByte,
      slowestFeedMs: Math.round(this.#slowestMs * 10) / 10,
      check,
      reason,
      problems,
      passed: problems.length === 0,
    };
  }
}

/** The chance that two bytes out of these are the same: how easily noise made of them hits a byte that must be there. */
function meeting(alphabet: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const byte of alphabet) counts.set(byte, (counts.get(byte) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum + (count / alphabet.length) ** 2, 0);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
