import type { LinkState } from '../services/ports.ts';
import type { Clock } from '../../native/model/clock.ts';
import { Emitter } from '../../native/model/events.ts';

/**
 * Whether the platform can be reached, as seen from what calls came to. Down until the first answer. Any answer in the
 * platform's own words means up; only a failed heartbeat means down, because one message that a proxy chokes on says
 * nothing about the link: such a failure asks for a heartbeat at once (`suspect`).
 */
export class Link {
  readonly #clock: Clock;
  readonly #suspect: () => void;
  #state: LinkState = 'down';
  #since: number;
  /** Number of the latest call begun, and of the latest call begun that was seen answered. */
  #begun = 0;
  #answered = 0;
  readonly changes = new Emitter<LinkState>();

  constructor(clock: Clock, suspect: () => void) {
    this.#clock = clock;
    this.#suspect = suspect;
    this.#since = clock.now();
  }

  get state(): LinkState {
    return this.#state;
  }

  /** `since` in milliseconds since 1970 on the kiosk's clock. */
  report(): { readonly state: LinkState; readonly since: number } {
    return { state: this.#state, since: this.#since };
  }

  /** A call begins; give the number back with its outcome. */
  begin(): number {
    this.#begun += 1;
    return this.#begun;
  }

  /** A call was answered by the platform, whatever it said. */
  answered(): void {
    this.#answered = this.#begun;
    this.#become('up');
  }

  /** A call found no platform. A heartbeat's failure counts unless something was answered since it began. */
  failed(call: number, isHeartbeat: boolean): void {
    if (this.#state === 'down') return;
    if (!isHeartbeat) this.#suspect();
    else if (this.#answered < call) this.#become('down');
  }

  #become(state: LinkState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#since = this.#clock.now();
    this.changes.emit(state);
  }
}
