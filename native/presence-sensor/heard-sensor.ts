import type { Clock } from '../model/clock.ts';
import type { DeviceState } from '../model/device.ts';
import type { Presence, PresenceSensor } from '../model/presence-sensor.ts';
import type { Transport } from '../model/transport.ts';
import { PresenceBelief } from './belief.ts';
import { FrameCutter } from '../codec/frame-cutter.ts';
import type { Look } from '../codec/cut-frames.ts';
import { stateOf } from './polled-sensor.ts';

/** Readings in a row that a change takes: these modules say some ten a second, and the checks of some are weak. */
const AGREEING = 3;
/** Silence after which nothing is believed any more, in milliseconds: many times what the slowest module takes. */
export const SILENCE_MS = 2_500;
/** How long a probe listens for a first frame, in milliseconds. */
const LISTEN_MS = 1_200;

/** A module that tells its readings unasked. Nothing is ever sent to it. */
export class HeardSensor<TFrame> implements PresenceSensor {
  readonly deviceClass = 'presence-sensor';
  readonly driverId: string;
  readonly #clock: Clock;
  readonly #cutter: FrameCutter<TFrame>;
  readonly #read: (frame: TFrame, before: Presence) => boolean | null;
  readonly #belief = new PresenceBelief(AGREEING);
  readonly #stop = new AbortController();
  readonly #stops: readonly (() => void)[];
  #lastFrame = Number.NEGATIVE_INFINITY;
  #watching = false;
  #first = new AbortController();
  #bytes = 0;
  #lost: string | null = null;

  /** @param options.read what a frame says, seen from what is believed; null when it says nothing */
  constructor(options: {
    readonly driverId: string;
    readonly transport: Transport;
    readonly clock: Clock;
    readonly look: (buffer: Uint8Array, at: number) => Look<TFrame>;
    readonly limit: number;
    readonly read: (frame: TFrame, before: Presence) => boolean | null;
  }) {
    this.driverId = options.driverId;
    this.#clock = options.clock;
    this.#cutter = new FrameCutter(options.look, options.limit);
    this.#read = options.read;
    this.#stops = [
      options.transport.onData((bytes) => this.#receive(bytes)),
      options.transport.onClosed((error) => {
        this.#lost = error === null ? 'line closed' : `${error.code}: ${error.detail}`;
        this.#first.abort();
        this.#belief.lost();
      }),
    ];
  }

  get events(): PresenceSensor['events'] {
    return this.#belief.events;
  }

  get presence(): Presence {
    return this.#belief.presence;
  }

  /** Online as long as whole frames come. */
  async probe(signal?: AbortSignal): Promise<DeviceState> {
    const now = this.#clock.monotonic();
    if (this.#lost === null && now - this.#lastFrame > SILENCE_MS) {
      this.#bytes = 0;
      this.#first = new AbortController();
      const either = [this.#first.signal, this.#stop.signal, ...(signal ? [signal] : [])];
      await this.#clock.sleep(LISTEN_MS, AbortSignal.any(either));
    }
    if (this.#lost !== null) return { ...stateOf('offline', this.#lost), fault: 'line-lost' };
    if (this.#lastFrame >= now - SILENCE_MS) return stateOf('online');
    if (this.#bytes === 0) return { ...stateOf('offline', `nothing came in ${LISTEN_MS} ms`), fault: 'timeout' };
    return { ...stateOf('offline', `${this.#bytes} bytes, no valid frame: is the speed right?`), fault: 'bad-reply' };
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
    this.#stop.abort();
  }

  #receive(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    for (const frame of this.#cutter.push(bytes)) {
      this.#lastFrame = this.#clock.monotonic();
      this.#first.abort();
      const said = this.#read(frame, this.#belief.presence);
      if (said === null) this.#belief.doubted();
      else this.#belief.heard(said);
    }
    if (!this.#watching && this.#lastFrame > Number.NEGATIVE_INFINITY) {
      this.#watching = true;
      void this.#watchSilence();
    }
  }

  /** One timer at a time, whatever number of frames comes. */
  async #watchSilence(): Promise<void> {
    const stop = this.#stop.signal;
    for (let left = SILENCE_MS; left > 0 && !stop.aborted;) {
      await this.#clock.sleep(left, stop);
      left = this.#lastFrame + SILENCE_MS - this.#clock.monotonic();
    }
    this.#watching = false;
    this.#lastFrame = Number.NEGATIVE_INFINITY;
    if (stop.aborted) return;
    this.#belief.lost();
    this.#belief.events.emit({ type: 'state-changed' });
  }
}
