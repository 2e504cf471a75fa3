import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PtyCarrier } from '../../test/simulators/pty.ts';
import { SerialKeypadSimulator } from '../evaluation-keypad/simulator.ts';
import { Emitter } from '../model/events.ts';
import { err, ok } from '../model/result.ts';
import { Cu48Simulator } from '../pickup-locker/simulator-cu48.ts';
import { parseAddress } from '../transport/address.ts';
import { openTransport } from '../transport/open.ts';
import { portWatch } from '../transport/port-watch.ts';
import { openSerial } from '../transport/serial.ts';
import { systemClock, systemRandom } from '../transport/system-clock.ts';
import { DeviceManager } from './device-manager.ts';
import type { DeviceHealth, DeviceSettings, DriverRegistry } from './driver-types.ts';
import { driverRegistry } from './registry.ts';

let dir = '';
let manager: DeviceManager | null = null;
const carriers: PtyCarrier[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'h24-hang-'));
});
afterEach(async () => {
  await manager?.stop();
  for (const carrier of carriers.splice(0)) await carrier.stop();
  await rm(dir, { recursive: true, force: true });
});

async function plug(name: string, baud: number, onBytes: (bytes: Uint8Array) => void): Promise<PtyCarrier> {
  const carrier = await PtyCarrier.open({ dir, name, baud, onBytes });
  carriers.push(carrier);
  return carrier;
}

async function started(settings: DeviceSettings, registry: DriverRegistry = driverRegistry): Promise<DeviceManager> {
  manager = new DeviceManager({
    clock: systemClock,
    random: systemRandom,
    // A write is given up sooner than in a hall, so that the test is quick.
    open: async (text) => {
      const address = parseAddress(text);
      if (!address.ok || address.value.scheme !== 'serial') return openTransport(text);
      return openSerial(address.value, { writeGraceMs: 50 });
    },
    watchPort: portWatch(),
    registry,
    healthIntervalMs: 100,
  });
  const configured = await manager.configure([settings]);
  if (!configured.ok) throw new Error(configured.error.detail);
  await manager.start();
  return manager;
}

/** The first health from now on that fits; the test's own limit is the deadline. */
function becomes(on: DeviceManager, fits: (health: DeviceHealth) => boolean): Promise<DeviceHealth> {
  return new Promise((resolve) => {
    const now = on.health().find(fits);
    if (now) {
      resolve(now);
      return;
    }
    const forget = on.events.subscribe(({ health }) => {
      if (!fits(health)) return;
      forget();
      resolve(health);
    });
  });
}

/** A scanner's driver that writes more than a stopped line takes. */
const talkative = 'talkative';

function talkativeRegistry(): DriverRegistry {
  return {
    ...driverRegistry,
    'code-scanner': [
      {
        id: talkative,
        deviceClass: 'code-scanner',
        name: { 'zh-CN': '测试', en: 'Test' },
        schemes: ['serial'],
        bauds: [4_000_000],
        options: [],
        create: ({ transport }) => ({
          deviceClass: 'code-scanner',
          driverId: talkative,
          events: new Emitter(),
          probe: async () => ({ status: 'online', detail: '', paper: null, identity: null }),
          trigger: async () => {
            const written = await transport.write(new Uint8Array(200_000));
            return written.ok ? ok(undefined) : err({ code: 'line-lost', detail: written.error.detail });
          },
          dispose: () => undefined,
        }),
      },
    ],
  };
}

describe.runIf(process.platform === 'linux')('devices that hang, on pseudo-terminals', () => {
  it('one that swallows every command is offline with its fault, and back as soon as it answers', async () => {
    const simulator = new Cu48Simulator({ clock: systemClock, boards: [0] });
    let deaf = true;
    const carrier = await plug('locker', 19_200, (bytes) => {
      if (!deaf) simulator.receive(bytes);
    });
    simulator.output.subscribe(({ bytes }) => void carrier.send(bytes));
    const on = await started({
      deviceClass: 'pickup-locker',
      driver: 'kerong-cu48',
      address: carrier.address,
      options: {},
    });
    expect(await becomes(on, ({ status }) => status === 'offline')).toMatchObject({ fault: 'timeout' });
    expect(await on.pickupLocker.run(async () => ok(1))).toMatchObject({ error: { code: 'not-connected' } });
    deaf = false;
    await becomes(on, ({ status }) => status === 'online');
    expect(on.pickupLocker.counters.probesSilent).toBeGreaterThan(0);
    simulator.dispose();
  });

  it('one whose line takes no more bytes: the write ends, the line is opened anew, the next command works', async () => {
    const carrier = await plug('scanner', 4_000_000, () => undefined);
    const on = await started(
      { deviceClass: 'code-scanner', driver: talkative, address: carrier.address, options: {} },
      talkativeRegistry(),
    );
    await becomes(on, ({ status }) => status === 'online');
    // XOFF stops the line, so its buffer fills up.
    execFileSync('stty', ['-F', join(dir, 'scanner'), 'ixon']);
    await carrier.send(Uint8Array.of(0x13));
    const lost = becomes(on, ({ status }) => status === 'offline');
    expect(await on.codeScanner.run((driver) => driver.trigger(true))).toMatchObject({
      ok: false,
      error: { code: 'line-lost' },
    });
    expect((await lost).detail).toContain('did not take');
    await carrier.send(Uint8Array.of(0x11));
    await becomes(on, ({ status }) => status === 'online');
    expect(await on.codeScanner.run(async () => ok('served'))).toEqual(ok('served'));
    expect(on.codeScanner.counters).toMatchObject({ opened: 2, reconnects: 1 });
  });

  it('one that is pulled out while its port is read does not leave a loop behind', async () => {
    const keypad = new SerialKeypadSimulator();
    const carrier = await plug('keypad', 9_600, (bytes) => keypad.receive(bytes));
    const on = await started({
      deviceClass: 'evaluation-keypad',
      driver: 'serial-keypad',
      address: carrier.address,
      options: {},
    });
    for (let cycle = 0; cycle < 10; cycle += 1) {
      // Right after the opening the library's first read is under way, and misses the end of the port.
      await becomes(on, ({ status }) => status === 'online');
      const offline = becomes(on, ({ status }) => status === 'offline');
      await carrier.unplug();
      expect(await offline).toMatchObject({ status: 'offline' });
      await carrier.replug();
    }
    await becomes(on, ({ status }) => status === 'online');
    expect(on.evaluationKeypad.counters.reconnects).toBe(10);
    await carrier.unplug();
    await becomes(on, ({ status }) => status === 'offline');
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { user, system } = process.cpuUsage(before);
    // A loop over a dead descriptor would take a whole core.
    expect((user + system) / 500_000).toBeLessThan(0.5);
  });
});
