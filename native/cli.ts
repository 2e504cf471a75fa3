import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { DEVICE_CLASSES } from './model/device.ts';
import type { DeviceClass, DeviceError } from './model/device.ts';
import type { Clock, Random } from './model/clock.ts';
import { mask, maskCard } from './id-card-reader/mask-card.ts';
import type { CellAddress } from './model/pickup-locker.ts';
import type { ReceiptDocument } from './model/receipt-document.ts';
import { err } from './model/result.ts';
import type { TransportOpener } from './model/transport.ts';
import { DeviceManager } from './manager/device-manager.ts';
import type { DeviceHealth, DeviceSettings } from './manager/driver-types.ts';
import { driverRegistry } from './manager/registry.ts';
import { listHidDevices, listSerialPorts } from './transport/list-ports.ts';
import { openTransport } from './transport/open.ts';
import { systemClock, systemRandom } from './transport/system-clock.ts';

const HELP = `Tests and drives one device from a terminal.

  npm run device -- drivers                          the drivers of this build, with speeds and options
  npm run device -- list                             serial ports and HID devices of this machine
  npm run device -- CLASS status   [connection]      opens the device and says how it is; a locker: all doors of a board
  npm run device -- CLASS watch    [connection]      shows health and what the device tells, until Ctrl-C
  npm run device -- id-card-reader read              waits for a card and reads it (masked; --full or --json show all)
  npm run device -- id-card-reader new-address       waits for a card and reads the address that was appended last
  npm run device -- id-card-reader sam-id            the number of the reader's security module
  npm run device -- receipt-printer print            prints a test receipt (also: print-test)
  npm run device -- pickup-locker open --cell N      opens one door: exactly one pulse

  CLASS is one of: ${DEVICE_CLASSES.join(', ')}

connection
  --driver ID        driver; may be left out where a class has only one
  --port ADDRESS     serial:///dev/ttyUSB0?baud=115200   serial://COM3?baud=9600   tcp://host:port
                     hid://vid:pid   hid+tcp://host:port
  --option KEY=VALUE option of the driver, may be repeated
other
  --cell N           lock of the board, from 1        --board B   board address (default: the driver's first)
  --wait SECONDS     how long to wait for a card (default 30) or to watch (default: until Ctrl-C)
  --full             shows personal data of a card that was read
  --json             one JSON object a line, the last one the result: {"ok": true, ...} or
                     {"ok": false, "error": CODE, "message": TEXT}

exit code: 0 done, 1 the device failed, refused or is not well, 2 wrong use, 3 the device is not connected`;

const STOOD_OPEN =
  'the sensor said open before, so no pulse was sent; if the door is shut, the feedback option is the wrong way round';
const NO_NEW_ADDRESS_COMMAND = err({
  code: 'bad-request',
  detail: 'this driver cannot read appended addresses',
} as const);
const EXIT = { done: 0, failed: 1, usage: 2, notConnected: 3 } as const;
/** How long a device may take to show itself, in milliseconds. */
const CONNECT_MS = 6_000;

/** What the tool touches outside itself. */
export interface CliPorts {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly open: TransportOpener;
  /** Aborted by Ctrl-C. */
  readonly stop: AbortSignal;
}

interface Options {
  readonly driver?: string;
  readonly port?: string;
  readonly option?: string[];
  readonly cell?: string;
  readonly board?: string;
  readonly wait?: string;
  readonly full?: boolean;
  readonly json?: boolean;
  readonly help?: boolean;
}

/** Wrong use of the command line: told to the person, with exit code 2. */
class UsageError extends Error {}

/** Runs one command line; gives the exit code. */
export async function runCli(args: readonly string[], ports: CliPorts): Promise<number> {
  try {
    const { options, words } = parse(args);
    if (options.help || words.length === 0) {
      ports.out(HELP);
      return options.help ? EXIT.done : EXIT.usage;
    }
    return await dispatch(words, options, ports);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (args.includes('--json')) {
      ports.out(JSON.stringify({ ok: false, error: 'bad-request', message: error.message }));
    }
    ports.err(`${error.message}\nTry: npm run device -- --help`);
    return EXIT.usage;
  }
}

