import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { MadeLine } from '../../native/cli/common.ts';
import { err, ok } from '../../native/model/result.ts';
import type { Result } from '../../native/model/result.ts';
import type { Transport, TransportError } from '../../native/model/transport.ts';
import { TransportCore, messageOf, transportError } from '../../native/transport/transport-core.ts';
import type { Carrier } from './carrier.ts';
import { PtyCarrier } from './pty.ts';
import { TcpCarrier } from './tcp.ts';

const LISTEN = /^(hid\+)?tcp-listen:\/\/(?:\[([0-9a-f:]+)\]|([\w.-]+)):(\d{1,5})$/iu;

/** Makes a port for another program to open: `pty`, `pty:/path`, `tcp-listen://host:port`, or `hid+tcp-listen:` for reports. */
export async function makeLine(place: string, baud: number | null): Promise<Result<MadeLine, TransportError>> {
  const core = new TransportCore();
  const onBytes = (bytes: Uint8Array): void => core.deliver(bytes);
  const listen = LISTEN.exec(place);
  const [, named] = /^pty(?::(?:\/\/)?(.+))?$/u.exec(place) ?? [];
  if (!listen && named === undefined && place !== 'pty') {
    return err(transportError('bad-address', 'pty, pty:/path, tcp-listen://host:port or hid+tcp-listen://host:port'));
  }
  try {
    if (listen) {
      const host = listen[2] ?? listen[3] ?? '';
      const kind = listen[1] === undefined ? 'stream' : 'reports';
      const carrier = await TcpCarrier.open({ kind, baud: null, onBytes, host, port: Number(listen[4]) });
      return ok({ line: new CarrierTransport(carrier, core, null), otherEnd: carrier.address });
    }
    const folder = named === undefined ? await mkdtemp(join(tmpdir(), 'hall24-')) : null;
    const path = resolve(named ?? join(folder ?? '', 'tap'));
    const carrier = await PtyCarrier.open({ dir: dirname(path), name: basename(path), baud: baud ?? 9_600, onBytes });
    return ok({ line: new CarrierTransport(carrier, core, folder), otherEnd: carrier.address });
  } catch (error) {
    return err(transportError('io', `${place}: ${messageOf(error)}`));
  }
}

/** The near end of a made line. */
class CarrierTransport implements Transport {
  readonly kind: Transport['kind'];
  readonly baud = null;
  readonly address: string;
  readonly #carrier: Carrier;
  readonly #core: TransportCore;
  readonly #folder: string | null;

  constructor(carrier: Carrier, core: TransportCore, folder: string | null) {
    this.kind = carrier.kind;
    this.address = carrier.address;
    this.#carrier = carrier;
    this.#core = core;
    this.#folder = folder;
  }

  onData: Transport['onData'] = (listener) => this.#core.onData(listener);
  onClosed: Transport['onClosed'] = (listener) => this.#core.onClosed(listener);

  async write(bytes: Uint8Array): Promise<Result<void, TransportError>> {
    if (this.#core.closed) return err(transportError('lost', 'the line is closed'));
    await this.#carrier.send(bytes);
    return ok(undefined);
  }

  async close(): Promise<void> {
    this.#core.end(null);
    await this.#carrier.stop();
    if (this.#folder !== null) await rm(this.#folder, { recursive: true, force: true });
  }
}
