import { describe, expect, it } from 'vitest';
import { err, ok } from '../model/result.ts';
import type { HidDeviceInfo, SerialPortInfo } from '../transport/list-ports.ts';
import { discover } from './discover.ts';
import { KNOWN_DEVICES, KNOWN_USAGES } from './known-devices.ts';
import { driverRegistry } from './registry.ts';

const serial = (more: Partial<SerialPortInfo>): SerialPortInfo => ({
  kind: 'serial',
  path: '/dev/ttyUSB0',
  vendorId: null,
  productId: null,
  serialNumber: null,
  maker: null,
  usbAddress: null,
  ...more,
});
const hid = (more: Partial<HidDeviceInfo>): HidDeviceInfo => ({
  kind: 'hid',
  address: 'hid://1234:0001',
  path: '/dev/hidraw0',
  vendorId: '1234',
  productId: '0001',
  usagePage: null,
  usage: null,
  serialNumber: null,
  product: null,
  ...more,
});

async function found(
  ports: readonly SerialPortInfo[],
  devices: readonly HidDeviceInfo[] = [],
): ReturnType<typeof discover> {
  const settings = [
    {
      deviceClass: 'pickup-locker',
      driver: 'kerong-cu48',
      address: 'serial+usb://1a86:7523?at=1-1.2&baud=19200',
      options: {},
    },
  ] as const;
  return discover(driverRegistry, settings, { serial: async () => ok(ports), hid: async () => ok(devices) });
}

describe('what is plugged in', () => {
  it('names an adapter, offers every class that speaks serial, and marks what is in use', async () => {
    const ch340 = { vendorId: '1a86', productId: '7523' };
    const all = await found([
      serial({ ...ch340, usbAddress: 'serial+usb://1a86:7523?at=1-1.2' }),
      serial({ ...ch340, path: '/dev/ttyUSB1', usbAddress: 'serial+usb://1a86:7523?at=1-1.3' }),
      serial({ path: '/dev/ttyS0' }),
    ]);
    if (!all.ok) throw new Error(all.error.detail);
    expect(all.value.map(({ address, known, usedBy }) => [address, known, usedBy])).toEqual([
      ['serial+usb://1a86:7523?at=1-1.2', 'CH340 serial adapter', 'pickup-locker'],
      ['serial+usb://1a86:7523?at=1-1.3', 'CH340 serial adapter', null],
      ['serial:///dev/ttyS0', null, null],
    ]);
    for (const { guesses } of all.value) {
      expect(guesses.map(({ confidence }) => confidence)).toEqual(guesses.map(() => 'possible'));
      expect(guesses.map(({ deviceClass }) => deviceClass)).toEqual(
        expect.arrayContaining(['id-card-reader', 'receipt-printer', 'pickup-locker', 'code-scanner']),
      );
      for (const { drivers } of guesses) expect(drivers.length).toBeGreaterThan(0);
    }
  });

  it('knows a maker of scanners by its vendor id, and a HID scanner by what it says of itself', async () => {
    const all = await found(
      [serial({ vendorId: '1eab', productId: '1d06' })],
      [
        hid({ usagePage: '008c', usage: '0002' }),
        hid({ usagePage: '0001', usage: '0006' }),
        hid({ usagePage: '000c', usage: '0001' }),
      ],
    );
    if (!all.ok) throw new Error(all.error.detail);
    expect(all.value[0]?.guesses).toEqual([
      expect.objectContaining({ deviceClass: 'code-scanner', confidence: 'likely' }),
    ]);
    const [pos, keys, other] = all.value.slice(1);
    expect(pos?.guesses.every(({ confidence }) => confidence === 'certain')).toBe(true);
    expect(pos?.known).toContain('HID POS');
    expect(keys?.guesses).toContainEqual(
      expect.objectContaining({ deviceClass: 'evaluation-keypad', confidence: 'possible' }),
    );
    expect(other?.guesses).toEqual([]);
  });

  it('goes on without the list that cannot be had', async () => {
    const broken = err({ code: 'io', detail: 'no library' } as const);
    const one = await discover(driverRegistry, [], { serial: async () => broken, hid: async () => ok([hid({})]) });
    expect(one).toMatchObject({ ok: true, value: [{ kind: 'hid' }] });
    expect(await discover(driverRegistry, [], { serial: async () => broken, hid: async () => broken })).toEqual(broken);
  });
});

describe('the tables of known devices', () => {
  it('name a source and ids of 16 bits, and no product twice', () => {
    for (const { vendorId, productId, source, name } of KNOWN_DEVICES) {
      for (const id of [vendorId, productId ?? 0]) expect(id >= 0 && id <= 0xffff).toBe(true);
      expect(source.length * name.length).toBeGreaterThan(0);
    }
    expect(new Set(KNOWN_DEVICES.map((one) => `${one.vendorId}:${one.productId}`)).size).toBe(KNOWN_DEVICES.length);
    for (const { source } of KNOWN_USAGES) expect(source).not.toBe('');
  });
});
