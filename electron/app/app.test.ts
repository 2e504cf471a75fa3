import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScannerSimulator } from '../../native/code-scanner/simulator.ts';
import { MemoryLine } from '../../test/support/memory-transport.ts';
import { testConfig } from '../../test/dev/kiosk-config.ts';
import { driverRegistry } from '../../native/manager/registry.ts';
import type { Clock } from '../../native/model/clock.ts';
import { err } from '../../native/model/result.ts';
import type { TransportOpener } from '../../native/model/transport.ts';
import { systemClock, systemRandom } from '../../native/transport/system-clock.ts';
import { openForTest } from '../store/test-kit.ts';
import { startApp, type App } from './app.ts';
import type { AppOptions } from './options.ts';
import { createLog } from './log.ts';
import { StartedParts } from './started-parts.ts';

const ASSETS = join(import.meta.dirname, '..', '..', 'assets');
let dir: string;
/** Waits under way. */
let waits: number;
let opened: number;

const clock: Clock = {
  now: () => systemClock.now(),
  monotonic: () => systemClock.monotonic(),
  async sleep(ms, signal) {
    waits += 1;
    try {
      await systemClock.sleep(ms, signal);
    } finally {
      waits -= 1;
    }
  },
};

const openTransport: TransportOpener = () => {
  opened += 1;
  return Promise.resolve(err({ code: 'not-found', detail: 'nothing is plugged in here' }));
};

function options(changes: Partial<AppOptions> = {}): AppOptions {
  return {
    dataDir: join(dir, 'data'),
    assetsDir: ASSETS,
    clock,
    random: systemRandom,
    log: createLog({ path: null, clock }),
    openTransport,
    registry: driverRegistry,
    firstConfig: testConfig({
      platformUrl: 'http://127.0.0.1:9',
      sealingKey: null,
      pinHash: 'scrypt$32768$8$1$not-a-salt$not-a-hash',
      devices: [
        { deviceClass: 'receipt-printer', driver: 'escpos', address: 'serial:///dev/ttyNONE?baud=115200', options: {} },
      ],
      firstBoard: 0,
    }),
    version: '0.0.0-test',
    development: true,
    ...changes,
  };
}

async function started(changes: Partial<AppOptions> = {}): Promise<App> {
  const app = await startApp(options(changes));
  if (!app.ok) throw new Error(app.error.code);
  return app.value;
}

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hall24-app-'));
  waits = 0;
  opened = 0;
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('the App', () => {
  it('leaves nothing running when it stops, with a visit and a test under way', async () => {
    const app = await started();
    const visitId = await app.handlers['visit.begin']({ language: 'en' });
    const card = visitId.ok ? app.handlers['card.read']({ visitId: visitId.value.visitId }) : Promise.resolve(null);
    const key = app.useCases.technician.test('evaluation-keypad', undefined, 'en');
    const events: string[] = [];
    app.events.subscribe((event) => events.push(event.name));
    expect(waits).toBeGreaterThan(0);
    await app.stop();
    expect(events).toContain('visit-ended');
    expect(await card).toMatchObject({ ok: false });
    expect(await key).toMatchObject({ ok: true, value: { passed: false } });
    expect(waits).toBe(0);
    expect(opened).toBeGreaterThan(0);

    events.length = 0;
    const late = await app.handlers['case.find']({ number: 'CH03-20260105-0001-00' });
    expect(late.ok).toBe(false);
    await app.stop();
    expect(events).toEqual([]);
  });

  it('opens the devices of an older configuration without options that are gone, and without the one set wrong', async () => {
    const log = createLog({ path: null, clock });
    const first = options();
    const firstConfig = first.firstConfig;
    if (!firstConfig) throw new Error('no first configuration');
    const printer = firstConfig.devices.map((device) => ({ ...device, options: { rareCharacters: 'picture' } }));
    const gone = {
      deviceClass: 'code-scanner' as const,
      driver: 'gone',
      address: 'serial:///dev/ttyGONE?baud=9600',
      options: {},
    };
    const app = await started({ log, firstConfig: { ...firstConfig, devices: [...printer, gone] } });
    expect(opened).toBeGreaterThan(0);
    const events = log.tail(50).map(({ event }) => event);
    expect(events).toContain('device-option-dropped');
    expect(events).toContain('device-settings-refused');
    const keypad = {
      deviceClass: 'evaluation-keypad' as const,
      driver: 'serial-keypad',
      address: 'serial:///dev/ttyKEYS?baud=9600',
      options: {},
    };
    expect(await app.useCases.technician.save(keypad, 1)).toMatchObject({ ok: true });
    await app.stop();
  });

  it('leaves no scanner lit, also when it stops in the middle of a visit', async () => {
    const scanner = new ScannerSimulator({ needsTrigger: true });
    const line = new MemoryLine(scanner, systemClock);
    const config = testConfig({
      platformUrl: 'http://127.0.0.1:9',
      sealingKey: null,
      pinHash: 'scrypt$32768$8$1$not-a-salt$not-a-hash',
      devices: [
        {
          deviceClass: 'code-scanner',
          driver: 'serial-scanner',
          address: 'serial:///dev/ttyNONE?baud=9600',
          options: { trigger: '7e00' },
        },
      ],
      firstBoard: 0,
    });
    const app = await started({ firstConfig: config, openTransport: line.opener });
    const visit = await app.handlers['visit.begin']({ language: 'en' });
    if (!visit.ok) throw new Error(visit.error.code);
    // The scanner is opened meanwhile.
    for (let tries = 0; tries < 100 && !scanner.lit; tries += 1) {
      await app.handlers['scanner.listen']({ visitId: visit.value.visitId, on: true });
      await systemClock.sleep(5);
    }
    expect(scanner.lit).toBe(true);
    await app.stop();
    expect(scanner.lit).toBe(false);
    expect(waits).toBe(0);
  });

  it('leaves nothing running when its start fails half-way, so that the next one finds everything free', async () => {
    const broken = join(dir, 'assets');
    cpSync(ASSETS, broken, { recursive: true });
    rmSync(join(broken, 'catalogue', 'catalogue.json'));
    await expect(startApp(options({ assetsDir: broken }))).rejects.toThrow('ENOENT');
    expect(waits).toBe(0);
    // Also when the devices run already.
    const late: AppOptions = {
      ...options(),
      get version(): string {
        throw new Error('a bug while wiring');
      },
    };
    await expect(startApp(late)).rejects.toThrow('a bug while wiring');
    expect(opened).toBeGreaterThan(0);
    expect(waits).toBe(0);
    const app = await started();
    await app.stop();
    await openForTest(join(dir, 'data', 'store')).store.close();
  });

  it('keeps its folders and its database to itself, also where the folder was open to all', async () => {
    mkdirSync(join(dir, 'data', 'store'), { recursive: true, mode: 0o755 });
    const app = await started();
    for (const name of ['', 'config', 'store']) expect(statSync(join(dir, 'data', name)).mode & 0o077, name).toBe(0);
    await app.stop();
  });
});

describe('started parts', () => {
  it('stop once, in the opposite order, also behind one that throws', async () => {
    const log = createLog({ path: null, clock });
    const parts = new StartedParts(log);
    const stopped: string[] = [];
    parts.add('first', () => {
      stopped.push('first');
    });
    parts.add('second', () => Promise.reject(new Error('stuck')));
    parts.add('third', async () => {
      await Promise.resolve();
      stopped.push('third');
    });
    await Promise.all([parts.stop(), parts.stop()]);
    expect(stopped).toEqual(['third', 'first']);
    expect(log.tail(5).map((line) => line.event)).toEqual(['part-not-stopped']);
  });
});
