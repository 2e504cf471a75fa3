import { driverRegistry } from '../manager/registry.ts';
import { DEVICE_CLASSES } from '../model/device.ts';
import type { DeviceClass } from '../model/device.ts';
import { parseAddress } from '../transport/address.ts';
import type { Transport, TransportError } from '../model/transport.ts';
import { EXIT, UsageError, say, waitSeconds, withHint } from './common.ts';
import type { CliPorts } from './common.ts';
import { FrameDecoder, hexOf } from './decode/frames.ts';
import type { Decoded, Speaker } from './decode/frames.ts';
import { protocolOf } from './decode/protocols.ts';
import type { GeneralCommand } from './general.ts';
import { didYouMean } from './nearest.ts';
import type { Options } from './options.ts';

/** How long a line must be quiet until what is held back is no frame any more, in milliseconds. */
const QUIET_MS = 60;
/** Bytes shown of a frame that is longer, in text. */
const SHOWN_BYTES = 48;

export const SNIFF: GeneralCommand = {
  word: 'sniff',
  summary: 'shows live what a program and a device say to each other',
  more: `Stands between the two: --port is where the device is connected, --tap is where the program connects.
  --tap pty                 makes a port and says its name: point the other program at it
  --tap tcp-listen://0.0.0.0:PORT   waits for the program to connect
  --tap hid+tcp-listen://0.0.0.0:PORT   the same for reports, where --port is hid+tcp://
  --tap serial:///dev/...?baud=N    a port that is wired to the program
Without --tap it only listens: one end of a bus on which both sides are heard (RS-485).
Each frame: time, who spoke, hex, what it means by the protocol of --driver. Personal data is masked unless --full.
JSON: {"event": "frame", "at", "from": "host"|"device"|"bus", "hex", "meaning"} a line, {"ok": true, "frames"} at the end.`,
  takes: ['driver', 'port', 'tap', 'wait', 'full', 'json'],
  run: sniff,
};

/** The class whose driver it is. @throws UsageError */
function classOf(driver: string | undefined): DeviceClass {
  const all = DEVICE_CLASSES.flatMap((one) => driverRegistry[one].map(({ id }) => id));
  if (driver === undefined) throw new UsageError(`--driver is needed: ${all.join(', ')}`, 'sniff');
  const found = DEVICE_CLASSES.find((one) => driverRegistry[one].some(({ id }) => id === driver));
  if (found === undefined) {
    throw new UsageError(`no driver ${driver}${didYouMean(driver, all)}; known: ${all.join(', ')}`, 'sniff');
  }
  return found;
}

async function sniff(options: Options, ports: CliPorts): Promise<number> {
  const deviceClass = classOf(options.driver);
  const seconds = waitSeconds(options, null);
  const { port: devicePort, tap, driver = '' } = options;
  if (devicePort === undefined) throw new UsageError('--port is needed: where the device is connected', 'sniff');
  const address = parseAddress(devicePort);
  if (!address.ok) throw new UsageError(`--port: ${address.error.code}: ${address.error.detail}`, 'sniff');
  const device = await openLine(devicePort, options, ports);
  if (device === null) return EXIT.notConnected;
  const baud = address.value.scheme === 'serial' ? address.value.baud : null;
  const host = tap === undefined ? undefined : await openTap(tap, baud, options, ports);
  if (host === null) {
    await device.close();
    return EXIT.notConnected;
  }
  const protocol = protocolOf(deviceClass, driver);
  const sniffer = new Sniffer(options, ports);
  const end = new AbortController();
  const stop = (): void => end.abort();
  ports.stop.addEventListener('abort', stop, { once: true });
  if (ports.stop.aborted) stop();
  let lost = '';
  const lose =
    (which: string) =>
    (error: TransportError | null): void => {
      if (error === null) return;
      lost = `the line to the ${which} was lost: ${error.code}: ${error.detail}`;
      stop();
    };
  try {
    if (host === undefined) {
      sniffer.listen(device, null, new FrameDecoder(protocol, 'bus'), 'bus');
    } else {
      sniffer.listen(device, host, new FrameDecoder(protocol, 'device'), 'device');
      sniffer.listen(host, device, new FrameDecoder(protocol, 'host'), 'host');
      host.onClosed(lose('program'));
    }
    device.onClosed(lose('device'));
    await sniffer.until(end.signal, seconds);
  } finally {
    ports.stop.removeEventListener('abort', stop);
    await device.close();
    await host?.close();
  }
  if (lost !== '') ports.err(lost);
  const told = lost === '' ? { ok: true } : { ok: false, error: 'line-lost', message: lost };
  if (options.json) ports.out(JSON.stringify({ ...told, frames: sniffer.frames }));
  return lost === '' ? EXIT.done : EXIT.notConnected;
}

