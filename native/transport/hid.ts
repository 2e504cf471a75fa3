import type { Device, HIDAsync } from 'node-hid';
import type * as HidLibrary from 'node-hid';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { Transport, TransportError } from '../model/transport.ts';
import { formatAddress } from './address.ts';
import type { HidAddress } from './address.ts';
import { TransportCore, WRITE_DEADLINE_MS, messageOf, transportError, withDeadline } from './transport-core.ts';

const OPEN_DEADLINE_MS = 5_000;

/** Loads node-hid; a machine without libudev or libusb gives a typed error instead of a crash at start. */
export async function loadHid(): Promise<Result<typeof HidLibrary, TransportError>> {
  try {
    return ok(await import('node-hid'));
  } catch (error) {
    return err(transportError('io', `HID library cannot be loaded: ${messageOf(error)}`));
  }
}

/** Picks the device path that an address means. */
export function matchDevice(address: HidAddress, devices: readonly Device[]): string | null {
  const found = devices.find(
    (device) =>
      device.path !== undefined &&
      (address.path === null || device.path === address.path) &&
      (address.vendorId === null || device.vendorId === address.vendorId) &&
      (address.productId === null || device.productId === address.productId) &&
      (address.usagePage === null || device.usagePage === address.usagePage) &&
      (address.usage === null || device.usage === address.usage) &&
      (address.serialNumber === null || device.serialNumber === address.serialNumber),
  );
  return found?.path ?? null;
}

/** Serial numbers of several devices that fit an address without one; empty where there is nothing to choose. */
export function serialNumbersToChoose(address: HidAddress, devices: readonly Device[]): readonly string[] {
  if (address.serialNumber !== null || address.path !== null) return [];
  const fitting = devices.filter((device) => matchDevice(address, [device]) !== null);
  const numbers = new Set(fitting.map(({ serialNumber }) => serialNumber ?? ''));
  return numbers.size > 1 ? [...numbers].filter((number) => number !== '').toSorted() : [];
}

/** Opens a HID device; each piece of data is one whole input report. */
export async function openHid(address: HidAddress): Promise<Result<Transport, TransportError>> {
  const library = await loadHid();
  if (!library.ok) return library;
  const hid = library.value;
  const opening = (async (): Promise<Result<Transport, TransportError>> => {
    try {
      const devices = await hid.devicesAsync();
      const twins = serialNumbersToChoose(address, devices);
      if (twins.length > 0) {
        const choice = twins.map((number) => `serial=${number}`).join(' or ');
        return err(transportError('not-found', `several devices fit ${formatAddress(address)}; add ${choice}`));
      }
      const path = matchDevice(address, devices);
      if (path === null) return err(transportError('not-found', `no HID device ${formatAddress(address)}`));
      return ok(new HidTransport(formatAddress(address), await hid.HIDAsync.open(path)));
    } catch (error) {
      const text = messageOf(error);
      return err(transportError(/permission|denied/iu.test(text) ? 'denied' : 'io', text));
    }
  })();
  return withDeadline(opening, OPEN_DEADLINE_MS, () => {
    void opening.then((late) => (late.ok ? late.value.close() : undefined));
    return err(transportError('io', 'opening the HID device took too long'));
  });
}

class HidTransport implements Transport {
  readonly kind = 'reports';
  readonly address: string;
  readonly baud = null;
  readonly #core = new TransportCore();
  readonly #device: HIDAsync;
  #released: Promise<void> | null = null;

  constructor(address: string, device: HIDAsync) {
    this.address = address;
    this.#device = device;
    // One permanent listener: node-hid throws `read is already running` when a second one is added.
    device.on('data', (report: Buffer) => this.#core.deliver(new Uint8Array(report)));
    device.on('error', (error: unknown) => this.#lose(transportError('lost', messageOf(error))));
  }

  onData: Transport['onData'] = (listener) => this.#core.onData(listener);
  onClosed: Transport['onClosed'] = (listener) => this.#core.onClosed(listener);

  async write(report: Uint8Array): Promise<Result<void, TransportError>> {
    if (this.#core.closed) return err(this.#core.closeError ?? transportError('lost', 'device is closed'));
    const writing = this.#device.write(Buffer.from(report)).then(
      (): Result<void, TransportError> => ok(undefined),
      (error: unknown): Result<void, TransportError> => err(transportError('lost', messageOf(error))),
    );
    const result = await withDeadline(writing, WRITE_DEADLINE_MS, () =>
      err(transportError('io', `the device did not take the report within ${WRITE_DEADLINE_MS} ms`)),
    );
    if (!result.ok) this.#lose(result.error);
    return result;
  }

  async close(): Promise<void> {
    this.#core.end(null);
    await this.#release();
  }

  #lose(error: TransportError): void {
    if (this.#core.end(error)) void this.#release();
  }

  #release(): Promise<void> {
    this.#released ??= withDeadline<void>(
      this.#device.close().catch(() => undefined),
      OPEN_DEADLINE_MS,
      () => undefined,
    );
    return this.#released;
  }
}
