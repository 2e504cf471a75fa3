import { driverRegistry } from '../manager/registry.ts';
import { DEVICE_CLASSES } from '../model/device.ts';
import { listHidDevices, listSerialPorts } from '../transport/list-ports.ts';
import { EXIT } from './common.ts';
import type { CliPorts } from './common.ts';
import { choicesText } from './choices.ts';
import { SNIFF } from './sniff.ts';
import type { OptionName, Options } from './options.ts';

/** A command that belongs to no device class. */
export interface GeneralCommand {
  readonly word: string;
  readonly summary: string;
  /** More for `COMMAND --help`. */
  readonly more?: string;
  readonly takes: readonly OptionName[];
  run(options: Options, ports: CliPorts): Promise<number>;
}

export const GENERAL: readonly GeneralCommand[] = [
  {
    word: 'drivers',
    summary: 'the drivers of this build, with speeds and options',
    takes: ['json'],
    run: async (options, ports) => showDrivers(options, ports),
  },
  {
    word: 'list',
    summary: 'serial ports and HID devices of this machine',
    takes: ['json'],
    run: listPorts,
  },
  SNIFF,
];

function showDrivers(options: Options, { out }: CliPorts): number {
  for (const deviceClass of DEVICE_CLASSES) {
    for (const { id, name, schemes, bauds, options: choices } of driverRegistry[deviceClass]) {
      if (options.json) {
        out(JSON.stringify({ deviceClass, id, name, schemes, bauds, options: choices }));
        continue;
      }
      out(`${deviceClass.padEnd(18)} ${id.padEnd(15)} ${name.en} / ${name['zh-CN']}`);
      out(`${' '.repeat(35)}over ${schemes.join(', ')}${bauds.length > 0 ? ` at ${bauds.join(', ')} baud` : ''}`);
      for (const { key, values, fallback, label } of choices) {
        out(`${' '.repeat(35)}--option ${key}=${choicesText(values)}  (${fallback}) ${label.en}`);
      }
    }
  }
  return EXIT.done;
}

async function listPorts(options: Options, { out, err }: CliPorts): Promise<number> {
  const [serial, hid] = [await listSerialPorts(), await listHidDevices()];
  for (const list of [serial, hid]) {
    if (!list.ok) err(list.error.detail);
    else if (options.json) for (const one of list.value) out(JSON.stringify(one));
  }
  if (!options.json) {
    const ports = serial.ok ? serial.value : [];
    const devices = hid.ok ? hid.value : [];
    for (const { path, vendorId, productId, serialNumber, maker } of ports) {
      out(`serial://${path}?baud=...  ${vendorId ?? '-'}:${productId ?? '-'} ${serialNumber ?? '-'} ${maker ?? ''}`);
    }
    for (const { address, product, path } of devices) out(`${address}  ${product ?? ''} ${path ?? ''}`);
    out(`${ports.length} serial ports, ${devices.length} HID devices`);
  }
  return serial.ok && hid.ok ? EXIT.done : EXIT.failed;
}
