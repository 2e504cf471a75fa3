import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { emitKeypressEvents } from 'node:readline';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { EXIT, UsageError, hint } from '../../native/cli/common.ts';
import type { CliPorts } from '../../native/cli/common.ts';
import { driverOf, settingsOf } from '../../native/cli/connect.ts';
import { driverLines } from '../../native/cli/help.ts';
import { didYouMean } from '../../native/cli/nearest.ts';
import { driverRegistry } from '../../native/manager/registry.ts';
import { validateSettings } from '../../native/manager/settings.ts';
import { DEVICE_CLASSES } from '../../native/model/device.ts';
import type { DeviceClass } from '../../native/model/device.ts';
import { messageOf } from '../../native/transport/transport-core.ts';
import type { Carrier } from './carrier.ts';
import { ControlSocket } from './control.ts';
import { describe } from './far-ends/command-line.ts';
import type { FarEnd } from './far-ends/far-end.ts';
import { FAR_ENDS } from './far-ends/table.ts';
import { IppCarrier } from './ipp.ts';
import { PortCarrier } from './port-carrier.ts';
import { PtyCarrier } from './pty.ts';
import { SimulatedDevice } from './simulated-device.ts';
import { TcpCarrier } from './tcp.ts';

/** What the command reads besides its options. */
export interface SimulatePorts extends CliPorts {
  readonly input: (Readable & { readonly isTTY?: boolean; setRawMode?(on: boolean): unknown }) | null;
}

const OPTIONS = {
  driver: { type: 'string' },
  port: { type: 'string' },
  option: { type: 'string', multiple: true },
  control: { type: 'string' },
  closes: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const HELP = `npm run device -- simulate CLASS [--driver ID] --port WHERE [options]

Plays a device at the far end of a line, so that a kiosk or this tool can be tried without it. The first line of standard
output is JSON: {"event": "ready", "address", "terminal", "control", ...}; the address is what the other side opens.

WHERE
  pty                          makes a pseudo-terminal (Linux, macOS); pty:/tmp/reader under a name of your choice
  serial:///dev/pts/5?baud=N   one end of a pair made by others (socat, null-modem cable)
  tcp://0.0.0.0:PORT           listens as a serial device server; PORT 0: any free one
  hid+tcp://0.0.0.0:PORT       listens with the reports of a HID device
  pcsc+tcp://0.0.0.0:PORT      listens with the messages of a chip card reader
  ipp://0.0.0.0:PORT           is a print server
  winspool+tcp://0.0.0.0:PORT  listens with the messages of a Windows spooler

options
  --driver ID          the driver that the device is made for; may be left out where a class has only one
  --option KEY=VALUE   option of that driver: the device is wired as it says; may be repeated
  --control PATH       socket for programs: one request a line, one JSON answer a line; also tcp://HOST:PORT
  --closes MS          lockers: somebody shuts an opened door after so long
  --json               what the device does as JSON lines on standard output, else as text on standard error

While it runs, single keys act at once where a person sits at the terminal; otherwise lines of standard input are read as
the control socket reads them: JSON {"do": "door", "cell": 3, "behaviour": "stuck"}, words "door 3 behaviour=stuck", a
single key, "state" or "help". Every answer holds the state of the device.`;

/** `npm run device -- simulate ...`; ends by Ctrl-C, `q`, or when a control client asks for `quit`. */
export async function simulate(args: readonly string[], ports: SimulatePorts): Promise<number> {
  try {
    return await run(args, ports);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (args.includes('--json')) {
      ports.out(JSON.stringify({ ok: false, error: 'bad-request', message: error.message }));
    }
    ports.err(`${error.message}\nTry: npm run device -- simulate --help`);
    return EXIT.usage;
  }
}

async function run(args: readonly string[], ports: SimulatePorts): Promise<number> {
  const { values, positionals } = parse(args);
  const [name, ...rest] = positionals;
  if (name === undefined) {
    ports.out(HELP);
    return values.help ? EXIT.done : EXIT.usage;
  }
  if (rest.length > 0) throw new UsageError(`too many words: ${rest.join(' ')}`);
  const deviceClass = DEVICE_CLASSES.find((one) => one === name);
  const simulated = DEVICE_CLASSES.filter((one) => FAR_ENDS[one] !== undefined);
  if (deviceClass === undefined || FAR_ENDS[deviceClass] === undefined) {
    throw new UsageError(
      `no simulated device ${name}${didYouMean(name, simulated)}; there are: ${simulated.join(', ')}`,
    );
  }
  if (values.help) {
    ports.out(`${HELP}\n\n${classHelp(deviceClass, ports)}`);
    return EXIT.done;
  }
  const farEnd = farEndOf(deviceClass, values, ports);
  const carried = await carry(farEnd, values.port ?? '', ports);
  if ('exit' in carried) return carried.exit;
  const device = new SimulatedDevice(farEnd, carried.carrier, ports.clock, ports.random);
  try {
    return await serve(device, farEnd, carried.carrier, values, ports);
  } finally {
    await device.stop();
    await carried.release();
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  } catch (error) {
    const [, unknown] = /^Unknown option '--?([^']+)'/u.exec(messageOf(error)) ?? [];
    if (unknown === undefined) throw new UsageError(messageOf(error));
    throw new UsageError(
      `unknown option --${unknown}${didYouMean(
        `--${unknown}`,
        Object.keys(OPTIONS).map((one) => `--${one}`),
      )}`,
    );
  }
}

