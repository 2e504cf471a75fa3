import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { serialScanner } from '../../native/code-scanner/index.ts';
import { hidKeypad, serialKeypad } from '../../native/evaluation-keypad/index.ts';
import { sdtReader } from '../../native/id-card-reader/index.ts';
import type { DriverOfClass, DriverRegistry } from '../../native/manager/driver-types.ts';
import type { DeviceClass, DeviceDriver } from '../../native/model/device.ts';
import type { DriverDefinition } from '../../native/model/driver-registry.ts';
import type { Transport } from '../../native/model/transport.ts';
import { escposPrinter } from '../../native/receipt-printer/index.ts';
import { driverRegistry } from '../../native/manager/registry.ts';
import { openTransport } from '../../native/transport/open.ts';
import { systemClock } from '../../native/transport/system-clock.ts';
import { TEST_CARDS } from '../fixtures/cards.ts';
import { SimulatorBench } from './index.ts';
import type { SimulatedDevice } from './index.ts';
import { SimulatorPanel } from './panel.ts';

const DRIVERS: DriverRegistry = {
  'id-card-reader': [sdtReader],
  'receipt-printer': [escposPrinter],
  'pickup-locker': driverRegistry['pickup-locker'],
  'evaluation-keypad': [serialKeypad, hidKeypad],
  'code-scanner': [serialScanner],
  'social-security-card-reader': [],
  'page-printer': [],
  'document-camera': [],
  'presence-sensor': driverRegistry['presence-sensor'],
};

/** First event of a source. */
function next<T>(source: { subscribe(listener: (event: T) => void): () => void }): Promise<T> {
  return new Promise((resolve) => {
    const stop = source.subscribe((event) => {
      stop();
      resolve(event);
    });
  });
}

