import type { DriverScheme } from '../model/driver-registry.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';

/** A serial port: `path` is a device node (`/dev/ttyUSB0`) or a Windows port name (`COM3`). */
export interface SerialAddress {
  readonly scheme: 'serial';
  readonly path: string;
  readonly baud: number;
}

/**
 * A serial port by the USB device that it belongs to, so that it is the same one whatever number the system gives it.
 * Two adapters without a serial number are told apart by where they are plugged in.
 */
export interface SerialUsbAddress {
  readonly scheme: 'serial+usb';
  readonly vendorId: number;
  readonly productId: number;
  readonly serialNumber: string | null;
  /** Place in the USB tree as Linux names it: bus, then the port of each hub, e.g. `1-1.2`; on Windows its location. */
  readonly at: string | null;
  /** Interface of an adapter that has several ports, from 0. */
  readonly port: number | null;
  readonly baud: number;
}

/** A serial device server, network printer or simulator that carries a byte stream. */
export interface TcpAddress {
  readonly scheme: 'tcp';
  readonly host: string;
  readonly port: number;
}

/**
 * A HID device, by node path or by ids; the optional fields narrow a device with several collections or twins. `at` is
 * where it is plugged in, as in {@link SerialUsbAddress}.
 */
export interface HidAddress {
  readonly scheme: 'hid';
  readonly path: string | null;
  readonly vendorId: number | null;
  readonly productId: number | null;
  readonly usagePage: number | null;
  readonly usage: number | null;
  readonly serialNumber: string | null;
  readonly at?: string;
}

/** HID reports over TCP, each with a two-byte big-endian length before it: how a simulated HID device is reached. */
export interface HidTcpAddress {
  readonly scheme: 'hid+tcp';
  readonly host: string;
  readonly port: number;
}

/** A chip card reader by the name that PC/SC gives it, or the beginning of that; null = the first one. */
export interface PcscAddress {
  readonly scheme: 'pcsc';
  readonly reader: string | null;
}

/** CCID messages over TCP, each with a two-byte big-endian length before it: a simulated chip card reader. */
export interface PcscTcpAddress {
  readonly scheme: 'pcsc+tcp';
  readonly host: string;
  readonly port: number;
}

