import type { Clock, Random } from '../../native/model/clock.ts';
import type { DeviceSimulator, LineBehaviour } from '../../native/model/simulator.ts';
import type { Carrier } from './carrier.ts';

/** Faults of a cable. Those beyond {@link LineBehaviour} are for streams only. */
export interface LineFaults extends LineBehaviour {
  /** Random bytes put into the middle of each answer. */
  readonly garbageInside?: number;
  /** The last byte of each answer, which holds the check of most protocols, is wrong. */
  readonly wrongCheck?: boolean;
}

/** A line without faults. */
export const CLEAN_LINE: LineFaults = { lateMs: 0, drip: false, garbageBytes: 0, mute: false, halfFrames: false };

/** Bytes are paced in pieces of about this long; a timer for every byte would cost more than it tells. */
const PIECE_MS = 4;
/** Gap between two bytes of a dripping line. */
const DRIP_MS = 2;

/**
 * The cable between a simulator and its carrier: thinking time, wire speed and the faults of {@link LineBehaviour}.
 * Answers leave one after the other. Reports of a HID device are never cut: they arrive whole or not at all.
 */
export class SimulatorLine {
  /** Faults of the line; may be changed at any time. */
  behaviour: LineFaults = CLEAN_LINE;
  readonly #carrier: Carrier;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #stop = new AbortController();
  #sending: Promise<void> = Promise.resolve();

  constructor(simulator: DeviceSimulator, carrier: Carrier, clock: Clock, random: Random) {
    this.#carrier = carrier;
    this.#clock = clock;
    this.#random = random;
    const unsubscribe = simulator.output.subscribe(({ bytes, delayMs }) => {
      this.#sending = this.#sending.then(() => this.#pass(bytes, delayMs));
    });
    this.#stop.signal.addEventListener('abort', unsubscribe, { once: true });
  }

  /** Drops what has not left yet; resolves when nothing is on its way any more. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#sending;
  }

  async #pass(bytes: Uint8Array, delayMs: number): Promise<void> {
    const { lateMs } = this.behaviour;
    if (delayMs + lateMs > 0) await this.#clock.sleep(delayMs + lateMs, this.#stop.signal);
    const { mute, garbageBytes, garbageInside = 0, wrongCheck, halfFrames, drip } = this.behaviour;
    if (mute || this.#stop.signal.aborted) return;
    if (this.#carrier.kind === 'reports') {
      if (halfFrames) return;
      if (garbageBytes > 0) await this.#carrier.send(this.#random.bytes(garbageBytes));
      await this.#carrier.send(bytes);
      return;
    }
    const damaged = bytes.map((byte, at) => (wrongCheck === true && at === bytes.length - 1 ? byte ^ 0x5a : byte));
    const middle = damaged.length >> 1;
    const wire = Uint8Array.from([
      ...this.#random.bytes(garbageBytes),
      ...damaged.subarray(0, middle),
      ...(halfFrames ? [] : [...this.#random.bytes(garbageInside), ...damaged.subarray(middle)]),
    ]);
    const bytesEachMs = (this.#carrier.baud ?? Number.POSITIVE_INFINITY) / 10_000;
    const piece = drip ? 1 : Math.max(1, Math.floor(bytesEachMs * PIECE_MS));
    // Each piece has its moment after the first: what a late timer cost is made up for, so that a busy machine is no
    // slower wire.
    let dueMs = this.#clock.monotonic();
    for (let at = 0; at < wire.length && !this.#stop.signal.aborted; at += piece) {
      const part = wire.subarray(at, at + piece);
      // A byte is there when its last bit is: the wire time passes first.
      const wireMs = part.length / bytesEachMs;
      const pauseMs = drip ? Math.max(DRIP_MS, wireMs) : wireMs;
      dueMs += pauseMs;
      const waitMs = dueMs - this.#clock.monotonic();
      if (pauseMs >= 1 && waitMs > 0) await this.#clock.sleep(waitMs, this.#stop.signal);
      await this.#carrier.send(part);
    }
  }
}
