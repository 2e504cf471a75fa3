import type { DeviceManager } from '../manager/device-manager.ts';
import type { DeviceHealth } from '../manager/driver-types.ts';
import type { Clock, Random } from '../model/clock.ts';
import type { DeviceClass, DeviceError } from '../model/device.ts';
import type { Result } from '../model/result.ts';
import type { Transport, TransportError, TransportOpener } from '../model/transport.ts';
import type { OptionName, Options } from './options.ts';

/** Exit codes of the tool. */
export const EXIT = { done: 0, failed: 1, usage: 2, notConnected: 3 } as const;

/** What the tool touches outside itself. */
export interface CliPorts {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly open: TransportOpener;
  /** Aborted by Ctrl-C. */
  readonly stop: AbortSignal;
  /**
   * Makes a line whose other end another program opens: `pty`, `pty:/path` or `tcp-listen://host:port`. Only a
   * development checkout can.
   */
  readonly makeLine?: (place: string, baud: number | null) => Promise<Result<MadeLine, TransportError>>;
}

/** A line that was made, and the address by which the other program opens its end. */
export interface MadeLine {
  readonly line: Transport;
  readonly otherEnd: string;
}

/** Wrong use of the command line: told to the person, with exit code 2. */
export class UsageError extends Error {
  /** Words behind `npm run device --` that show the help that fits. */
  readonly helpOf: string;

  constructor(message: string, helpOf = '') {
    super(message);
    this.helpOf = helpOf;
  }
}

/** A device that was opened for one command. */
export interface Session {
  readonly deviceClass: DeviceClass;
  readonly manager: DeviceManager;
  /** How the device is just now. */
  readonly health: () => DeviceHealth;
  readonly options: Options;
  readonly ports: CliPorts;
}

/** What a command does with the opened device; gives the exit code. */
export type Work = (session: Session) => Promise<number>;

/** One command of a device class, as data. */
export interface DeviceCommand {
  /** The word behind the class. */
  readonly word: string;
  /** Other words for the same. */
  readonly aliases?: readonly string[];
  /** One line, beginning with a verb: "opens one door: exactly one pulse". */
  readonly summary: string;
  /** More for `CLASS COMMAND --help`: what it shows, what JSON it writes, what to look at when it fails. */
  readonly more?: string;
  /** Options besides the common ones; those in `needs` must be given. */
  readonly takes?: readonly OptionName[];
  readonly needs?: readonly OptionName[];
  /**
   * Checks the options before anything is opened, so that wrong use touches no device.
   * @throws UsageError
   */
  prepare(options: Options): Work;
  /** A command that needs no device runs this instead; nothing is opened, and no port is needed. */
  alone?(options: Options, ports: CliPorts): Promise<number>;
}

/** Reads a whole number out of an option. @throws UsageError */
export function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d{1,7}$/u.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw new UsageError(`${name} must be a whole number from ${min} to ${max}`);
  return value;
}

/** Seconds to wait for a person, or `fallback`. @throws UsageError */
export function waitSeconds<T>({ wait }: Options, fallback: T): number | T {
  return wait === undefined ? fallback : wholeNumber('--wait', wait, 1, 300);
}

/** Whether a command ended before anything of it was sent. */
export function neverSent({ code }: DeviceError): boolean {
  return code === 'not-connected' || code === 'cancelled';
}

/** A device error in the words of the JSON results. */
export function errorFields({ code, detail }: DeviceError): { readonly error: string; readonly message: string } {
  return { error: code, message: withHint(detail) };
}

/** What a technician can do about a device that cannot be reached; empty where nothing sure can be said. */
export function hint(detail: string, deviceClass?: DeviceClass): string {
  if (/^busy\b/u.test(detail)) {
    return 'Another program (perhaps the kiosk) has the port open: end it; "sudo fuser -v PORT" names it.';
  }
  if (/^denied\b/u.test(detail)) {
    return (
      'This user may not open the port. Linux, serial: "sudo usermod -aG dialout $USER", then log in again. ' +
      'Linux, HID: a udev rule that gives the hidraw device to group plugdev.'
    );
  }
  if (detail.includes('Inappropriate ioctl'))
    return 'This is no serial port: npm run device -- list shows those of this machine.';
  if (detail.startsWith('not-found: no such port')) return 'npm run device -- list shows the ports of this machine.';
  if (/bad file descriptor|\blost:/iu.test(detail)) return 'The port went away: is the cable plugged, the adapter on?';
  if (detail.includes('PC/SC')) return 'Linux: "sudo systemctl start pcscd.socket".';
  if (/^unreachable\b/u.test(detail)) return 'Is the host and port right, the device server on, the cable plugged?';
  if (/^bad-reply\b|no valid answer/u.test(detail)) return 'Is the baud rate right?';
  if (deviceClass === 'receipt-printer' && /no answer/u.test(detail)) {
    return 'Is it on, the baud rate right? For a printer that cannot answer: --option statusAnswers=never.';
  }
  return /no answer|did not answer/u.test(detail) ? 'Is it on, the cable plugged, the baud rate right?' : '';
}

/** A cause with what can be done about it. */
export function withHint(detail: string, deviceClass?: DeviceClass): string {
  const words = hint(detail, deviceClass);
  return words === '' ? detail : `${detail}. ${words}`;
}

/** Tells why a command failed. @param result what the act came to, where it has an outcome of its own */
export function failed(error: DeviceError, { options, ports }: Told, result?: string): number {
  const message = withHint(error.detail);
  if (options.json) {
    ports.out(JSON.stringify({ ok: false, ...(result === undefined ? {} : { result }), error: error.code, message }));
  } else ports.err(`${error.code}: ${message}`);
  return error.code === 'not-connected' || error.code === 'line-lost' ? EXIT.notConnected : EXIT.failed;
}

/** Tells a result: as one JSON object with `ok: true`, or as the lines for a person. */
export function succeeded(fields: object, lines: readonly string[], { options, ports }: Told): number {
  if (options.json) ports.out(JSON.stringify({ ok: true, ...fields }));
  else for (const line of lines) ports.out(line);
  return EXIT.done;
}

/** Says something to the person at the device; not for programs. */
export function say(text: string, { options, ports }: Told): void {
  if (!options.json) ports.err(text);
}

type Told = Pick<Session, 'options' | 'ports'>;

/** Whether the device could not be asked at all. */
export function away({ status }: DeviceHealth): boolean {
  return status === 'offline' || status === 'starting';
}

/** Exit code of a device that is not well. */
export function exitOf(health: DeviceHealth): number {
  return away(health) ? EXIT.notConnected : EXIT.failed;
}

/** One line of health. */
export function showHealth(health: DeviceHealth, { options, ports: { out } }: Told): void {
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
export function showStatus(health: DeviceHealth, more: object, told: Told): number {
  const { status, detail, identity } = health;
  const { options, ports } = told;
  const asked = !away(health);
  if (!options.json) {
    showHealth(health, told);
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