/** Opens an address; a failure is told and gives null. */
async function openLine(place: string, options: Options, ports: CliPorts): Promise<Transport | null> {
  const opened = await ports.open(place);
  if (opened.ok) return opened.value;
  return refuse(`${opened.error.code}: ${opened.error.detail}`, options, ports);
}

async function openTap(tap: string, baud: number | null, options: Options, ports: CliPorts): Promise<Transport | null> {
  if (!/^pty\b|^(?:hid\+)?tcp-listen:/u.test(tap)) {
    if (!parseAddress(tap).ok)
      throw new UsageError(
        `--tap ${tap}: pty, tcp-listen://HOST:PORT, hid+tcp-listen://HOST:PORT or an address`,
        'sniff',
      );
    return openLine(tap, options, ports);
  }
  if (ports.makeLine === undefined) throw new UsageError(`--tap ${tap} needs a development checkout`, 'sniff');
  const made = await ports.makeLine(tap, baud);
  if (!made.ok) return refuse(`${made.error.code}: ${made.error.detail}`, options, ports);
  const { line, otherEnd } = made.value;
  if (options.json) ports.out(JSON.stringify({ event: 'ready', address: otherEnd }));
  else say(`Point the other program at ${otherEnd}`, { options, ports });
  return line;
}

function refuse(detail: string, options: Options, ports: CliPorts): null {
  const message = withHint(detail);
  if (options.json) ports.out(JSON.stringify({ ok: false, error: 'not-connected', message }));
  else ports.err(message);
  return null;
}

/** Passes bytes on and shows them. */
class Sniffer {
  frames = 0;
  readonly #options: Options;
  readonly #ports: CliPorts;
  readonly #decoders: { readonly decoder: FrameDecoder; readonly from: Speaker; heard: number }[] = [];
  #last: number | null = null;

  constructor(options: Options, ports: CliPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  /** @param to where the bytes go on to; null: nowhere */
  listen(from: Transport, to: Transport | null, decoder: FrameDecoder, speaker: Speaker): void {
    const entry = { decoder, from: speaker, heard: 0 };
    this.#decoders.push(entry);
    from.onData((bytes) => {
      entry.heard = this.#ports.clock.monotonic();
      // Passed on before anything else: the one in the middle must not be noticed. A lost line tells by `onClosed`.
      void to?.write(bytes);
      for (const one of decoder.push(bytes)) this.#show(one, speaker);
    });
  }

  /** Waits for the end; half frames are told once the line is quiet. */
  async until(end: AbortSignal, seconds: number | null): Promise<void> {
    const { clock } = this.#ports;
    const until = seconds === null ? Number.POSITIVE_INFINITY : clock.monotonic() + seconds * 1_000;
    while (!end.aborted && clock.monotonic() < until) {
      await clock.sleep(QUIET_MS, end);
      for (const { decoder, from, heard } of this.#decoders) {
        if (!decoder.waiting || clock.monotonic() - heard < QUIET_MS) continue;
        for (const one of decoder.quiet()) this.#show(one, from);
      }
    }
    for (const { decoder, from } of this.#decoders) for (const one of decoder.quiet()) this.#show(one, from);
  }

  #show({ bytes, meaning, full, personal }: Decoded, from: Speaker): void {
    const { clock, out } = this.#ports;
    this.frames += 1;
    const text = this.#options.full ? (full ?? meaning) : meaning;
    const hidden = this.#options.full ? undefined : personal;
    if (this.#options.json) {
      out(JSON.stringify({ event: 'frame', at: clock.now(), from, hex: hexOf(bytes, hidden), meaning: text }));
      return;
    }
    const now = clock.monotonic();
    const since = this.#last === null ? '' : `+${Math.round(now - this.#last)} ms`;
    this.#last = now;
    const shown = textOf(bytes, hidden);
    const arrow = { host: 'program -> device', device: 'device -> program', bus: 'bus' }[from];
    out(
      `${new Date(clock.now()).toISOString().slice(11, 23)} ${since.padStart(9)}  ${arrow.padEnd(17)}  ${shown}\n${' '.repeat(24)}${text}`,
    );
  }
}

/** Hex for a person: what is hidden and what is too long is told as a number of bytes. */
function textOf(bytes: Uint8Array, hidden: Decoded['personal']): string {
  const [from, to] = hidden ?? [bytes.length, bytes.length];
  const parts = [
    hexOf(bytes.subarray(0, Math.min(from, SHOWN_BYTES))),
    from > SHOWN_BYTES ? `... ${from - SHOWN_BYTES} more bytes` : '',
    to > from ? `[${to - from} bytes hidden]` : '',
    hexOf(bytes.subarray(to, to + SHOWN_BYTES)),
  ];
  return parts.filter((part) => part !== '').join(' ');
}
