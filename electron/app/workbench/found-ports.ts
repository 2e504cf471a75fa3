import { discover, type FoundPort } from '../../../native/manager/discover.ts';
import { listPrinters, type FoundPrinter } from '../../../native/manager/list-printers.ts';
import type { DeviceSettings, DriverRegistry } from '../../../native/manager/driver-types.ts';
import { formatAddress, portOf } from '../../../native/transport/address.ts';
import { listPcscReaders } from '../../../native/transport/pcsc.ts';
import type { Clock } from '../../../native/model/clock.ts';
import type { Result } from '../../../native/model/result.ts';
import type { PortDto } from '../../contract/dto.ts';

/** Where the lists come from; left out: this machine. */
export interface PortSources {
  readonly plugged?: typeof discover;
  readonly readers?: () => Promise<Result<readonly string[], unknown>>;
  readonly printers?: (settings: readonly DeviceSettings[]) => Promise<Result<readonly FoundPrinter[], unknown>>;
}

/** A service of the system that does not answer keeps nobody waiting for what is plugged in, in milliseconds. */
const SERVICE_MS = 4_000;

/** All that this machine knows of: serial ports, HID devices, chip card readers, printers. What cannot be listed is left out. */
export async function findPorts(
  registry: DriverRegistry,
  settings: readonly DeviceSettings[],
  clock: Clock,
  sources: PortSources = {},
): Promise<readonly PortDto[]> {
  const within = async <T>(listed: Promise<Result<readonly T[], unknown>>): Promise<readonly T[]> => {
    const found = await Promise.race([listed, clock.sleep(SERVICE_MS).then(() => null)]);
    return found?.ok === true ? found.value : [];
  };
  const [plugged, readers, printers] = await Promise.all([
    within((sources.plugged ?? discover)(registry, settings)),
    within((sources.readers ?? listPcscReaders)()),
    within((sources.printers ?? listPrinters)(settings)),
  ]);
  return [
    ...plugged.map(ofPlugged),
    ...readers.map((name) => ofReader(name, settings)),
    ...printers.map(({ address, name, info, usedBy }): PortDto => ({
      ...NOTHING,
      address,
      label: info === '' || info === name ? name : `${info} (${name})`,
      kind: 'printer',
      fits: [{ deviceClass: 'page-printer', sure: true }],
      usedBy,
    })),
  ];
}

const NOTHING = { ids: null, serialNumber: null, node: null } as const;

function ofPlugged(port: FoundPort): PortDto {
  const { address, kind, vendorId, productId, serialNumber, node, known, guesses, usedBy } = port;
  return {
    address,
    label: known ?? (kind === 'serial' ? (node ?? address) : 'HID'),
    kind,
    ids: vendorId === null ? null : `${vendorId}:${productId ?? ''}`,
    serialNumber,
    node,
    fits: guesses.map(({ deviceClass, confidence }) => ({ deviceClass, sure: confidence === 'certain' })),
    usedBy,
  };
}

function ofReader(name: string, settings: readonly DeviceSettings[]): PortDto {
  const address = formatAddress({ scheme: 'pcsc', reader: name });
  const user = settings.find((one) => portOf(one.address) === portOf(address));
  return {
    ...NOTHING,
    address,
    label: name,
    kind: 'pcsc',
    fits: [{ deviceClass: 'social-security-card-reader', sure: true }],
    usedBy: user?.deviceClass ?? null,
  };
}