type Values = ReturnType<typeof parse>['values'];

function classHelp(deviceClass: DeviceClass, { clock }: CliPorts): string {
  const drivers = Object.keys(FAR_ENDS[deviceClass] ?? {});
  const known = driverRegistry[deviceClass].filter(({ id }) => drivers.includes(id));
  const actions = Object.values(FAR_ENDS[deviceClass] ?? {}).flatMap((make) => {
    const farEnd = make({ clock, options: {}, doorsCloseAfterMs: null });
    farEnd.dispose();
    return farEnd.actions.map((action) => {
      const keys = action.keys.map(({ key, help }) => `${key} ${help}`).join(', ');
      return `  ${describe(action)}${keys === '' ? '' : `\n      keys: ${keys}`}`;
    });
  });
  return `what can be done to a ${deviceClass}\n${[...new Set(actions)].join('\n')}

drivers\n${known.flatMap(driverLines).join('\n')}`;
}

function farEndOf(deviceClass: DeviceClass, values: Values, { clock }: CliPorts): FarEnd {
  const { driver: wanted, option } = values;
  // What works over a cable or over TCP is the same here; the others listen for reports.
  const [, wrapped = ''] = /^(hid\+|pcsc\+|winspool\+)tcp:/u.exec(values.port ?? '') ?? [];
  const port = values.port?.startsWith('ipp:') === true ? 'ipp://host/printers/any' : `${wrapped}tcp://host:1`;
  const driver = driverOf(deviceClass, wanted === undefined ? { port } : { driver: wanted });
  const make = FAR_ENDS[deviceClass]?.[driver];
  if (make === undefined) throw new UsageError(`no simulated device for driver ${driver}`);
  const { options } = settingsOf(deviceClass, { driver, port: 'any', ...(option === undefined ? {} : { option }) });
  const checked = validateSettings(driverRegistry, {
    deviceClass,
    driver,
    address: addressFor(deviceClass, driver),
    options,
  });
  if (!checked.ok) throw new UsageError(`${checked.error.field}: ${checked.error.detail}`);
  const { closes } = values;
  if (closes !== undefined && !/^\d{1,7}$/u.test(closes)) throw new UsageError('--closes must be milliseconds');
  return make({
    clock,
    options: checked.value.options,
    doorsCloseAfterMs: closes === undefined ? null : Number(closes),
  });
}

