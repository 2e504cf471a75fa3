import { readFile, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { TransportError } from '../model/transport.ts';
import type { HidAddress, SerialUsbAddress } from './address.ts';
import { loadSerial } from './serial.ts';
import { messageOf, transportError } from './transport-core.ts';

/** One port or HID node of a USB device that is plugged in. */
export interface UsbPort {
  readonly kind: 'serial' | 'hid';
  /** What is opened: `/dev/ttyUSB0`, `COM3`, `/dev/hidraw2`. */
  readonly node: string;
  readonly vendorId: number;
  readonly productId: number;
  /** As the device tells it; null where it tells none. Cheap adapters have none, or all the same one. */
  readonly serialNumber: string | null;
  /** Place in the USB tree, e.g. `1-1.2`; null where the system does not tell. */
  readonly at: string | null;
  /** Interface of the device, from 0. */
  readonly port: number | null;
  readonly maker: string | null;
  readonly product: string | null;
}

/** Lists the ports of USB devices: a port of its own, so that tests need no hardware. Rejects when it cannot look. */
export type UsbTree = () => Promise<readonly UsbPort[]>;

/** The ports of this machine: sysfs on Linux, the system's port list elsewhere (without HID devices there). */
export const systemUsbTree: UsbTree = () => (process.platform === 'linux' ? readSysfs() : readPortList());

/**
 * Reads the tree from sysfs. The device of a tty or hidraw node is the first folder upwards with an `idVendor`; the
 * folder below it is the interface.
 * @param root folder that holds `sys` and `dev`
 */
export async function readSysfs(root = '/'): Promise<readonly UsbPort[]> {
  const kinds = [
    { kind: 'serial', folder: 'tty' },
    { kind: 'hid', folder: 'hidraw' },
  ] as const;
  const found: UsbPort[] = [];
  for (const { kind, folder } of kinds) {
    const base = join(root, 'sys/class', folder);
    // A system without the class has none of its devices.
    const names: readonly string[] = await readdir(base).catch(() => []);
    for (const name of names.toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }))) {
      // Terminals of the kernel have no device behind them.
      if (/^(?:tty\d*|console|ptmx|pty.*|ttyS\d+)$/u.test(name)) continue;
      const port = await usbPort(kind, join(base, name), `/dev/${name}`);
      if (port) found.push(port);
    }
  }
  return found;
}

async function usbPort(kind: UsbPort['kind'], folder: string, node: string): Promise<UsbPort | null> {
  // What is pulled out while we look is not there.
  let place = await realpath(join(folder, 'device')).catch(() => null);
  let port: number | null = null;
  for (let steps = 0; place !== null && steps < 8 && dirname(place) !== place; steps += 1) {
    const vendor = await attribute(place, 'idVendor');
    if (vendor !== null) {
      return {
        kind,
        node,
        vendorId: Number.parseInt(vendor, 16),
        productId: Number.parseInt((await attribute(place, 'idProduct')) ?? '0', 16),
        serialNumber: await attribute(place, 'serial'),
        at: basename(place),
        port,
        maker: await attribute(place, 'manufacturer'),
        product: await attribute(place, 'product'),
      };
    }
    const number = await attribute(place, 'bInterfaceNumber');
    if (number !== null) port = Number.parseInt(number, 16);
    place = dirname(place);
  }
  return null;
}

async function attribute(folder: string, name: string): Promise<string | null> {
  const text = await readFile(join(folder, name), 'utf8').catch(() => '');
  return text.trim() === '' ? null : text.trim();
}

async function readPortList(): Promise<readonly UsbPort[]> {
  const library = await loadSerial();
  if (!library.ok) throw new Error(library.error.detail);
  const ports = await library.value.SerialPort.list();
  return ports
    .filter(({ vendorId, productId }) => vendorId !== undefined && productId !== undefined)
    .map((port) => ({
      kind: 'serial',
      node: port.path,
      vendorId: Number.parseInt(port.vendorId ?? '', 16),
      productId: Number.parseInt(port.productId ?? '', 16),
      serialNumber: port.serialNumber ?? null,
      at: port.locationId ?? null,
      port: null,
      maker: port.manufacturer ?? null,
      product: null,
    }));
}

