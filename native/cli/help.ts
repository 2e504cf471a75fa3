import { driverRegistry } from '../manager/registry.ts';
import { DEVICE_CLASSES } from '../model/device.ts';
import type { DeviceClass } from '../model/device.ts';
import { choicesText } from './choices.ts';
import { commandsOf } from './commands.ts';
import type { DeviceCommand } from './common.ts';
import { GENERAL } from './general.ts';
import type { GeneralCommand } from './general.ts';
import { COMMON_OPTIONS, OPTIONS } from './options.ts';
import type { OptionDefinition, OptionName } from './options.ts';

const RUN = 'npm run device --';

const ADDRESSES = `addresses
  serial:///dev/ttyUSB0?baud=115200   serial://COM3?baud=9600   tcp://HOST:PORT
  hid://VID:PID   hid:///dev/hidraw0   hid+tcp://HOST:PORT
  pcsc://   pcsc://READER-NAME   ipp://HOST/printers/NAME   winspool://PRINTER-NAME`;

const EXIT_CODES = `exit code: 0 done, 1 the device failed, refused or is not well, 2 wrong use, 3 the device is not connected`;

/** `--cell N   lock of the board, from 1` */
function optionLine(name: OptionName, needed: boolean): string {
  const { value, help }: OptionDefinition = OPTIONS[name];
  return `  ${`--${name}${value === undefined ? '' : ` ${value}`}`.padEnd(20)} ${help}${needed ? ' (needed)' : ''}`;
}

function lines(title: string, all: readonly string[]): string {
  return all.length === 0 ? '' : `${title}\n${all.join('\n')}\n\n`;
}

/** Help of the whole tool. */
export function generalHelp(): string {
  const general = GENERAL.map(({ word, summary }) => `  ${RUN} ${word.padEnd(26)} ${summary}`);
  const classes = DEVICE_CLASSES.flatMap((deviceClass) => [
    `  ${deviceClass}`,
    ...commandsOf(deviceClass).map(({ word, summary }) => `    ${word.padEnd(14)} ${summary}`),
  ]);
  return `Tests and drives one device from a terminal.

${general.join('\n')}
  ${RUN} ${'simulate CLASS --port pty'.padEnd(26)} plays a device, for trying without one (development checkout)
  ${RUN} ${'CLASS COMMAND [options]'.padEnd(26)} does something with one device; CLASS --help tells all of it

${lines('classes and commands', classes)}${lines(
    'options',
    (Object.keys(OPTIONS) as OptionName[]).map((name) => optionLine(name, false)),
  )}${ADDRESSES}

With --json the last line is the result: {"ok": true, ...} or {"ok": false, "error": CODE, "message": TEXT}.
${EXIT_CODES}`;
}

/** Help of one command without a device class. */
export function generalCommandHelp({ word, summary, more, takes }: GeneralCommand): string {
  const options = [...takes, 'help' as const].map((name) => optionLine(name, false));
  return `${RUN} ${word} [options]

${summary}
${more === undefined ? '' : `${more}\n`}
${lines('options', options)}${takes.includes('port') ? `${ADDRESSES}\n\n` : ''}${EXIT_CODES}`;
}

/** Help of one device class. */
export function classHelp(deviceClass: DeviceClass): string {
  const commands = commandsOf(deviceClass).map(({ word, summary }) => `  ${word.padEnd(14)} ${summary}`);
  return `${RUN} ${deviceClass} COMMAND [--driver ID] --port ADDRESS [options]

${lines('commands', commands)}${lines('drivers', driverRegistry[deviceClass].flatMap(driverLines))}${lines(
    'options',
    optionsOf(commandsOf(deviceClass)).map((name) => optionLine(name, false)),
  )}${ADDRESSES}

${EXIT_CODES}`;
}

/** Help of one command. */
export function commandHelp(deviceClass: DeviceClass, command: DeviceCommand): string {
  const needs = [...(driverRegistry[deviceClass].length > 1 ? (['driver'] as const) : []), 'port' as const];
  const needed: readonly OptionName[] = [...needs, ...(command.needs ?? [])];
  const usage = needed.map((name) => {
    const { value }: OptionDefinition = OPTIONS[name];
    return `--${name} ${value ?? ''}`.trimEnd();
  });
  const same = command.aliases === undefined ? '' : ` (also: ${command.aliases.join(', ')})`;
  return `${RUN} ${deviceClass} ${command.word} ${usage.join(' ')} [options]

${command.summary}${same}
${command.more === undefined ? '' : `${command.more}\n`}
${lines(
  'options',
  optionsOf([command]).map((name) => optionLine(name, needed.includes(name))),
)}${lines('drivers', driverRegistry[deviceClass].flatMap(driverLines))}${ADDRESSES}

${EXIT_CODES}`;
}

function optionsOf(commands: readonly DeviceCommand[]): readonly OptionName[] {
  const own = commands.flatMap(({ takes, needs }) => [...(needs ?? []), ...(takes ?? [])]);
  return [...new Set([...own, ...COMMON_OPTIONS])];
}

/** A driver with its speeds and options, for a person. */
export function driverLines(driver: DriverText): readonly string[] {
  const { id, name, schemes, bauds, options } = driver;
  const speeds = bauds.length > 0 ? ` at ${bauds.join(', ')} baud` : '';
  return [
    `  ${id.padEnd(15)} ${name.en} / ${name['zh-CN']}; over ${schemes.join(', ')}${speeds}`,
    ...options.map(
      ({ key, values, fallback, label }) =>
        `  ${' '.repeat(15)} --option ${key}=${choicesText(values)}  (${fallback}) ${label.en}`,
    ),
  ];
}

type DriverText = Omit<(typeof driverRegistry)[DeviceClass][number], 'create'>;