/** An address that fits the driver, so that only its options are judged. */
function addressFor(deviceClass: DeviceClass, driver: string): string {
  const definition = driverRegistry[deviceClass].find(({ id }) => id === driver);
  if (definition?.schemes.includes('pcsc') === true) return 'pcsc+tcp://host:1';
  if (definition?.schemes.includes('winspool') === true) return 'winspool+tcp://host:1';
  if (definition?.schemes.includes('ipp') === true) return 'ipp://host/printers/any';
  return definition?.schemes.includes('tcp') === true ? 'tcp://host:1' : 'hid+tcp://host:1';
}

/** Under which scheme a far end listens. */
function listeningScheme({
  deviceClass,
  driver,
  kind,
}: FarEnd): 'tcp' | 'hid+tcp' | 'pcsc+tcp' | 'winspool+tcp' | 'ipp' {
  const schemes = driverRegistry[deviceClass].find(({ id }) => id === driver)?.schemes ?? [];
  if (schemes.includes('ipp')) return 'ipp';
  if (schemes.includes('pcsc')) return 'pcsc+tcp';
  if (schemes.includes('winspool')) return 'winspool+tcp';
  return kind === 'stream' ? 'tcp' : 'hid+tcp';
}

type Carried = { readonly carrier: Carrier; readonly release: () => Promise<void> } | { readonly exit: number };

async function carry(farEnd: FarEnd, place: string, ports: SimulatePorts): Promise<Carried> {
  const { kind, deviceClass, driver } = farEnd;
  const onBytes = SimulatedDevice.receiver(farEnd);
  const baud = driverRegistry[deviceClass].find(({ id }) => id === driver)?.bauds[0] ?? null;
  const keep = async (): Promise<void> => undefined;
  const needed = listeningScheme(farEnd);
  const listen = /^(hid\+tcp|pcsc\+tcp|winspool\+tcp|tcp|ipp):\/\/(?:\[([0-9a-f:]+)\]|([\w.-]+)):(\d{1,5})\/?$/iu.exec(
    place,
  );
  if (listen) {
    if (listen[1] !== needed) throw new UsageError(`${driver} needs ${needed}://, not ${listen[1] ?? ''}://`);
    const at = { onBytes, host: listen[2] ?? listen[3] ?? '', port: Number(listen[4]) };
    return opened(ports, place, async () => ({
      carrier:
        needed === 'ipp'
          ? await IppCarrier.open(at)
          : await TcpCarrier.open({
              kind,
              baud,
              ...at,
              ...(needed === 'pcsc+tcp' || needed === 'winspool+tcp' ? { scheme: needed } : {}),
            }),
      release: keep,
    }));
  }
  if (kind === 'reports') throw new UsageError(`${driver} speaks in whole messages: --port ${needed}://0.0.0.0:PORT`);
  const [, named] = /^pty(?::(?:\/\/)?(.+))?$/u.exec(place) ?? [];
  if (named !== undefined || place === 'pty') {
    return opened(ports, place, async () => {
      const folder = named === undefined ? await mkdtemp(join(tmpdir(), 'hall24-')) : null;
      const path = resolve(named ?? join(folder ?? '', deviceClass));
      return {
        carrier: await PtyCarrier.open({ dir: dirname(path), name: basename(path), baud: baud ?? 9_600, onBytes }),
        release: async () => void (folder === null || (await rm(folder, { recursive: true, force: true }))),
      };
    });
  }
  if (place === '') throw new UsageError('--port is needed: pty, serial:///dev/...?baud=N or tcp://0.0.0.0:PORT');
  const port = await PortCarrier.open({ address: place, open: ports.open, onBytes });
  if (port.ok) return { carrier: port.value, release: keep };
  const { code, detail } = port.error;
  if (code === 'bad-address') throw new UsageError(`--port: ${detail}`);
  return refuse(ports, `${code}: ${detail}`);
}

async function opened(ports: SimulatePorts, place: string, open: () => Promise<Carried>): Promise<Carried> {
  try {
    return await open();
  } catch (error) {
    return refuse(ports, `${place}: ${messageOf(error)}`);
  }
}

