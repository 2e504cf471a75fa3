import type { Result } from './result.ts';
import type { Unsubscribe } from './events.ts';

/**
 * Why a transport could not be opened or was lost.
 * - `not-found`: no such port, address or HID device (unplugged, wrong setting)
 * - `busy`: another program holds it
 * - `denied`: the operating system refuses access
 * - `unreachable`: TCP connection refused or timed out
 * - `bad-address`: the address cannot be understood
 * - `unsupported`: this system has nothing of that kind, or an optional package is not installed
 * - `lost`: it was open and went away (unplug, connection reset)
 * - `io`: any other input/output error
 */
export type TransportErrorCode =
  | 'not-found'
  | 'busy'
  | 'denied'
  | 'unreachable'
  | 'bad-address'
  | 'unsupported'
  | 'lost'
  | 'io';

/** A transport failure; `detail` is for the log and the technician, never for the citizen. */
export interface TransportError {
  readonly code: TransportErrorCode;
  readonly detail: string;
}

/** Levels of a serial port's input pins: true is on (closed contact, positive voltage). */
export interface ModemLines {
  readonly cts: boolean;
  readonly dsr: boolean;
  readonly dcd: boolean;
}

/**
 * An open line to a device. A transport is used once: after `closed` it stays closed, reconnecting makes a new one.
 * For serial and TCP each `data` is an arbitrary piece of the byte stream; for HID each `data` is one whole input
 * report (report id first when the device uses report ids) and each `write` one output report.
 */
export interface Transport {
  /** What the pieces mean: a byte stream without boundaries, or whole reports. */
  readonly kind: 'stream' | 'reports';
  /** The address it was opened with. */
  readonly address: string;
  /** Wire speed in bits a second (8N1: 10 bits a byte), or null where there is none (TCP, HID). */
  readonly baud: number | null;
  onData(listener: (bytes: Uint8Array) => void): Unsubscribe;
  /** Called once, also when `close` was asked for (then with null). */
  onClosed(listener: (error: TransportError | null) => void): Unsubscribe;
  /** Resolves when the bytes are handed to the operating system; never rejects. Has its own deadline of 5 s. */
  write(bytes: Uint8Array): Promise<Result<void, TransportError>>;
  /**
   * Reads the input pins; absent where a line has none. `unsupported` when the port turns out to have none. Never rejects;
   * has its own deadline.
   */
  readonly modemLines?: () => Promise<Result<ModemLines, TransportError>>;
  /** Idempotent; resolves when the port is free for another opener. */
  close(): Promise<void>;
}

/** Opens a device address such as `serial:///dev/ttyUSB0?baud=115200`, `tcp://host:port`, `hid://vid:pid`. */
export type TransportOpener = (address: string) => Promise<Result<Transport, TransportError>>;

/** A watch over the port of one address while it is away. */
export interface PortWatching {
  /** Aborted at the first sign that the port may have come back; signs may be false. */
  readonly changed: AbortSignal;
  /** Ends the watch; calling it twice is harmless. */
  stop(): void;
}

/** Watches for the port of an address. An address without a port in the file system gives no sign. Never throws. */
export type PortWatch = (address: string) => PortWatching;
