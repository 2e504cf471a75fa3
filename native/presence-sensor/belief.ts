import { Emitter } from '../model/events.ts';
import type { Presence, PresenceSensorEvent } from '../model/presence-sensor.ts';

/**
 * What is believed of a sensor's readings: a change only when so many readings in a row say the same, so that neither a
 * contact that bounces nor a damaged answer wakes or covers a screen.
 */
export class PresenceBelief {
  readonly events = new Emitter<PresenceSensorEvent>();
  readonly #wanted: number;
  #presence: Presence = 'unknown';
  #candidate: boolean | null = null;
  #agreeing = 0;

  /** @param wanted readings in a row that a change takes, at least 2 */
  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  get presence(): Presence {
    return this.#presence;
  }

  /** True while the last reading is not what is believed: asking again soon settles it. */
  get open(): boolean {
    return this.#candidate !== null && this.#presence !== word(this.#candidate);
  }

  /** One reading: somebody there or not. */
  heard(present: boolean): void {
    this.#agreeing = present === this.#candidate ? this.#agreeing + 1 : 1;
    this.#candidate = present;
    if (this.#agreeing >= this.#wanted) this.#become(word(present));
  }

  /** A reading that says nothing, such as a damaged one: the row begins anew. */
  doubted(): void {
    this.#candidate = null;
    this.#agreeing = 0;
  }

  /** The sensor says nothing any more. */
  lost(): void {
    this.doubted();
    this.#become('unknown');
  }

  #become(presence: Presence): void {
    if (presence === this.#presence) return;
    this.#presence = presence;
    this.events.emit({ type: 'presence-changed', presence });
  }
}

function word(present: boolean): Presence {
  return present ? 'present' : 'absent';
}