function refuse(ports: SimulatePorts, detail: string): { readonly exit: number } {
  const words = hint(detail);
  const message = words === '' ? detail : `${detail}. ${words}`;
  ports.out(JSON.stringify({ ok: false, error: 'not-connected', message }));
  ports.err(message);
  return { exit: EXIT.notConnected };
}

async function serve(
  device: SimulatedDevice,
  farEnd: FarEnd,
  carrier: Carrier,
  { control: place, json }: Values,
  ports: SimulatePorts,
): Promise<number> {
  const end = new AbortController();
  const stop = (): void => end.abort();
  ports.stop.addEventListener('abort', stop, { once: true });
  const answer = async (line: string): Promise<object> => {
    if (/^(?:quit|\{\s*"do"\s*:\s*"quit"\s*\})$/u.test(line.trim())) {
      // The answer leaves before the socket is closed.
      setTimeout(stop, 50);
      return { ok: true, done: 'quit' };
    }
    return device.ask(line);
  };
  let control: ControlSocket | null = null;
  try {
    if (place !== undefined) control = await ControlSocket.open(place, answer);
  } catch (error) {
    return refuse(ports, `--control ${place ?? ''}: ${messageOf(error)}`).exit;
  }
  const forget = farEnd.simulator.activity.subscribe((text) => {
    if (json) ports.out(JSON.stringify({ event: 'activity', at: ports.clock.now(), text }));
    else ports.err(text);
  });
  const { deviceClass, driver } = farEnd;
  const terminal = carrier instanceof PtyCarrier ? carrier.terminal : null;
  ports.out(
    JSON.stringify({
      event: 'ready',
      deviceClass,
      driver,
      address: carrier.address,
      ...(carrier instanceof PtyCarrier ? { path: carrier.path, terminal } : {}),
      ...(control === null ? {} : { control: control.address }),
    }),
  );
  const release = listenToKeys(device, answer, stop, ports);
  try {
    // Longer than anybody plays; timers cannot be set for much longer.
    await ports.clock.sleep(2_000_000_000, end.signal);
  } finally {
    release();
    forget();
    ports.stop.removeEventListener('abort', stop);
    await control?.stop();
  }
  return EXIT.done;
}

/** Single keys at a terminal, lines from anything else. */
function listenToKeys(
  device: SimulatedDevice,
  answer: (line: string) => Promise<object>,
  stop: () => void,
  { input, out, err }: SimulatePorts,
): () => void {
  if (input === null) return () => undefined;
  if (input.isTTY !== true || input.setRawMode === undefined) {
    const lines = createInterface({ input });
    let answering: Promise<void> = Promise.resolve();
    lines.on('line', (line) => {
      if (line.trim() !== '') answering = answering.then(async () => out(JSON.stringify(await answer(line))));
    });
    return () => lines.close();
  }
  err(`keys: ${device.keysHelp}, ? all words, q quit`);
  const onKey = (text: string | undefined, key: { readonly ctrl?: boolean; readonly name?: string }): void => {
    if ((key.ctrl === true && key.name === 'c') || text === 'q') stop();
    else if (text === '?') err(`${device.wordsHelp.join('\n')}\nkeys: ${device.keysHelp}`);
    else if (text !== undefined) {
      void device.press(text).then((told) => {
        if (told === null) err(`no key ${JSON.stringify(text)}; keys: ${device.keysHelp}`);
        else
          err(
            told.ok
              ? `-> ${Object.entries(told)
                  .filter(([name]) => name !== 'ok' && name !== 'state')
                  .map(([, value]) => String(value))
                  .join(' ')}`
              : `-> ${told.error}`,
          );
      });
    }
  };
  emitKeypressEvents(input);
  input.setRawMode(true);
  input.on('keypress', onKey);
  input.resume();
  return () => {
    input.off('keypress', onKey);
    input.setRawMode?.(false);
    input.pause();
  };
}
