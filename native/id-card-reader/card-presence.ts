import type { DeviceError } from '../model/device.ts';
import { Emitter } from '../model/events.ts';
import type { IdCardReaderEvent } from '../model/id-card-reader.ts';
import type { Result } from '../model/result.ts';
import { SDT_STATUS } from './sdt-frame.ts';
import type { SdtAnswer } from './sdt-line.ts';
import type { SdtModule } from './sdt-module.ts';

/** Looks in a row without a sign of the card before it counts as taken away: one may be a slip of the radio. */
const LOOKS_UNTIL_REMOVED = 2;

/** Looks in a row that "find" shows nothing, behind which a card that it shows was laid down anew: no slip of the radio. */
const LOOKS_UNTIL_ANEW = 2;

/** Whether the card that was asked lies there; `unknown` when this reader gives no sign of it. */
export type Presence = 'there' | 'gone' | 'unknown';

/** A question that only a card which lies there lets the module answer. */
interface Sign {
  readonly ask: (module: SdtModule) => Promise<Result<SdtAnswer, DeviceError>>;
  readonly there: readonly number[];
  /** Asking may make "find" show the card again. */
  readonly uncovers: boolean;
}

/**
 * Signs of a card that "find" does not show any more, the lightest first (protocols: SDT 1.5): its newest address may be
 * asked again and again after a reading, some modules select it again, the last is to read it all again.
 */
const SIGNS: readonly Sign[] = [
  { ask: (module) => module.newestAddress(), there: [SDT_STATUS.success, SDT_STATUS.notOnCard], uncovers: false },
  { ask: (module) => module.select(), there: [SDT_STATUS.success], uncovers: true },
  { ask: (module) => module.read(false), there: [SDT_STATUS.success], uncovers: false },
];

/**
 * What is known of the card on the reader, and the events about it.
 *
 * A module answers "find" with 80 for an empty reader and also for a card that it selected or read, until that is lifted.
 * Which question it still answers while such a card lies there differs from module to module, so it is learned from the
 * first card; until then nothing is claimed.
 */
export class CardPresence {
  readonly events = new Emitter<IdCardReaderEvent>();
  readonly #module: SdtModule;
  #lies = false;
  /** Selected or read since it was found: "find" may not show it any more. */
  #touched = false;
  /** True once "find" was seen to hide a card that lay there. */
  #hides = false;
  #sign: Sign | null = null;
  /** It was asked in a way that may make "find" show it again. */
  #uncovered = false;
  #misses = 0;
  /** Looks in a row that showed nothing, hidden or gone. */
  #notShown = 0;
  #startLooked = false;
  /**
   * A card read before may still lie there without being found. True at the start, because a restart of this program does
   * not lift the card.
   */
  #mayBeSame = true;

  constructor(module: SdtModule) {
    this.#module = module;
  }

  get lies(): boolean {
    return this.#lies;
  }

  /** Whether enough looks showed an empty place that a card which shows up is a new one. */
  get seenEmpty(): boolean {
    return !this.#lies && this.#notShown >= LOOKS_UNTIL_ANEW;
  }

  /** Whether a card may lie there that "find" does not show; says it once until something happens. */
  takeMayBeSame(): boolean {
    const mayBe = this.#mayBeSame;
    this.#mayBeSame = false;
    return mayBe;
  }

  /** Nobody knows what came of the attempt: it may be there, selected and not shown. */
  putMayBeSame(): void {
    this.#mayBeSame = true;
  }

  /** "Find" found a card. True when it surely was laid down after the one before had been lifted. */
  found(): boolean {
    // Hidden until now, or gone: either way it was lifted and laid down again, or another one was. A module that was never
    // seen to hide a card may have missed it once.
    const away = this.#notShown > 0 && (this.#hides || this.#notShown >= LOOKS_UNTIL_ANEW);
    const laidAnew = away && !this.#uncovered && (!this.#lies || this.#touched);
    if (laidAnew) this.removed();
    this.#notShown = 0;
    this.#touched = false;
    this.#uncovered = false;
    // What is done with it next may hide it, also when its answer is lost.
    this.#mayBeSame = true;
    this.#lay(laidAnew);
    return laidAnew;
  }

  /** A card is selected, or answered without being found. `uncovered`: that may make "find" show it again. */
  touched(uncovered = false): void {
    this.#touched = true;
    this.#uncovered ||= uncovered;
    this.#lay();
  }

  /** The card was read: it may be hidden from now on, and read again. */
  read(): void {
    this.touched();
    this.#notShown = 0;
    this.#mayBeSame = true;
  }

  /** It was taken away before it was read. */
  moved(): void {
    if (!this.#lies) return;
    this.events.emit({ type: 'card-moved' });
    this.removed();
  }

  removed(): void {
    this.#mayBeSame = false;
    this.#touched = false;
    this.#uncovered = false;
    this.#misses = 0;
    this.#notShown = 0;
    if (!this.#lies) return;
    this.#lies = false;
    this.events.emit({ type: 'card-removed' });
  }

  /**
   * Asks for the sign that may be asked right after a reading, unless one is known: a card that is lifted before the first
   * look would never be missed.
   */
  async learn(): Promise<void> {
    if (this.#lies && !this.#sign) await this.ask(SIGNS.slice(0, 1));
  }

  /** "Find" showed nothing. */
  notShown(): void {
    this.#notShown += 1;
  }

  /** Looks once and tells what has changed. False when the reader did not answer. */
  async look(): Promise<boolean> {
    const found = await this.#module.find();
    if (!found.ok) return false;
    if (found.value.sw3 === SDT_STATUS.cardFound) {
      this.found();
      return true;
    }
    if (found.value.sw3 !== SDT_STATUS.findFailed) return true;
    this.notShown();
    if (!this.#lies) return this.#lookForLeftCard();
    const presence = this.#touched ? await this.ask() : 'gone';
    if (presence === 'there') {
      this.#hides = true;
      this.#misses = 0;
    } else if (presence === 'gone') {
      this.#misses += 1;
      if (this.#misses >= LOOKS_UNTIL_REMOVED) this.removed();
    }
    return true;
  }

  /** Asks whether the card lies there that "find" does not show; as long as no sign is known, by all that may be one. */
  async ask(maybe = SIGNS): Promise<Presence> {
    let silent = false;
    for (const sign of this.#sign ? [this.#sign] : maybe) {
      const asked = await sign.ask(this.#module);
      if (asked.ok) {
        asked.value.data.fill(0);
        if (sign.there.includes(asked.value.sw3)) {
          this.#sign = sign;
          this.#uncovered ||= sign.uncovers;
          return 'there';
        }
      } else {
        silent = true;
        this.#uncovered ||= sign.uncovers;
        if (asked.error.code === 'line-lost') return 'unknown';
      }
    }
    if (!this.#sign) return 'unknown';
    // Some modules say nothing at all when the card is gone: then at least they must still answer for themselves.
    return silent && !(await this.#module.status()).ok ? 'unknown' : 'gone';
  }

  /** A card that was read before this program started is looked for once, but not read again unasked. */
  async #lookForLeftCard(): Promise<boolean> {
    if (!this.#mayBeSame || this.#startLooked) return true;
    this.#startLooked = true;
    const presence = await this.ask(SIGNS.slice(0, 2));
    if (presence === 'there') {
      this.#hides = true;
      this.touched();
    } else if (presence === 'gone') this.#mayBeSame = false;
    return true;
  }

  #lay(anew = false): void {
    this.#misses = 0;
    if (this.#lies) return;
    this.#lies = true;
    this.events.emit(anew ? { type: 'card-laid', anew } : { type: 'card-laid' });
  }
}
