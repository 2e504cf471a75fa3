/** Whether the address is that of a serial port, by its name or by its USB device: the only kind with a speed. */
export function isSerial(address: string): boolean {
  return /^serial(?:\+usb)?:\/\//.test(address);
}

/** What kind of line an address means, as drivers name them, e.g. `serial`. */
export function schemeOf(address: string): string {
  return /^([a-z]+)(?:\+[a-z]+)?:/.exec(address)?.[1] ?? '';
}

/** Speed in the address, or null. */
export function baudOf(address: string): number | null {
  const text = /[?&]baud=(\d+)/.exec(address)?.[1];
  return text === undefined ? null : Number(text);
}

/** The address with another speed; anything but a serial port stays as it is. */
export function withBaud(address: string, baud: number): string {
  if (!isSerial(address)) return address;
  const bare = withoutBaud(address);
  return `${bare}${bare.includes('?') ? '&' : '?'}baud=${baud}`;
}

/** The address without its speed; where the device is plugged in stays. */
function withoutBaud(address: string): string {
  return address.replace(/([?&])baud=[^&]*&?/, '$1').replace(/[?&]$/, '');
}

/** A port of the list put in, keeping the speed that was chosen (or the driver's first). */
export function withPort(address: string, port: string, bauds: readonly number[]): string {
  if (!isSerial(port) || baudOf(port) !== null) return port;
  const baud = baudOf(address) ?? bauds[0];
  return baud === undefined ? port : withBaud(port, baud);
}

/** Whether the address is this port of the list, whatever the speed. */
export function isPort(address: string, port: string): boolean {
  return withoutBaud(address) === withoutBaud(port) && port !== '';
}

/** Where typing an address of a kind begins. */
export const BEGINNINGS = {
  serial: 'serial:///dev/',
  tcp: 'tcp://',
  hid: 'hid://',
  pcsc: 'pcsc://',
  ipp: 'ipp://localhost/printers/',
  winspool: 'winspool://',
  camera: 'camera://',
} as const;

/** Codes in the reason of a refused setting, the most exact last: `bad-address: missing-baud: ...`. */
export function faultCodes(reason: string): readonly string[] {
  const codes: string[] = [];
  for (const part of reason.split(': ')) {
    if (!/^[a-z]+(?:-[a-z]+)+$/.test(part)) break;
    codes.push(part);
  }
  return codes;
}
