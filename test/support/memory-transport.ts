import type { Clock } from '../../native/model/clock.ts';
import type { DeviceSimulator, LineBehaviour } from '../../native/model/simulator.ts';
import { err, ok } from '../../native/model/result.ts';
import type { Result } from '../../native/model/result.ts';
import type { Transport, TransportError, TransportOpener } from '../../native/model/transport.ts';
import { TransportCore, transportError } from '../../native/transport/transport-core.ts';

/** A line that never misbehaves. */
export const GOOD_LINE: LineBehaviour = { lateMs: 0, drip: false, garbageBytes: 0, mute: false, halfFrames: false };

export interface MemoryTransportOptions {
  readonly kind?: 'stream' | 'reports';
  readonly address?: string;
  readonly baud?: number | null;
}

/** A transport whose far end is the test. */
export class MemoryTransport implements Transport {
  readonly kind: 'stream' | 'reports';
  readonly address: string;
  readonly baud: number | null;
  /** Everything the driver wrote, one entry a write. */
  readonly written: Uint8Array[] = [];
  /** Called with each write. */
  onWrite: ((bytes: Uint8Array) => void) | null = null;
  /** Set to make the next writes fail. */
  writeError: TransportError | null = null;
  readonly #core = new TransportCore();

  constructor(options: MemoryTransportOptions = {}) {
    this.kind = options.kind ?? 'stream';
    this.address = options.address ?? 'serial:///dev/memory?baud=115200';
    this.baud = options.baud === undefined ? 115_200 : options.baud;
  }

  onData: Transport['onData'] = (listener) => this.#core.onData(listener);
  onClosed: Transport['onClosed'] = (listener) => this.#core.onClosed(listener);

  async write(bytes: Uint8Array): Promise<Result<void, TransportError>> {
    if (this.#core.closed) return err(transportError('lost', 'closed'));
    if (this.writeError) return err(this.writeError);
    const copy = bytes.slice();
    this.written.push(copy);
    this.onWrite?.(copy);
    return ok(undefined);
  }

  async close(): Promise<void> {
    this.#core.end(null);
  }

  /** Bytes (or one report) that the device sends. */
  deliver(bytes: Uint8Array): void {
    this.#core.deliver(bytes);
  }

  /** The cable is pulled. */
  lose(error: TransportError = transportError('lost', 'unplugged')): void {
    this.#core.end(error);
  }

  get closed(): boolean {
    return this.#core.closed;
  }

  /** All written bytes in one piece. */
  get allWritten(): Uint8Array {
    return Uint8Array.from(this.written.flatMap((bytes) => [...bytes]));
  }
}

/**
 * A port with a simulator behind it, for tests of drivers and of the device manager: it can be unplugged and plugged in
 * again, and each opening gives a new transport. Bytes pass at once; the simulator's thinking time and `lateMs` pass on
 * the given clock.
 */
export class MemoryLine {
  /** Line faults; may be changed at any time. */
  behaviour: LineBehaviour = GOOD_LINE;
  /** What opening says while unplugged. */
  openError: TransportError = transportError('not-found', 'no such port');
  /** How many times the line was opened. */
  opened = 0;
  /** The transport in use, or null. */
  current: MemoryTransport | null = null;
  readonly #simulator: DeviceSimulator;
  readonly #clock: Clock;
  readonly #options: MemoryTransportOptions;
  #plugged = true;
  #sending: Promise<void> = Promise.resolve();

  constructor(simulator: DeviceSimulator, clock: Clock, options: MemoryTransportOptions = {}) {
    this.#simulator = simulator;
    this.#clock = clock;
    this.#options = options;
    simulator.output.subscribe(({ bytes, delayMs }) => {
      const target = this.current;
      const { lateMs } = this.behaviour;
      // One answer after the other, as on a wire.
      this.#sending = this.#sending.then(async () => {
        if (delayMs + lateMs > 0) await this.#clock.sleep(delayMs + lateMs);
        if (target && target === this.current) this.#send(target, bytes);
      });
    });
  }

  /** Opens the line whatever the address says. */
  readonly opener: TransportOpener = async (address) => {
    if (!this.#plugged) return err(this.openError);
    if (this.current && !this.current.closed) return err(transportError('busy', 'already open'));
    this.opened += 1;
    const transport = new MemoryTransport({ ...this.#options, address });
    transport.onWrite = (bytes) => this.#simulator.receive(bytes);
    this.current = transport;
    return ok(transport);
  };

  /** Opens the line and gives the transport; for driver tests. */
  open(): MemoryTransport {
    const transport = new MemoryTransport(this.#options);
    transport.onWrite = (bytes) => this.#simulator.receive(bytes);
    this.current = transport;
    this.opened += 1;
    return transport;
  }

  unplug(): void {
    this.#plugged = false;
    this.current?.lose();
    this.current = null;
  }

  plug(): void {
    this.#plugged = true;
  }

  #send(target: MemoryTransport, bytes: Uint8Array): void {
    const { mute, garbageBytes, halfFrames, drip } = this.behaviour;
    if (mute) return;
    const whole = halfFrames && target.kind === 'stream' ? bytes.slice(0, Math.ceil(bytes.length / 2)) : bytes;
    const garbage = Uint8Array.from({ length: garbageBytes }, (_, index) => (index * 73 + 41) & 0xff);
    if (garbage.length > 0) target.deliver(garbage);
    if (drip && target.kind === 'stream') for (const byte of whole) target.deliver(Uint8Array.of(byte));
    else target.deliver(whole);
  }
}
