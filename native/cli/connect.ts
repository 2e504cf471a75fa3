import { DeviceManager } from '../manager/device-manager.ts';
import type { DeviceSettings } from '../manager/driver-types.ts';
import { driverRegistry } from '../manager/registry.ts';
import { parseAddress, schemeFamily } from '../transport/address.ts';
import { DEVICE_CLASSES } from '../model/device.ts';
import type { DeviceClass } from '../model/device.ts';
import { FileLedger } from '../transport/file-ledger.ts';
import { loadGlyphsNow } from '../transport/system-glyphs.ts';
import { UsageError } from './common.ts';
import type { CliPorts, Work } from './common.ts';
import { didYouMean } from './nearest.ts';
import type { Options } from './options.ts';

/** Characters as dots, for receipt printers that lack them. */
export const RECEIPT_FONT = new URL('../../assets/fonts/receipt-24.bin', import.meta.url);
/** How long a device may take to show itself, in milliseconds. */
const CONNECT_MS = 6_000;

/** What the options say about the device. @throws UsageError */
export function settingsOf(deviceClass: DeviceClass, options: Options): DeviceSettings {
  const driver = driverOf(deviceClass, options);
  if (options.port === undefined) {
    throw new UsageError('--port is needed, e.g. --port "serial:///dev/ttyUSB0?baud=9600"', deviceClass);
  }
  const choices = (driverRegistry[deviceClass].find(({ id }) => id === driver)?.options ?? []).map(({ key }) => key);
  const pairs = (options.option ?? []).map((text) => {
    const [, key = '', value = ''] = /^([^=]+)=(.*)$/su.exec(text) ?? [];
    if (key === '') throw new UsageError(`--option must be KEY=VALUE, not ${text}`, deviceClass);
    if (!choices.includes(key)) {
      throw new UsageError(`${driver} has no option ${key}${didYouMean(key, choices)}`, deviceClass);
    }
    return [key, value] as const;
  });
  return { deviceClass, driver, address: options.port, options: Object.fromEntries(pairs) };
}

/** The driver that is asked for; where only one of the class works over such a port, it needs no name. @throws UsageError */
export function driverOf(deviceClass: DeviceClass, { driver, port }: Options): string {
  const drivers = driverRegistry[deviceClass].map(({ id }) => id);
  if (driver === undefined) {
    const address = port === undefined ? null : parseAddress(port);
    const scheme = address?.ok === true ? schemeFamily(address.value) : null;
    const fitting = driverRegistry[deviceClass].filter(({ schemes }) => scheme === null || schemes.includes(scheme));
    const [only, second] = fitting.map(({ id }) => id);
    if (only !== undefined && second === undefined) return only;
    throw new UsageError(`--driver is needed: ${drivers.join(' or ')}`, deviceClass);
  }
  if (drivers.includes(driver)) return driver;
  const other = DEVICE_CLASSES.find((one) => driverRegistry[one].some(({ id }) => id === driver));
  const why = other === undefined ? didYouMean(driver, drivers) : ` (it is a driver of ${other})`;
  throw new UsageError(`no driver ${driver} for ${deviceClass}${why}; known: ${drivers.join(', ')}`, deviceClass);
}

/** Opens the device through the same manager as the kiosk, works, and closes it whatever happens. */
export async function withDevice(
  settings: DeviceSettings,
  options: Options,
  ports: CliPorts,
  work: Work,
): Promise<number> {
  const { deviceClass } = settings;
  const { ledger } = options;
  const glyphs = deviceClass === 'receipt-printer' ? loadGlyphsNow(RECEIPT_FONT) : null;
  const manager = new DeviceManager({
    ...ports,
    registry: driverRegistry,
    ...(glyphs?.ok === true ? { glyphs: glyphs.value } : {}),
    ...(ledger === undefined ? {} : { ledgerOf: () => new FileLedger(ledger) }),
  });
  const configured = await manager.configure([settings]);
  if (!configured.ok) {
    const { field, detail } = configured.error;
    throw new UsageError(`${field}: ${detail}${field === 'address' ? meantAddress(settings) : ''}`, deviceClass);
  }
  const slot = manager.slot(deviceClass);
  const settled = new AbortController();
  const forget = manager.events.subscribe(({ health }) => {
    if (health.deviceClass === deviceClass && health.status !== 'starting') settled.abort();
  });
  const giveUp = (): void => settled.abort();
  ports.stop.addEventListener('abort', giveUp, { once: true });
  try {
    await manager.start();
    await ports.clock.sleep(CONNECT_MS, settled.signal);
    return await work({ deviceClass, manager, health: () => slot.health(), options, ports });
  } finally {
    forget();
    ports.stop.removeEventListener('abort', giveUp);
    await manager.stop();
  }
}

/** The address that was perhaps meant: of a port's bare name, or of one without a speed; empty for any other. */
export function meantAddress({ deviceClass, driver, address }: DeviceSettings): string {
  const [, name] = /^(?:serial:\/\/)?(\/dev\/[^?\s]+|COM\d{1,3})$/iu.exec(address) ?? [];
  const [baud] = driverRegistry[deviceClass].find(({ id }) => id === driver)?.bauds ?? [];
  return name === undefined || baud === undefined ? '' : ` (did you mean "serial://${name}?baud=${baud}"?)`;
}
