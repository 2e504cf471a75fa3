import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress, schemeFamily } from './address.ts';
import type { DeviceAddress } from './address.ts';

const id = fc.integer({ min: 0, max: 0xffff });
const host = fc.constantFrom('127.0.0.1', 'printer-1.hall.example', '::1', 'fe80::1');
const port = fc.integer({ min: 1, max: 65_535 });
const at = fc.constantFrom('1-1', '1-1.2', '3-4.1.2', 'Port_#0002.Hub_#0001');
const anyAddress: fc.Arbitrary<DeviceAddress> = fc.oneof(
  fc.record({
    scheme: fc.constant('serial' as const),
    path: fc.oneof(fc.constantFrom('COM3', 'COM12'), fc.stringMatching(/^\/dev\/[a-zA-Z0-9:%?#& ._-]*[a-z]$/u)),
    baud: fc.integer({ min: 300, max: 4_000_000 }),
  }),
  fc.record({
    scheme: fc.constant('serial+usb' as const),
    vendorId: id,
    productId: id,
    serialNumber: fc.option(fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme-ascii' })),
    at: fc.option(at),
    port: fc.option(fc.integer({ min: 0, max: 31 })),
    baud: fc.integer({ min: 300, max: 4_000_000 }),
  }),
  fc.record({ scheme: fc.constantFrom('tcp' as const, 'hid+tcp' as const), host, port }),
  fc.record(
    {
      scheme: fc.constant('hid' as const),
      path: fc.constant(null),
      vendorId: id,
      productId: id,
      usagePage: fc.option(id),
      usage: fc.option(id),
      serialNumber: fc.option(fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme-ascii' })),
      at,
    },
    { requiredKeys: ['scheme', 'path', 'vendorId', 'productId', 'usagePage', 'usage', 'serialNumber'] },
  ),
  fc.record({
    scheme: fc.constant('hid' as const),
    path: fc.constantFrom('/dev/hidraw0', '\\\\?\\hid#vid_0400&pid_c35a#7&1'),
    vendorId: fc.constant(null),
    productId: fc.constant(null),
    usagePage: fc.constant(null),
    usage: fc.constant(null),
    serialNumber: fc.constant(null),
  }),
);

describe('device addresses', () => {
  it('every address survives writing and reading', () => {
    fc.assert(
      fc.property(anyAddress, (address) => {
        expect(parseAddress(formatAddress(address))).toEqual({ ok: true, value: address });
      }),
    );
  });

  it('random text never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `serial://${text}`),
        ),
        (text) => {
          expect(typeof parseAddress(text).ok).toBe('boolean');
        },
      ),
    );
  });

  it.each([
    ['serial:///dev/ttyUSB0?baud=115200', 'serial'],
    ['serial://COM3?baud=9600', 'serial'],
    ['serial+usb://1a86:7523/A50285BI?baud=19200', 'serial'],
    ['serial+usb://1a86:7523?at=1-1.2&port=1&baud=19200', 'serial'],
    ['tcp://[::1]:4001', 'tcp'],
    ['hid://0400:c35a?usagePage=ff00&usage=1', 'hid'],
    ['hid+tcp://127.0.0.1:5000', 'hid'],
  ])('%s is of family %s', (text, family) => {
    const parsed = parseAddress(text);
    expect(parsed.ok && schemeFamily(parsed.value)).toBe(family);
  });

  it.each([
    ['ttyUSB0', 'bad-scheme'],
    ['ftp://host:1', 'bad-scheme'],
    ['serial:///dev/ttyUSB0', 'missing-baud'],
    ['serial:///dev/ttyUSB0?baud=fast', 'bad-baud'],
    ['serial:///dev/ttyUSB0?baud=20', 'bad-baud'],
    ['serial://ttyUSB0?baud=9600', 'bad-path'],
    ['serial://COM0?baud=9600', 'bad-path'],
    ['serial:///dev/%zz?baud=9600', 'bad-path'],
    ['serial:///dev/ttyUSB0?baud=9600&parity=even', 'unknown-parameter'],
    ['serial+usb://1a86:7523/A50285BI', 'missing-baud'],
    ['serial+usb://1a86?baud=9600', 'bad-id'],
    ['serial+usb://1a86:7523/a/b?baud=9600', 'bad-id'],
    ['serial+usb://1a86:7523/%zz?baud=9600', 'bad-id'],
    ['serial+usb://1a86:7523?at=../x&baud=9600', 'bad-path'],
    ['serial+usb://1a86:7523?port=99&baud=9600', 'bad-port'],
    ['hid://0400:c35a?at=/etc', 'bad-path'],
    ['tcp://host', 'bad-port'],
    ['tcp://host:0', 'bad-port'],
    ['tcp://host:70000', 'bad-port'],
    ['tcp://a b:1', 'bad-host'],
    ['hid://0400', 'bad-id'],
    ['hid://0400:c35a?usage=xyz', 'bad-id'],
    [`tcp://${'a'.repeat(600)}:1`, 'bad-scheme'],
  ])('%s -> %s', (text, code) => {
    expect(parseAddress(text)).toMatchObject({ ok: false, error: { code } });
  });
});
