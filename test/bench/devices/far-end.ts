import type { DeviceSimulator } from '../../../native/model/simulator.ts';
import { PtyCarrier } from '../../simulators/pty.ts';
import { pause, waitedForCpuMs } from './figures.ts';

/** Bytes leave in pieces of this long, as an adapter hands them on. */
const PIECE_MS = 4;

/**
 * A simulator on a pseudo-terminal that keeps to the speed of its wire in both directions, and knows to the microsecond
 * what of the time was wire and device: only the rest is the product's.
 */
export class FarEnd {
  readonly #simulator: DeviceSimulator;
  readonly #bytesEachMs: number;
  #carrier: PtyCarrier | null = null;
  #work: Promise<void> = Promise.resolve();
  #heardAt = 0;
  #heardWaited = 0;
  /** When the last piece of the last answer was handed to the terminal. */
  lastSentAt = 0;
  /** What `waitedForCpuMs` said then. */
  lastSentWaited = 0;
  /** Time spent on the wire and in the device since it was set to 0, in milliseconds. */
  wireMs = 0;
  /** What of that this program waited for a processor: not to be taken off twice. */
  wireWaitedMs = 0;
  /** Told at once when bytes come out of the terminal. */
  onHeard: ((bytes: Uint8Array) => void) | null = null;

  private constructor(simulator: DeviceSimulator, baud: number) {
    this.#simulator = simulator;
    this.#bytesEachMs = baud / 10_000;
    simulator.output.subscribe(({ bytes, delayMs }) => {
      this.#work = this.#work.then(() => this.#send(bytes, delayMs));
    });
  }

  static async open(options: {
    readonly dir: string;
    readonly name: string;
    readonly baud: number;
    readonly simulator: DeviceSimulator;
  }): Promise<FarEnd> {
    const { dir, name, baud, simulator } = options;
    const far = new FarEnd(simulator, baud);
    far.#carrier = await PtyCarrier.open({ dir, name, baud, onBytes: (bytes) => far.#hear(bytes) });
    return far;
  }

  get address(): string {
    return this.#carrier?.address ?? '';
  }

  /** Starts to count the time on wire and in the device anew. */
  reset(): void {
    this.wireMs = 0;
    this.wireWaitedMs = 0;
  }

  async stop(): Promise<void> {
    await this.#work;
    await this.#carrier?.stop();
  }

  #hear(bytes: Uint8Array): void {
    this.#heardAt = performance.now();
    this.#heardWaited = waitedForCpuMs();
    this.onHeard?.(bytes);
    this.#work = this.#work.then(async () => {
      // The device has the request when its last bit has gone over the wire.
      await pause(bytes.length / this.#bytesEachMs);
      this.#simulator.receive(bytes);
    });
  }

  async #send(bytes: Uint8Array, delayMs: number): Promise<void> {
    const began = Math.max(this.#heardAt, this.lastSentAt);
    const beganWaited = Math.max(this.#heardWaited, this.lastSentWaited);
    if (delayMs > 0) await pause(delayMs);
    const piece = Math.max(1, Math.floor(this.#bytesEachMs * PIECE_MS));
    for (let at = 0; at < bytes.length; at += piece) {
      const part = bytes.subarray(at, at + piece);
      await pause(part.length / this.#bytesEachMs);
      if (at + piece >= bytes.length) {
        this.lastSentAt = performance.now();
        this.lastSentWaited = waitedForCpuMs();
        this.wireMs += this.lastSentAt - began;
        this.wireWaitedMs += this.lastSentWaited - beganWaited;
      }
      await this.#carrier?.send(part);
    }
  }
}
