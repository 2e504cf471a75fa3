import { discover } from '../manager/discover.ts';
import type { FoundPort } from '../manager/discover.ts';
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
  if (options.json) out(JSON.stringify({ ok: true, drivers: Object.values(driverRegistry).flat().length }));
  return EXIT.done;
}

async function listPorts(options: Options, { out, err }: CliPorts): Promise<number> {
  const [serial, hid] = [await listSerialPorts(), await listHidDevices()];
  const found = await discover(driverRegistry, [], {
    serial: () => Promise.resolve(serial),
    hid: () => Promise.resolve(hid),
  });
  for (const list of [serial, hid]) if (!list.ok) err(list.error.detail);
  const all = found.ok ? found.value : [];
  // The guess stands beside what was listed before, so that programs which read these lines go on working.
  const listed = [...(serial.ok ? serial.value : []), ...(hid.ok ? hid.value : [])];
  for (const [index, one] of all.entries()) {
    const { known, guesses, address } = one;
    if (options.json) out(JSON.stringify({ address, ...listed[index], known, guesses }));
    else for (const line of portLines(one)) out(line);
  }
  const ports = all.filter(({ kind }) => kind === 'serial').length;
  const failed = [serial, hid].find((list) => !list.ok);
  const told =
    failed === undefined || failed.ok ? { ok: true } : { ok: false, error: 'io', message: failed.error.detail };
  if (options.json) out(JSON.stringify({ ...told, serialPorts: ports, hidDevices: all.length - ports }));
  else out(`${ports} serial ports, ${all.length - ports} HID devices`);
  return told.ok ? EXIT.done : EXIT.failed;
}

/** What is there, by which ids, what it looks like, and how to address it. */
function portLines({
  kind,
  address,
  node,
  vendorId,
  productId,
  serialNumber,
  known,
  guesses,
}: FoundPort): readonly string[] {
  const ids = `${vendorId ?? '-'}:${productId ?? '-'}:${serialNumber ?? '-'}`;
  const certain = guesses.filter(({ confidence }) => confidence !== 'possible');
  const looks =
    certain.length === 0
      ? 'nothing speaks for one class: a cable or adapter with anything behind it'
      : certain
          .map(({ deviceClass, confidence }) => `${confidence === 'certain' ? '' : 'perhaps '}${deviceClass}`)
          .join(', ');
  return [
    `${node ?? '-'}  ${ids}${known === null ? '' : `  ${known}`}`,
    `    looks like: ${looks}`,
    `    --port "${address}${kind === 'serial' ? `${address.includes('?') ? '&' : '?'}baud=...` : ''}"`,
  ];
}