// Windows has no pseudo-terminals that a serial library could open.
describe.each(process.platform === 'win32' ? (['tcp'] as const) : (['pty', 'tcp'] as const))(
  'bench over %s',
  (carrier) => {
    let dir = '';
    let bench: SimulatorBench;
    const open: { readonly transport: Transport; readonly driver: Pick<DeviceDriver<unknown>, 'dispose'> }[] = [];

    beforeAll(async () => {
      dir = await mkdtemp(join(tmpdir(), 'hall24-'));
      bench = await SimulatorBench.start({ dir: join(dir, 'ports'), carrier, receiptsDir: join(dir, 'receipts') });
    });
    afterEach(async () => {
      for (const { transport, driver } of open.splice(0)) {
        driver.dispose();
        await transport.close();
      }
    });
    afterAll(async () => {
      await bench.stop();
      await rm(dir, { recursive: true });
    });

    /** The product's own driver at a device of the bench. */
    async function connect<C extends DeviceClass>(deviceClass: C, device: SimulatedDevice): Promise<DriverOfClass[C]> {
      const settings = bench.settings([device])[0]!;
      expect(settings.deviceClass).toBe(deviceClass);
      const known: readonly DriverDefinition<DriverOfClass[C]>[] = DRIVERS[deviceClass];
      const definition = known.find(({ id }) => id === settings.driver)!;
      const transport = await openTransport(settings.address);
      if (!transport.ok) throw new Error(transport.error.detail);
      const driver = definition.create({ transport: transport.value, clock: systemClock, options: settings.options });
      open.push({ transport: transport.value, driver });
      return driver;
    }

    it('reads a card that is laid on the reader', async () => {
      const reader = await connect('id-card-reader', 'card-reader');
      bench.actions.layCard('rare-name');
      expect(await reader.readCard({ deadlineMs: 5000 })).toEqual({ ok: true, value: TEST_CARDS['rare-name'].card });
      expect(bench.state().card).toBe('rare-name');
      bench.actions.layCard('unreadable');
      expect(await reader.readCard({ deadlineMs: 5000 })).toMatchObject({
        ok: false,
        error: { code: 'card-unreadable' },
      });
      bench.actions.removeCard();
      expect(bench.state().card).toBeNull();
    });

    it('prints and paints a receipt, and says why not when there is no paper', async () => {
      const printer = await connect('receipt-printer', 'receipt-printer');
      const receipt = { language: 'zh-CN', lines: [{ kind: 'text', text: '测试回执' }] } as const;
      const before = bench.receipts.length;
      expect(await printer.print(receipt)).toEqual({ outcome: 'printed', cause: null });
      const painted = await bench.receiptsPainted();
      expect(painted).toHaveLength(before + 1);
      expect(painted.at(-1)?.lines.join('')).toContain('测试回执');
      expect(PNG.sync.read(await readFile(painted.at(-1)?.path ?? '')).width).toBeGreaterThan(576);
      bench.actions.paper('out');
      expect(await printer.print(receipt)).toMatchObject({ outcome: 'not-printed', cause: { code: 'paper-out' } });
      bench.actions.paper('refill');
      expect((await printer.readState()).ok).toBe(true);
    });

    it.each([
      ['locker-cu48', { board: 1, lock: 3 }],
      ['locker-8a', { board: 2, lock: 3 }],
      ['locker-cu16', { board: 1, lock: 3 }],
      ['locker-cu12', { board: 1, lock: 3 }],
      ['locker-cu', { board: 1, lock: 3 }],
      ['locker-wkly', { board: 1, lock: 3 }],
      ['locker-modbus', { board: 2, lock: 3 }],
    ] as const)('opens a door of %s', async (device, cell) => {
      const locker = await connect('pickup-locker', device);
      expect((await locker.probe()).status).toBe('online');
      expect(await locker.openDoor(cell)).toEqual({ outcome: 'opened', cause: null });
      expect(bench.doors(device).get(cell)).toMatchObject({ open: true, pulses: 1 });
      bench.actions.closeDoor(device, cell);
      expect(await locker.readDoor(cell)).toEqual({ ok: true, value: 'closed' });
      bench.actions.muteBoard(device, cell.board, true);
      expect((await locker.readBoard(cell.board)).ok).toBe(false);
      bench.actions.muteBoard(device, cell.board, false);
      expect(bench.state().doors[device]).toMatchObject([{ cell, pulses: 1, open: false }]);
    });

    it.each(['serial-keypad', 'hid-keypad'] as const)('passes on a key of the %s', async (device) => {
      const keypad = await connect('evaluation-keypad', device);
      const rating = next(keypad.events);
      bench.actions.pressKey(4, device);
      expect(await rating).toEqual({ type: 'rating', level: 4 });
    });

    it('passes on a scanned code', async () => {
      const scanner = await connect('code-scanner', 'scanner');
      const code = next(scanner.events);
      bench.actions.scan('24680135 取件');
      expect(await code).toEqual({ type: 'code', text: '24680135 取件' });
    });

    it('pulls a cable and plugs it in again at the same address', async () => {
      const address = bench.addresses['locker-cu48'];
      await bench.actions.unplug('locker-cu48');
      expect(bench.state().devices['locker-cu48'].plugged).toBe(false);
      expect((await openTransport(address)).ok).toBe(false);
      await bench.actions.replug('locker-cu48');
      expect(bench.addresses['locker-cu48']).toBe(address);
      const locker = await connect('pickup-locker', 'locker-cu48');
      expect((await locker.readDoor({ board: 0, lock: 1 })).ok).toBe(true);
      const lost = new Promise((resolve) => open[0]?.transport.onClosed(resolve));
      await bench.actions.unplug('locker-cu48');
      expect(await lost).toMatchObject({ code: 'lost' });
      expect(await locker.readDoor({ board: 0, lock: 1 })).toMatchObject({
        ok: false,
        error: { code: 'not-connected' },
      });
      await bench.actions.replug('locker-cu48');
      expect(bench.log.map(({ text }) => text)).toEqual(expect.arrayContaining(['unplugged', 'plugged in']));
    });

    it('makes a line misbehave', async () => {
      const locker = await connect('pickup-locker', 'locker-8a');
      bench.actions.setLine('locker-8a', { drip: true, garbageBytes: 2 });
      expect((await locker.readBoard(2)).ok).toBe(true);
      bench.actions.setLine('locker-8a', { mute: true });
      expect(await locker.readBoard(2)).toMatchObject({ ok: false, error: { code: 'timeout' } });
      expect(bench.state().devices['locker-8a'].line).toMatchObject({ mute: true, drip: true });
      bench.actions.setLine('locker-8a', { mute: false, drip: false, garbageBytes: 0 });
      expect((await locker.readBoard(2)).ok).toBe(true);
    });
  },
);