function parse(args: readonly string[]): { readonly options: Options; readonly words: readonly string[] } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        driver: { type: 'string' },
        port: { type: 'string' },
        option: { type: 'string', multiple: true },
        cell: { type: 'string' },
        board: { type: 'string' },
        wait: { type: 'string' },
        full: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return { options: values, words: positionals };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function dispatch(words: readonly string[], options: Options, ports: CliPorts): Promise<number> {
  const [first = '', command = 'status', ...rest] = words;
  if (rest.length > 0) throw new UsageError(`too many words: ${rest.join(' ')}`);
  if (first === 'drivers') return showDrivers(options, ports);
  if (first === 'list') return listPorts(options, ports);
  const deviceClass = DEVICE_CLASSES.find((known) => known === first);
  if (!deviceClass) throw new UsageError(`unknown command or device class: ${first}`);
  const work = commandOf(deviceClass, command, options, ports);
  return withDevice(settingsOf(deviceClass, options), ports, work);
}

type Work = (manager: DeviceManager, health: () => DeviceHealth) => Promise<number>;

/** Finds what to do before anything is opened, so that wrong use touches no device. */
function commandOf(deviceClass: DeviceClass, command: string, options: Options, ports: CliPorts): Work {
  const key = `${deviceClass} ${command}`;
  const wait = options.wait === undefined ? null : wholeNumber('--wait', options.wait, 1, 300);
  switch (key) {
    case 'id-card-reader read':
      return (manager) => readCard(manager, wait ?? 30, options, ports);
    case 'id-card-reader new-address':
      return (manager) => readNewAddress(manager, wait ?? 30, options, ports);
    case 'id-card-reader sam-id':
      return async (_, health) => showSamId(health(), options, ports);
    case 'receipt-printer status':
      return (manager, health) => printerStatus(manager, health, options, ports);
    case 'receipt-printer print':
    case 'receipt-printer print-test':
      return (manager) => printTest(manager, options, ports);
    case 'pickup-locker status': {
      const board = boardOf(options);
      return (manager, health) => doorStatus(manager, board, health, options, ports);
    }
    case 'pickup-locker open': {
      const cell = cellOf(options);
      return (manager) => openDoor(manager, cell, options, ports);
    }
    default:
      break;
  }
  if (command === 'status') {
    return async (_, health) => showStatus(health(), {}, options, ports);
  }
  if (command === 'watch') {
    return (manager, health) => watch(manager, deviceClass, wait, health, options, ports);
  }
  throw new UsageError(`${deviceClass} cannot ${command}`);
}

function settingsOf(deviceClass: DeviceClass, options: Options): DeviceSettings {
  const drivers = driverRegistry[deviceClass].map(({ id }) => id);
  const driver = options.driver ?? (drivers.length === 1 ? drivers[0] : undefined);
  if (driver === undefined) throw new UsageError(`--driver is needed: ${drivers.join(' or ')}`);
  if (options.port === undefined)
    throw new UsageError('--port is needed, e.g. --port "serial:///dev/ttyUSB0?baud=9600"');
  const pairs = (options.option ?? []).map((text) => {
    const [, key = '', value = ''] = /^([^=]+)=(.*)$/u.exec(text) ?? [];
    if (key === '') throw new UsageError(`--option must be KEY=VALUE, not ${text}`);
    return [key, value] as const;
  });
  return { deviceClass, driver, address: options.port, options: Object.fromEntries(pairs) };
}

/** Opens the device through the same manager as the kiosk, works, and closes it whatever happens. */
async function withDevice(settings: DeviceSettings, ports: CliPorts, work: Work): Promise<number> {
  const manager = new DeviceManager({ ...ports, registry: driverRegistry });
  const configured = await manager.configure([settings]);
  if (!configured.ok) throw new UsageError(`${configured.error.field}: ${configured.error.detail}`);
  const slot = manager.slot(settings.deviceClass);
  const settled = new AbortController();
  const forget = manager.events.subscribe(({ health }) => {
    if (health.deviceClass === settings.deviceClass && health.status !== 'starting') settled.abort();
  });
  const giveUp = (): void => settled.abort();
  ports.stop.addEventListener('abort', giveUp, { once: true });
  try {
    await manager.start();
    await ports.clock.sleep(CONNECT_MS, settled.signal);
    return await work(manager, () => slot.health());
  } finally {
    forget();
    ports.stop.removeEventListener('abort', giveUp);
    await manager.stop();
  }
}

