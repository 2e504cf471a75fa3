import type { Transport, TransportError, TransportOpener } from '../../native/model/transport.ts';
import type { Result } from '../../native/model/result.ts';
import { ok } from '../../native/model/result.ts';
import type { Carrier, FromProduct } from './carrier.ts';

/**
 * One end of a line that somebody else made (`socat`, a null-modem cable, a device server): the product opens the other
 * end. Unplugging closes this end; whether the other side notices is up to whoever made the line.
 */
export class PortCarrier implements Carrier {
  readonly kind = 'stream';
  readonly address: string;
  readonly #open: TransportOpener;
  readonly #onBytes: FromProduct;
  #transport: Transport | null = null;
  #baud: number | null = null;

  private constructor(address: string, open: TransportOpener, onBytes: FromProduct) {
    this.address = address;
    this.#open = open;
    this.#onBytes = onBytes;
  }

  static async open(options: {
    readonly address: string;
    readonly open: TransportOpener;
    readonly onBytes: FromProduct;
  }): Promise<Result<PortCarrier, TransportError>> {
    const carrier = new PortCarrier(options.address, options.open, options.onBytes);
    const opened = await carrier.#plug();
    return opened.ok ? ok(carrier) : opened;
  }

  get baud(): number | null {
    return this.#baud;
  }

  get plugged(): boolean {
    return this.#transport !== null;
  }

  async send(bytes: Uint8Array): Promise<void> {
    await this.#transport?.write(bytes);
  }

  async replug(): Promise<void> {
    await this.#plug();
  }

  async unplug(): Promise<void> {
    const transport = this.#transport;
    this.#transport = null;
    await transport?.close();
  }

  stop(): Promise<void> {
    return this.unplug();
  }

  async #plug(): Promise<Result<void, TransportError>> {
    if (this.#transport !== null) return ok(undefined);
    const opened = await this.#open(this.address);
    if (!opened.ok) return opened;
    const transport = opened.value;
    this.#transport = transport;
    // The wire between the two ends keeps to the speed itself where it has one; a pair of pseudo-terminals has none.
    this.#baud = transport.baud;
    transport.onData((bytes) => this.#onBytes(bytes));
    transport.onClosed(() => {
      if (this.#transport === transport) this.#transport = null;
    });
    return ok(undefined);
  }
}
