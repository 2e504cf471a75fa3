import { err } from '../model/result.ts';
import type { TransportOpener } from '../model/transport.ts';
import { parseAddress } from './address.ts';
import { openHid } from './hid.ts';
import { openHidOverTcp } from './hid-over-tcp.ts';
import { openSerial } from './serial.ts';
import { openTcp } from './tcp.ts';
import { transportError } from './transport-core.ts';

/** Opens any device address of this machine. Never rejects. */
export const openTransport: TransportOpener = async (text) => {
  const address = parseAddress(text);
  if (!address.ok) return err(transportError('bad-address', `${address.error.code}: ${address.error.detail}`));
  switch (address.value.scheme) {
    case 'serial':
      return openSerial(address.value);
    case 'tcp':
      return openTcp(address.value);
    case 'hid':
      return openHid(address.value);
    default:
      return openHidOverTcp(address.value);
  }
};