async function readCard(manager: DeviceManager, seconds: number, options: Options, ports: CliPorts): Promise<number> {
  if (!options.json) ports.err(`Lay a card on the reader (${seconds} s) ...`);
  const signal = ports.stop;
  const result = await manager.idCardReader.run(
    (driver, inner) => driver.readCard({ deadlineMs: seconds * 1_000, signal: inner }),
    { signal },
  );
  if (!result.ok) return failed(result.error, options, ports);
  // A program that asks for JSON asks for the card; a screen may be seen by others.
  const card = options.full || options.json ? result.value : maskCard(result.value);
  if (options.json) ports.out(JSON.stringify({ ok: true, card }));
  else for (const [key, value] of Object.entries(card)) ports.out(`${key.padEnd(11)} ${value}`);
  return EXIT.done;
}

/** As JSON `{"ok": true, "card": {"newAddress": TEXT}}`, with null when none was appended. */
async function readNewAddress(
  manager: DeviceManager,
  seconds: number,
  options: Options,
  ports: CliPorts,
): Promise<number> {
  if (!options.json) ports.err(`Lay a card on the reader (${seconds} s) ...`);
  const result = await manager.idCardReader.run(
    async (driver, signal) =>
      (await driver.readNewAddress?.({ deadlineMs: seconds * 1_000, signal })) ?? NO_NEW_ADDRESS_COMMAND,
    { signal: ports.stop },
  );
  if (!result.ok) return failed(result.error, options, ports);
  const newAddress = result.value;
  if (options.json) ports.out(JSON.stringify({ ok: true, card: { newAddress } }));
  else if (newAddress === null) ports.out('no address was appended');
  else ports.out(options.full ? newAddress : mask(newAddress, 3));
  return EXIT.done;
}

async function printTest(manager: DeviceManager, options: Options, ports: CliPorts): Promise<number> {
  const printed = await manager.receiptPrinter.call((driver, signal) => driver.print(TEST_RECEIPT, signal), {
    signal: ports.stop,
  });
  if (!printed.ok) return failed(printed.error, options, ports, neverSent(printed.error) ? 'not-printed' : 'unknown');
  const { outcome, cause } = printed.value;
  const cut = cause ? ` (${cause.code}: ${cause.detail})` : '';
  const told = { ok: outcome === 'printed', result: outcome, ...(cause ? errorFields(cause) : {}) };
  ports.out(options.json ? JSON.stringify(told) : `${outcome}${cut}`);
  return outcome === 'printed' ? EXIT.done : EXIT.failed;
}

async function openDoor(manager: DeviceManager, cell: CellAddress, options: Options, ports: CliPorts): Promise<number> {
  const signal = ports.stop;
  const before = await manager.pickupLocker.run((driver, inner) => driver.readDoor(cell, inner), { signal });
  const opened = await manager.pickupLocker.call((driver, inner) => driver.openDoor(cell, inner), { signal });
  if (!opened.ok) return failed(opened.error, options, ports, neverSent(opened.error) ? 'refused' : 'unknown');
  const { outcome, cause } = opened.value;
  const stoodOpen = outcome === 'opened' && before.ok && before.value === 'open';
  const why = cause ? ` (${cause.code}: ${cause.detail})` : stoodOpen ? ` (${STOOD_OPEN})` : '';
  const text = `board ${cell.board} lock ${cell.lock}: ${outcome}${why}`;
  const fields = cause ? errorFields(cause) : stoodOpen ? { message: STOOD_OPEN } : {};
  ports.out(options.json ? JSON.stringify({ ok: outcome === 'opened', result: outcome, cell, ...fields }) : text);
  return outcome === 'opened' ? EXIT.done : EXIT.failed;
}