it.skipIf(process.platform === 'win32')('leaves no port behind', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'hall24-'));
  const ports = join(dir, 'ports');
  const bench = await SimulatorBench.start({ dir: ports, carrier: 'pty', receiptsDir: join(dir, 'receipts') });
  expect((await readdir(ports)).length).toBeGreaterThan(4);
  await bench.stop();
  expect(await readdir(ports)).toEqual([]);
  await rm(dir, { recursive: true });
});

describe('panel', () => {
  let dir = '';
  let bench: SimulatorBench;
  let panel: SimulatorPanel;
  let cut = false;
  let fault: 'none' | 'slow' | 'refuse' | 'vanish' = 'none';

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'hall24-'));
    bench = await SimulatorBench.start({ dir, carrier: 'tcp', receiptsDir: join(dir, 'receipts') });
    panel = await SimulatorPanel.start(bench, {
      network: { isCut: () => cut, cut: () => void (cut = true), restore: () => void (cut = false) },
      platform: { fault: () => fault, setFault: (wanted) => void (fault = wanted) },
      messages: () => [{ at: 0, to: '138****0024', text: '取件码已发送' }],
    });
  });
  afterAll(async () => {
    await panel.stop();
    await bench.stop();
    await rm(dir, { recursive: true });
  });

  const post = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${panel.url}action`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  it('serves its page and the state', async () => {
    expect(await (await fetch(panel.url)).text()).toContain('硬件模拟台');
    const state = (await (await fetch(`${panel.url}state`)).json()) as Record<string, unknown>;
    expect(state).toMatchObject({ network: { cut: false }, platform: { fault: 'none' }, card: null });
    expect(JSON.stringify(state)).toContain('取件码已发送');
    expect((await fetch(`${panel.url}receipts/9.png`)).status).toBe(404);
    expect((await fetch(`${panel.url}../../package.json`)).status).toBe(404);
  });

  it('does what its buttons say', async () => {
    const cell = { board: 0, lock: 7 };
    const steps = [
      { do: 'lay-card', card: 'elder' },
      { do: 'scan', text: '123' },
      { do: 'press-key', level: 5, keypad: 'hid-keypad' },
      { do: 'paper', what: 'near-end' },
      { do: 'door-behaviour', locker: 'locker-cu48', cell, behaviour: 'stuck' },
      { do: 'force-door', locker: 'locker-cu48', cell },
      { do: 'mute-board', locker: 'locker-8a', board: 2, mute: true },
      { do: 'unplug', device: 'scanner' },
      { do: 'network', cut: true },
      { do: 'platform', fault: 'slow' },
      {
        do: 'line',
        device: 'card-reader',
        behaviour: { lateMs: 9, drip: true, garbageBytes: 1, mute: true, halfFrames: true },
      },
    ];
    for (const step of steps) expect((await post(step)).status).toBe(200);
    expect(bench.state()).toMatchObject({
      card: 'elder',
      printer: { nearEnd: true },
      doors: { 'locker-cu48': [{ cell, open: true, behaviour: 'stuck' }] },
      devices: { scanner: { plugged: false }, 'card-reader': { line: { lateMs: 9, drip: true } } },
    });
    expect([cut, fault]).toEqual([true, 'slow']);
    for (const step of [
      { do: 'close-door', locker: 'locker-cu48', cell },
      { do: 'remove-card' },
      { do: 'replug', device: 'scanner' },
      { do: 'network', cut: false },
    ]) {
      expect((await post(step)).status).toBe(200);
    }
    expect(bench.state()).toMatchObject({ card: null, devices: { scanner: { plugged: true } } });
  });

  it('refuses nonsense and strangers', async () => {
    expect((await post({ do: 'format-disk' })).status).toBe(400);
    expect((await post({ do: 'press-key', level: 6, keypad: 'hid-keypad' })).status).toBe(400);
    expect((await post({ do: 'remove-card' }, { origin: 'https://elsewhere.example' })).status).toBe(403);
    expect((await post({ do: 'remove-card' }, { 'content-type': 'text/plain' })).status).toBe(415);
    expect(
      (
        await fetch(`${panel.url}action`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{',
        })
      ).status,
    ).toBe(400);
  });

  it('tells pages when something happens', async () => {
    const events = await fetch(`${panel.url}events`);
    const reader = events.body!.getReader();
    await reader.read();
    const told = reader.read();
    bench.actions.layCard('lin');
    expect(new TextDecoder().decode((await told).value)).toContain('changed');
    await reader.cancel();
  });
});