/** What an address by USB ids asks for. */
export type UsbWanted = Pick<SerialUsbAddress, 'vendorId' | 'productId' | 'serialNumber' | 'at' | 'port'>;

/**
 * Finds the one port that an address means. `not-found` when it is not plugged in; `bad-address` when several fit,
 * because the wrong one of two devices must never be opened.
 */
export async function findUsbPort(
  kind: UsbPort['kind'],
  wanted: UsbWanted,
  tree: UsbTree,
): Promise<Result<UsbPort, TransportError>> {
  const fitting = await findUsbPorts(kind, wanted, tree);
  if (!fitting.ok) return fitting;
  const [first, second] = fitting.value;
  if (!first) return err(transportError('not-found', 'no such USB device is plugged in'));
  if (second) {
    const places = fitting.value.map(({ node, at, port }) => `${node} at ${at ?? '?'} port ${port ?? '?'}`);
    return err(transportError('bad-address', `${places.length} ports fit, say which: ${places.join('; ')}`));
  }
  return ok(first);
}

/**
 * Turns the place (`at`) of a HID address into the node that is there now. A device with several collections has several
 * nodes: `fits` says which one has the usage page and usage that the address asks for.
 */
export async function placeHid(
  address: HidAddress,
  tree: UsbTree,
  fits: (candidate: HidAddress) => Promise<boolean>,
): Promise<Result<HidAddress, TransportError>> {
  const { vendorId, productId, serialNumber, at, ...rest } = address;
  if (at === undefined || vendorId === null || productId === null) return ok(address);
  const found = await findUsbPorts('hid', { vendorId, productId, serialNumber, at, port: null }, tree);
  if (!found.ok) return found;
  for (const { node } of found.value) {
    const candidate = { ...rest, vendorId, productId, serialNumber, path: node };
    if (found.value.length === 1 || (await fits(candidate))) return ok(candidate);
  }
  return err(transportError('not-found', `no such HID device at ${at}`));
}

async function findUsbPorts(
  kind: UsbPort['kind'],
  wanted: UsbWanted,
  tree: UsbTree,
): Promise<Result<readonly UsbPort[], TransportError>> {
  try {
    const all = await tree();
    return ok(
      all.filter(
        (one) =>
          one.kind === kind &&
          one.vendorId === wanted.vendorId &&
          one.productId === wanted.productId &&
          (wanted.serialNumber === null || one.serialNumber === wanted.serialNumber) &&
          (wanted.at === null || one.at === wanted.at) &&
          (wanted.port === null || one.port === wanted.port),
      ),
    );
  } catch (error) {
    return err(transportError('io', `USB devices cannot be listed: ${messageOf(error)}`));
  }
}

/**
 * The address under which a port is found again: by serial number where it has one that no other device of its kind
 * here has, else by its place; by its node where neither is known.
 * @param baud speed to write into the address of a serial port
 */
export function stableAddress(port: UsbPort, all: readonly UsbPort[], baud: number): SerialUsbAddress {
  const { vendorId, productId, serialNumber, at } = port;
  const kin = all.filter((one) => one.kind === port.kind && one.vendorId === vendorId && one.productId === productId);
  const same = kin.filter((one) => one.serialNumber === serialNumber && one.at !== at);
  const bySerial = serialNumber !== null && same.length === 0;
  const siblings = kin.filter((one) => one.at === at && one.serialNumber === serialNumber);
  return {
    scheme: 'serial+usb',
    vendorId,
    productId,
    serialNumber: bySerial ? serialNumber : null,
    at: bySerial ? null : at,
    port: siblings.length > 1 ? port.port : null,
    baud,
  };
}