async function watch(
  manager: DeviceManager,
  deviceClass: DeviceClass,
  seconds: number | null,
  health: () => DeviceHealth,
  options: Options,
  ports: CliPorts,
): Promise<number> {
  const tell = ({ type, ...rest }: { readonly type: string }): void =>
    ports.out(JSON.stringify({ event: type, ...rest }));
  const stops = [
    manager.idCardReader.events.subscribe(tell),
    manager.receiptPrinter.events.subscribe(tell),
    manager.pickupLocker.events.subscribe(tell),
    manager.evaluationKeypad.events.subscribe(tell),
    manager.codeScanner.events.subscribe(tell),
    manager.slot(deviceClass).healthChanged.subscribe((changed) => showHealth(changed, options, ports)),
  ];
  showHealth(health(), options, ports);
  if (deviceClass === 'code-scanner') await manager.codeScanner.call((driver) => driver.trigger(true));
  // Longer than any technician watches; timers cannot be set for much longer.
  await ports.clock.sleep(seconds === null ? 2_000_000_000 : seconds * 1_000, ports.stop);
  for (const stop of stops) stop();
  if (options.json) ports.out(JSON.stringify({ ok: health().status === 'online', status: health().status }));
  return health().status === 'online' ? EXIT.done : exitOf(health());
}

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
        out(`${' '.repeat(35)}--option ${key}=${values.join('|')}  (${fallback}) ${label.en}`);
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

function showHealth(health: DeviceHealth, options: Options, { out }: CliPorts): void {
  if (options.json) {
    out(JSON.stringify({ event: 'health', ...health }));
    return;
  }
  const rest = [health.paper ? `paper ${health.paper}` : '', health.identity ?? '', health.detail];
  out(
    [`${health.deviceClass} ${health.driver ?? ''}: ${health.status}`, ...rest.filter((text) => text !== '')].join(
      '  ',
    ),
  );
}

