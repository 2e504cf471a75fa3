import type { Language } from '../domain/text.ts';
import type { Clock } from '../../native/model/clock.ts';
import { Emitter } from '../../native/model/events.ts';
import type { DeviceSignal } from './device-ports.ts';
import type { LogPort } from './ports.ts';

type CardSignal = Extract<DeviceSignal, { readonly type: 'card' }>;
type Reader = CardSignal['reader'];

/** A card that lies on a reader although its visit is over. Nothing of the card is known here. */
export interface CardLeft {
  /**
   * `take`: whoever it belongs to is still asked to take it back; `left`: it is for duty staff now; `unsure`: it may be the
   * present visitor's own, laid down before the reader could see that the last one was gone.
   */
  readonly state: 'take' | 'left' | 'unsure';
  /** When the visit ended, in milliseconds since 1970. */
  readonly since: number;
  /** Language of the visit that is over, and whether it was spoken: so the holder is asked. */
  readonly language: Language;
  readonly spoken: boolean;
}

/** How the visit was used that has just ended. */
export interface VisitManner {
  readonly language: Language;
  readonly spoken: boolean;
}

/** So long somebody is asked to take the card back, in milliseconds. */
const TAKE_MS = 20_000;
/** A reader that another process opens anew has said by then what lies on it, in milliseconds. */
const SPEAK_MS = 10_000;
/** One look may miss a card that lies there: what shows up so soon after is the same card, in milliseconds. */
const SLIP_MS = 1_500;

/** A reader that looks every 300 ms has said by then that a card was lifted, which takes it two looks, in milliseconds. */
const LIFT_MS = 900;
const LIFT_LOOK_MS = 50;

/** What is known of one reader's place. */
interface Place {
  lies: boolean;
  /** The card there, if there is one, belongs to a visit that is over: no removal was seen since. */
  former: boolean;
  /** The reader is being opened anew and has not said yet what lies there. */
  waiting: boolean;
  /** Steady time until which a card that shows up is the one that lay there before. */
  sameUntil: number;
}

const READERS: readonly Reader[] = ['id-card-reader', 'social-security-card-reader'];

/**
 * Whose card lies on the readers: the present visitor's, nobody's, or that of a person who has gone. It outlives visits,
 * while the drivers that see the card may be made anew with each of them.
 */
export class CardPlace {
  readonly #clock: Clock;
  readonly #log: LogPort;
  /** Whether the readers are opened anew when a visit ends, and say then what lies there. */
  readonly #reopens: boolean;
  readonly #places = new Map<Reader, Place>(
    READERS.map((reader) => [reader, { lies: false, former: false, waiting: false, sameUntil: 0 }]),
  );
  #left: CardLeft | null = null;
  /** What was said of the card when the last visit ended with one on the reader. */
  #last: CardLeft | null = null;
  #inVisit = false;
  #timers = new AbortController();
  /** Told when `current` may give something else than before. */
  readonly changes = new Emitter<null>();

  constructor(options: { readonly clock: Clock; readonly log: LogPort; readonly reopens: boolean }) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#reopens = options.reopens;
  }

  /** The card that somebody left behind, or null. */
  get current(): CardLeft | null {
    return this.#left;
  }

  /** Whether a card is seen on any reader. */
  get lying(): boolean {
    return [...this.#places.values()].some(({ lies }) => lies);
  }

  /** Whether a card may still lie there that was laid down in a visit that is over: it must not be read in the next one. */
  get former(): boolean {
    return [...this.#places.values()].some(({ former }) => former);
  }

  /** Takes what a reader told. True when a card was laid down that was not there before, or one that was there is gone. */
  heard({ reader, change }: CardSignal): boolean {
    const place = this.#places.get(reader);
    if (!place || change === 'moved') return false;
    const { waiting } = place;
    place.waiting = false;
    if (change === 'laid') {
      const same = place.former && (waiting || this.#inVisit || this.#clock.monotonic() < place.sameUntil);
      const news = !same && !place.lies;
      place.lies = true;
      if (news) place.former = false;
      if (news) this.#setLeft(null);
      else if (same && this.#left === null && this.#last !== null) this.#backAgain(this.#last);
      return news;
    }
    const gone = change === 'removed' && (place.lies || place.former);
    place.lies = false;
    if (change === 'removed') place.former = false;
    // What it does not show may still be a card that it hides: it is not asked for, but it is not read either.
    else place.sameUntil = this.#clock.monotonic() + SLIP_MS;
    if (this.#left !== null && !this.lying) {
      if (this.#left.state === 'left') this.#log.event('info', 'card-left-taken');
      this.#setLeft(null);
    }
    return gone;
  }

  visitBegan(): void {
    this.#inVisit = true;
    if (this.#left?.state === 'take') this.#toStaff(this.#left);
  }

  /** A card was read, or is being read, in the visit: whatever lay there before is gone. */
  cardFound(): void {
    for (const place of this.#places.values()) place.former = false;
    this.#setLeft(null);
  }

  visitEnded({ language, spoken }: VisitManner): void {
    this.#inVisit = false;
    const lying = [...this.#places.values()].filter(({ lies }) => lies);
    const own = lying.filter(({ former }) => !former);
    for (const place of lying) {
      place.former = true;
      place.waiting = this.#reopens;
    }
    if (lying.length === 0) return;
    const left: CardLeft = { state: 'take', since: this.#clock.now(), language, spoken };
    // Nobody is asked to take the card of somebody else.
    if (own.length === 0) return this.#toStaff(this.#left ?? left);
    this.#last = left;
    this.#ask(left);
  }

  /**
   * Waits for what the reader is about to say of a card that is being lifted, 0.9 s at most: whoever takes the card and ends
   * the visit in one movement leaves none behind, and the next person's must not be taken for it.
   */
  async lifted(): Promise<void> {
    const until = this.#clock.monotonic() + LIFT_MS;
    while (this.lying && this.#clock.monotonic() < until) await this.#clock.sleep(LIFT_LOOK_MS);
  }

  /** Ends what still waits. */
  stop(): void {
    this.#timers.abort();
  }

  /** A card that was not seen any more is seen after all, or another in its place before anybody could tell. */
  #backAgain(last: CardLeft): void {
    if (this.#inVisit) this.#setLeft({ ...last, state: 'unsure', spoken: false });
    else this.#ask(last);
  }

  #ask(left: CardLeft): void {
    this.#setLeft(left);
    void this.#watch(left, this.#timers.signal);
  }

  async #watch(left: CardLeft, signal: AbortSignal): Promise<void> {
    await this.#clock.sleep(SPEAK_MS, signal);
    if (this.#left !== left || signal.aborted) return;
    for (const place of this.#places.values()) {
      if (!place.waiting) continue;
      // A reader that does not come back says nothing of a card; it is not read unasked when it does.
      place.waiting = false;
      place.lies = false;
    }
    if (!this.lying) return this.#setLeft(null);
    await this.#clock.sleep(TAKE_MS - SPEAK_MS, signal);
    if (this.#left === left && !signal.aborted) this.#toStaff(left);
  }

  #toStaff(left: CardLeft): void {
    if (this.#left?.state !== 'left') this.#log.event('warn', 'card-left-on-reader');
    this.#setLeft({ ...left, state: 'left', spoken: false });
  }

  #setLeft(left: CardLeft | null): void {
    if (this.#left === left) return;
    this.#left = left;
    this.#timers.abort();
    this.#timers = new AbortController();
    this.changes.emit(null);
  }
}