/** A printer at a print server (CUPS) or with one inside; `path` such as `/printers/A4`. */
export interface IppAddress {
  readonly scheme: 'ipp';
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/** A printer of the Windows spooler by its name: `A4`, or `\\SERVER\NAME` for one of another machine. */
export interface WinspoolAddress {
  readonly scheme: 'winspool';
  readonly printer: string;
}

/** Requests to a simulated spooler over TCP, each with a two-byte big-endian length before it. */
export interface WinspoolTcpAddress {
  readonly scheme: 'winspool+tcp';
  readonly host: string;
  readonly port: number;
}

/** A camera of the kiosk's own window, by its name or a part of it; null = the first one. */
export interface CameraAddress {
  readonly scheme: 'camera';
  readonly label: string | null;
}

export type DeviceAddress =
  | SerialAddress
  | SerialUsbAddress
  | TcpAddress
  | HidAddress
  | HidTcpAddress
  | PcscAddress
  | PcscTcpAddress
  | IppAddress
  | WinspoolAddress
  | WinspoolTcpAddress
  | CameraAddress;

export type AddressErrorCode =
  | 'bad-scheme'
  | 'bad-path'
  | 'missing-baud'
  | 'bad-baud'
  | 'bad-host'
  | 'bad-port'
  | 'bad-id'
  | 'unknown-parameter';

/** Why an address cannot be understood; `detail` names the offending part. */
export interface AddressError {
  readonly code: AddressErrorCode;
  readonly detail: string;
}

const MAX_ADDRESS_LENGTH = 512;
/** Where print servers listen (RFC 8010). */
const IPP_PORT = 631;

/** The scheme family as driver definitions name it (`hid+tcp` carries HID reports, so it counts as `hid`). */
export function schemeFamily(address: DeviceAddress): DriverScheme {
  switch (address.scheme) {
    case 'pcsc+tcp':
      return 'pcsc';
    case 'winspool+tcp':
      return 'winspool';
    case 'hid+tcp':
      return 'hid';
    case 'serial+usb':
      return 'serial';
    default:
      return address.scheme;
  }
}

/**
 * Reads a device address:
 * `serial:///dev/ttyUSB0?baud=115200`, `serial://COM3?baud=9600`, `tcp://host:port`, `hid+tcp://host:port`,
 * `serial+usb://vid:pid/SERIALNUMBER?baud=9600` or, of devices without a serial number,
 * `serial+usb://vid:pid?at=1-1.2&baud=9600`, with `port=N` for one of the ports of an adapter that has several,
 * `hid://vid:pid` (hexadecimal) or `hid:///dev/hidraw0`, both with optional `usagePage`, `usage` (hexadecimal),
 * `serial`, and `at`, `pcsc://NAME` or `pcsc://`, `pcsc+tcp://host:port`, `ipp://host[:631]/printers/NAME`,
 * `winspool://PRINTER`, `winspool+tcp://host:port`, `camera://NAME` or `camera://`.
 */
export function parseAddress(text: string): Result<DeviceAddress, AddressError> {
  const match = /^([a-z+]+):\/\/([^?]*)(?:\?(.*))?$/su.exec(text.trim());
  if (text.length > MAX_ADDRESS_LENGTH || !match) return bad('bad-scheme', 'expected scheme://...');
  const [, scheme = '', place = '', query = ''] = match;
  const parameters = new URLSearchParams(query);
  switch (scheme) {
    case 'serial':
      return checkParameters(parameters, ['baud']) ?? parseSerial(place, parameters);
    case 'serial+usb':
      return checkParameters(parameters, ['baud', 'at', 'port']) ?? parseSerialUsb(place, parameters);
    case 'tcp':
    case 'hid+tcp':
      return checkParameters(parameters, []) ?? parseHostPort(scheme, place);
    case 'hid':
      return checkParameters(parameters, ['usagePage', 'usage', 'serial', 'at']) ?? parseHid(place, parameters);
    case 'pcsc+tcp':
    case 'winspool+tcp':
      return checkParameters(parameters, []) ?? parseHostPort(scheme, place);
    case 'pcsc':
    case 'camera':
    case 'winspool':
      return checkParameters(parameters, []) ?? parseName(scheme, place);
    case 'ipp':
      return checkParameters(parameters, []) ?? parseIpp(place);
    default:
      return bad('bad-scheme', `unknown scheme ${scheme}`);
  }
}

/** Writes an address in its one normal form; `parseAddress` gives the same address back. */
export function formatAddress(address: DeviceAddress): string {
  switch (address.scheme) {
    case 'serial':
      return `serial://${encodePlace(address.path)}?baud=${address.baud}`;
    case 'serial+usb': {
      const { vendorId, productId, serialNumber, at, port, baud } = address;
      const parameters = new URLSearchParams();
      if (at !== null) parameters.set('at', at);
      if (port !== null) parameters.set('port', String(port));
      parameters.set('baud', String(baud));
      const serial = serialNumber === null ? '' : `/${encodeURIComponent(serialNumber)}`;
      return `serial+usb://${hex4(vendorId)}:${hex4(productId)}${serial}?${parameters.toString()}`;
    }
    case 'pcsc':
      return `pcsc://${encodePlace(address.reader ?? '')}`;
    case 'winspool':
      return `winspool://${encodePlace(address.printer)}`;
    case 'camera':
      return `camera://${encodePlace(address.label ?? '')}`;
    case 'ipp': {
      const host = address.host.includes(':') ? `[${address.host}]` : address.host;
      return `ipp://${host}${address.port === IPP_PORT ? '' : `:${address.port}`}${address.path}`;
    }
    case 'tcp':
    case 'hid+tcp':
    case 'pcsc+tcp':
    case 'winspool+tcp':
      return `${address.scheme}://${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
    default: {
      const parameters = new URLSearchParams();
      if (address.usagePage !== null) parameters.set('usagePage', hex4(address.usagePage));
      if (address.usage !== null) parameters.set('usage', hex4(address.usage));
      if (address.serialNumber !== null) parameters.set('serial', address.serialNumber);
      if (address.at !== undefined) parameters.set('at', address.at);
      const place =
        address.path === null
          ? `${hex4(address.vendorId ?? 0)}:${hex4(address.productId ?? 0)}`
          : encodePlace(address.path);
      const query = parameters.toString();
      return `hid://${place}${query === '' ? '' : `?${query}`}`;
    }
  }
}

