import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PtyCarrier } from '../../test/simulators/pty.ts';
import { formatAddress, parseAddress } from './address.ts';
import type { HidAddress } from './address.ts';
import { transportOpener } from './open.ts';
import { findUsbPort, placeHid, readSysfs, stableAddress } from './usb-tree.ts';
import type { UsbPort } from './usb-tree.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'h24-sys-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

interface Plugged {
  readonly at: string;
  readonly ids: readonly [string, string];
  readonly serial?: string;
  readonly port: string;
  readonly name: string;
  readonly folder?: 'tty' | 'hidraw';
  /** Folders between the interface and the node, as usb-serial and HID drivers make them. */
  readonly below?: string;
}

/** Lays down what the kernel would: the device with its attributes, its interface, and the class link. */
async function plug({ at, ids, serial, port, name, folder = 'tty', below = name }: Plugged): Promise<void> {
  const device = join(root, 'sys/devices/pci0000:00/usb1', at.split('.')[0] ?? '', at);
  const inside = join(device, `${at}:1.${port}`, below);
  await mkdir(inside, { recursive: true });
  await writeFile(join(device, 'idVendor'), `${ids[0]}\n`);
  await writeFile(join(device, 'idProduct'), `${ids[1]}\n`);
  await writeFile(join(device, 'manufacturer'), 'QinHeng Electronics\n');
  if (serial !== undefined) await writeFile(join(device, 'serial'), `${serial}\n`);
  await writeFile(join(device, `${at}:1.${port}`, 'bInterfaceNumber'), `${port.padStart(2, '0')}\n`);
  const link = join(root, 'sys/class', folder, name);
  await mkdir(link, { recursive: true });
  await symlink(relative(link, inside), join(link, 'device'));
}

const CH340 = ['1a86', '7523'] as const;

describe.runIf(process.platform !== 'win32')('the USB tree of sysfs', () => {
  it('tells ids, serial number, place and interface of every port, and leaves other terminals out', async () => {
    await plug({ at: '1-1.2', ids: CH340, port: '0', name: 'ttyUSB0' });
    await plug({ at: '1-1.3', ids: ['0403', '6011'], serial: 'FT4X', port: '2', name: 'ttyUSB3' });
    await plug({ at: '1-2', ids: ['0525', 'a4a7'], serial: 'S1', port: '0', name: 'ttyACM0', below: '.' });
    await plug({
      at: '1-3',
      ids: ['0400', 'c35a'],
      port: '1',
      name: 'hidraw4',
      folder: 'hidraw',
      below: '0003:0400:C35A.0001',
    });
    await mkdir(join(root, 'sys/class/tty/tty0'), { recursive: true });
    await mkdir(join(root, 'sys/class/tty/ttyS0'), { recursive: true });
    await mkdir(join(root, 'sys/class/tty/ttyprintk'), { recursive: true });
    const ports = await readSysfs(root);
    expect(ports.map(({ node, at, serialNumber, port }) => [node, at, serialNumber, port])).toEqual([
      ['/dev/ttyACM0', '1-2', 'S1', 0],
      ['/dev/ttyUSB0', '1-1.2', null, 0],
      ['/dev/ttyUSB3', '1-1.3', 'FT4X', 2],
      ['/dev/hidraw4', '1-3', null, 1],
    ]);
    expect(ports[1]).toMatchObject({
      kind: 'serial',
      vendorId: 0x1a86,
      productId: 0x7523,
      maker: 'QinHeng Electronics',
    });
    expect(await readSysfs(join(root, 'nowhere'))).toEqual([]);
  });
});

const port = (more: Partial<UsbPort>): UsbPort => ({
  kind: 'serial',
  node: '/dev/ttyUSB0',
  vendorId: 0x1a86,
  productId: 0x7523,
  serialNumber: null,
  at: '1-1.1',
  port: 0,
  maker: null,
  product: null,
  ...more,
});

