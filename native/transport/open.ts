import { err } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { Transport, TransportError, TransportOpener } from '../model/transport.ts';
import { formatAddress, parseAddress } from './address.ts';
import type { HidAddress, SerialUsbAddress } from './address.ts';
import { loadHid, matchDevice, openHid } from './hid.ts';
import { openReportsOverTcp } from './hid-over-tcp.ts';
import { openIpp } from './ipp.ts';
import { openPcsc } from './pcsc.ts';
import { openSerial } from './serial.ts';
import { openTcp } from './tcp.ts';
import { openWinspool } from './winspool.ts';
import { transportError } from './transport-core.ts';
import { findUsbPort, placeHid, systemUsbTree } from './usb-tree.ts';
import type { UsbTree } from './usb-tree.ts';

/** An opener of every device address; addresses by USB ids are looked up in `tree` at each opening. Never rejects. */
export function transportOpener(tree: UsbTree): TransportOpener {
  return async (text) => {
    const address = parseAddress(text);
    if (!address.ok) return err(transportError('bad-address', `${address.error.code}: ${address.error.detail}`));
    switch (address.value.scheme) {
      case 'serial':
        return openSerial(address.value);
      case 'serial+usb':
        return openUsbSerial(address.value, tree);
      case 'tcp':
        return openTcp(address.value);
      case 'hid':
        return openPlacedHid(address.value, tree);
      case 'pcsc':
        return openPcsc(address.value);
      case 'ipp':
        return openIpp(address.value);
      case 'winspool':
        return openWinspool(address.value);
      case 'camera':
        return err(transportError('not-found', 'cameras are worked by the kiosk window, not by this program'));
      default:
        return openReportsOverTcp(address.value);
    }
  };
}

/** Opens any device address of this machine. Never rejects. */
export const openTransport: TransportOpener = transportOpener(systemUsbTree);

async function openUsbSerial(address: SerialUsbAddress, tree: UsbTree): Promise<Result<Transport, TransportError>> {
  const port = await findUsbPort('serial', address, tree);
  if (!port.ok) return port;
  const { node } = port.value;
  return openSerial({ scheme: 'serial', path: node, baud: address.baud }, { foundBy: formatAddress(address) });
}

async function openPlacedHid(address: HidAddress, tree: UsbTree): Promise<Result<Transport, TransportError>> {
  const placed = await placeHid(address, tree, async (candidate) => {
    const library = await loadHid();
    const devices = library.ok ? await library.value.devicesAsync().catch(() => []) : [];
    return matchDevice(candidate, devices) !== null;
  });
  return placed.ok ? openHid(placed.value) : placed;
}
