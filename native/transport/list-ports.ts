import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { TransportError } from '../model/transport.ts';
import { formatAddress } from './address.ts';
import { loadHid } from './hid.ts';
import { loadSerial } from './serial.ts';
import { messageOf, transportError } from './transport-core.ts';
import { stableAddress, systemUsbTree } from './usb-tree.ts';
import type { UsbPort, UsbTree } from './usb-tree.ts';

/** A serial port as the technician picks it; ids are hexadecimal strings or null. */
export interface SerialPortInfo {
  readonly kind: 'serial';
  readonly path: string;
  readonly vendorId: string | null;
  readonly productId: string | null;
  readonly serialNumber: string | null;
  readonly maker: string | null;
  /** Address that finds this USB port again under any number, without the speed; null for other ports. */
  readonly usbAddress: string | null;
}

/** A HID collection as the technician picks it. */
export interface HidDeviceInfo {
  readonly kind: 'hid';
  /** Address to be put in the settings. */
  readonly address: string;
  readonly path: string | null;
  readonly vendorId: string;
  readonly productId: string;
  readonly usagePage: string | null;
  readonly usage: string | null;
  readonly serialNumber: string | null;
  readonly product: string | null;
}

/** Lists the serial ports of this machine. */
export async function listSerialPorts(
  tree: UsbTree = systemUsbTree,
): Promise<Result<readonly SerialPortInfo[], TransportError>> {
  const library = await loadSerial();
  if (!library.ok) return library;
  const usb = (await tree().catch(() => [])).filter(({ kind }) => kind === 'serial');
  try {
    const ports = await library.value.SerialPort.list();
    const unseen = usb.filter(({ node }) => !ports.some(({ path }) => path === node));
    return ok([
      ...ports.map((port): SerialPortInfo => {
        const known = usb.find(({ node }) => node === port.path);
        return {
          kind: 'serial',
          path: port.path,
          vendorId: port.vendorId ?? null,
          productId: port.productId ?? null,
          serialNumber: port.serialNumber ?? null,
          maker: port.manufacturer ?? null,
          usbAddress: known ? withoutBaud(known, usb) : null,
        };
      }),
      // The library knows ports by their names, and not every adapter has one of those.
      ...unseen.map((port) => fromTree(port, usb)),
    ]);
  } catch (error) {
    // It asks udev, which a small system may lack.
    if (usb.length > 0) return ok(usb.map((port) => fromTree(port, usb)));
    return err(transportError('io', messageOf(error)));
  }
}

function fromTree(port: UsbPort, all: readonly UsbPort[]): SerialPortInfo {
  const { node, vendorId, productId, serialNumber, maker } = port;
  return {
    kind: 'serial',
    path: node,
    vendorId: hex(vendorId),
    productId: hex(productId),
    serialNumber,
    maker,
    usbAddress: withoutBaud(port, all),
  };
}

function withoutBaud(port: UsbPort, all: readonly UsbPort[]): string {
  return formatAddress(stableAddress(port, all, 9_600)).replace(/[?&]baud=9600$/u, '');
}

/** Lists the HID collections of this machine. */
export async function listHidDevices(): Promise<Result<readonly HidDeviceInfo[], TransportError>> {
  const library = await loadHid();
  if (!library.ok) return library;
  try {
    const devices = await library.value.devicesAsync();
    return ok(
      devices.map((device) => ({
        kind: 'hid',
        address: formatAddress({
          scheme: 'hid',
          path: null,
          vendorId: device.vendorId,
          productId: device.productId,
          usagePage: device.usagePage ?? null,
          usage: device.usage ?? null,
          serialNumber: device.serialNumber ? device.serialNumber : null,
        }),
        path: device.path ?? null,
        vendorId: hex(device.vendorId),
        productId: hex(device.productId),
        usagePage: device.usagePage === undefined ? null : hex(device.usagePage),
        usage: device.usage === undefined ? null : hex(device.usage),
        serialNumber: device.serialNumber ? device.serialNumber : null,
        product: device.product ?? null,
      })),
    );
  } catch (error) {
    return err(transportError('io', messageOf(error)));
  }
}

function hex(value: number): string {
  return value.toString(16).padStart(4, '0');
}