/** A serial address with this speed, whatever speed it had. */
export function withBaud(address: string, baud: number): string {
  const bare = address
    .trim()
    .replace(/([?&])baud=[^&]*&?/u, '$1')
    .replace(/[?&]$/u, '');
  return `${bare}${bare.includes('?') ? '&' : '?'}baud=${baud}`;
}

/** The line that an address means, in its one normal form: without the speed, which a serial address may lack. */
export function portOf(address: string): string {
  const parsed = parseAddress(address.trim().startsWith('serial') ? withBaud(address, 300) : address);
  return parsed.ok ? formatAddress(parsed.value).replace(/[?&]baud=300$/u, '') : address.trim();
}

function parseSerial(place: string, parameters: URLSearchParams): Result<DeviceAddress, AddressError> {
  const path = decodePlace(place);
  if (path === null || !/^(?:\/[^\0]+|COM[1-9]\d{0,2})$/u.test(path)) {
    return bad('bad-path', 'expected /dev/... or COMn');
  }
  const baud = parseBaud(parameters);
  return baud.ok ? ok({ scheme: 'serial', path, baud: baud.value }) : baud;
}

function parseSerialUsb(place: string, parameters: URLSearchParams): Result<DeviceAddress, AddressError> {
  const match = /^([0-9a-fA-F]{1,4}):([0-9a-fA-F]{1,4})(?:\/([^/]+))?$/u.exec(place);
  const serialNumber = match?.[3] === undefined ? null : decodePlace(match[3]);
  if (!match || (match[3] !== undefined && serialNumber === null)) {
    return bad('bad-id', 'expected vid:pid in hexadecimal, and /SERIALNUMBER where the device has one');
  }
  const at = parameters.get('at');
  if (at !== null && !isUsbPlace(at)) return bad('bad-path', 'at is a place in the USB tree such as 1-1.2');
  const portText = parameters.get('port');
  const port = portText === null ? null : parseInteger(portText, 0, 31);
  if (portText !== null && port === null) return bad('bad-port', 'port is the interface of the adapter, 0 to 31');
  const baud = parseBaud(parameters);
  if (!baud.ok) return baud;
  return ok({
    scheme: 'serial+usb',
    vendorId: Number.parseInt(match[1] ?? '', 16),
    productId: Number.parseInt(match[2] ?? '', 16),
    serialNumber,
    at,
    port,
    baud: baud.value,
  });
}

function parseBaud(parameters: URLSearchParams): Result<number, AddressError> {
  const baudText = parameters.get('baud');
  if (baudText === null) return bad('missing-baud', 'add ?baud=...');
  const baud = parseInteger(baudText, 300, 4_000_000);
  if (baud === null) return bad('bad-baud', `baud must be a number from 300 to 4000000, not ${baudText}`);
  return ok(baud);
}

