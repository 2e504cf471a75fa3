import type { DeviceClass } from '../model/device.ts';
import { DEVICE_CLASSES } from '../model/device.ts';
import type { DriverScheme } from '../model/driver-registry.ts';
import { ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { TransportError } from '../model/transport.ts';
import { formatAddress, portOf } from '../transport/address.ts';
import { listHidDevices, listSerialPorts } from '../transport/list-ports.ts';
import type { HidDeviceInfo, SerialPortInfo } from '../transport/list-ports.ts';
import type { DeviceSettings, DriverRegistry } from './driver-types.ts';
import { KNOWN_DEVICES, KNOWN_USAGES } from './known-devices.ts';

/** What a port or HID collection may be. */
export interface DeviceGuess {
  readonly deviceClass: DeviceClass;
  /** Drivers of the class that work over such a line. */
  readonly drivers: readonly string[];
  /** `certain`: it says so itself; `likely`: its maker makes such; `possible`: nothing speaks against it. */
  readonly confidence: 'certain' | 'likely' | 'possible';
}

/** One port or HID collection that is there now. */
export interface FoundPort {
  readonly kind: 'serial' | 'hid';
  /**
   * Address for the settings that finds it again by its USB device; a serial one still without its speed. By its node
   * where it is no USB device.
   */
  readonly address: string;
  /** Where it is at the moment, e.g. `/dev/ttyUSB0`. */
  readonly node: string | null;
  /** Four hexadecimal digits. */
  readonly vendorId: string | null;
  readonly productId: string | null;
  readonly serialNumber: string | null;
  /** What its ids or its usage say it is, e.g. `CH340 serial adapter`; null when they are not known. */
  readonly known: string | null;
  /** Best first. */
  readonly guesses: readonly DeviceGuess[];
  /** The class whose settings name this port already. */
  readonly usedBy: DeviceClass | null;
}

/** Where the lists come from; left out: this machine. */
export interface DiscoverSources {
  readonly serial?: () => Promise<Result<readonly SerialPortInfo[], TransportError>>;
  readonly hid?: () => Promise<Result<readonly HidDeviceInfo[], TransportError>>;
}

/**
 * Says what is plugged in and what it may be, without opening or asking anything. Fails only when neither ports nor HID
 * devices can be listed.
 * @param settings what is configured, to mark what is in use
 */
export async function discover(
  registry: DriverRegistry,
  settings: readonly DeviceSettings[],
  sources: DiscoverSources = {},
): Promise<Result<readonly FoundPort[], TransportError>> {
  const [serial, hid] = await Promise.all([(sources.serial ?? listSerialPorts)(), (sources.hid ?? listHidDevices)()]);
  if (!serial.ok && !hid.ok) return serial;
  return ok([
    ...(serial.ok ? serial.value : []).map((port) => foundSerial(port, registry, settings)),
    ...(hid.ok ? hid.value : []).map((device) => foundHid(device, registry, settings)),
  ]);
}

function foundSerial(port: SerialPortInfo, registry: DriverRegistry, settings: readonly DeviceSettings[]): FoundPort {
  const { path, vendorId, productId, serialNumber, usbAddress } = port;
  const byNode = formatAddress({ scheme: 'serial', path, baud: 9_600 }).replace(/\?.*$/u, '');
  const known = knownDevice(vendorId, productId);
  const likely = (known?.classes ?? []).map((deviceClass) => guess(registry, deviceClass, 'serial', 'likely'));
  // Behind an adapter, or a port of the board itself, may be whatever speaks serial.
  const others = likely.length > 0 ? [] : DEVICE_CLASSES.map((one) => guess(registry, one, 'serial', 'possible'));
  return {
    kind: 'serial',
    address: usbAddress ?? byNode,
    node: path,
    vendorId,
    productId,
    serialNumber,
    known: known?.name ?? null,
    guesses: [...likely, ...others].filter(({ drivers }) => drivers.length > 0),
    usedBy: usedBy(settings, [byNode, ...(usbAddress === null ? [] : [usbAddress])]),
  };
}

function foundHid(device: HidDeviceInfo, registry: DriverRegistry, settings: readonly DeviceSettings[]): FoundPort {
  const { address, path, vendorId, productId, serialNumber, usagePage, usage } = device;
  const known = knownDevice(vendorId, productId);
  const usages = KNOWN_USAGES.filter(
    (one) => one.usagePage === hexNumber(usagePage) && (one.usage === null || one.usage === hexNumber(usage)),
  );
  const guesses: DeviceGuess[] = [];
  const add = (deviceClass: DeviceClass, confidence: DeviceGuess['confidence']): void => {
    if (guesses.some((one) => one.deviceClass === deviceClass)) return;
    const one = guess(registry, deviceClass, 'hid', confidence);
    if (one.drivers.length > 0) guesses.push(one);
  };
  for (const { classes, certain } of usages) if (certain) for (const one of classes) add(one, 'certain');
  for (const one of known?.classes ?? []) add(one, 'likely');
  for (const { classes, certain } of usages) if (!certain) for (const one of classes) add(one, 'possible');
  return {
    kind: 'hid',
    address,
    node: path,
    vendorId,
    productId,
    serialNumber,
    known: known?.name ?? usages[0]?.name ?? null,
    guesses,
    usedBy: usedBy(settings, [address]),
  };
}

function guess(
  registry: DriverRegistry,
  deviceClass: DeviceClass,
  scheme: DriverScheme,
  confidence: DeviceGuess['confidence'],
): DeviceGuess {
  const fitting = registry[deviceClass].filter(({ schemes }) => schemes.includes(scheme));
  return { deviceClass, drivers: fitting.map(({ id }) => id), confidence };
}

function knownDevice(vendorId: string | null, productId: string | null): (typeof KNOWN_DEVICES)[number] | null {
  const [vendor, product] = [hexNumber(vendorId), hexNumber(productId)];
  const fits = KNOWN_DEVICES.filter(
    (one) => one.vendorId === vendor && (one.productId === null || one.productId === product),
  );
  return fits.find((one) => one.productId !== null) ?? fits[0] ?? null;
}

function usedBy(settings: readonly DeviceSettings[], addresses: readonly string[]): DeviceClass | null {
  const wanted = addresses.map(portOf);
  return settings.find(({ address }) => wanted.includes(portOf(address)))?.deviceClass ?? null;
}

function hexNumber(text: string | null): number | null {
  return text === null ? null : Number.parseInt(text, 16);
}