describe('finding a port by its USB device', () => {
  const left = port({});
  const right = port({ node: '/dev/ttyUSB1', at: '1-1.2' });
  const any = { vendorId: 0x1a86, productId: 0x7523, serialNumber: null, at: null, port: null };

  it('takes the only one, wherever it is; never guesses between two', async () => {
    expect(await findUsbPort('serial', any, async () => [left])).toMatchObject({ value: { node: '/dev/ttyUSB0' } });
    const two = await findUsbPort('serial', any, async () => [left, right]);
    expect(two).toMatchObject({ ok: false, error: { code: 'bad-address' } });
    expect(await findUsbPort('serial', { ...any, at: '1-1.2' }, async () => [left, right])).toMatchObject({
      value: { node: '/dev/ttyUSB1' },
    });
    expect(await findUsbPort('serial', { ...any, at: '1-9' }, async () => [left, right])).toMatchObject({
      error: { code: 'not-found' },
    });
    expect(await findUsbPort('hid', any, async () => [left])).toMatchObject({ error: { code: 'not-found' } });
    const broken = await findUsbPort('serial', any, () => Promise.reject(new Error('no sysfs')));
    expect(broken).toMatchObject({ error: { code: 'io', detail: expect.stringContaining('no sysfs') } });
  });

  it.each([
    ['by place when it has no serial number', left, [left, right], 'serial+usb://1a86:7523?at=1-1.1&baud=9600'],
    [
      'by serial number when that is its own',
      port({ serialNumber: 'A5' }),
      [port({ serialNumber: 'A5' }), port({ serialNumber: 'B6', at: '1-1.2' })],
      'serial+usb://1a86:7523/A5?baud=9600',
    ],
    [
      'by place when its twin has the same serial number',
      port({ serialNumber: '0001' }),
      [port({ serialNumber: '0001' }), port({ serialNumber: '0001', at: '1-1.2' })],
      'serial+usb://1a86:7523?at=1-1.1&baud=9600',
    ],
    [
      'with its interface when the adapter has several',
      port({ serialNumber: 'A5', port: 2 }),
      [port({ serialNumber: 'A5', port: 0 }), port({ serialNumber: 'A5', port: 2 })],
      'serial+usb://1a86:7523/A5?port=2&baud=9600',
    ],
  ])('an address that lasts: %s', async (_, one, all, text) => {
    const address = stableAddress(one, all, 9_600);
    expect(formatAddress(address)).toBe(text);
    expect(await findUsbPort('serial', address, async () => all)).toEqual({ ok: true, value: one });
  });

  it('a HID address with a place becomes the node that is there, the collection chosen by its usage', async () => {
    const keys = port({ kind: 'hid', node: '/dev/hidraw0' });
    const vendor = port({ kind: 'hid', node: '/dev/hidraw1' });
    const parsed = parseAddress('hid://1a86:7523?usagePage=ff00&at=1-1.1');
    if (!parsed.ok) throw new Error(parsed.error.detail);
    const address = parsed.value as HidAddress;
    const fits = async ({ path }: HidAddress): Promise<boolean> => path === '/dev/hidraw1';
    expect(await placeHid(address, async () => [keys, vendor], fits)).toMatchObject({
      value: { path: '/dev/hidraw1', usagePage: 0xff00 },
    });
    expect(
      await placeHid(
        address,
        async () => [keys],
        async () => false,
      ),
    ).toMatchObject({
      value: { path: '/dev/hidraw0' },
    });
    expect(await placeHid(address, async () => [], fits)).toMatchObject({ error: { code: 'not-found' } });
  });

  it.runIf(process.platform === 'linux')('opens the same device after it came back under another name', async () => {
    const first = await PtyCarrier.open({ dir: root, name: 'a', baud: 9_600, onBytes: () => undefined });
    let node = join(root, 'a');
    const open = transportOpener(async () => [port({ node, serialNumber: 'A5' })]);
    const address = 'serial+usb://1a86:7523/A5?baud=9600';
    const opened = await open(address);
    if (!opened.ok) throw new Error(opened.error.detail);
    expect(opened.value).toMatchObject({ address, baud: 9_600 });
    const closed = new Promise((resolve) => opened.value.onClosed(resolve));
    await first.unplug();
    await closed;
    expect(await open(address)).toMatchObject({ error: { code: 'not-found' } });
    const second = await PtyCarrier.open({ dir: root, name: 'b', baud: 9_600, onBytes: () => undefined });
    node = join(root, 'b');
    const again = await open(address);
    expect(again.ok).toBe(true);
    if (again.ok) await again.value.close();
    await second.stop();
  });
});