/** Linux: `bus-port.port...`; Windows: `Port_#0002.Hub_#0001` and the like. */
function isUsbPlace(text: string): boolean {
  return /^[0-9A-Za-z_#.-]{3,64}$/u.test(text);
}

/** A name as people see it: spaces escaped or not. */
function parseName(scheme: 'pcsc' | 'camera' | 'winspool', place: string): Result<DeviceAddress, AddressError> {
  const name = decodePlace(place);
  if (name === null || /\p{Cc}/u.test(name)) return bad('bad-path', 'expected a name');
  if (scheme === 'winspool')
    return name === '' ? bad('bad-path', 'expected the name of a printer') : ok({ scheme, printer: name });
  return ok(scheme === 'pcsc' ? { scheme, reader: name || null } : { scheme, label: name || null });
}

function parseIpp(place: string): Result<DeviceAddress, AddressError> {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9_.-]+))(?::(\d{1,5}))?(\/[\x21-\x7e]+)$/u.exec(place);
  if (!match) return bad('bad-host', 'expected host/printers/NAME');
  const port = match[3] === undefined ? IPP_PORT : parseInteger(match[3], 1, 65_535);
  if (port === null) return bad('bad-port', `port must be 1 to 65535, not ${match[3] ?? ''}`);
  return ok({ scheme: 'ipp', host: match[1] ?? match[2] ?? '', port, path: match[4] ?? '' });
}

function parseHostPort(
  scheme: 'tcp' | 'hid+tcp' | 'pcsc+tcp' | 'winspool+tcp',
  place: string,
): Result<DeviceAddress, AddressError> {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9_.-]+)):(\d{1,5})$/u.exec(place);
  if (!match) {
    return /:\d+$/u.test(place) ? bad('bad-host', `no usable host in ${place}`) : bad('bad-port', 'expected host:port');
  }
  const port = parseInteger(match[3] ?? '', 1, 65_535);
  if (port === null) return bad('bad-port', `port must be 1 to 65535, not ${match[3] ?? ''}`);
  return ok({ scheme, host: match[1] ?? match[2] ?? '', port });
}

function parseHid(place: string, parameters: URLSearchParams): Result<DeviceAddress, AddressError> {
  const usagePage = parseHex(parameters.get('usagePage'));
  const usage = parseHex(parameters.get('usage'));
  if (usagePage === undefined || usage === undefined) return bad('bad-id', 'usagePage and usage are 1 to 4 hex digits');
  const at = parameters.get('at');
  if (at !== null && !isUsbPlace(at)) return bad('bad-path', 'at is a place in the USB tree such as 1-1.2');
  const more = at === null ? {} : { at };
  const rest = { scheme: 'hid' as const, usagePage, usage, serialNumber: parameters.get('serial'), ...more };
  const ids = /^([0-9a-fA-F]{1,4}):([0-9a-fA-F]{1,4})$/u.exec(place);
  if (ids) {
    return ok({
      ...rest,
      path: null,
      vendorId: Number.parseInt(ids[1] ?? '', 16),
      productId: Number.parseInt(ids[2] ?? '', 16),
    });
  }
  const path = decodePlace(place);
  if (path === null || !/^(?:\/[^\0]+|\\\\[^\0]+)$/u.test(path)) {
    return bad('bad-id', 'expected vid:pid in hexadecimal or a device path');
  }
  return ok({ ...rest, path, vendorId: null, productId: null });
}

function checkParameters(parameters: URLSearchParams, known: readonly string[]): Result<never, AddressError> | null {
  for (const key of parameters.keys()) {
    if (!known.includes(key)) return bad('unknown-parameter', `unknown parameter ${key}`);
  }
  return null;
}

function bad(code: AddressErrorCode, detail: string): { readonly ok: false; readonly error: AddressError } {
  return err({ code, detail });
}

function parseInteger(text: string, min: number, max: number): number | null {
  if (!/^\d{1,7}$/u.test(text)) return null;
  const value = Number(text);
  return value >= min && value <= max ? value : null;
}

/** `null` where the parameter is absent, `undefined` where it is malformed. */
function parseHex(text: string | null): number | null | undefined {
  if (text === null) return null;
  return /^[0-9a-fA-F]{1,4}$/u.test(text) ? Number.parseInt(text, 16) : undefined;
}

function hex4(value: number): string {
  return value.toString(16).padStart(4, '0');
}

/** Device paths may hold `?`, `%` or spaces (Windows HID paths do); only those are escaped. */
function encodePlace(path: string): string {
  return path.replaceAll('%', '%25').replaceAll('?', '%3F').replaceAll(' ', '%20');
}

function decodePlace(place: string): string | null {
  try {
    return decodeURIComponent(place);
  } catch {
    return null;
  }
}