/** Says how the device is, with what its class can tell besides. Not ok means that the device could not be asked. */
function showStatus(health: DeviceHealth, more: object, options: Options, ports: CliPorts): number {
  const { status, detail, identity } = health;
  const asked = status !== 'offline' && status !== 'starting';
  if (!options.json) {
    showHealth(health, options, ports);
    for (const [key, value] of Object.entries(more)) {
      ports.out(`${key.padEnd(8)} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
    }
    if (!asked) ports.err(hint(detail, health.deviceClass));
  } else if (asked) {
    ports.out(JSON.stringify({ ok: true, status, detail, identity, ...more }));
  } else {
    const message = withHint(detail, health.deviceClass);
    ports.out(JSON.stringify({ ok: false, status, error: 'not-connected', message }));
  }
  return status === 'online' ? EXIT.done : exitOf(health);
}

function showSamId(health: DeviceHealth, options: Options, ports: CliPorts): number {
  const { identity, status, detail } = health;
  if (identity === null) {
    const code = status === 'offline' || status === 'starting' ? 'not-connected' : 'bad-reply';
    return failed({ code, detail: detail === '' ? 'the reader did not tell its number' : detail }, options, ports);
  }
  ports.out(options.json ? JSON.stringify({ ok: true, samId: identity }) : identity);
  return EXIT.done;
}

async function printerStatus(
  manager: DeviceManager,
  health: () => DeviceHealth,
  options: Options,
  ports: CliPorts,
): Promise<number> {
  const asked = await manager.receiptPrinter.run((driver, signal) => driver.readState(signal), { signal: ports.stop });
  const state = asked.ok ? asked.value : { paper: health().paper ?? 'unknown', cover: 'unknown', cutter: 'unknown' };
  return showStatus(health(), state, options, ports);
}

async function doorStatus(
  manager: DeviceManager,
  board: number,
  health: () => DeviceHealth,
  options: Options,
  ports: CliPorts,
): Promise<number> {
  const { status } = health();
  if (status === 'offline' || status === 'starting') return showStatus(health(), {}, options, ports);
  const read = await manager.pickupLocker.run((driver, signal) => driver.readBoard(board, signal), {
    signal: ports.stop,
  });
  if (!read.ok) return failed(read.error, options, ports);
  const doors = Object.fromEntries(read.value.map((door, index) => [String(index + 1), door]));
  return showStatus(health(), { board, doors }, options, ports);
}

/** Whether a command ended before anything of it was sent. */
function neverSent({ code }: DeviceError): boolean {
  return code === 'not-connected' || code === 'cancelled';
}

function errorFields({ code, detail }: DeviceError): { readonly error: string; readonly message: string } {
  return { error: code, message: detail };
}

/** What a technician can do about a device that cannot be reached; empty where nothing sure can be said. */
function hint(detail: string, deviceClass?: DeviceClass): string {
  if (/^busy\b/u.test(detail)) return 'Another program (perhaps the kiosk) has the port open.';
  if (/^denied\b/u.test(detail)) return 'This user may not open the port (Linux: group dialout).';
  if (detail.startsWith('not-found: no such port')) return 'npm run device -- list shows the ports of this machine.';
  if (/^bad-reply\b|no valid answer/u.test(detail)) return 'Is the baud rate right?';
  if (deviceClass === 'receipt-printer' && /no answer/u.test(detail)) {
    return 'Is it on, the baud rate right? For a printer that cannot answer: --option statusAnswers=never.';
  }
  return /no answer|did not answer/u.test(detail) ? 'Is it on, the cable plugged, the baud rate right?' : '';
}

function withHint(detail: string, deviceClass?: DeviceClass): string {
  const words = hint(detail, deviceClass);
  return words === '' ? detail : `${detail}. ${words}`;
}

function failed(error: DeviceError, options: Options, { out, err }: CliPorts, result?: string): number {
  const message = withHint(error.detail);
  if (options.json) {
    out(JSON.stringify({ ok: false, ...(result === undefined ? {} : { result }), error: error.code, message }));
  } else err(`${error.code}: ${message}`);
  return error.code === 'not-connected' || error.code === 'line-lost' ? EXIT.notConnected : EXIT.failed;
}

function exitOf(health: DeviceHealth): number {
  return health.status === 'offline' || health.status === 'starting' ? EXIT.notConnected : EXIT.failed;
}

function cellOf(options: Options): CellAddress {
  if (options.cell === undefined) throw new UsageError('--cell is needed: the lock of the board, from 1');
  return { board: boardOf(options), lock: wholeNumber('--cell', options.cell, 1, 255) };
}

function boardOf(options: Options): number {
  // KERONG and WKLY boards are counted from 0, those of the 8A and Modbus from 1 (DIP switches).
  const firstBoard = options.driver === 'bcc-8a' || options.driver === 'modbus-relay' ? 1 : 0;
  return options.board === undefined ? firstBoard : wholeNumber('--board', options.board, 0, 255);
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d{1,4}$/u.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw new UsageError(`${name} must be a whole number from ${min} to ${max}`);
  return value;
}

const TEST_RECEIPT: ReceiptDocument = {
  language: 'zh-CN',
  lines: [
    { kind: 'text', text: '打印测试', align: 'center', bold: true, size: 'double' },
    { kind: 'text', text: 'Printer test', align: 'center' },
    { kind: 'rule' },
    { kind: 'state', title: '测试页', detail: 'This page belongs to no case' },
    { kind: 'pair', key: '常用字', value: '天地玄黄，宇宙洪荒。日月盈昃，辰宿列张。' },
    { kind: 'pair', key: '生僻字', value: '㛃 䶮 龘 𠮷 𬭚' },
    { kind: 'pair', key: 'Latin', value: 'The quick brown fox jumps over the lazy dog 0123456789' },
    { kind: 'step', done: true, text: '打印', note: 'done' },
    { kind: 'step', done: false, text: '切纸', note: '见下' },
    { kind: 'number', text: 'TEST-0000-0000' },
    { kind: 'qr', data: 'HALL24 TEST 0000' },
    { kind: 'feed', lines: 2 },
  ],
};

const { argv } = process;
if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  process.exitCode = await runCli(argv.slice(2), {
    out: (line) => console.log(line),
    err: (line) => console.error(line),
    clock: systemClock,
    random: systemRandom,
    open: openTransport,
    stop: stop.signal,
  });
}
